/** Bytes of any encoding that we know as valid UTF-8, piece by piece; what is no text is named with its byte. */
import { isUtf8 } from 'node:buffer';
import { BATCH_BYTES } from './bounds.ts';
import type { Encoding } from './contract.ts';
import { FormatError } from './format-error.ts';

const MAX_HOLD = 4;

const invalid = (offset: number, encoding: string): FormatError =>
  new FormatError('invalid_bytes', `the bytes are not ${encoding}`, { offset });

/** Where UTF-8 first goes wrong, by halves: 20 looks for a mebibyte. */
const firstWrong = (bytes: Uint8Array): number => {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isUtf8(bytes.subarray(0, middle - cutOf(bytes.subarray(0, middle))))) good = middle;
    else bad = middle;
  }
  return good - cutOf(bytes.subarray(0, good));
};

/** Bytes at the end that may be the beginning of a character that goes on in the next piece. */
export const cutOf = (bytes: Uint8Array): number => {
  for (let back = 1; back < MAX_HOLD && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const wanted = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return wanted > back ? back : 0;
  }
  return 0;
};

/** WHATWG's windows-1252 (encoding.spec.whatwg.org) without its five holes, which no writer of text writes. */
const WINDOWS = [
  0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,
  0x017d, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a,
  0x0153, 0, 0x017e, 0x0178,
];

const fromSingleBytes = (piece: Uint8Array, offset: number, encoding: Encoding): Buffer => {
  const out = Buffer.allocUnsafe(piece.length * 3);
  let used = 0;
  for (let at = 0; at < piece.length; at += 1) {
    const byte = piece[at] ?? 0;
    if (byte < 0x80) {
      out[used] = byte;
      used += 1;
      continue;
    }
    const code = encoding === 'windows-1252' && byte < 0xa0 ? (WINDOWS[byte - 0x80] ?? 0) : byte;
    if (code === 0) throw invalid(offset + at, encoding);
    if (code < 0x800) {
      out[used] = 0xc0 | (code >> 6);
      out[used + 1] = 0x80 | (code & 0x3f);
      used += 2;
    } else {
      out[used] = 0xe0 | (code >> 12);
      out[used + 1] = 0x80 | ((code >> 6) & 0x3f);
      out[used + 2] = 0x80 | (code & 0x3f);
      used += 3;
    }
  }
  return out.subarray(0, used);
};

const fromWide = (piece: Buffer, offset: number, encoding: Encoding): Buffer => {
  const little = encoding === 'utf-16be' ? Buffer.from(piece).swap16() : piece;
  const text = little.toString('utf16le');
  if (!text.isWellFormed()) {
    let at = 0;
    for (const character of text) {
      if (!character.isWellFormed()) break;
      at += character.length;
    }
    throw invalid(offset + at * 2, encoding);
  }
  return Buffer.from(text);
};

/** Gathers small pieces and cuts none: what comes out is of at least `BATCH_BYTES`, but for the last. */
const gathered = async function* (pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const piece of pieces) {
    held.push(piece);
    size += piece.length;
    if (size < BATCH_BYTES) continue;
    yield held.length === 1
      ? Buffer.from(piece.buffer, piece.byteOffset, piece.length)
      : Buffer.concat(held, size);
    held = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(held, size);
};

/** Bytes of a byte order mark that the encoding has at the beginning of a file (Unicode 16.0 §23.8). */
export const bomOf = (head: Uint8Array, encoding: Encoding): number => {
  const [a, b, c] = head;
  if (encoding === 'utf-8') return a === 0xef && b === 0xbb && c === 0xbf ? 3 : 0;
  if (encoding === 'utf-16le') return a === 0xff && b === 0xfe ? 2 : 0;
  if (encoding === 'utf-16be') return a === 0xfe && b === 0xff ? 2 : 0;
  return 0;
};

export interface DecodedPiece {
  /** Valid UTF-8, whole characters, without a byte order mark at the beginning of the file. */
  readonly text: Buffer;
  /** Bytes of the file that are behind it. */
  readonly read: number;
}

/** Throws FormatError invalid_bytes. A byte that may be the file's own buffer: nobody writes into it. */
export const decodePieces = async function* (
  pieces: AsyncIterable<Uint8Array>,
  encoding: Encoding,
): AsyncGenerator<DecodedPiece> {
  let left = Buffer.alloc(0);
  let offset = 0;
  let isFirst = true;
  for await (const gatheredPiece of gathered(pieces)) {
    let piece = left.length === 0 ? gatheredPiece : Buffer.concat([left, gatheredPiece]);
    if (isFirst) {
      const bom = bomOf(piece, encoding);
      piece = piece.subarray(bom);
      offset = bom;
      isFirst = false;
    }
    let hold = 0;
    if (encoding === 'utf-8') hold = cutOf(piece);
    else if (encoding.startsWith('utf-16')) {
      hold = piece.length % 2;
      const high = piece[piece.length - hold - (encoding === 'utf-16le' ? 1 : 2)] ?? 0;
      if (high >= 0xd8 && high < 0xdc) hold += 2;
    }
    const whole = piece.subarray(0, piece.length - hold);
    left = Buffer.from(piece.subarray(piece.length - hold));
    const read = offset + whole.length;
    if (encoding === 'utf-8') {
      if (!isUtf8(whole)) throw invalid(offset + firstWrong(whole), encoding);
      yield { text: whole, read };
    } else {
      const text = encoding.startsWith('utf-16')
        ? fromWide(whole, offset, encoding)
        : fromSingleBytes(whole, offset, encoding);
      yield { text, read };
    }
    offset = read;
  }
  if (left.length > 0) throw invalid(offset, encoding);
};
