import type { AnnotationData } from './annotation-data.ts';

/** What clocks show in a time zone at one moment. */
export interface ZoneTime {
  /** From UTC, in seconds, east positive. */
  readonly offset: number;
  /** The contract's `timezone` member, its name included. */
  readonly bytes: Buffer;
}

interface Known extends ZoneTime {
  /** Milliseconds since the epoch between which it holds. */
  readonly from: number;
  readonly until: number;
}

const DAY = 86_400_000;
/** Clocks change at whole quarters of an hour. */
const QUARTER = 900_000;
/** There are some 420 zones and their old names; more than these cannot be in an index. */
const MOST_ZONES = 1_000;

const LONG_OFFSET = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/u;

/** A function from an instant to the zone's offset in seconds. */
const offsetsIn = (zone: string): ((instant: number) => number) => {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  return (instant) => {
    const [, sign, hours = '0', minutes = '0', seconds = '0'] =
      LONG_OFFSET.exec(format.format(instant)) ?? [];
    const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    return sign === '-' ? -size : size;
  };
};

/** `+0530` for 19,800 seconds. */
const offsetText = (offset: number): string => {
  const minutes = Math.round(Math.abs(offset) / 60);
  const hours = String(Math.floor(minutes / 60)).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${hours}${String(minutes % 60).padStart(2, '0')}`;
};

/**
 * Summer time is an offset above the smaller of those of 1 January and 1 July (UTC), so that Ireland, whose law has it
 * the other way round, reads like its neighbours.
 */
const isSummer = (offset: number, offsetAt: (instant: number) => number, now: number): boolean => {
  const year = new Date(now).getUTCFullYear();
  return offset > Math.min(offsetAt(Date.UTC(year, 0, 1)), offsetAt(Date.UTC(year, 6, 1)));
};

/** Makes the function from an IANA zone and an instant in milliseconds to what clocks show; each zone is worked out once a day. */
export const createZones = (letters: AnnotationData['zones']): ((zone: string, now: number) => ZoneTime) => {
  const lettersOf = new Map(
    Object.entries(letters).flatMap(([pair, zones]) => zones.map((zone) => [zone, pair.split(',')] as const)),
  );
  const known = new Map<string, Known>();

  const describe = (zone: string, now: number): Known => {
    const offsetAt = offsetsIn(zone);
    const offset = offsetAt(now);
    const summer = isSummer(offset, offsetAt, now);
    const text = offsetText(offset);
    const [winterName, summerName = winterName] = lettersOf.get(zone) ?? [];
    // Zones without letters are known by their offset, in the time zone database too.
    const short = (summer ? summerName : winterName) ?? text.replace(/00$/u, '');
    const bytes = Buffer.from(
      `"timezone":{"name":"${zone}","now_in_dst":${summer ? 1 : 0},"offset_sec":${offset},` +
        `"offset_string":"${text}","short_name":"${short}"}`,
    );
    const steady = offsetAt(now + DAY) === offset;
    const until = steady ? now + DAY : (Math.floor(now / QUARTER) + 1) * QUARTER;
    return { offset, bytes, from: now, until };
  };

  return (zone, now) => {
    const found = known.get(zone);
    if (found !== undefined && now >= found.from && now < found.until) return found;
    if (known.size >= MOST_ZONES) known.clear();
    const described = describe(zone, now);
    known.set(zone, described);
    return described;
  };
};
