/**
 * UTF-8 as a string of bytes, one a character, as `Reply.isBytes` takes it: such a string is written out as it is, and its
 * length is known; any other is encoded anew for every answer.
 */

/** No expression: the engine would remember what it was last asked of (`RegExp.input`), and that says where somebody is. */
const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length;

/** A text as its bytes; plain ASCII, which most is, stays the same string. */
export const bytesOf = (text: string): string =>
  isAscii(text) ? text : Buffer.from(text).toString('latin1');

const SPACE = 0x20;
const TILDE = 0x7e;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** A text as JSON, as its bytes: what needs no escape, which most does not, is only put between quotes. */
export const quotedBytes = (text: string): string => {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < SPACE || code > TILDE || code === QUOTE || code === BACKSLASH)
      return bytesOf(JSON.stringify(text));
  }
  return `"${text}"`;
};

/** The text that such bytes are of. */
export const textOf = (bytes: string): string =>
  isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString();
