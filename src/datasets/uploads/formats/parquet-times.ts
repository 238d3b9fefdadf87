/**
 * Days, moments and times of day of Parquet as PostgreSQL prints them (DateStyle ISO, TimeZone UTC): whole numbers in the file, and
 * none is too large for its text. What the type of the column does not take, its check says of the cell (readable.ts).
 */

/** Days since 1970. */
export class Day {
  readonly days: number;
  constructor(days: number) {
    this.days = days;
  }
}

/** A moment that is still a whole number: of milliseconds, microseconds or nanoseconds since 1970. */
export class Moment {
  readonly value: bigint;
  /** Nanoseconds. */
  readonly unit: bigint;
  constructor(value: bigint, unit: bigint) {
    this.value = value;
    this.unit = unit;
  }
}

const NANOS = 1_000_000_000n;
const DAY_SECONDS = 86_400n;
const DAY_NANOS = DAY_SECONDS * NANOS;

/** DuckDB's infinities (its date.hpp and timestamp.hpp): the greatest number of the type, and the same below zero. */
const LAST_DAY = 2 ** 31 - 1;
const LAST_MOMENT = 2n ** 63n - 1n;

/** As PostgreSQL prints its own (manual §8.5.1.4). */
const INFINITY = 'infinity';
const MINUS_INFINITY = '-infinity';

const pad = (value: number | bigint, size: number): string => String(value).padStart(size, '0');

/** Four hundred years, after which the calendar repeats itself. */
const ERA_DAYS = 146_097;
/** From the first of March of the year 0 to 1970. */
const EPOCH_DAYS = 719_468;

/**
 * A day of the Gregorian calendar, also before there was one. @param days since 1970. @returns `YYYY-MM-DD`, and ` BC` where it
 * belongs, which stands behind the time of day.
 */
const calendarText = (days: number): readonly [day: string, era: string] => {
  const since = days + EPOCH_DAYS;
  const era = Math.floor(since / ERA_DAYS);
  const ofEra = since - era * ERA_DAYS;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  // Of a year that begins in March, so that the day that comes every four years is its last.
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * ofYear + 2) / 153);
  const day = ofYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return [`${pad(year > 0 ? year : 1 - year, 4)}-${pad(month, 2)}-${pad(day, 2)}`, year > 0 ? '' : ' BC'];
};

const floorDivide = (value: bigint, by: bigint): bigint =>
  value >= 0n ? value / by : -((by - 1n - value) / by);

/** `HH:MM:SS` and a fraction that does not end in zero. @param nanos not below zero. */
const clockText = (nanos: bigint): string => {
  const seconds = nanos / NANOS;
  const fraction = pad(nanos % NANOS, 9).replace(/0+$/, '');
  const whole = `${pad(seconds / 3600n, 2)}:${pad((seconds / 60n) % 60n, 2)}:${pad(seconds % 60n, 2)}`;
  return fraction === '' ? whole : `${whole}.${fraction}`;
};

/** Throws TypeError where it is no day. */
export const dayText = ({ days }: Day): string => {
  if (!Number.isInteger(days)) throw new TypeError('this is no day');
  if (days === LAST_DAY) return INFINITY;
  if (days === -LAST_DAY) return MINUS_INFINITY;
  return calendarText(days).join('');
};

/** Throws TypeError where it is no moment. */
export const momentText = ({ value, unit }: Moment, isUtc: boolean): string => {
  // In nanoseconds the last one is no infinity but a day in 2262, and the last moment of pandas.
  if (unit > 1n && value === LAST_MOMENT) return INFINITY;
  if (unit > 1n && value === -LAST_MOMENT) return MINUS_INFINITY;
  const nanos = value * unit;
  const days = floorDivide(nanos, DAY_NANOS);
  const [day, era] = calendarText(Number(days));
  return `${day} ${clockText(nanos - days * DAY_NANOS)}${isUtc ? '+00' : ''}${era}`;
};

/**
 * A time of day, `24:00:00` at the most. What is none is shown as what it is, which no time is: with a sign, or more hours.
 * @param unit nanoseconds. Throws TypeError where it is no time.
 */
export const timeText = (value: bigint, unit: bigint): string => {
  const nanos = value * unit;
  return nanos < 0n ? `-${clockText(-nanos)}` : clockText(nanos);
};
