/** What clocks show in a time zone, as JSON; a zone is worked out once a day, and its local time once a second. */
import { holdsUntil, isSummer, MOST_ZONES, offsetsIn, offsetText, type OffsetAt } from '../zone-offsets.ts';

export interface ZoneTime {
  /** Seconds from UTC, east positive. */
  readonly offset: number;
  /** `{"id":…}`, whole. */
  readonly json: string;
}

interface Known extends ZoneTime {
  readonly second: number;
  /** Milliseconds since the epoch between which offset, letters and summer time hold. */
  readonly from: number;
  readonly until: number;
  /** Up to the local time, and from behind it. */
  readonly head: string;
  readonly tail: string;
}

/** CLDR has a zone's letters in the English of those who live there. */
const ENGLISHES = ['en-GB', 'en-IE', 'en-US', 'en-CA', 'en-AU', 'en-NZ', 'en-IN', 'en-ZA'] as const;
const NO_LETTERS = /^(?:GMT|UTC)[+-]|\d/u;

/** `CET`, or the offset where nobody has letters for it. */
const abbreviation = (zone: string, offset: number, now: number): string => {
  for (const locale of ENGLISHES) {
    const parts = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: 'short' }).formatToParts(
      now,
    );
    const name = parts.find(({ type }) => type === 'timeZoneName')?.value;
    if (name !== undefined && !NO_LETTERS.test(name)) return name;
  }
  return offsetText(offset, ':');
};

const localTime = (offset: number, second: number): string =>
  new Date((second + offset) * 1000).toISOString().slice(0, 19);

const describe = (zone: string, now: number): Known | undefined => {
  let offsetAt: OffsetAt;
  try {
    offsetAt = offsetsIn(zone);
  } catch {
    return undefined;
  }
  const second = Math.floor(now / 1000);
  const offset = offsetAt(now);
  const name = abbreviation(zone, offset, now);
  const head = `{"id":${JSON.stringify(zone)},"abbreviation":"${name}","utc_offset_seconds":${offset},"local_time":"`;
  const tail = `${offsetText(offset, ':')}","is_dst":${isSummer(offset, offsetAt, now)}}`;
  const until = holdsUntil(offset, offsetAt, now);
  const json = `${head}${localTime(offset, second)}${tail}`;
  return { second, from: now, until, offset, head, tail, json };
};

/** From an IANA zone and an instant in milliseconds to what clocks show; undefined where this Node knows no such zone. */
export type Zones = (zone: string, now: number) => ZoneTime | undefined;

/** One a thread. */
export const createZones = (): Zones => {
  const known = new Map<string, Known | undefined>();
  return (zone, now) => {
    const second = Math.floor(now / 1000);
    const found = known.get(zone);
    if (found === undefined && known.has(zone)) return undefined;
    const holds = found !== undefined && now >= found.from && now < found.until;
    if (holds && found.second === second) return found;
    if (found === undefined && known.size >= MOST_ZONES) known.clear();
    const described = holds
      ? { ...found, second, json: `${found.head}${localTime(found.offset, second)}${found.tail}` }
      : describe(zone, now);
    known.set(zone, described);
    return described;
  };
};
