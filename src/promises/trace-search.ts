/** Looks for the marks of marked requests wherever this process could have left them: its log, and its data directory. */
import type { Probe } from './probe.ts';
import { holdsAny, searchFiles } from './search.ts';

/** What was logged, line by line. */
export interface LogLines {
  position(): number;
  linesSince(position: number): Iterable<string>;
}

/** Everywhere that a trace could lie. */
export interface TraceSearchOptions {
  readonly log: LogLines;
  readonly dataDir: string;
  /** Whether the database's own files lie in the data directory. */
  readonly holdsDatabase: boolean;
  /** Files that only reading is done on, by their path in the data directory, such as the gazetteer's index. */
  readonly skip?: (path: string) => boolean;
}

/** What a search came to: whether a mark was found, and what was searched, in words that say nothing of the mark. */
export interface Searched {
  readonly isClean: boolean;
  readonly told: string;
}

export interface TraceSearch {
  /** From now on lines of the log are searched; only the first call counts. */
  begin(): void;
  /** Searches the lines since the last look, and every file. */
  look(needles: readonly Buffer[]): Promise<Searched>;
}

const megabytes = (bytes: number): string => `${Math.max(1, Math.round(bytes / 1e6))} MB`;

/** One a promise: each looks at every line once. */
export const createTraceSearch = ({ log, dataDir, holdsDatabase, skip }: TraceSearchOptions): TraceSearch => {
  let since: number | undefined;
  return {
    begin: () => {
      since ??= log.position();
    },
    look: async (needles) => {
      let lines = 0;
      const from = since ?? 0;
      // Moved on first: where lines were lost, this run cannot judge, and the next one can.
      since = log.position();
      for (const line of log.linesSince(from)) {
        lines += 1;
        if (holdsAny(Buffer.from(line), needles))
          return { isClean: false, told: 'A line of the log holds a mark of a marked request.' };
      }
      const { files, bytes, found } = await searchFiles(dataDir, needles, skip);
      if (found.length > 0)
        return {
          isClean: false,
          told: `A mark of a marked request lies in ${found.length} files of the data directory.`,
        };
      const where = `${files} files (${megabytes(bytes)}) and ${lines} log lines were searched for the marks as text, UTF-16, hex, base64, percent-encoded and hashed; none holds one.`;
      const database = holdsDatabase
        ? "The database's tables and its log of changes are among the files."
        : 'The database lies elsewhere; what its tables could hold is the subject of the promise that use is counted, not recorded.';
      return { isClean: true, told: `${where} ${database}` };
    },
  };
};

/** What a browser or a proxy sends along, with a mark in every field. */
export const markedFields = (mark: string): Record<string, string> => ({
  'user-agent': `${mark}u/1.0`,
  referer: `https://${mark}r.example/${mark}`,
  origin: `https://${mark}o.example`,
  'x-forwarded-for': `${mark}f`,
  'x-request-id': `${mark}i`,
  cookie: `${mark}c=${mark}`,
  'accept-language': `en-x-${mark.slice(0, 8)}`,
  [`x-${mark}`]: mark,
});

/** Whether this machine lets a client come from another address of 127.0.0.0/8; macOS does not. */
export const canComeFrom = async (probe: Pick<Probe, 'send'>, from: string): Promise<boolean> => {
  try {
    await probe.send({ path: '/', from });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRNOTAVAIL') return false;
    throw error;
  }
};
