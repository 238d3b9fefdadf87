import { PbfReader } from 'pbf';

/** Reads protobuf messages of OpenStreetMap's PBF, none of whose lengths is believed. */

/** A message is damaged; `readBlock`'s caller knows which blob it is in. */
export class DamagedMessage extends Error {
  override readonly name = 'DamagedMessage';
}

/** Where a part of a message begins and ends. */
export interface Span {
  start: number;
  end: number;
}

/** A span that is not there. */
export const NO_SPAN: Readonly<Span> = { start: 0, end: 0 };

/** Reads a length and steps over what it covers; the part has to end at or before `limit`. */
export const readSpan = (reader: PbfReader, limit: number): Span => {
  const length = reader.readVarint();
  const start = reader.pos;
  const end = start + length;
  if (!(end <= limit)) throw new DamagedMessage('a part reaches beyond its message');
  reader.pos = end;
  return { start, end };
};

const BYTES = 2;

/** A part that has to be of bytes. */
export const readPart = (reader: PbfReader, limit: number): Span => {
  if (reader.type !== BYTES) throw new DamagedMessage('a field has the wrong type');
  return readSpan(reader, limit);
};

/**
 * Calls `visit` with the number of each field between `start` and `end`; fields that it does not read are passed over.
 * Throws `DamagedMessage` unless the last field ends exactly at `end`.
 */
export const eachField = (
  reader: PbfReader,
  start: number,
  end: number,
  visit: (field: number) => void,
): void => {
  reader.pos = start;
  for (;;) {
    if (reader.pos >= end) break;
    const field = reader.nextField(end);
    if (field === 0 && reader.pos < end) throw new DamagedMessage('a field has no number');
    if (field === 0) break;
    const before = reader.pos;
    visit(field);
    if (reader.pos === before) passOver(reader, end);
    if (reader.pos > end) break;
  }
  if (reader.pos !== end) throw new DamagedMessage('a field reaches beyond its message');
};

const passOver = (reader: PbfReader, end: number): void => {
  if (reader.type === BYTES) readSpan(reader, end);
  else if (reader.type === 0 || reader.type === 1 || reader.type === 5) reader.skip(reader.type);
  else throw new DamagedMessage('a field has an unknown type');
};

/** A whole number that is as exact as the file has it. */
export const exact = (value: number): number => {
  if (!Number.isSafeInteger(value)) throw new DamagedMessage('a number is too large');
  return value;
};

/** A reader of the same bytes that stands at the beginning of a span. */
export const readerAt = (bytes: Uint8Array, { start }: Readonly<Span>): PbfReader => {
  const reader = new PbfReader(bytes);
  reader.pos = start;
  return reader;
};
