/** Texts as literals of programming languages: whatever was typed means the same there, and hides nothing. */

/**
 * What is not to stand in source code as it is: control characters, signs without a shape (some turn the direction of a
 * line around), separators of lines and paragraphs, halves of surrogate pairs.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const hex = (character: string, digits: number): string =>
  (character.codePointAt(0) ?? 0).toString(16).padStart(digits, '0');

const isShort = (character: string): boolean => (character.codePointAt(0) ?? 0) <= 0xff_ff;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** JavaScript: single quotes. */
export const inJavaScript = (text: string): string =>
  `'${text
    .replaceAll(/[\\']/g, String.raw`\$&`)
    .replaceAll(
      UNSEEN,
      (one) => SHORT[one] ?? (isShort(one) ? `\\u${hex(one, 4)}` : `\\u{${hex(one, 1)}}`),
    )}'`;

/** Python: double quotes. */
export const inPython = (text: string): string =>
  `"${text
    .replaceAll(/[\\"]/g, String.raw`\$&`)
    .replaceAll(UNSEEN, (one) => SHORT[one] ?? (isShort(one) ? `\\u${hex(one, 4)}` : `\\U${hex(one, 8)}`))}"`;

/** Go writes characters in the same two ways. */
export const inGo = (text: string): string => inPython(text);

/** PHP and Ruby: single quotes; double ones where there is something that only they can write. */
const inQuotes = (text: string, special: RegExp): string => {
  if (text.search(UNSEEN) === -1) return `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
  return `"${text
    .replaceAll(special, String.raw`\$&`)
    .replaceAll(UNSEEN, (one) => SHORT[one] ?? `\\u{${hex(one, 1)}}`)}"`;
};

/** PHP, where `$` begins a variable within double quotes. */
export const inPhp = (text: string): string => inQuotes(text, /[\\"$]/g);

/** Ruby, where `#` may begin code within double quotes. */
export const inRuby = (text: string): string => inQuotes(text, /[\\"#]/g);
