import type { Config } from '../config.ts';

/** What a command is given besides its words. */
export interface CommandContext {
  readonly config: Config;
  /** A line for the person at the terminal, on standard output. */
  readonly say: (line: string) => void;
}

export interface Command {
  readonly name: string;
  /** The words after the name, for the help text. */
  readonly usage: string;
  readonly summary: string;
  /** Lines of `--help`: options and what the exit codes mean. */
  readonly help: readonly string[];
  /** @returns the exit code. @throws {UsageError} where the words are wrong. */
  run(words: readonly string[], context: CommandContext): Promise<number>;
}

/** The words of a command are not what it takes; the message says what it takes. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
