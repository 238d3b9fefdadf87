import { createCountryAt, NOWHERE } from './country-at.ts';
import { DEGREE, NONE, TYPE_NAMES, type CountryRecord, type StateCode, type TypeName } from './entity.ts';
import { openSections, type Sections } from './index-format.ts';
import { createNearest } from './nearest.ts';
import { openRecords, RECORD_LENGTH, type Records } from './records.ts';
import type { ForwardQuery, SuggestQuery } from './request.ts';
import { createSearch } from './search.ts';
import { createSuggest } from './suggest.ts';

export { loadGazetteerFile } from './gazetteer-file.ts';

/** Beyond this the nearest place says nothing about a coordinate, and the country alone is the answer. */
export const NEAREST_LIMIT_METRES = 50_000;

/** What a coordinate lies at: a place, or only its country. */
export interface ReverseHit {
  /** Entity of the place or country. */
  readonly id: number;
  /** Great-circle metres from the coordinate to where that entity stands. */
  readonly metres: number;
}

/** An entity with its names and numbers, for tests and tools; answers are rendered from the columns directly. */
export interface EntityView {
  readonly id: number;
  readonly type: TypeName;
  readonly name: string;
  readonly lat: number;
  readonly lng: number;
  readonly population: number;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly state: string | undefined;
  readonly county: string | undefined;
  readonly timezone: string;
}

/** The open index of one thread: views over shared memory, and searches with scratch space of their own. */
export interface Gazetteer {
  readonly sections: Sections;
  readonly records: Records;
  readonly countries: readonly CountryRecord[];
  readonly stateCodes: readonly StateCode[];
  /** How many entities there are; their ids run from 0. */
  readonly size: number;
  /**
   * The place nearest to a coordinate within the country that the borders put it in, or that country where no place
   * is near; undefined at sea. Degrees, -90 to 90 and -180 to 180.
   */
  reverse(lat: number, lng: number): ReverseHit | undefined;
  /** Ids of the entities that a query means, best first; never throws. */
  forward(query: ForwardQuery): readonly number[];
  /** Ids of the entities whose names begin with what has been typed so far, the most important first; never throws. */
  suggest(query: SuggestQuery): readonly number[];
  /** Number of the country at a coordinate by its borders, or -1. */
  countryAt(lat: number, lng: number): number;
  entity(id: number): EntityView;
}

/** Great-circle metres between two coordinates (haversine). */
const metresBetween = (latA: number, lngA: number, latB: number, lngB: number): number => {
  const radians = Math.PI / 180;
  const north = Math.sin(((latB - latA) * radians) / 2);
  const east = Math.sin(((lngB - lngA) * radians) / 2);
  const half = north * north + Math.cos(latA * radians) * Math.cos(latB * radians) * east * east;
  return 2 * 6_371_008.8 * Math.asin(Math.min(1, Math.sqrt(half)));
};

/** Opens a checked index (`loadGazetteerFile`) for one thread; takes milliseconds and copies no bulk data. */
export const openGazetteer = (buffer: SharedArrayBuffer): Gazetteer => {
  const sections = openSections(buffer);
  const countries = sections.countries as readonly CountryRecord[];
  const stateCodes = sections.stateCodes as readonly StateCode[];
  const timezones = sections.timezones as readonly string[];
  const { names } = sections;
  const records = openRecords(sections.records);
  const countryAt = createCountryAt(sections);
  const nearest = createNearest(sections);
  const countryNumber = new Map(countries.map(({ alpha2 }, index) => [alpha2, index]));
  const search = createSearch(sections, countryNumber);
  const suggest = createSuggest(sections, countryNumber, search);

  const nameOf = (id: number): string => {
    const start = records.nameStart(id);
    const escaped = Buffer.from(names.buffer, names.byteOffset + start, records.nameLength(id)).toString(
      'utf8',
    );
    return JSON.parse(`"${escaped}"`) as string;
  };
  const optionalName = (id: number): string | undefined => (id === NONE ? undefined : nameOf(id));

  return {
    sections,
    records,
    countries,
    stateCodes,
    size: sections.records.length / RECORD_LENGTH,
    countryAt,
    suggest,
    forward: (query) => {
      const seek = query.isPrefix === true ? suggest : search;
      let found = seek(query);
      if (query.otherwise === undefined) return found;
      for (const text of query.otherwise) {
        if (found.length > 0) break;
        found = seek({ ...query, text });
      }
      return found;
    },
    reverse: (north, east) => {
      const found = countryAt(north, east);
      if (found === NOWHERE) return undefined;
      const place = nearest(north, east, found);
      if (place !== undefined && place.metres <= NEAREST_LIMIT_METRES) return place;
      const id = countries[found]?.entity ?? 0;
      const metres = metresBetween(north, east, records.lat(id) / DEGREE, records.lng(id) / DEGREE);
      return { id, metres };
    },
    entity: (id) => ({
      id,
      type: TYPE_NAMES[records.type(id)] ?? 'village',
      name: nameOf(id),
      lat: records.lat(id) / DEGREE,
      lng: records.lng(id) / DEGREE,
      population: records.population(id),
      country: countries[records.country(id)]?.alpha2 ?? '',
      state: optionalName(records.state(id)),
      county: optionalName(records.county(id)),
      timezone: timezones[records.timezone(id)] ?? '',
    }),
  };
};
