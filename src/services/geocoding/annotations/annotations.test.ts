import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { z } from 'zod';
import fc from 'fast-check';
import { openTestGazetteer, requestOf } from '../../../../test/support/gazetteer.ts';
import { createAnswer } from '../answer.ts';
import { COUNTRY, DEGREE, NONE } from '../entity.ts';
import type { Gazetteer } from '../gazetteer.ts';
import { createJsonWriter } from '../json-writer.ts';
import { parseGeocodeCall } from '../parameters.ts';
import { annotationsSchema } from './annotations-schema.ts';
import {
  createAnnotationWriter,
  MOST_ANNOTATION_BYTES,
  type AnnotatedPlace,
  type AnnotationWriter,
} from './annotations.ts';

type Annotations = z.infer<typeof annotationsSchema>;

const NOW = Date.UTC(2026, 5, 21, 10, 11, 12);
const writer = createJsonWriter();
let gazetteer: Gazetteer;
let annotations: AnnotationWriter;
before(async () => {
  gazetteer = await openTestGazetteer();
  annotations = createAnnotationWriter(gazetteer);
});

const read = (write: () => void): { value: Annotations; bytes: number } => {
  writer.begin();
  writer.room(MOST_ANNOTATION_BYTES);
  write();
  const text = writer.end().toString('utf8');
  assert.ok(text.endsWith(','));
  const parsed = JSON.parse(`{${text.slice(0, -1)}}`) as { annotations: object };
  assert.deepEqual(Object.keys(parsed), ['annotations']);
  const keys = Object.keys(parsed.annotations);
  assert.deepEqual(keys, keys.toSorted());
  return { value: annotationsSchema.strict().parse(parsed.annotations), bytes: writer.end().length };
};

const at = (place: Partial<AnnotatedPlace>, now = NOW): Annotations => {
  const whole = {
    lat: 0,
    lng: 0,
    country: NONE,
    state: NONE,
    county: NONE,
    timezone: '',
    isCountry: false,
    ...place,
  };
  return read(() => annotations.writeAt(writer, whole, now)).value;
};

/** Annotations of the first answer to a query. */
const ask = (search: string): Annotations | undefined => {
  const answer = createAnswer({ base: gazetteer, extracts: [] }, 'https://geo.example');
  const { body } = answer(parseGeocodeCall(requestOf(search)), { now: NOW, quota: undefined });
  const envelope = JSON.parse(Buffer.from(String(body), 'latin1').toString()) as {
    results: { annotations?: Annotations }[];
  };
  assert.ok(envelope.results.length > 0);
  return envelope.results[0]?.annotations;
};

/** Degrees out of `51° 30' 7.17228'' N`. */
const degreesOf = (text = ''): number => {
  const [, degrees, minutes, seconds, half] =
    /^(\d{1,3})° (\d{1,2})' (\d{1,2}\.\d{5})'' ([NSEW])$/u.exec(text) ?? [];
  assert.ok(Number(minutes) < 60 && Number(seconds) < 60, text);
  const size = Number(degrees) + Number(minutes) / 60 + Number(seconds) / 3600;
  return /[SW]/u.test(half ?? '') ? -size : size;
};

test('writes west as W, which the original does not', () => {
  // The contract's published answer of Bermondsey, to the five decimals that the index has.
  const { DMS, Maidenhead, MGRS, Mercator, OSM, qibla, geohash } = at({ lat: 5_150_199, lng: -7_012 });
  assert.deepEqual(DMS, { lat: "51° 30' 7.16400'' N", lng: "0° 4' 12.43200'' W" });
  assert.equal(Maidenhead, 'IO91xm10ol');
  assert.equal(MGRS, '30UYC0334209721');
  assert.equal(Mercator?.x, -7_805.723);
  assert.ok(Math.abs((Mercator?.y ?? 0) - 6_677_113.101) < 0.5);
  assert.equal(qibla, 119.05);
  assert.ok(geohash?.startsWith('gcpuyrsuy'));
  assert.deepEqual(OSM, {
    note_url: 'https://www.openstreetmap.org/note/new#map=17/51.50199/-0.07012&layers=N',
    url: 'https://www.openstreetmap.org/?mlat=51.50199&mlon=-0.07012#map=17/51.50199/-0.07012',
  });
});

