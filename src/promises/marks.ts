/** Marks for requests whose traces are looked for, and the forms in which a trace could lie about. */
import { hash } from 'node:crypto';
import { randomSecretBytes } from '../foundation/secret.ts';

/** Letters and digits alone, so that a mark is the same in a URL, a header and JSON. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** 80 random bits as 16 characters; chance never makes another one. */
export const freshMark = (): string =>
  [...randomSecretBytes(16)].map((byte) => ALPHABET[byte & 31] ?? '').join('');

/** A random address of 127.0.0.0/8 with three digits in each part, so that a find is no coincidence. */
export const freshLoopbackAddress = (): string => {
  const parts = [...randomSecretBytes(3)].map((byte) => 100 + (byte % 155));
  return `127.${parts.join('.')}`;
};

/** The three ways in which base64 (RFC 4648) shows a text within a longer one, without the characters that neighbours change. */
const base64Forms = (text: string): string[] =>
  [0, 1, 2].map((shift) => {
    const padded = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]);
    const encoded = padded.toString('base64').replace(/=+$/, '');
    const clean = Math.floor(((shift + text.length) * 8) / 6);
    return encoded.slice(Math.ceil((shift * 8) / 6), clean);
  });

const percentEncode = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

/** The same bytes may be written in upper or lower case. */
const bothCases = (text: string): string[] => [...new Set([text, text.toLowerCase(), text.toUpperCase()])];

/**
 * The bytes to look for: the text as it is, in either case, in UTF-16LE (V8's two-byte strings), hex, base64 at any
 * alignment and percent-encoded.
 */
export const traceForms = (text: string): Buffer[] => {
  const written = [
    ...bothCases(text),
    ...bothCases(Buffer.from(text).toString('hex')),
    ...bothCases(percentEncode(text)),
  ];
  return [
    ...[...written, ...base64Forms(text)].map((form) => Buffer.from(form, 'latin1')),
    ...bothCases(text).map((form) => Buffer.from(form, 'utf16le')),
  ];
};

/** Unsalted digests of a whole value, raw and in hex: whoever keeps one of these keeps the value. */
export const digestForms = (value: string): Buffer[] =>
  ['md5', 'sha1', 'sha256'].flatMap((algorithm) => {
    const digest = hash(algorithm, value, 'buffer');
    return [digest, Buffer.from(digest.toString('hex'))];
  });
