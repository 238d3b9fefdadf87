/**
 * How often the right place comes first, by test cases in the formats of geocoder-tester (CSV) and pelias (JSON):
 *
 *     node bench/quality/run.ts [--misses] [--fuzzy] file.csv file.json …
 *
 * The files are not part of this repository; see docs/geocoding-search.md for where they are published.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { NONE } from '../../src/services/geocoding/entity.ts';
import { foldKey } from '../../src/services/geocoding/fold.ts';
import { metresBetween, type EntityView, type Gazetteer } from '../../src/services/geocoding/gazetteer.ts';
import { openTestGazetteer } from '../../test/support/gazetteer.ts';
import { readGeocoderTester, type Case } from './cases.ts';
import { readPelias } from './pelias.ts';

/** Tolerances of some sets are those of another data set's centres; this is what a reader would call the same town. */
const NEARBY_METRES = 15_000;

export interface Score {
  readonly cases: number;
  /** Right within what the case asks for. */
  readonly right: number;
  /** Right within 15 km; the same where a case has no point. */
  readonly nearby: number;
  /** Questions that were not answered right, with what came instead. */
  readonly misses: readonly string[];
}

const same = (one: string | undefined, other: string): boolean =>
  one !== undefined && foldKey(one) === foldKey(other);

/** A name in another language is one of the place all the same: asked for alone, it leads to it. */
const isCalled = (id: number, gazetteer: Gazetteer, name: string): boolean =>
  same(gazetteer.entity(id).name, name) || gazetteer.forward({ text: name, limit: 100 }).includes(id);

const holds = (entity: EntityView, gazetteer: Gazetteer, name: string, wanted: string): boolean => {
  const country = gazetteer.countries.find(({ alpha2 }) => alpha2 === entity.country);
  const parent = gazetteer.records.parent(entity.id);
  const state = gazetteer.records.state(entity.id);
  switch (name) {
    case 'name':
      return isCalled(entity.id, gazetteer, wanted);
    case 'city':
      // A part of a city says which city it is of.
      return (
        isCalled(entity.id, gazetteer, wanted) || (parent !== NONE && isCalled(parent, gazetteer, wanted))
      );
    case 'state':
      return state !== NONE && isCalled(state, gazetteer, wanted);
    case 'state_code':
      return gazetteer.stateCodes.some((one) => one.entity === state && one.code === wanted);
    case 'county':
      return same(entity.county, wanted);
    case 'countrycode':
      return same(entity.country, wanted);
    case 'country_code_3':
      return same(country?.alpha3, wanted);
    default:
      return country !== undefined && gazetteer.forward({ text: wanted, limit: 5 }).includes(country.entity);
  }
};

/** The alpha-2 codes of countries of which the set has either code. */
const countriesOf = (gazetteer: Gazetteer, codes: readonly string[] | undefined): string[] | undefined =>
  codes?.map((code) => gazetteer.countries.find(({ alpha3 }) => alpha3 === code)?.alpha2 ?? code);

const ask = (gazetteer: Gazetteer, { query, among, isPrefix, narrowing }: Case, fuzzy: boolean): number[] => {
  if (typeof query !== 'string') {
    const hit = gazetteer.reverse(query.lat, query.lng);
    return hit === undefined ? [] : [hit.id];
  }
  const countries = countriesOf(gazetteer, narrowing.countries);
  return [
    ...gazetteer.forward({
      ...narrowing,
      countries,
      text: query,
      limit: Math.max(1, among),
      isPrefix,
      fuzzy,
    }),
  ];
};

/** Asks all cases. */
export const scoreCases = (gazetteer: Gazetteer, cases: readonly Case[], fuzzy = false): Score => {
  let right = 0;
  let nearby = 0;
  const misses: string[] = [];
  for (const one of cases) {
    const { query, point, tolerance, wanted } = one;
    const found = ask(gazetteer, one, fuzzy).map((id) => gazetteer.entity(id));
    const within = (metres: number): boolean =>
      found.some(
        (entity) =>
          (point === undefined || metresBetween(point.lat, point.lng, entity.lat, entity.lng) <= metres) &&
          // Where there is a point, names only say again what lies there, in another data set's words.
          (point !== undefined ||
            Object.entries(wanted).every(([name, value]) => holds(entity, gazetteer, name, value))),
      );
    const isRight = within(tolerance);
    if (isRight) right += 1;
    if (isRight || within(Math.max(tolerance, NEARBY_METRES))) nearby += 1;
    else {
      const [first] = found;
      const asked =
        typeof query === 'string' ? query : `${query.lat}, ${query.lng} (${wanted['city'] ?? ''})`;
      misses.push(
        `${asked} → ${first === undefined ? 'nothing' : `${first.name}, ${first.state ?? '-'}, ${first.country}`}`,
      );
    }
  }
  return { cases: cases.length, right, nearby, misses };
};

const readCases = (path: string): Case[] => {
  const text = readFileSync(path, 'utf8');
  return path.endsWith('.json') ? readPelias(text) : readGeocoderTester(text);
};

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { misses: { type: 'boolean' }, fuzzy: { type: 'boolean' } },
  });
  if (positionals.length === 0)
    throw new Error('Give the case files: node bench/quality/run.ts cities.csv …');
  const gazetteer = await openTestGazetteer();
  for (const path of positionals) {
    const score = scoreCases(gazetteer, readCases(path), values.fuzzy === true);
    const lines = [
      `${basename(path)}: ${score.right} of ${score.cases} right, ${score.nearby} within 15 km`,
      ...(values.misses === true ? score.misses.map((miss) => `  ${miss}`) : []),
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
};

if (import.meta.main) await main();
