import { readFileSync } from 'node:fs';
import tzLookup from '@photostructure/tz-lookup';
import { COUNTRY, DEGREE, NONE } from '../entity.ts';
import type { Gazetteer } from '../gazetteer.ts';
import type { JsonWriter } from '../json-writer.ts';
import type { AnnotationData } from './annotation-data.ts';
import { AT_SEA, countryMembers, type CountryMembers } from './country-members.ts';
import { mercatorX, mercatorY, qibla } from './directions.ts';
import { STATE_FIPS } from './fips.ts';
import { mgrsReference, writeGeohash, writeMaidenhead } from './grids.ts';
import { h3Cell } from './h3.ts';
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
}

/** Writes the contract's `annotations` member, with a comma after it. Needs room for `MOST_ANNOTATION_BYTES`. */
export interface AnnotationWriter {
  /** All annotations of an entity; @param now milliseconds since the epoch. */
  write(writer: JsonWriter, entity: number, now: number): void;
  /** All annotations of a place that need not be in the index. */
  writeAt(writer: JsonWriter, place: AnnotatedPlace, now: number): void;
  /** Only `roadinfo`, for `no_annotations=1&roadinfo=1`. */
  writeRoadinfo(writer: JsonWriter, country: number): void;
}

const readData = (): AnnotationData =>
  JSON.parse(readFileSync(new URL('annotation-data.json', import.meta.url), 'utf8')) as AnnotationData;

const fragment = (text: string): Buffer => Buffer.from(text);
const put = (writer: JsonWriter, bytes: Buffer): void => writer.copy(bytes, 0, bytes.length);

const OPENING = fragment('"annotations":{"DMS":{"lat":"');
const NOTE_URL = fragment('"OSM":{"note_url":"https://www.openstreetmap.org/note/new#map=17/');
const PIN_URL = fragment('&layers=N","url":"https://www.openstreetmap.org/?mlat=');
const SUN_NAMES = ['apparent', 'astronomical', 'civil', 'nautical'].map((name, index) =>
  fragment(`${index === 0 ? '' : ','}"${name}":`),
);

/** `51° 30' 7.17228''` and the letter of the half of the Earth. */
const writeSexagesimal = (writer: JsonWriter, units: number, positive: string, negative: string): void => {
  const magnitude = Math.abs(units);
  const whole = (magnitude / DEGREE) | 0;
  // A hundred-thousandth of a degree is 36 thousandths of a second.
  const thousandths = (magnitude - whole * DEGREE) * 36;
  const minutes = (thousandths / 60_000) | 0;
  writer.integer(whole);
  writer.byte(0xc2);
  writer.byte(0xb0);
  writer.byte(0x20);
  writer.integer(minutes);
  writer.ascii("' ");
  writer.fixed((thousandths - minutes * 60_000) * 100, 5);
  writer.ascii("'' ");
  writer.ascii(units < 0 ? negative : positive);
};

const writeMap = (writer: JsonWriter, lat: number, lng: number, between: string): void => {
  writer.fixed(lat, 5);
  writer.ascii(between);
  writer.fixed(lng, 5);
};

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
  const members = countries.map(({ alpha2 }): CountryMembers => {
    const country = data.countries[alpha2];
    return country === undefined
      ? AT_SEA
      : countryMembers(alpha2, country, data.currencies[country.currency ?? '']);
  });
  const zoneAt = createZones(data.zones);
  const sun = createSun();
  const times = new Float64Array(SUN_TIMES);

  /** The narrowest of county, state and country that has a text. */
  const narrowest = (texts: ReadonlyMap<number, Buffer>, place: AnnotatedPlace): Buffer | undefined =>
    texts.get(place.county) ??
    texts.get(place.state) ??
    (place.country === NONE ? undefined : texts.get(countries[place.country]?.entity ?? NONE));

  const writePosition = (writer: JsonWriter, place: AnnotatedPlace, lat: number, lng: number): void => {
    put(writer, OPENING);
    writeSexagesimal(writer, place.lat, 'N', 'S');
    writer.ascii('","lng":"');
    writeSexagesimal(writer, place.lng, 'E', 'W');
    writer.ascii('"},');
    const codes = narrowest(fips, place);
    if (codes !== undefined) put(writer, codes);
    writer.ascii('"H3":"');
    writer.ascii(h3Cell(lat, lng));
    const reference = mgrsReference(place.lat, place.lng);
    if (reference !== undefined) {
      writer.ascii('","MGRS":"');
      writer.ascii(reference);
    }
    writer.ascii('","Maidenhead":"');
    writeMaidenhead(writer, place.lat, place.lng);
    const north = mercatorY(lat);
    // The map has no poles.
    if (Number.isFinite(north)) {
      writer.ascii('","Mercator":{"x":');
      writer.decimal(Math.round(mercatorX(lng) * 1000), 3);
      writer.ascii(',"y":');
      writer.decimal(Math.round(north * 1000), 3);
      writer.ascii('},');
    } else writer.ascii('",');
    const region = narrowest(nuts, place);
    if (region !== undefined) put(writer, region);
    put(writer, NOTE_URL);
    writeMap(writer, place.lat, place.lng, '/');
    put(writer, PIN_URL);
    writeMap(writer, place.lat, place.lng, '&mlon=');
    writer.ascii('#map=17/');
    writeMap(writer, place.lat, place.lng, '/');
    writer.ascii('"},');
  };

  const writeSun = (writer: JsonWriter, from: number): void => {
    for (let at = 0; at < SUN_NAMES.length; at++) {
      put(writer, SUN_NAMES[at] as Buffer);
      writer.decimal(times[from + at] as number, 0);
    }
  };

  const writeAt = (writer: JsonWriter, place: AnnotatedPlace, now: number): void => {
    const lat = place.lat / DEGREE;
    const lng = place.lng / DEGREE;
    const country = place.country === NONE ? AT_SEA : (members[place.country] ?? AT_SEA);
    const zone = zoneAt(place.timezone === '' ? tzLookup(lat, lng) : place.timezone, now);
    writePosition(writer, place, lat, lng);
    put(writer, country.facts);
    writer.ascii('"geohash":"');
    writeGeohash(writer, place.lat, place.lng);
    writer.ascii('","qibla":');
    writer.decimal(qibla(lat, lng), 2);
    if (country.roads.length > 0) {
      writer.ascii(',');
      put(writer, country.roads);
    }
    sun(lat, lng, now, zone.offset, times);
    writer.ascii(',"sun":{"rise":{');
    writeSun(writer, 0);
    writer.ascii('},"set":{');
    writeSun(writer, SUN_NAMES.length);
    writer.ascii('}},');
    put(writer, zone.bytes);
    if (place.isCountry) put(writer, country.wikidata);
    writer.ascii('},');
  };

  return {
    writeAt,
    write(writer, id, now) {
      const place: AnnotatedPlace = {
        lat: records.lat(id),
        lng: records.lng(id),
        country: records.country(id),
        state: records.state(id),
        county: records.county(id),
        timezone: timezones[records.timezone(id)] ?? '',
        isCountry: records.type(id) === COUNTRY,
      };
      writeAt(writer, place, now);
    },
    writeRoadinfo(writer, country) {
      const { roads } = country === NONE ? AT_SEA : (members[country] ?? AT_SEA);
      writer.ascii('"annotations":{');
      put(writer, roads);
      writer.ascii('},');
    },
  };
};
