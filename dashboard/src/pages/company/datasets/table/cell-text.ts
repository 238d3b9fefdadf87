/** What a cell shows of a text that may hold anything: one short line, nothing unseen, nothing that reaches beyond it. */

/** UTF-16 units that a cell shows; the whole text is one key away. */
const LONGEST = 240;

/** Signs that turn the direction of a line around or have no shape, and those that control machines. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF\p{Cs}]/gu;

/** Control pictures (Unicode 2400–2421) for those that have one, else the code in brackets. */
const picture = (sign: string): string => {
  const code = sign.codePointAt(0) ?? 0;
  if (code === 10) return '↵';
  if (code === 9) return '⇥';
  if (code < 32) return String.fromCodePoint(0x24_00 + code);
  if (code === 127) return '␡';
  return `⟨${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
};

/** Scripts whose letters are joined, or kept from it, by signs of no width (UAX 31 §2.3, contexts A and B). */
const JOINING =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}]/u;
const PICTURE_BEFORE = /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\uFE0F/u;
const PICTURE_AFTER = /\p{Extended_Pictographic}/u;

/** Whether a joiner stands where it is part of what is seen: in an emoji of several, or in a word that is written with it. */
const isPartOfWriting = (sign: string, at: number, text: string): boolean => {
  if (sign !== '\u200C' && sign !== '\u200D') return false;
  // Code points, not patterns with an end: Chromium 147 finds no sign beyond U+FFFF with `[…]$`.
  const before = Array.from(text.slice(Math.max(0, at - 2), at)).at(-1) ?? '';
  const after = Array.from(text.slice(at + 1, at + 3))[0] ?? '';
  const isEmoji = sign === '\u200D' && PICTURE_BEFORE.test(before) && PICTURE_AFTER.test(after);
  return isEmoji || (JOINING.test(before) && JOINING.test(after));
};

const draw = (sign: string, at: number, text: string): string =>
  isPartOfWriting(sign, at, text) ? sign : picture(sign);

export interface Shown {
  readonly text: string;
  /** Whether there is more than `text`, or something in it is shown by another sign. */
  readonly isPart: boolean;
}

/** One line of at most 240 units, cut between code points. */
export const showShort = (value: string): Shown => {
  const isLong = value.length > LONGEST;
  const cut = isLong ? value.slice(0, LONGEST).replace(/[\uD800-\uDBFF]$/u, '') : value;
  const text = cut.replaceAll(UNSEEN, draw);
  return { text: isLong ? `${text}…` : text, isPart: isLong || text !== cut };
};

/** The whole text with what cannot be seen made visible; lines stay lines. */
export const showWhole = (value: string): string =>
  value.replaceAll(UNSEEN, (sign, at: number, text: string) =>
    sign === '\n' || sign === '\t' ? sign : draw(sign, at, text),
  );
