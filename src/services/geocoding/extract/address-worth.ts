/** How much what an extract finds counts, and which of it is one to the reader. */
import type { Bounds, Point } from '../request.ts';
import type { Area, AreaWords } from './area-words.ts';
import {
  CONTEXT,
  FINE_DEGREE,
  HOUSE,
  SPOT,
  SPOT_AREA,
  SPOT_PLACE,
  SPOT_POI,
  STREET,
} from './extract-records.ts';
import type { ExtractRecords } from './extract.ts';

/** What is looked for in an extract. */
export interface AddressQuery {
  readonly text: string;
  /** 1 to 100. */
  readonly limit: number;
  /** ISO 3166-1 alpha-2, upper case. */
  readonly countries?: readonly string[] | undefined;
  readonly bounds?: Bounds | undefined;
  readonly proximity?: Point | undefined;
  readonly keepDuplicates?: boolean | undefined;
  /** The text is only the beginning of a name, or a name and the beginning of where it is. */
  readonly isPrefix?: boolean | undefined;
}

/** A record that was found. */
export interface FoundRecord {
  readonly kind: 'house' | 'street' | 'spot';
  readonly id: number;
  readonly worth: number;
}

/** What a record is worth beside a tenth for each power of ten of its place's people. */
const KIND_WORTH: Readonly<Record<number, number>> = {
  [SPOT_AREA]: 0.3,
  [SPOT_PLACE]: 0.25,
  [SPOT_POI]: 0.1,
};
const POSTCODE_WORTH = 0.2;
const SOFT_WORTH = 0.5;
const NEAR_WORTH = 0.4;
const NEAR_HALF_KM = 50;

/** Orders what is found. */
export interface AddressWorth {
  /** Number of the context of a record. */
  contextOf(kind: FoundRecord['kind'], id: number): number;
  /** Records that the question does not leave out. @param soft areas that add to the worth of what lies in them */
  worthwhile(
    kind: FoundRecord['kind'],
    ids: readonly number[],
    query: AddressQuery,
    soft: readonly Area[],
  ): FoundRecord[];
  /** The best, in order, without those that look the same. Changes the order of what it is given. */
  best(found: FoundRecord[], query: AddressQuery): FoundRecord[];
}

/** Makes the order of one thread. */
export const createAddressWorth = (records: ExtractRecords, areaWords: AreaWords): AddressWorth => {
  const pointOf = ({ kind, id }: Pick<FoundRecord, 'kind' | 'id'>): readonly [number, number] => {
    if (kind === 'house') return [records.house(id, HOUSE.lat), records.house(id, HOUSE.lng)];
    if (kind === 'street') return [records.street(id, STREET.lat), records.street(id, STREET.lng)];
    return [records.spot(id, SPOT.lat), records.spot(id, SPOT.lng)];
  };
  const contextOf = (kind: FoundRecord['kind'], id: number): number => {
    if (kind === 'house') return records.house(id, HOUSE.context);
    return kind === 'street' ? records.street(id, STREET.context) : records.spot(id, SPOT.context);
  };

  /** What a record is worth; undefined where the question leaves it out. */
  const worthOf = (
    kind: FoundRecord['kind'],
    id: number,
    query: AddressQuery,
    soft: readonly Area[],
  ): number | undefined => {
    const context = contextOf(kind, id);
    const { countries, bounds, proximity } = query;
    if (
      countries !== undefined &&
      !countries.includes(records.text(records.context(context, CONTEXT.country)))
    )
      return undefined;
    const [fineLat, fineLng] = pointOf({ kind, id });
    const lat = fineLat / FINE_DEGREE;
    const lng = fineLng / FINE_DEGREE;
    if (
      bounds !== undefined &&
      (lat < bounds.south || lat > bounds.north || lng < bounds.west || lng > bounds.east)
    )
      return undefined;
    const own = kind === 'spot' ? records.spot(id, SPOT.population) : 0;
    let worth = Math.log10(1 + Math.max(own, records.context(context, CONTEXT.population))) / 10;
    if (kind === 'spot') worth += KIND_WORTH[records.spot(id, SPOT.kind)] ?? POSTCODE_WORTH;
    for (const area of soft) if (areaWords.holds(area, context)) worth += SOFT_WORTH;
    if (proximity !== undefined) {
      const north = lat - proximity.lat;
      let east = Math.abs(lng - proximity.lng);
      if (east > 180) east = 360 - east;
      east *= Math.cos((proximity.lat * Math.PI) / 180);
      const km = 111.2 * Math.sqrt(north * north + east * east);
      worth += (NEAR_WORTH * NEAR_HALF_KM) / (NEAR_HALF_KM + km);
    }
    return worth;
  };

  /** What tells results apart to a reader: the name and the place. */
  const looksOf = ({ kind, id }: FoundRecord): string => {
    const place = records.text(records.context(contextOf(kind, id), CONTEXT.place));
    if (kind === 'street') return `${records.text(records.street(id, STREET.name))}|${place}`;
    if (kind === 'house')
      return `${records.text(records.house(id, HOUSE.number))}|${records.house(id, HOUSE.street)}|${place}`;
    const type = records.text(records.spot(id, SPOT.type));
    return `${records.text(records.spot(id, SPOT.name))}|${type}|${place}`;
  };

  const best = (found: FoundRecord[], { limit, keepDuplicates }: AddressQuery): FoundRecord[] => {
    found.sort((a, b) => b.worth - a.worth || a.id - b.id);
    if (found.length < 2 || keepDuplicates === true) return found.slice(0, limit);
    const seen = new Set<string>();
    const kept: FoundRecord[] = [];
    for (const record of found) {
      if (kept.length >= limit) break;
      const looks = looksOf(record);
      if (seen.has(looks)) continue;
      seen.add(looks);
      kept.push(record);
    }
    return kept;
  };

  const worthwhile: AddressWorth['worthwhile'] = (kind, ids, query, soft) =>
    ids.flatMap((id) => {
      const worth = worthOf(kind, id, query, soft);
      return worth === undefined ? [] : [{ kind, id, worth }];
    });

  return { contextOf, worthwhile, best };
};
