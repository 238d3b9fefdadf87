import { readFileSync } from 'node:fs';
import tzLookup from '@photostructure/tz-lookup';
import { putAscii, putBytes, putFive, putFixedDegrees, putScaled, putWhole } from '../digits.ts';
import { COUNTRY, DEGREE, NONE, STATE } from '../entity.ts';
import type { Gazetteer } from '../gazetteer.ts';
import type { JsonWriter } from '../json-writer.ts';
import type { AnnotationData } from './annotation-data.ts';
import { AT_SEA, countryMembers, type CountryMembers } from './country-members.ts';
import { mercatorX, mercatorY, qibla } from './directions.ts';
import { STATE_FIPS } from './fips.ts';
import { GRID_LENGTH } from './grid-section.ts';
import { mgrsReference, putGeohash, putMaidenhead, putPackedMgrs } from './grids.ts';
import { h3Cell, putPackedH3 } from './h3.ts';
import { NUTS, nutsMember } from './nuts.ts';
import { createSun, SUN_TIMES } from './sun.ts';
import { createZones } from './zones.ts';

/** No annotations are longer; the longest currency and regions take a kilobyte, all else some 1,400 bytes. */
export const MOST_ANNOTATION_BYTES = 4_000;

/** Which annotations a caller wants; `roadinfo` is that one alone. */
export type Wanted = 'all' | 'roadinfo' | 'none';

/** Where something is that annotations are written for. */
export interface AnnotatedPlace {
  /** Hundred-thousandths of a degree. */
  readonly lat: number;
  readonly lng: number;
  /** Number of the country, `NONE` at sea. */
  readonly country: number;
  /** Ids of the entities it lies in, or `NONE`. */
  readonly state: number;
  readonly county: number;
  /** IANA zone; empty where only the coordinate tells it. */
  readonly timezone: string;
  /** Whether it is the country itself. */
  readonly isCountry: boolean;
  /** The `roadinfo` member where more is known of the road than of the country's roads. */
  readonly roadinfo?: Buffer | undefined;
  /** Its entry in Wikidata. */
  readonly wikidata?: string | undefined;
}

/** Writes the contract's `annotations` member, with a comma after it. Needs room for `MOST_ANNOTATION_BYTES`. */
export interface AnnotationWriter {
  /** All annotations of an entity; @param now milliseconds since the epoch. */
  write(writer: JsonWriter, entity: number, now: number): void;
  /** All annotations of a place that need not be in the index. */
  writeAt(writer: JsonWriter, place: AnnotatedPlace, now: number): void;
  /**
   * Only `roadinfo`, for `no_annotations=1&roadinfo=1`.
   * @param roadinfo the member where more is known of the road than of the country's roads
   */
  writeRoadinfo(writer: JsonWriter, country: number, roadinfo?: Buffer): void;
  /** The `roadinfo` member of a country; empty where none is known. */
  roadsOf(country: number): Buffer;
}

const readData = (): AnnotationData =>
  JSON.parse(readFileSync(new URL('annotation-data.json', import.meta.url), 'utf8')) as AnnotationData;

const WIKIDATA_ID = /^Q\d{1,12}$/u;

const fragment = (text: string): Buffer => Buffer.from(text);

const OPENING = fragment('"annotations":{"DMS":{"lat":"');
const DMS_EAST = fragment('","lng":"');
const H3 = fragment('"},"H3":"');
const H3_AFTER_CODES = fragment('"H3":"');
const DMS_END = fragment('"},');
const MGRS = fragment('","MGRS":"');
const MAIDENHEAD = fragment('","Maidenhead":"');
const MERCATOR = fragment('","Mercator":{"x":');
const NOTE_URL = fragment('"OSM":{"note_url":"https://www.openstreetmap.org/note/new#map=17/');
const PIN_URL = fragment('&layers=N","url":"https://www.openstreetmap.org/?mlat=');
const PIN_EAST = fragment('&mlon=');
const PIN_MAP = fragment('#map=17/');
const GEOHASH = fragment('"geohash":"');
const QIBLA = fragment('","qibla":');
const SUN_RISES = [',"sun":{"rise":{"apparent":', ',"astronomical":', ',"civil":', ',"nautical":'].map(
  fragment,
);
const SUN_SETS = ['},"set":{"apparent":', ',"astronomical":', ',"civil":', ',"nautical":'].map(fragment);
const SUN_END = fragment('}},');

