/** Whether PostgreSQL reads a cell as a chosen type: what is let through it never refuses, so that no load breaks off. */
import { isIP } from 'node:net';
import { isArray, type BaseType, type ColumnType } from '../../../services/datasets/query/column-types.ts';
import { DEEPEST_JSON } from './bounds.ts';
import { isDate as isDateAt } from './printed-forms.ts';

type Test = (text: string) => boolean;

const whole =
  (least: bigint, most: bigint): Test =>
  (text) => {
    if (!/^[+-]?\d{1,40}$/.test(text)) return false;
    const value = BigInt(text.replace('+', ''));
    return value >= least && value <= most;
  };

const isNumeric: Test = (text) =>
  text.length <= 1000 &&
  (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/.test(text) || /^(?:NaN|-?Infinity)$/.test(text));

/** What overflows or is too small for the type is an error to PostgreSQL, not an infinity or a zero. */
const float =
  (round: (value: number) => number): Test =>
  (text) => {
    if (!isNumeric(text)) return false;
    const value = round(Number(text));
    if (/n/i.test(text)) return true;
    return Number.isFinite(value) && (value !== 0 || !/[1-9]/.test(text.split(/e/i)[0] ?? ''));
  };

const isDate: Test = (text) => text.length === 10 && isDateAt(Buffer.from(text), 0, 10);
const CLOCK = /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?$/;
const isTime: Test = (text) => CLOCK.test(text);
/** PostgreSQL knows offsets up to 15:59:59; the world's are within 14 hours. */
const OFFSET = /(?:Z|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)$/;
const isTimestamp: Test = (text) =>
  isDate(text.slice(0, 10)) && /^[ T]/.test(text.slice(10)) && isTime(text.slice(11));
const isDateOrTimestamp: Test = (text) => isDate(text) || isTimestamp(text);
/** With its offset: what a time without one means would hang on the server's own zone. */
const isTimestamptz: Test = (text) =>
  text.length > 11 &&
  OFFSET.test(text.slice(11)) &&
  isTimestamp(text.slice(0, 11) + text.slice(11).replace(OFFSET, ''));
const isTimetz: Test = (text) => OFFSET.test(text) && isTime(text.replace(OFFSET, ''));

const depthOf = (text: string): number => {
  let depth = 0;
  let deepest = 0;
  let inText = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (inText) {
      if (character === '\\') at += 1;
      else if (character === '"') inText = false;
    } else if (character === '"') inText = true;
    else if (character === '{' || character === '[') {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (character === '}' || character === ']') depth -= 1;
  }
  return deepest;
};

