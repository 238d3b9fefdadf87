/** The newest log lines in memory, so that a check can read what was written while it ran. */

/** A log destination with a memory of its newest lines. */
export interface LogTail {
  /** Takes one line and passes it on; give it to the log as its destination. */
  write(line: string): void;
  /** The number of lines so far, to hand to `linesSince`. */
  position(): number;
  /** Lines written since a position. @throws when some of them are no longer there: unseen is not clean. */
  linesSince(position: number): readonly string[];
}

/** Many times what a busy server writes while one check runs. */
const MOST_LINES = 10_000;

/** @param next where lines go besides. */
export const createLogTail = (next: { write(line: string): void }, mostLines = MOST_LINES): LogTail => {
  let lines: string[] = [];
  let dropped = 0;
  return {
    write: (line) => {
      lines.push(line);
      // Trimmed seldom: at twice the size, to half of it.
      if (lines.length > 2 * mostLines) {
        dropped += lines.length - mostLines;
        lines = lines.slice(-mostLines);
      }
      next.write(line);
    },
    position: () => dropped + lines.length,
    linesSince: (position) => {
      if (position < dropped) throw new Error('more was logged than is remembered');
      return lines.slice(position - dropped);
    },
  };
};
