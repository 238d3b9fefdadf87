/** How far the clocks of a time zone are from UTC. */

const DAY_MS = 86_400_000;
/** Clocks change at whole quarters of an hour. */
const QUARTER_MS = 900_000;
/** More than there are, old names included: a bound on what data from outside can fill. */
export const MOST_ZONES = 1_000;

const LONG_OFFSET = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/u;

/** From an instant in milliseconds to the zone's offset in seconds, east positive. */
export type OffsetAt = (instant: number) => number;

/** @param zone an IANA name. @throws {RangeError} where this Node knows no such zone. */
export const offsetsIn = (zone: string): OffsetAt => {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  return (instant) => {
    const [, sign, hours = '0', minutes = '0', seconds = '0'] =
      LONG_OFFSET.exec(format.format(instant)) ?? [];
    const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    return sign === '-' ? -size : size;
  };
};

/** `+05:30` for 19,800 seconds with a colon between, `+0530` with nothing. */
export const offsetText = (offset: number, between: ':' | ''): string => {
  const minutes = Math.round(Math.abs(offset) / 60);
  const hours = String(Math.floor(minutes / 60)).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${hours}${between}${String(minutes % 60).padStart(2, '0')}`;
};

/**
 * Summer time is an offset above the smaller of those of 1 January and 1 July (UTC), so that Ireland, whose law has it
 * the other way round, reads like its neighbours.
 */
export const isSummer = (offset: number, offsetAt: OffsetAt, now: number): boolean => {
  const year = new Date(now).getUTCFullYear();
  return offset > Math.min(offsetAt(Date.UTC(year, 0, 1)), offsetAt(Date.UTC(year, 6, 1)));
};

/** Until when the offset of `now` surely holds: for a day, or to the next quarter of an hour before a change. */
export const holdsUntil = (offset: number, offsetAt: OffsetAt, now: number): number =>
  offsetAt(now + DAY_MS) === offset ? now + DAY_MS : (Math.floor(now / QUARTER_MS) + 1) * QUARTER_MS;
