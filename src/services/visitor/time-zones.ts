/** What clocks show in a time zone, as JSON; a zone is worked out once a day, and its local time once a second. */

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

/** More than there are, old names included: a bound on what data from outside can fill. */
const MOST_ZONES = 1_000;
const DAY_MS = 86_400_000;
/** Clocks change at whole quarters of an hour. */
const QUARTER_MS = 900_000;
const LONG_OFFSET = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/u;
/** CLDR has a zone's letters in the English of those who live there. */
const ENGLISHES = ['en-GB', 'en-IE', 'en-US', 'en-CA', 'en-AU', 'en-NZ', 'en-IN', 'en-ZA'] as const;
const NO_LETTERS = /^(?:GMT|UTC)[+-]|\d/u;

const offsetsIn = (zone: string): ((instant: number) => number) => {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  return (instant) => {
    const [, sign, hours = '0', minutes = '0', seconds = '0'] =
      LONG_OFFSET.exec(format.format(instant)) ?? [];
    const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    return sign === '-' ? -size : size;
  };
};

/** `+05:30` for 19,800 seconds. */
const offsetText = (offset: number): string => {
  const minutes = Math.round(Math.abs(offset) / 60);
  const hours = String(Math.floor(minutes / 60)).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${hours}:${String(minutes % 60).padStart(2, '0')}`;
};

/** `CET`, or the offset where nobody has letters for it. */
const abbreviation = (zone: string, offset: number, now: number): string => {
  for (const locale of ENGLISHES) {
    const parts = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: 'short' }).formatToParts(
      now,
    );
    const name = parts.find(({ type }) => type === 'timeZoneName')?.value;
    if (name !== undefined && !NO_LETTERS.test(name)) return name;
  }
  return offsetText(offset);
};

/** Above the smaller of the offsets of January and July, so that Ireland, whose law has it the other way round, reads like its neighbours. */
const isSummer = (offset: number, offsetAt: (instant: number) => number, now: number): boolean => {
  const year = new Date(now).getUTCFullYear();
  return offset > Math.min(offsetAt(Date.UTC(year, 0, 1)), offsetAt(Date.UTC(year, 6, 1)));
};

const localTime = (offset: number, second: number): string =>
  new Date((second + offset) * 1000).toISOString().slice(0, 19);

const describe = (zone: string, now: number): Known | undefined => {
  let offsetAt: (instant: number) => number;
  try {
    offsetAt = offsetsIn(zone);
  } catch {
    return undefined;
  }
  const second = Math.floor(now / 1000);
  const offset = offsetAt(now);
  const name = abbreviation(zone, offset, now);
  const head = `{"id":${JSON.stringify(zone)},"abbreviation":"${name}","utc_offset_seconds":${offset},"local_time":"`;
  const tail = `${offsetText(offset)}","is_dst":${isSummer(offset, offsetAt, now)}}`;
  const isSteady = offsetAt(now + DAY_MS) === offset;
  const until = isSteady ? now + DAY_MS : (Math.floor(now / QUARTER_MS) + 1) * QUARTER_MS;
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
