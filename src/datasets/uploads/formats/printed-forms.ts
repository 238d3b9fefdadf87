/**
 * Whether PostgreSQL would print a cell again byte for byte (manual §8.1, §8.5; DateStyle ISO, TimeZone UTC), seen from the
 * bytes alone. All take UTF-8, from `start` up to `end`.
 */
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const NINE = 57;

const INT8_MAX = '9223372036854775807';
const INT8_MIN = '9223372036854775808';

/** PostgreSQL has room for more digits; nobody's numbers do. */
const MOST_DIGITS = 1000;

/** What a cell is as a number, from narrow to wide. */
export const NO_NUMBER = 0;
export const AS_INT4 = 1;
export const AS_INT8 = 2;
export const AS_NUMERIC = 3;

/** Whether the number that `numberForm` saw last is one that float8 prints alike: at most 15 digits, and no exponent. */
let isShort = false;
export const lastWasShort = (): boolean => isShort;

/** What that number is, as near as a double comes; it is the nearest one where it has no more than 15 digits. */
let lastValue = 0;
export const valueOfLast = (): number => lastValue;

const POWERS = Array.from({ length: 23 }, (_, power) => 10 ** power);

const int8Fits = (bytes: Buffer, start: number, end: number, isNegative: boolean): boolean => {
  const most = isNegative ? INT8_MIN : INT8_MAX;
  for (let at = start; at < end; at += 1) {
    const difference = (bytes[at] ?? 0) - most.charCodeAt(at - start);
    if (difference !== 0) return difference < 0;
  }
  return true;
};

/** The narrowest type of numbers that prints it again; leading zeros, `+1`, `-0`, `.5` and `1e3` are none. */
export const numberForm = (bytes: Buffer, start: number, end: number): number => {
  let at = start;
  const isNegative = bytes[at] === MINUS;
  if (isNegative) at += 1;
  const first = at;
  if (end - first > MOST_DIGITS || first >= end) return NO_NUMBER;
  let value = 0;
  while (at < end) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
    at += 1;
  }
  const whole = at - first;
  if (whole === 0 || (bytes[first] === ZERO && whole > 1)) return NO_NUMBER;
  if (at === end) {
    if (isNegative && value === 0) return NO_NUMBER;
    isShort = whole <= 15;
    lastValue = isNegative ? -value : value;
    if (whole <= 10 && value <= (isNegative ? 2_147_483_648 : 2_147_483_647)) return AS_INT4;
    if (whole < 19 || (whole === 19 && int8Fits(bytes, first, end, isNegative))) return AS_INT8;
    return AS_NUMERIC;
  }
  if (bytes[at] !== DOT || at + 1 === end) return NO_NUMBER;
  let leading = 0;
  let isZero = value === 0;
  let digits = value;
  for (at += 1; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte < ZERO || byte > NINE) return NO_NUMBER;
    if (byte !== ZERO) isZero = false;
    else if (isZero) leading += 1;
    digits = digits * 10 + byte - ZERO;
  }
  if (isZero && isNegative) return NO_NUMBER;
  const power = POWERS[end - first - whole - 1];
  // Both are whole numbers that a double holds, so that the quotient is rounded once.
  const size = power === undefined ? Number(bytes.toString('latin1', first, end)) : digits / power;
  lastValue = isNegative ? -size : size;
  isShort = end - first - 1 <= 15 && bytes[end - 1] !== ZERO && !(value === 0 && leading > 3);
  return AS_NUMERIC;
};

/** As PostgreSQL prints a float8 (shortest digits that read back; an exponent below 1e-4 and from 1e15 on). */
export const float8Text = (value: number): string => {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 15) {
    if (power >= 0) return String(value);
    const plain = digits.replace('-', '').replace('.', '');
    return `${value < 0 ? '-' : ''}0.${'0'.repeat(-power - 1)}${plain}`;
  }
  const shown = String(Math.abs(power)).padStart(2, '0');
  return `${digits}e${power < 0 ? '-' : '+'}${shown}`;
};

export const isFloat8 = (bytes: Buffer, start: number, end: number): boolean => {
  if (end - start > 24) return false;
  const text = bytes.toString('latin1', start, end);
  return /^-?(?:\d|Inf|NaN)/.test(text) && float8Text(Number(text)) === text;
};

const two = (bytes: Buffer, at: number): number => {
  const tens = (bytes[at] ?? 0) - ZERO;
  const ones = (bytes[at + 1] ?? 0) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
};

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** `YYYY-MM-DD` of the years 0001 to 9999 that the calendar has. */
export const isDate = (bytes: Buffer, start: number, end: number): boolean => {
  if (end - start !== 10 || bytes[start + 4] !== MINUS || bytes[start + 7] !== MINUS) return false;
  const century = two(bytes, start);
  const years = two(bytes, start + 2);
  const month = two(bytes, start + 5);
  const day = two(bytes, start + 8);
  if (century < 0 || years < 0 || month < 1 || month > 12 || day < 1) return false;
  const year = century * 100 + years;
  if (year === 0 || day > (DAYS[month - 1] ?? 0)) return false;
  return month !== 2 || day < 29 || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0));
};

const COLON = 58;

/** `HH:MM:SS` and up to six digits of a fraction that does not end in zero. */
export const isTime = (bytes: Buffer, start: number, end: number): boolean => {
  const size = end - start;
  if (size < 8 || size === 9 || size > 15) return false;
  const hour = two(bytes, start);
  const minute = two(bytes, start + 3);
  const second = two(bytes, start + 6);
  if (bytes[start + 2] !== COLON || bytes[start + 5] !== COLON) return false;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return false;
  if (size === 8) return true;
  if (bytes[start + 8] !== DOT || bytes[end - 1] === ZERO) return false;
  for (let at = start + 9; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < ZERO || byte > NINE) return false;
  }
  return true;
};

export const isTimestamp = (bytes: Buffer, start: number, end: number): boolean =>
  bytes[start + 10] === 32 && isDate(bytes, start, start + 10) && isTime(bytes, start + 11, end);

/** In UTC alone, `+00`: of any other offset PostgreSQL keeps the moment, but not the offset. */
export const isTimestamptz = (bytes: Buffer, start: number, end: number): boolean =>
  end - start > 3 &&
  bytes[end - 3] === 43 &&
  bytes[end - 2] === ZERO &&
  bytes[end - 1] === ZERO &&
  isTimestamp(bytes, start, end - 3);

/** With small letters, as PostgreSQL prints it. */
export const isUuid = (bytes: Buffer, start: number, end: number): boolean => {
  if (end - start !== 36) return false;
  for (let at = 0; at < 36; at += 1) {
    const byte = bytes[start + at] ?? 0;
    const wantsDash = at === 8 || at === 13 || at === 18 || at === 23;
    if (wantsDash ? byte !== MINUS : !((byte >= ZERO && byte <= NINE) || (byte >= 97 && byte <= 102)))
      return false;
  }
  return true;
};

/** The words that JSON has; PostgreSQL's own text of a bool is `t`, but every way out of a dataset writes these. */
export const isBool = (bytes: Buffer, start: number, end: number): boolean => {
  const size = end - start;
  if (size === 4)
    return (
      bytes[start] === 116 && bytes[start + 1] === 114 && bytes[start + 2] === 117 && bytes[start + 3] === 101
    );
  return size === 5 && bytes[start] === 102 && bytes.toString('latin1', start, end) === 'false';
};
