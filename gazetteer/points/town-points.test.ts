import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DEGREE } from '../../src/services/geocoding/entity.ts';
import { createAreaAt, NO_AREA } from '../../src/services/geocoding/area-at.ts';
import { metresBetween } from '../../src/services/geocoding/gazetteer.ts';
import { openTestGazetteer } from '../../test/support/gazetteer.ts';
import { readAreas } from '../areas/areas.ts';
import { buildAreaRaster } from '../areas/raster.ts';
import { countryFinder } from '../areas/source.ts';
import { readBorders } from '../borders.ts';
import { eachPlace, type PlaceRow } from '../sources.ts';
import { findTownPoints, type City } from './find-town-points.ts';
import { createPlaceMover, packTownPoints, readTownPoints, unpackTownPoints } from './town-points.ts';

const row = (geonameId: number, more: Partial<PlaceRow>): PlaceRow => ({
  geonameId,
  name: 'Łuków',
  asciiName: 'Lukow',
  alternates: '',
  lat: 51.9,
  lng: 22.4,
  feature: 'PPL',
  country: 'PL',
  admin1: '',
  admin2: '',
  population: 1000,
  timezone: 'Europe/Warsaw',
  ...more,
});

const city = (more: Partial<City>): City => ({
  city: 'Lukow',
  city_ascii: 'Lukow',
  iso2: 'PL',
  lat: '51.92',
  lng: '22.40',
  ...more,
});

const everywhere = (): boolean => true;

describe('the point of a town', () => {
  it('is in the middle where two sources are more than a kilometre apart', () => {
    assert.deepEqual(findTownPoints([city({})], [row(7, {})], everywhere), [
      { geonameId: 7, from: { lat: 5_190_000, lng: 2_240_000 }, to: { lat: 5_191_000, lng: 2_240_000 } },
    ]);
  });

  it('stays where they agree, where they mean two places, and in the United States', () => {
    const find = (one: Partial<City>, place: Partial<PlaceRow>) =>
      findTownPoints([city(one)], [row(7, place)], everywhere);
    assert.deepEqual(find({ lat: '51.9089' }, {}), []);
    assert.deepEqual(find({ lat: '51.9901' }, {}), []);
    assert.deepEqual(find({ iso2: 'US' }, { country: 'US' }), []);
    assert.deepEqual(find({ iso2: 'CZ' }, {}), []);
    assert.deepEqual(find({ city: 'Luckow', city_ascii: 'Luckow' }, {}), []);
  });

  it('stays where it may not move to the middle', () => {
    const mayMove = (_: PlaceRow, { lat }: { readonly lat: number }): boolean => lat < 51.905;
    assert.deepEqual(findTownPoints([city({})], [row(7, {})], mayMove), []);
  });

  it('is that of the largest of its name nearby, once, under any of its names', () => {
    const rows = [
      row(1, { population: 10 }),
      row(2, { name: 'Lukow Wielki', asciiName: '', alternates: 'Lukau,Łuków' }),
    ];
    const found = findTownPoints([city({}), city({ lat: '51.95' })], rows, everywhere);
    assert.deepEqual(
      found.map(({ geonameId, to }) => [geonameId, to.lat]),
      [[2, 5_191_000]],
    );
  });

  it('is found across the antimeridian', () => {
    const [found] = findTownPoints([city({ lng: '-179.98' })], [row(1, { lng: 179.96 })], everywhere);
    assert.equal(found?.to.lng, 17_999_000);
  });
});

describe('the committed points', () => {
  const points = readTownPoints();

  it('are packed and unpacked without a loss', () => {
    assert.ok(points.length > 7000);
    assert.deepEqual(unpackTownPoints(packTownPoints(points)), points);
  });

  it('are of places that there are, half a kilometre to five from where GeoNames has them', () => {
    const places = new Map([...eachPlace()].map((place) => [place.geonameId, place]));
    for (const { geonameId, from, to } of points) {
      const place = places.get(geonameId);
      assert.ok(place !== undefined && place.country !== 'US', String(geonameId));
      assert.deepEqual(
        [Math.round(place.lat * DEGREE), Math.round(place.lng * DEGREE)],
        [from.lat, from.lng],
      );
      const metres = metresBetween(place.lat, place.lng, to.lat / DEGREE, to.lng / DEGREE);
      assert.ok(metres > 495 && metres < 5005, `${place.name}: ${metres}`);
    }
  });

  it('stay in their country and in the state that they were in, if not in that of which they are', () => {
    const byId = new Map(points.map((point) => [point.geonameId, point]));
    const borders = Map.groupBy(readBorders(), ({ country }) => country);
    const file = readAreas();
    const countries = [...new Set(file.areas.map(({ country }) => country))];
    const areaAt = createAreaAt(
      buildAreaRaster(file),
      Uint16Array.from(file.areas, ({ country }) => countries.indexOf(country)),
    );
    for (const place of eachPlace()) {
      const point = byId.get(place.geonameId);
      if (point === undefined) continue;
      const countryAt = countryFinder(borders.get(place.country) ?? []);
      const [before, after] = [point.from, point.to].map(({ lat, lng }) => ({
        country: countryAt(lng / DEGREE, lat / DEGREE),
        area: areaAt(lat / DEGREE, lng / DEGREE, countries.indexOf(place.country)),
      }));
      assert.ok(before !== undefined && after !== undefined);
      if (before.country !== undefined) assert.equal(after.country, before.country, place.name);
      if (before.area === NO_AREA || before.area === after.area) continue;
      assert.equal(file.areas[after.area]?.state, `${place.country}.${place.admin1}`, place.name);
    }
  });

  it('are those that the index has, and no others have moved', async () => {
    const gazetteer = await openTestGazetteer();
    const of = (text: string) => gazetteer.entity(gazetteer.forward({ text, limit: 1 })[0] ?? 0);
    // OpenStreetMap has Toruń at 53.0103, 18.6048; GeoNames 1.5 km away.
    assert.ok(metresBetween(of('Toruń').lat, of('Toruń').lng, 53.01027, 18.60481) < 1000);
    const paris = of('Paris, Texas');
    const places = [...eachPlace()];
    const given = places.find(({ name, admin1 }) => name === 'Paris' && admin1 === 'TX');
    assert.ok(given !== undefined);
    assert.deepEqual([paris.lat, paris.lng], [given.lat, given.lng]);
  });

  it('move a place of an operator’s own data, unless its point is another by then', () => {
    const [point] = points;
    assert.ok(point !== undefined);
    const move = createPlaceMover(points);
    const at = (lat: number): PlaceRow =>
      row(point.geonameId, { lat: lat / DEGREE, lng: point.from.lng / DEGREE });
    assert.equal(move(at(point.from.lat + 89)).lat, point.to.lat / DEGREE);
    assert.equal(move(at(point.from.lat + 91)).lat, (point.from.lat + 91) / DEGREE);
    const unknown = row(1, {});
    assert.equal(move(unknown), unknown);
  });
});
