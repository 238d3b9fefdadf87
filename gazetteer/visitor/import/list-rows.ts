/** Reads lists of networks of one kind: an address, a network or a range on each line, and comments. */
import { ImportError } from '../../import/import-error.ts';
import { readLines } from '../../import/lines.ts';
import type { Input } from '../../import/open-input.ts';
import { readNetwork, type AddressRange } from './range.ts';

/** In bytes; comments are the longest of them. */
const MOST_LINE = 4096;
/** More entries than any published list has; they are sorted in memory. */
const MOST_ENTRIES = 5_000_000;

/** Lines of Tor's own `exit-addresses` besides those with an address (dir-list-spec). */
const TOR_OTHER = /^(?:ExitNode|Published|LastStatus|@type)\b/u;

/** The text of an entry; empty for a line without one. */
const entryOf = (line: string): string => {
  const text = line.replace(/[#;].*$/u, '').trim();
  if (TOR_OTHER.test(text)) return '';
  return text.startsWith('ExitAddress ') ? (text.split(' ', 2)[1] ?? '') : text;
};

export interface ListOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told how much of the file has been read, 0 to 1. */
  readonly report: (share: number) => void;
}

/** The networks of a list in their order. Throws `ImportError` with the line of anything else. */
export async function* readList(
  input: Input,
  { signal, report }: ListOptions,
): AsyncGenerator<AddressRange, void, void> {
  let count = 0;
  for await (const { line, text } of readLines(input.title, input.stream, MOST_LINE)) {
    if (line % 20_000 === 0) {
      signal?.throwIfAborted();
      report(input.position() / input.size);
    }
    const entry = entryOf(text);
    if (entry === '') continue;
    const range = readNetwork(entry);
    if (range === undefined)
      throw new ImportError({
        file: input.title,
        line,
        what: 'it is neither an address nor a network nor a range',
        todo: 'lists have one on each line, and comments after #',
      });
    count += 1;
    if (count > MOST_ENTRIES)
      throw new ImportError({
        file: input.title,
        line,
        what: `it has more than ${MOST_ENTRIES} entries`,
        todo: 'join networks that lie beside each other',
      });
    yield range;
  }
  report(1);
}
