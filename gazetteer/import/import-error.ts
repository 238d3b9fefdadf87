/** What is wrong with a file that an operator brought, said so that he can do something about it. */

/** Where in the input it is wrong; what is unknown is left out. */
export interface ImportFault {
  /** The file's path as the operator wrote it, with the member's name where it is in an archive. */
  readonly file: string;
  /** Counted from 1. */
  readonly line?: number | undefined;
  /** Counted from 0, in the file as it lies on the disk. */
  readonly byte?: number | undefined;
  /** The name of the column or tag. */
  readonly field?: string | undefined;
  /** What is wrong, without a full stop: `the file ends in the middle of a record`. */
  readonly what: string;
  /** What to do, without a full stop: `download it again`. */
  readonly todo: string;
}

const MOST_EXCERPT = 40;

/** The first 40 printable characters of a text from the input: the most of it that a message may repeat. */
export const excerpt = (text: string): string =>
  Array.from(text.slice(0, 4 * MOST_EXCERPT).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ''))
    .slice(0, MOST_EXCERPT)
    .join('');

const placeOf = ({ line, byte, field }: ImportFault): string => {
  const parts: string[] = [];
  if (line !== undefined) parts.push(`line ${line}`);
  if (byte !== undefined) parts.push(`byte ${byte}`);
  if (field !== undefined) parts.push(field);
  return parts.length === 0 ? '' : `, ${parts.join(', ')}`;
};

/** A file cannot be imported. The message is one sentence: where, what, and what to do. */
export class ImportError extends Error {
  override readonly name = 'ImportError';
  /** The parts of the message. */
  readonly fault: ImportFault;

  constructor(fault: ImportFault, cause?: unknown) {
    super(`${fault.file}${placeOf(fault)}: ${fault.what}; ${fault.todo}.`, { cause });
    this.fault = fault;
  }
}

/** Says what the system says about a file that cannot be opened or read; undefined for other errors. */
export const systemFault = (error: unknown, file: string): ImportError | undefined => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const known: Record<string, readonly [string, string]> = {
    ENOENT: ['there is no such file', 'check the path'],
    ENOTDIR: ['there is no such file', 'check the path'],
    ELOOP: ['its symbolic links lead in a circle', 'name the file itself'],
    ENAMETOOLONG: ['its path is too long', 'move it to a shorter path'],
    EACCES: ['it may not be read', 'give the user that runs the import the right to read it'],
    EPERM: ['it may not be read', 'give the user that runs the import the right to read it'],
    EIO: ['the disk cannot read it', 'check the disk'],
    EMFILE: ['too many files are open', 'raise the limit with ulimit -n'],
  };
  const said = typeof code === 'string' ? known[code] : undefined;
  return said === undefined ? undefined : new ImportError({ file, what: said[0], todo: said[1] }, error);
};
