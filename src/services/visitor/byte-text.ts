/**
 * UTF-8 as a string of bytes, one a character, as `Reply.isBytes` takes it: such a string is written out as it is, and its
 * length is known; any other is encoded anew for every answer.
 */

/** No expression: the engine would remember what it was last asked of (`RegExp.input`), and that says where somebody is. */
const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length;

/** A text as its bytes; plain ASCII, which most is, stays the same string. */
export const bytesOf = (text: string): string =>
  isAscii(text) ? text : Buffer.from(text).toString('latin1');

/** The text that such bytes are of. */
export const textOf = (bytes: string): string =>
  isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString();
