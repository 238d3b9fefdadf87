import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { borders, iso1A2Code } from '@rapideditor/country-coder';
import { openTestGazetteer } from '../../../test/support/gazetteer.ts';
import { createRandom } from '../../../test/support/random.ts';
import type { Gazetteer } from './gazetteer.ts';

let gazetteer: Gazetteer;
before(async () => {
  gazetteer = await openTestGazetteer();
});

const countryAt = (lat: number, lng: number): string | undefined =>
  gazetteer.countries[gazetteer.countryAt(lat, lng)]?.alpha2;

const PLACES: readonly (readonly [string, number, number, string | undefined])[] = [
  ['Aachen', 50.776, 6.084, 'DE'],
  ['Vaals', 50.77, 6.018, 'NL'],
  ['Geneva', 46.204, 6.143, 'CH'],
  ['Annemasse', 46.193, 6.234, 'FR'],
  ['Basel', 47.558, 7.588, 'CH'],
  ['Lörrach', 47.615, 7.661, 'DE'],
  ['Gorizia', 45.94, 13.62, 'IT'],
  ['El Paso', 31.76, -106.49, 'US'],
  ['Ciudad Juárez', 31.69, -106.42, 'MX'],
  ['Baarle-Hertog, in the Netherlands', 51.44, 4.93, 'BE'],
  ['Büsingen, in Switzerland', 47.697, 8.69, 'DE'],
  ['Campione d’Italia, in Switzerland', 45.97, 8.97, 'IT'],
  ['Llívia, in France', 42.464, 1.98, 'ES'],
  ['Vatican City', 41.9029, 12.4534, 'VA'],
  ['San Marino', 43.936, 12.447, 'SM'],
  ['Lesotho', -29.5, 28.3, 'LS'],
  ['Kaliningrad', 54.71, 20.5, 'RU'],
  ['Nakhchivan', 39.21, 45.41, 'AZ'],
  ['Cabinda', -5.55, 12.2, 'AO'],
  ['Ceuta', 35.889, -5.316, 'ES'],
  ['Canary Islands', 28.1, -15.43, 'ES'],
  ['Alaska', 64.8, -147.7, 'US'],
  ['Guadeloupe', 16.24, -61.53, 'GP'],
  ['Réunion', -20.88, 55.45, 'RE'],
  ['Puerto Rico', 18.4, -66.06, 'PR'],
  ['Hong Kong', 22.32, 114.17, 'HK'],
  ['Macao', 22.2, 113.55, 'MO'],
  ['Åland', 60.1, 19.94, 'AX'],
  ['Svalbard', 78.22, 15.65, 'SJ'],
  ['Kosovo', 42.66, 21.17, 'XK'],
  ['Simferopol (UN General Assembly 68/262)', 44.95, 34.1, 'UA'],
  ['Northern Cyprus', 35.34, 33.32, 'CY'],
  ['Laayoune', 27.15, -13.2, 'EH'],
  ['Tan-Tan, north of 27°40′', 28.44, -11.1, 'MA'],
  ['Ramallah', 31.9, 35.2, 'PS'],
  ['Taipei', 25.04, 121.56, 'TW'],
  ['Bir Tawil, claimed by nobody', 21.87, 33.74, undefined],
  ['South Pole', -90, 0, 'AQ'],
  ['South Pole, by another meridian', -90, 180, 'AQ'],
  ['North Pole', 90, 0, undefined],
  ['Gulf of Guinea', 0, 0, undefined],
  ['Pacific', 30, -150, undefined],
  ['Taveuni at the antimeridian, from the east', -16.8, 180, 'FJ'],
  ['Taveuni at the antimeridian, from the west', -16.8, -180, 'FJ'],
  ['Chukotka east of the antimeridian', 66.5, -175, 'RU'],
  ['Chukotka west of the antimeridian', 68, 179, 'RU'],
  ['Chukotka on the antimeridian', 68, 180, 'RU'],
];

for (const [name, lat, lng, country] of PLACES) {
  test(`puts ${name} into ${country ?? 'no country'}`, () => {
    assert.equal(countryAt(lat, lng), country);
  });
}

/** What country-coder says, with the three differences that we explain (gazetteer/borders.ts). */
const expected = (lat: number, lng: number): string | undefined => {
  const id = iso1A2Code([lng, lat], { level: 'subterritory' }) ?? undefined;
  const country = iso1A2Code([lng, lat], { level: 'territory' }) ?? undefined;
  if (country === 'EA') return 'ES';
  if (country === 'MA' && lat < 27.666_667) return 'EH';
  return country ?? id;
};

const inCrimeaOrNorthernCyprus = (lat: number, lng: number): boolean => {
  const near = (country: string | undefined, codes: readonly (string | undefined)[]): boolean =>
    codes.includes(country);
  const ours = countryAt(lat, lng);
  const theirs = expected(lat, lng);
  const crimea = lat > 43.5 && lat < 46.5 && lng > 31 && lng < 37.5 && near(theirs, ['RU']) && ours === 'UA';
  const cyprus = lat > 34.9 && lat < 36 && lng > 32 && lng < 35 && near(theirs, [undefined]) && ours === 'CY';
  return crimea || cyprus;
};

test('agrees with country-coder on 30,000 points of the whole globe', () => {
  const random = createRandom(20_260_101);
  for (let index = 0; index < 30_000; index++) {
    const lat = (Math.asin(random() * 2 - 1) * 180) / Math.PI;
    const lng = random() * 360 - 180;
    if (!inCrimeaOrNorthernCyprus(lat, lng))
      assert.equal(countryAt(lat, lng), expected(lat, lng), `${lat},${lng}`);
  }
});

test('agrees with country-coder on 40,000 points within 5 km of a border', () => {
  const random = createRandom(42);
  const features = borders.features as unknown as {
    geometry: { coordinates: [number, number][][][] } | null;
  }[];
  const corners = features.flatMap(({ geometry }) => geometry?.coordinates.flat(2) ?? []);
  for (let index = 0; index < 40_000; index++) {
    const [cornerLng, cornerLat] = corners[Math.floor(random() * corners.length)]!;
    const lat = Math.min(90, Math.max(-90, cornerLat + (random() - 0.5) * 0.1));
    const lng = Math.min(179.999, Math.max(-179.999, cornerLng + (random() - 0.5) * 0.1));
    if (!inCrimeaOrNorthernCyprus(lat, lng))
      assert.equal(countryAt(lat, lng), expected(lat, lng), `${lat},${lng}`);
  }
});
