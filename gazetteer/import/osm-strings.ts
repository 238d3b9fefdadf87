import { PbfReader } from 'pbf';
import { DamagedMessage, eachField, readerAt, readPart, type Span } from './osm-message.ts';

/** The strings of a block of OpenStreetMap's PBF, and the tags that are made of them. */

/** The tags of one thing. */
export type Tags = ReadonlyMap<string, string>;

const MOST_STRINGS = 2_000_000;
const MOST_TAGS = 2000;
/** OpenStreetMap allows 255 characters, of at most four bytes. */
const MOST_STRING_BYTES = 4096;

/** The strings of a block, decoded when they are asked for. */
export interface Strings {
  text(index: number): string;
  /** Whether a string is one of the visitor's keys. */
  isKey(index: number): boolean;
}

/** Looks where the strings of a block are; `keys` are those that make a thing worth its tags. */
export const readStrings = (bytes: Uint8Array, span: Readonly<Span>, keys: ReadonlySet<string>): Strings => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reader = new PbfReader(bytes);
  const spans: number[] = [];
  eachField(reader, span.start, span.end, (field) => {
    if (field !== 1) return;
    const { start, end } = readPart(reader, span.end);
    spans.push(start, end);
    if (spans.length > 2 * MOST_STRINGS) throw new DamagedMessage('it has too many strings');
  });
  const texts: (string | undefined)[] = [];
  const wanted: (boolean | undefined)[] = [];
  const text = (index: number): string => {
    const known = texts[index];
    if (known !== undefined) return known;
    const start = spans[2 * index];
    const end = spans[2 * index + 1];
    if (start === undefined || end === undefined)
      throw new DamagedMessage('a string is named that it does not have');
    return (texts[index] = buffer.toString('utf8', start, Math.min(end, start + MOST_STRING_BYTES)));
  };
  return { text, isKey: (index) => (wanted[index] ??= keys.has(text(index))) };
};

/** A block has more of something than any program writes. */
export const tooMany = (what: string): DamagedMessage => new DamagedMessage(`it has too many ${what}`);

/** The tags of a way, a relation or a node that stands alone: a list of keys and one of values; undefined without a wanted key. */
export const readTags = (
  bytes: Uint8Array,
  strings: Strings,
  keys: Readonly<Span>,
  values: Readonly<Span>,
): Tags | undefined => {
  if (keys.start === keys.end) return undefined;
  const ahead = readerAt(bytes, keys);
  let isWanted = false;
  while (!isWanted && ahead.pos < keys.end) isWanted = strings.isKey(ahead.readVarint());
  if (!isWanted) return undefined;
  const key = readerAt(bytes, keys);
  const value = readerAt(bytes, values);
  const tags = new Map<string, string>();
  while (key.pos < keys.end) {
    if (value.pos >= values.end) throw new DamagedMessage('a key has no value');
    tags.set(strings.text(key.readVarint()), strings.text(value.readVarint()));
    if (tags.size > MOST_TAGS) throw tooMany('tags at one thing');
  }
  return tags;
};

/** The tags of the next dense node: keys and values by turns, ended by 0; undefined without a wanted key. */
export const denseTags = (reader: PbfReader, end: number, strings: Strings): Tags | undefined => {
  let key = nextWord(reader, end);
  if (key === 0) return undefined;
  const start = reader.pos;
  const first = key;
  let isWanted = false;
  let count = 0;
  while (key !== 0) {
    isWanted ||= strings.isKey(key);
    nextWord(reader, end);
    key = nextWord(reader, end);
    count += 1;
    if (count > MOST_TAGS) throw tooMany('tags at one thing');
  }
  if (!isWanted) return undefined;
  const tags = new Map<string, string>();
  reader.pos = start;
  for (key = first; key !== 0; key = nextWord(reader, end))
    tags.set(strings.text(key), strings.text(nextWord(reader, end)));
  return tags;
};

const nextWord = (reader: PbfReader, end: number): number => {
  if (reader.pos >= end) throw new DamagedMessage('the tags of its nodes end too early');
  return reader.readVarint();
};