test('says of any coordinate at any time what it should, in order and in its room', () => {
  const latitude = fc.oneof(
    fc.constantFrom(-9_000_000, 0, 9_000_000),
    fc.integer({ min: -9_000_000, max: 9_000_000 }),
  );
  const longitude = fc.oneof(
    fc.constantFrom(-18_000_000, 0, 18_000_000),
    fc.integer({ min: -18_000_000, max: 18_000_000 }),
  );
  const instant = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2060, 0, 1) });
  fc.assert(
    fc.property(latitude, longitude, instant, (lat, lng, now) => {
      const country = gazetteer.countryAt(lat / DEGREE, lng / DEGREE);
      const value = at({ lat, lng, country }, now);
      assert.ok(Math.abs(degreesOf(value.DMS?.lat) - lat / DEGREE) < 1e-8);
      assert.ok(Math.abs(degreesOf(value.DMS?.lng) - lng / DEGREE) < 1e-8);
      const map = new URL(value.OSM!.url);
      assert.equal(map.searchParams.get('mlat'), (lat / DEGREE).toFixed(5));
      assert.equal(map.searchParams.get('mlon'), (lng / DEGREE).toFixed(5));
      assert.equal(value.Mercator === undefined, Math.abs(lat) === 9_000_000);
      assert.equal(value.MGRS === undefined, lat < -8_000_000 || lat > 8_400_000);
      assert.match(value.H3 ?? '', /^8f[0-9a-f]{13}$/u);
      assert.ok(value.timezone!.name.length > 2);
    }),
    { numRuns: 1_500 },
  );
});

test('says at sea what it can, with the zone of the meridian', () => {
  const value = at({ lat: 3_000_000, lng: -4_000_000 });
  assert.deepEqual(value.timezone, {
    name: 'Etc/GMT+3',
    now_in_dst: 0,
    offset_sec: -10_800,
    offset_string: '-0300',
    short_name: '-03',
  });
  assert.deepEqual(value.UN_M49, { regions: { WORLD: '001' }, statistical_groupings: [] });
  for (const member of ['callingcode', 'currency', 'flag', 'roadinfo'] as const)
    assert.equal(value[member], undefined);
  assert.ok(value.sun!.rise.apparent > 0);
});

test('both names of the antimeridian are one meridian', () => {
  const [east, west] = [at({ lat: -1_700_000, lng: 18_000_000 }), at({ lat: -1_700_000, lng: -18_000_000 })];
  assert.equal(east.qibla, west.qibla);
  assert.equal(east.H3, west.H3);
  assert.equal(east.DMS?.lng, "180° 0' 0.00000'' E");
  assert.equal(west.DMS?.lng, "180° 0' 0.00000'' W");
});

test('gives FIPS codes of counties, states and territories of the United States, and of nothing else', () => {
  assert.deepEqual(ask('q=Austin%2C+Texas')?.FIPS, { county: '48453', state: '48' });
  assert.deepEqual(ask('q=San+Francisco&countrycode=us')?.FIPS, { county: '06075', state: '06' });
  assert.deepEqual(ask('q=Georgia&countrycode=us')?.FIPS, { state: '13' });
  assert.deepEqual(ask('q=San+Juan&countrycode=pr')?.FIPS, { county: '72127', state: '72' });
  assert.deepEqual(ask('q=Guam')?.FIPS, { state: '66' });
  for (const search of ['q=Berlin', 'q=Tbilisi', 'q=Mumbai', 'q=Tirana'])
    assert.equal(ask(search)?.FIPS, undefined);
});

