import { ImportError } from './import-error.ts';
import { openInputFile, readAt, readBytes, type InputFile } from './input-file.ts';
import { createWatch, unpack } from './unpack.ts';
import { listZipMembers } from './zip-members.ts';

/** Opens what an operator brings, plain, gzipped or zipped, told apart by its first bytes and not by its name. */

/** Unpacked; the largest published table of GeoNames has 2 GB, of OpenAddresses 60. */
const MOST_BYTES = 200e9;

export interface InputOptions {
  readonly signal?: AbortSignal | undefined;
  /** So much may come out of the file, in bytes; over all of its members. */
  readonly mostBytes?: number | undefined;
  /** Which members of an archive are meant; by default all that are no folders, archives or notes. */
  readonly fits?: ((name: string) => boolean) | undefined;
}

/** An input that is open for reading once. */
export interface Input {
  /** The unpacked bytes. Throws `ImportError` for damage, and the reason of the signal. */
  readonly stream: AsyncIterable<Uint8Array>;
  /** So many bytes of the file have been read. */
  position(): number;
  /** Of the file as it lies on the disk, in bytes. */
  readonly size: number;
  /** The name of the member, where the file is an archive. */
  readonly member?: string | undefined;
  /** What messages call it: the path, with the member's name. */
  readonly title: string;
  /** Closes the file; for an input that is not read to its end. May be called twice. */
  close(): Promise<void>;
}

type Packing = 'gzip' | 'zip' | 'plain';

const packingOf = async (file: InputFile): Promise<Packing> => {
  const head = await readAt(file, 0, Math.min(file.size, 4));
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  const mark = head.toString('latin1');
  if (mark === 'PK\u0003\u0004' || mark === 'PK\u0005\u0006' || mark === 'PK\u0007\u0008') return 'zip';
  if (mark.startsWith('BZh') || mark === '\u00fd7zX' || mark === '7z\u00bc\u00af' || mark === 'Rar!')
    throw new ImportError({
      file: file.path,
      what: 'it is packed in a way that is not read here',
      todo: 'unpack it, or pack it with gzip or zip',
    });
  return 'plain';
};

/** Every input that a file holds, one after the other: itself, or the fitting members of a zip archive. */
export async function* openInputs(
  path: string,
  options: InputOptions = {},
): AsyncGenerator<Input, void, void> {
  const { signal, mostBytes = MOST_BYTES, fits = () => true } = options;
  signal?.throwIfAborted();
  const file = await openInputFile(path);
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    await file.close();
  };
  let position = 0;
  const moved = (to: number): void => {
    position = to;
  };
  const inputOf = (bytes: AsyncIterable<Uint8Array>, member: string | undefined): Input => ({
    stream: checked(file, bytes),
    position: () => position,
    size: file.size,
    member,
    title: member === undefined ? path : `${path}, ${member}`,
    close,
  });
  try {
    const watch = createWatch(path, mostBytes);
    const packing = await packingOf(file);
    if (packing === 'zip') {
      const members = await listZipMembers(file, fits);
      if (members.length === 0)
        throw new ImportError({
          file: path,
          what: 'the archive holds no file that fits (archives in archives are not opened)',
          todo: 'unpack it by hand and name the right file',
        });
      for (const member of members) {
        yield inputOf(await member.open(watch, moved, signal), member.name);
        if (!isOpen) return;
      }
    } else {
      const bytes = readBytes(file, 0, file.size, moved, signal);
      yield inputOf(
        packing === 'gzip'
          ? unpack({ file: path, method: 'gzip', start: 0, bytes, watch })
          : counted(bytes, watch),
        undefined,
      );
    }
  } finally {
    await close();
  }
}

async function* counted(
  bytes: AsyncIterable<Buffer>,
  watch: ReturnType<typeof createWatch>,
): AsyncGenerator<Buffer, void, void> {
  let total = 0;
  for await (const chunk of bytes) {
    total += chunk.length;
    watch.count(chunk.length, total);
    yield chunk;
  }
}

/** Passes bytes on and looks at the end whether the file is still the same. */
async function* checked(
  file: InputFile,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  yield* bytes;
  await file.check();
}

/**
 * Opens the one input that a file holds: itself, or the one member of an archive that fits. Throws `ImportError`
 * when it cannot be read, when no member fits, or several do.
 */
export const openInput = async (path: string, options: InputOptions = {}): Promise<Input> => {
  const names: string[] = [];
  // Looked through first: which member it is has to be known before the first byte is read.
  const taken = options.fits ?? ((): boolean => true);
  const inputs = openInputs(path, {
    ...options,
    fits: (name) => {
      if (!taken(name)) return false;
      names.push(name);
      return true;
    },
  });
  const first = await inputs.next();
  if (first.done === true) throw new Error(`No input was opened of ${path}.`);
  const input = first.value;
  if (names.length > 1) {
    await input.close();
    throw new ImportError({
      file: path,
      what: `the archive holds ${names.length} files that fit`,
      todo: 'unpack it and name the one that is meant',
    });
  }
  return { ...input, stream: closing(input) };
};

async function* closing(input: Input): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* input.stream;
  } finally {
    await input.close();
  }
}
