/**
 * Reads one parameter's text from left to right and remembers, at the furthest place that it came to, what it would
 * have taken. PostgREST's messages are made by Parsec; clients show them, so that ours have the same form.
 */
import { refuseSyntax } from './problems.ts';

const joinedByOr = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

export const END = 'end of input';

export class TextReader {
  readonly text: string;
  /** UTF-16 units read so far; set it back to try something else. */
  at = 0;
  #furthest = 0;
  #expected: string[] = [];
  #unexpected: string | undefined;
  readonly #part: string;

  /** @param part what is read, for the message: "order", "select parameter". */
  constructor(text: string, part: string) {
    this.text = text;
    this.#part = part;
  }

  get atEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** Notes that `label` would have done here; `unexpected` is the unit that was in its way, if not the next. */
  expect(label: string, unexpected?: string): void {
    if (this.at > this.#furthest) {
      this.#furthest = this.at;
      this.#expected = [];
      this.#unexpected = undefined;
    }
    if (this.at < this.#furthest) return;
    if (!this.#expected.includes(label)) this.#expected.push(label);
    this.#unexpected ??= unexpected;
  }

  /** Whether exactly `literal` comes next; it is read if so. */
  take(literal: string, label = `"${literal}"`): boolean {
    if (this.text.startsWith(literal, this.at)) {
      this.at += literal.length;
      return true;
    }
    let same = 0;
    while (same < literal.length && literal[same] === this.text[this.at + same]) same += 1;
    this.expect(label, this.text[this.at + same]);
    return false;
  }

  /** Reads what `pattern` (sticky) takes here, perhaps nothing. */
  takeMatch(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  skipSpace(): void {
    this.takeMatch(/[ \t]*/y);
  }

  /** Throws PGRST100 unless everything has been read. */
  finish(): void {
    if (this.atEnd) return;
    this.expect(END);
    this.fail();
  }

  /** Throws PGRST100 with the furthest place and what would have been taken there. Shows one unit of the text. */
  fail(): never {
    const next = this.#unexpected ?? this.text[this.#furthest];
    let found = END;
    // Parsec shows what stands instead of the end of input in single quotes, everything else as a string.
    if (this.#furthest < this.text.length && next !== undefined)
      found = this.#expected.includes(END) ? `'${next}'` : JSON.stringify(next);
    const details = `unexpected ${found} expecting ${joinedByOr(this.#expected)}`;
    throw refuseSyntax(this.#part, this.#furthest + 1, details);
  }
}
