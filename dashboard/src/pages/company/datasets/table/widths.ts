/** How wide columns are: by their type and name at first, then as somebody pulled them. */
import { isNumber, isText, type Column } from './question.ts';

/** CSS pixels. */
export const NARROWEST = 64;
export const WIDEST = 900;
/** For the row's number. */
export const NUMBER_WIDTH = 72;
export const ROW_HEIGHT = 36;
export const HEADER_HEIGHT = 52;
/** One press of a key. */
export const STEP = 24;

const PER_LETTER = 8;
const ROOM = 48;

const usual = (column: Column): number => {
  if (isText(column)) return 200;
  if (isNumber(column)) return 112;
  if (/^bool$/.test(column.type)) return 88;
  return column.type.startsWith('timestamp') ? 210 : 150;
};

export const clampWidth = (width: number): number => Math.round(Math.min(Math.max(width, NARROWEST), WIDEST));

/** CSS pixels at first. */
export const firstWidth = (column: Column): number =>
  clampWidth(Math.min(280, Math.max(usual(column), column.name.length * PER_LETTER + ROOM)));