const COMMA = 0x2c;
const SLASH = 0x2f;
const SPACE = 0x20;
const APOSTROPHE = 0x27;
const LARGEST_INTEGER = 0x7fff_ffff;

/** `51° 30' 7.17228''` and the letter of the half of the Earth. */
const putSexagesimal = (page: Buffer, at: number, units: number, half: number): number => {
  const magnitude = Math.abs(units);
  const whole = (magnitude / DEGREE) | 0;
  // A hundred-thousandth of a degree is 36 thousandths of a second.
  const thousandths = (magnitude - whole * DEGREE) * 36;
  const minutes = (thousandths / 60_000) | 0;
  const rest = thousandths - minutes * 60_000;
  const seconds = (rest / 1_000) | 0;
  let to = putWhole(page, at, whole);
  page[to] = 0xc2;
  page[to + 1] = 0xb0;
  page[to + 2] = SPACE;
  to = putWhole(page, to + 3, minutes);
  page[to] = APOSTROPHE;
  page[to + 1] = SPACE;
  to = putWhole(page, to + 2, seconds);
  page[to] = 0x2e;
  to = putFive(page, to + 1, (rest - seconds * 1_000) * 100);
  page[to] = APOSTROPHE;
  page[to + 1] = APOSTROPHE;
  page[to + 2] = SPACE;
  page[to + 3] = half;
  return to + 4;
};

const NORTH = 0x4e;
const SOUTH = 0x53;
const EAST = 0x45;
const WEST = 0x57;

/** Both addresses at OpenStreetMap. The coordinates are written once and copied from there. */
const putMaps = (page: Buffer, at: number, lat: number, lng: number): number => {
  const from = putBytes(page, at, NOTE_URL);
  const between = putFixedDegrees(page, from, lat);
  page[between] = SLASH;
  const end = putFixedDegrees(page, between + 1, lng);
  let to = putBytes(page, end, PIN_URL);
  for (let byte = from; byte < between; byte++) page[to++] = page[byte] as number;
  to = putBytes(page, to, PIN_EAST);
  for (let byte = between + 1; byte < end; byte++) page[to++] = page[byte] as number;
  to = putBytes(page, to, PIN_MAP);
  for (let byte = from; byte < end; byte++) page[to++] = page[byte] as number;
  return putBytes(page, to, DMS_END);
};

/** Unix seconds, as a whole number. */
const putSeconds = (page: Buffer, at: number, seconds: number): number =>
  seconds <= LARGEST_INTEGER ? putWhole(page, at, seconds) : putAscii(page, at, String(seconds));

/** What is said beside the country's: codes of states and counties, ready in UTF-8, by entity. */
interface Divisions {
  readonly fips: ReadonlyMap<number, Buffer>;
  readonly nuts: ReadonlyMap<number, Buffer>;
}

const fipsMember = (code: string): Buffer =>
  fragment(
    code.length > 2
      ? `"FIPS":{"county":"${code}","state":"${code.slice(0, 2)}"},`
      : `"FIPS":{"state":"${code}"},`,
  );

