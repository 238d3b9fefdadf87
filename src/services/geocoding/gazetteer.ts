import { createAreaAt, NO_AREA } from './area-at.ts';
import { createCountryAt, NOWHERE } from './country-at.ts';
import {
  DEGREE,
  NO_STATE,
  NONE,
  TYPE_NAMES,
  type CountryRecord,
  type StateCode,
  type TypeName,
} from './entity.ts';
import { openSections, type Sections } from './index-format.ts';
import { openLocalNames, type LocalNames } from './local-names.ts';
import { createNearest } from './nearest.ts';
import { openRecords, RECORD_LENGTH, type Records } from './records.ts';
import type { ForwardQuery, SuggestQuery } from './request.ts';
import { createSearch } from './search.ts';
import { createSuggest } from './suggest.ts';

export { loadGazetteerFile } from './gazetteer-file.ts';

/** Beyond this the nearest place says nothing about a coordinate, and its state or country alone is the answer. */
export const NEAREST_LIMIT_METRES = 50_000;

/** Beyond this a postcode says nothing about a coordinate. */
const POSTCODE_LIMIT_METRES = 5_000;

/** What a coordinate lies at: a place, or only its state or country. */
export interface ReverseHit {
  /** Entity of the place, state or country. */
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
  /** Lists of ISO 3166-2 codes, from the whole to the part (`GB-ENG`, `GB-SWK`); `sections.divisionOf` says which an entity has. */
  readonly divisions: readonly (readonly string[])[];
  /** Names in other languages. */
  readonly localNames: LocalNames;
  /** How many entities there are; their ids run from 0. */
  readonly size: number;
  /**
   * The place nearest to a coordinate within the country and the state that the borders put it in; where none is near,
   * that state, or the country where it has no state there; undefined at sea. Degrees, -90 to 90 and -180 to 180.
   */
  reverse(lat: number, lng: number): ReverseHit | undefined;
  /** Ids of the entities that a query means, best first; never throws. */
  forward(query: ForwardQuery): readonly number[];
  /** Ids of the entities whose names begin with what has been typed so far, the most important first; never throws. */
  suggest(query: SuggestQuery): readonly number[];
  /**
   * The postcode that stands nearest to a coordinate in a country (by its number), within 5 km; `NONE` where none does.
   * Postcodes are points here, so that near the edge of one its neighbour's may be given.
   */
  postcodeAt(lat: number, lng: number, country: number): number;
  /** Number of the country at a coordinate by its borders, or -1. */
  countryAt(lat: number, lng: number): number;
  /** Entity of the state at a coordinate of a country (by its number), by its outline; `NONE` where no state has one there. */
  stateAt(lat: number, lng: number, country: number): number;
  entity(id: number): EntityView;
}

/** Great-circle metres between two coordinates (haversine). */
export const metresBetween = (latA: number, lngA: number, latB: number, lngB: number): number => {
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
  const areaAt = createAreaAt(sections, sections.areaCountry);
  const { areaState, states } = sections;
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
  const stateNumberAt = (lat: number, lng: number, country: number): number => {
    const area = areaAt(lat, lng, country);
    return area === NO_AREA ? NO_STATE : (areaState[area] as number);
  };
  const optionalName = (id: number): string | undefined => (id === NONE ? undefined : nameOf(id));

  return {
    sections,
    records,
    countries,
    stateCodes,
    divisions: sections.divisions as readonly (readonly string[])[],
    localNames: openLocalNames(sections),
    size: sections.records.length / RECORD_LENGTH,
    countryAt,
    stateAt: (lat, lng, country) => {
      const state = stateNumberAt(lat, lng, country);
      return state === NO_STATE ? NONE : (states[state] as number);
    },
    suggest,
    postcodeAt: (lat, lng, country) =>
      nearest(lat, lng, countries.length + country, POSTCODE_LIMIT_METRES)?.id ?? NONE,
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
      const state = stateNumberAt(north, east, found);
      const place = nearest(north, east, found, NEAREST_LIMIT_METRES, state);
      if (place !== undefined) return place;
      const id = state === NO_STATE ? (countries[found]?.entity ?? 0) : (states[state] as number);
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
