/**
 * UTF-8 as a string of bytes, one a character, as `Reply.isBytes` takes it: such a string is written out as it is, and its
 * length is known; any other is encoded anew for every answer.
 */

const BEYOND_ASCII = /[^\0-\u007F]/u;

/** A text as its bytes; plain ASCII, which most is, stays the same string. */
export const bytesOf = (text: string): string =>
  BEYOND_ASCII.test(text) ? Buffer.from(text).toString('latin1') : text;

/** The text that such bytes are of. */
export const textOf = (bytes: string): string =>
  BEYOND_ASCII.test(bytes) ? Buffer.from(bytes, 'latin1').toString() : bytes;