const readDivisions = ({ stateCodes, countries, records, sections }: Gazetteer): Divisions => {
  const fips = new Map<number, Buffer>();
  const nuts = new Map<number, Buffer>();
  const addNuts = (entity: number, iso: string): void => {
    const code = NUTS.get(iso);
    if (code !== undefined) nuts.set(entity, fragment(nutsMember(code)));
  };
  for (const { alpha2, entity } of countries) {
    addNuts(entity, alpha2);
    const code = STATE_FIPS.get(alpha2);
    // Letters that name a state name another country in ISO 3166-1: `AL`, `GA`, `IN`. Territories follow the states.
    if (code !== undefined && Number(code) >= 60) fips.set(entity, fipsMember(code));
  }
  for (const { entity, code } of stateCodes) {
    const alpha2 = countries[records.country(entity)]?.alpha2 ?? '';
    addNuts(entity, `${alpha2}-${code}`);
    const state = alpha2 === 'US' ? STATE_FIPS.get(code) : undefined;
    if (state !== undefined) fips.set(entity, fipsMember(state));
  }
  const { countyFips } = sections;
  for (let at = 0; at < countyFips.length; at += 2) {
    const code = String(countyFips[at + 1]).padStart(5, '0');
    fips.set(countyFips[at] as number, fipsMember(code));
  }
  return { fips, nuts };
};