const isJson: Test = (text) => {
  if (depthOf(text) > DEEPEST_JSON) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** jsonb turns escapes into characters, and numbers into numerics, which have bounds (manual §8.14). */
const isJsonb: Test = (text) =>
  isJson(text) && !/\\u(?:0000|d[89a-f])/i.test(text) && !/\d[eE][+-]?\d{4}|\d{1000}/.test(text);

const isInet: Test = (text) => {
  const [address = '', bits, ...more] = text.split('/');
  const family = address.includes('%') ? 0 : isIP(address);
  if (family === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
};

const INTERVAL =
  /^P(?=.)(?:\d{1,4}Y)?(?:\d{1,4}M)?(?:\d{1,6}D)?(?:T(?=\d)(?:\d{1,6}H)?(?:\d{1,6}M)?(?:\d{1,6}(?:\.\d{1,6})?S)?)?$/;
const SPAN = /^-?\d{1,6}(?: (?:years?|mons?|months?|days?|hours?|minutes?|seconds?))$/;
const isInterval: Test = (text) =>
  (INTERVAL.test(text) && !text.endsWith('T')) ||
  SPAN.test(text) ||
  /^-?\d{1,6}:[0-5]\d:[0-5]\d(?:\.\d{1,6})?$/.test(text);

/** `[1,5)`: two bounds, the lower one first; `empty`. */
const range =
  (bound: Test, isBefore: (a: string, b: string) => boolean): Test =>
  (text) => {
    if (text === 'empty') return true;
    const parts = /^[[(]([^,"\\()[\]]*),([^,"\\()[\]]*)[\])]$/.exec(text);
    if (parts === null) return false;
    const [, low = '', high = ''] = parts;
    return (
      (low === '' || bound(low)) &&
      (high === '' || bound(high)) &&
      (low === '' || high === '' || isBefore(low, high))
    );
  };

const isInt4 = whole(-(2n ** 31n), 2n ** 31n - 1n);
const isInt8 = whole(-(2n ** 63n), 2n ** 63n - 1n);
/** Its bounds become one more where they are included, which the largest cannot. */
const isInt4Bound = whole(-(2n ** 31n), 2n ** 31n - 2n);
const isInt8Bound = whole(-(2n ** 63n), 2n ** 63n - 2n);
const asBig = (a: string, b: string): boolean => BigInt(a.replace('+', '')) <= BigInt(b.replace('+', ''));
const isPlainNumeric: Test = (text) =>
  /^-?\d{1,15}(?:\.\d{1,6})?$/.test(text) && text.replaceAll(/\D/g, '').length <= 15;

const anything: Test = () => true;

const READERS: Readonly<Record<BaseType, Test>> = {
  text: anything,
  varchar: anything,
  bpchar: anything,
  bool: (text) => /^(?:t|true|y|yes|on|1|f|false|n|no|off|0)$/i.test(text),
  int2: whole(-32_768n, 32_767n),
  int4: isInt4,
  int8: isInt8,
  numeric: isNumeric,
  float4: float(Math.fround),
  float8: float(Number),
  date: isDate,
  time: isTime,
  timetz: isTimetz,
  timestamp: isDateOrTimestamp,
  timestamptz: isTimestamptz,
  interval: isInterval,
  uuid: (text) => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text),
  json: isJson,
  jsonb: isJsonb,
  bytea: (text) => /^\\x(?:[0-9a-fA-F]{2})*$/.test(text),
  inet: isInet,
  tsvector: (text) => text.length <= 100_000 && /^[\p{L}\p{N}]{1,100}(?: [\p{L}\p{N}]{1,100})*$/u.test(text),
  int4range: range(isInt4Bound, asBig),
  int8range: range(isInt8Bound, asBig),
  numrange: range(isPlainNumeric, (a, b) => Number(a) <= Number(b)),
  // The last day that the calendar writes in four digits has one after it in PostgreSQL.
  daterange: range(isDate, (a, b) => a <= b),
  tsrange: range(
    (text) => isTimestamp(text) && text[10] === 'T' && text.length === 19,
    (a, b) => a <= b,
  ),
  tstzrange: range(
    (text) => isTimestamptz(text) && text[10] === 'T' && text.length === 20 && text.endsWith('Z'),
    (a, b) => a <= b,
  ),
};

/** `{a,b}` in one dimension; elements in double quotes only where they hold nothing to be made harmless. */
const isArrayOf = (element: Test, text: string): boolean => {
  if (text === '{}') return true;
  if (!text.startsWith('{') || !text.endsWith('}')) return false;
  const inner = text.slice(1, -1);
  if (!/^(?:"[^"\\]*"|[^",{}\\\s]+)(?:,(?:"[^"\\]*"|[^",{}\\\s]+))*$/.test(inner)) return false;
  return [...inner.matchAll(/"([^"\\]*)"|[^",{}\\\s]+/g)].every(([all, quoted]) =>
    quoted === undefined ? /^null$/i.test(all) || element(all) : element(quoted),
  );
};

/** Stricter than PostgreSQL where it is lenient: dates are ISO 8601, times of day have their zone where the type has one. */
export const isReadable = (type: ColumnType, text: string): boolean =>
  isArray(type) ? isArrayOf(READERS[type.slice(0, -2) as BaseType], text) : READERS[type](text);
