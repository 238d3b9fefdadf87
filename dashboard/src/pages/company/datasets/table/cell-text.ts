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

export interface Shown {
  readonly text: string;
  /** Whether there is more than `text`, or something in it is shown by another sign. */
  readonly isPart: boolean;
}

/** One line of at most 240 units, cut between code points. */
export const showShort = (value: string): Shown => {
  const isLong = value.length > LONGEST;
  const cut = isLong ? value.slice(0, LONGEST).replace(/[\uD800-\uDBFF]$/u, '') : value;
  const text = cut.replaceAll(UNSEEN, picture);
  return { text: isLong ? `${text}…` : text, isPart: isLong || text !== cut };
};

/** The whole text with what cannot be seen made visible; lines stay lines. */
export const showWhole = (value: string): string =>
  value.replaceAll(UNSEEN, (sign) => (sign === '\n' || sign === '\t' ? sign : picture(sign)));