/** Prepares what depends only on the country, state or county, and returns the writer. One is made for each thread. */
export const createAnnotationWriter = (gazetteer: Gazetteer): AnnotationWriter => {
  const { records, countries } = gazetteer;
  const timezones = gazetteer.sections.timezones as readonly string[];
  const data = readData();
  const { fips, nuts } = readDivisions(gazetteer);
  const { states, stateWikidata: items } = gazetteer.sections;
  const stateWikidata = new Map<number, string>();
  items.forEach((item, at) => item !== 0 && stateWikidata.set(states[at] as number, `Q${String(item)}`));
  const members = countries.map(({ alpha2 }): CountryMembers => {
    const country = data.countries[alpha2];
    return country === undefined
      ? AT_SEA
      : countryMembers(alpha2, country, data.currencies[country.currency ?? '']);
  });
  const zoneAt = createZones(data.zones);
  const sun = createSun();
  const times = new Float64Array(SUN_TIMES);

  // Most countries have neither, and then nothing is looked up.
  const isIn = (texts: ReadonlyMap<number, Buffer>): Uint8Array => {
    const found = new Uint8Array(countries.length);
    for (const entity of texts.keys()) found[records.country(entity)] = 1;
    return found;
  };
  const hasFips = isIn(fips);
  const hasNuts = isIn(nuts);
  const { grids } = gazetteer.sections;

  /** The narrowest of county, state and country that has a text. */
  const narrowest = (texts: ReadonlyMap<number, Buffer>, place: AnnotatedPlace): Buffer | undefined =>
    texts.get(place.county) ?? texts.get(place.state) ?? texts.get(countries[place.country]?.entity ?? NONE);

  const putCell = (page: Buffer, at: number, id: number, lat: number, lng: number): number =>
    id === NONE
      ? putAscii(page, at, h3Cell(lat, lng))
      : putPackedH3(page, at, grids[id * GRID_LENGTH] as number, grids[id * GRID_LENGTH + 1] as number);

  /** With the name of the member before it; nothing near the poles. */
  const putMgrs = (page: Buffer, at: number, id: number, { lat, lng }: AnnotatedPlace): number => {
    if (id === NONE) {
      const reference = mgrsReference(lat, lng);
      return reference === undefined ? at : putAscii(page, putBytes(page, at, MGRS), reference);
    }
    const letters = grids[id * GRID_LENGTH + 2] as number;
    if (letters === 0) return at;
    return putPackedMgrs(page, putBytes(page, at, MGRS), letters, grids[id * GRID_LENGTH + 3] as number);
  };

  const putPosition = (
    page: Buffer,
    from: number,
    place: AnnotatedPlace,
    id: number,
    lat: number,
    lng: number,
  ): number => {
    let at = putBytes(page, from, OPENING);
    at = putSexagesimal(page, at, place.lat, place.lat < 0 ? SOUTH : NORTH);
    at = putBytes(page, at, DMS_EAST);
    at = putSexagesimal(page, at, place.lng, place.lng < 0 ? WEST : EAST);
    const codes = place.country !== NONE && hasFips[place.country] === 1 ? narrowest(fips, place) : undefined;
    if (codes === undefined) at = putBytes(page, at, H3);
    else at = putBytes(page, putBytes(page, putBytes(page, at, DMS_END), codes), H3_AFTER_CODES);
    at = putCell(page, at, id, lat, lng);
    at = putMgrs(page, at, id, place);
    at = putMaidenhead(page, putBytes(page, at, MAIDENHEAD), place.lat, place.lng);
    const north = mercatorY(lat);
    // The map has no poles.
    if (Number.isFinite(north)) {
      at = putScaled(page, putBytes(page, at, MERCATOR), Math.round(mercatorX(lng) * 1000), 3, true);
      at = putAscii(page, at, ',"y":');
      at = putScaled(page, at, Math.round(north * 1000), 3, true);
      at = putAscii(page, at, '},');
    } else at = putAscii(page, at, '",');
    const region =
      place.country !== NONE && hasNuts[place.country] === 1 ? narrowest(nuts, place) : undefined;
    if (region !== undefined) at = putBytes(page, at, region);
    return putMaps(page, at, place.lat, place.lng);
  };

  const putSun = (page: Buffer, from: number): number => {
    let at = from;
    for (let time = 0; time < SUN_RISES.length; time++)
      at = putSeconds(page, putBytes(page, at, SUN_RISES[time] as Buffer), times[time] as number);
    for (let time = 0; time < SUN_SETS.length; time++)
      at = putSeconds(
        page,
        putBytes(page, at, SUN_SETS[time] as Buffer),
        times[SUN_RISES.length + time] as number,
      );
    return putBytes(page, at, SUN_END);
  };

  /** @param id the entity whose grid references the index has; `NONE` where they have to be worked out. */
  const putAll = (page: Buffer, from: number, place: AnnotatedPlace, id: number, now: number): number => {
    const lat = place.lat / DEGREE;
    const lng = place.lng / DEGREE;
    const country = place.country === NONE ? AT_SEA : (members[place.country] ?? AT_SEA);
    const zone = zoneAt(place.timezone === '' ? tzLookup(lat, lng) : place.timezone, now);
    let at = putPosition(page, from, place, id, lat, lng);
    at = putBytes(page, at, country.facts);
    at = putGeohash(page, putBytes(page, at, GEOHASH), place.lat, place.lng);
    at = putScaled(page, putBytes(page, at, QIBLA), qibla(lat, lng), 2, true);
    const roads = place.roadinfo ?? country.roads;
    if (roads.length > 0) {
      page[at++] = COMMA;
      at = putBytes(page, at, roads);
    }
    sun(lat, lng, now, zone.offset, times);
    at = putBytes(page, putSun(page, at), zone.bytes);
    if (place.isCountry) at = putBytes(page, at, country.wikidata);
    else if (place.wikidata !== undefined && WIKIDATA_ID.test(place.wikidata))
      at = putAscii(page, at, `,"wikidata":"${place.wikidata}"`);
    return putAscii(page, at, '},');
  };

  const writeAll = (writer: JsonWriter, place: AnnotatedPlace, id: number, now: number): void =>
    writer.moveTo(putAll(writer.page(), writer.position(), place, id, now));

  return {
    writeAt: (writer, place, now) => writeAll(writer, place, NONE, now),
    write(writer, id, now) {
      const place: AnnotatedPlace = {
        lat: records.lat(id),
        lng: records.lng(id),
        country: records.country(id),
        state: records.state(id),
        county: records.county(id),
        timezone: timezones[records.timezone(id)] ?? '',
        isCountry: records.type(id) === COUNTRY,
        roadinfo: undefined,
        wikidata: records.type(id) === STATE ? stateWikidata.get(id) : undefined,
      };
      writeAll(writer, place, id, now);
    },
    roadsOf: (country) => (country === NONE ? AT_SEA : (members[country] ?? AT_SEA)).roads,
    writeRoadinfo(writer, country, roadinfo) {
      const { roads } = country === NONE ? AT_SEA : (members[country] ?? AT_SEA);
      writer.ascii('"annotations":{');
      writer.put(roadinfo ?? roads);
      writer.ascii('},');
    },
  };
};
