/** How far something long is, on a terminal and elsewhere. */
import type { Clock } from '../foundation/clock.ts';

/** Prints each step once, and within a long step each further tenth. */
export const progressPrinter = (
  say: (line: string) => void,
): ((message: string, fraction: number) => void) => {
  let last = '';
  return (message, fraction) => {
    const line = `building the gazetteer: ${message} (${Math.floor(fraction * 10) * 10} %)`;
    if (line !== last) say(line);
    last = line;
  };
};

/** A line on a terminal is written anew so often at most. */
const REDRAW_MS = 100;

/** What progress is written to: standard output. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** One line about something long. */
export interface ProgressLine {
  /** @param share of the whole, 0 to 1. */
  readonly report: (message: string, share: number) => void;
  /** A line of its own beside it. */
  readonly say: (line: string) => void;
  /** Leaves the terminal clean for what comes next. */
  readonly end: () => void;
}

/** On a terminal one line that is written over and over; elsewhere a line whenever another tenth is done. */
export const createProgressLine = (stream: ProgressStream, clock: Clock): ProgressLine => {
  const isTerminal = stream.isTTY === true;
  let lastTenth = -1;
  let drawnAt = Number.NEGATIVE_INFINITY;
  let isDrawn = false;
  const end = (): void => {
    if (isDrawn) stream.write('\r\u001B[2K');
    isDrawn = false;
  };
  return {
    report: (message, share) => {
      const percent = Math.min(100, Math.max(0, Math.floor(share * 100)));
      if (!isTerminal) {
        const tenth = Math.floor(percent / 10);
        if (tenth > lastTenth) stream.write(`${tenth * 10} %  ${message}\n`);
        lastTenth = Math.max(lastTenth, tenth);
        return;
      }
      const now = clock.monotonic();
      if (now - drawnAt < REDRAW_MS) return;
      drawnAt = now;
      isDrawn = true;
      stream.write(
        `\r\u001B[2K${`${String(percent).padStart(3)} %  ${message}`.slice(0, (stream.columns ?? 80) - 1)}`,
      );
    },
    say: (line) => {
      end();
      stream.write(`${line}\n`);
    },
    end,
  };
};
