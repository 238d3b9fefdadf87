/** Looks for the marks of marked requests wherever this process could have left them: its log, and its data directory. */
import { systemClock, type Clock } from '../foundation/clock.ts';
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
  readonly clock?: Clock;
}

/** What a search came to: whether a mark was found, and what was searched, in words that say nothing of the mark. */
export interface Searched {
  readonly isClean: boolean;
  readonly told: string;
}

export interface TraceSearch {
  /** A check begins, before it asks for a key or sends a mark: it looks for what is left behind from now on. */
  begin(): void;
  /** Searches the lines since the last look, and every file that was written since the check began whose look was the last clean one. */
  look(needles: readonly Buffer[]): Promise<Searched>;
}

/** An instant on both clocks, of which one may be set. */
interface Instant {
  readonly wall: number;
  readonly steady: number;
}

/** Times of files are rounded, to two seconds at the worst (FAT), and the clock is corrected now and then. */
const MARGIN_MS = 60_000;
/** Who sets the clock by more than this makes times of files say nothing. */
const MOST_DRIFT_MS = 10_000;

const megabytes = (bytes: number): string => `${Math.max(1, Math.round(bytes / 1e6))} MB`;

/**
 * One a promise, made before its marks are used: each looks at every line once, and at every file again once something was
 * written to it. With a database of many gigabytes, to read all of it every ten minutes would take longer than that.
 */
export const createTraceSearch = ({
  log,
  dataDir,
  holdsDatabase,
  skip,
  clock = systemClock,
}: TraceSearchOptions): TraceSearch => {
  const instant = (): Instant => ({ wall: clock.now(), steady: clock.monotonic() });
  let since: number | undefined;
  // What was not written since then was clean then, and no mark, nor a key that was made later, can have come into it.
  let cleanAt = instant();
  let begunAt = cleanAt;

  const writtenSince = (): number | undefined => {
    const { wall, steady } = instant();
    const drift = wall - cleanAt.wall - (steady - cleanAt.steady);
    return Math.abs(drift) > MOST_DRIFT_MS ? undefined : cleanAt.wall - MARGIN_MS;
  };

  return {
    begin: () => {
      since ??= log.position();
      begunAt = instant();
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
      // Kept, since another check may begin while this one still looks.
      const begun = begunAt;
      const limits = { skip, writtenSince: writtenSince() };
      const { files, bytes, unwritten, found } = await searchFiles(dataDir, needles, limits);
      if (found.length > 0)
        return {
          isClean: false,
          told: `A mark of a marked request lies in ${found.length} files of the data directory.`,
        };
      cleanAt = begun;
      const where = `${files} files (${megabytes(bytes)}) and ${lines} log lines were searched for the marks as text, UTF-16, hex, base64, percent-encoded and hashed; none holds one.`;
      const others =
        unwritten === 0
          ? ''
          : ` Into ${unwritten} more nothing was written since the marks were made or last looked for.`;
      const database = holdsDatabase
        ? "The database's tables and its log of changes are among the files."
        : 'The database lies elsewhere; what its tables could hold is the subject of the promise that use is counted, not recorded.';
      return { isClean: true, told: `${where}${others} ${database}` };
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