test('gives NUTS codes where a country or state is one region', () => {
  const codes = (search: string): string[] => Object.values(ask(search)?.NUTS ?? {}).map(({ code }) => code);
  assert.deepEqual(codes('q=Berlin&countrycode=de'), ['DE', 'DE3', 'DE30', 'DE300']);
  assert.deepEqual(codes('q=Vaduz'), ['LI', 'LI0', 'LI00', 'LI000']);
  assert.deepEqual(codes('q=Lausanne'), ['CH', 'CH0', 'CH01', 'CH011']);
  assert.deepEqual(codes('q=Wien&countrycode=at'), ['AT', 'AT1', 'AT13', 'AT130']);
  assert.deepEqual(codes('q=Paris&countrycode=fr'), []);
});

test('says of a country which it is in Wikidata, and nothing of its towns', () => {
  assert.equal(ask('q=Germany')?.wikidata, 'Q183');
  assert.equal(ask('q=Hamburg&countrycode=de')?.wikidata, undefined);
});

test('every result has a time zone, in the index or by its coordinate', () => {
  for (let id = 0; id < gazetteer.size; id += 997) {
    const { value } = read(() => annotations.write(writer, id, NOW));
    assert.ok(value.timezone!.name.includes('/'), String(id));
  }
  assert.equal(ask('q=Bavaria')?.timezone?.name, 'Europe/Berlin');
  assert.equal(ask('q=Japan')?.timezone?.short_name, 'JST');
});

test('leaves annotations out when asked, but for roadinfo when that is asked for', () => {
  assert.equal(ask('q=Leeds&no_annotations=1'), undefined);
  assert.equal(ask('q=Leeds&no_annotations=true'), undefined);
  assert.deepEqual(ask('q=Leeds&no_annotations=1&roadinfo=1'), {
    roadinfo: { drive_on: 'left', speed_in: 'mph' },
  });
  // An empty value is false: opencage-api-client sends it for 0.
  assert.equal(ask('q=Leeds&no_annotations=')?.roadinfo?.drive_on, 'left');
});

test('no annotations are longer than their room, in any country', () => {
  let most = 0;
  gazetteer.countries.forEach(({ entity }, country) => {
    assert.equal(gazetteer.records.type(entity), COUNTRY);
    const place = { lat: -8_999_999, lng: -17_999_999, country, state: NONE, county: NONE, timezone: '' };
    for (const isCountry of [true, false])
      most = Math.max(most, read(() => annotations.writeAt(writer, { ...place, isCountry }, NOW)).bytes);
  });
  assert.ok(most < MOST_ANNOTATION_BYTES / 2, String(most));
});

test('says of an entity what it says of the place where it stands', () => {
  // The grids of an entity come from the index, those of a place are worked out.
  const { records, sections, size } = gazetteer;
  const dates = [Date.UTC(2026, 0, 3, 1, 2, 3), NOW, Date.UTC(2027, 9, 31, 23, 59, 59)];
  const written = (write: () => void): string => {
    writer.begin();
    writer.room(MOST_ANNOTATION_BYTES);
    write();
    return writer.end().toString('utf8');
  };
  fc.assert(
    fc.property(fc.nat({ max: size - 1 }), fc.constantFrom(...dates), (id, now) => {
      const place = {
        lat: records.lat(id),
        lng: records.lng(id),
        country: records.country(id),
        state: records.state(id),
        county: records.county(id),
        timezone: String((sections.timezones as readonly string[])[records.timezone(id)]),
        isCountry: records.type(id) === COUNTRY,
      };
      const ofEntity = written(() => annotations.write(writer, id, now));
      const ofPlace = written(() => annotations.writeAt(writer, place, now));
      // Only the entries of states stand by the entity.
      assert.equal(place.isCountry ? ofEntity : ofEntity.replace(/,"wikidata":"Q\d+"/u, ''), ofPlace);
    }),
    { numRuns: 2_000 },
  );
});
