import { holdsUntil, isSummer, MOST_ZONES, offsetsIn, offsetText } from '../../zone-offsets.ts';
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
    const text = offsetText(offset, '');
    const [winterName, summerName = winterName] = lettersOf.get(zone) ?? [];
    // Zones without letters are known by their offset, in the time zone database too.
    const short = (summer ? summerName : winterName) ?? text.replace(/00$/u, '');
    const bytes = Buffer.from(
      `"timezone":{"name":"${zone}","now_in_dst":${summer ? 1 : 0},"offset_sec":${offset},` +
        `"offset_string":"${text}","short_name":"${short}"}`,
    );
    return { offset, bytes, from: now, until: holdsUntil(offset, offsetAt, now) };
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
