import {
  COUNTRY,
  COUNTY,
  STATE,
  type CountryRecord,
  type StateCode,
} from '../src/services/geocoding/entity.ts';
import { foldKey } from '../src/services/geocoding/fold.ts';
import { packIndex } from '../src/services/geocoding/index-format.ts';
import { readBorders } from './borders.ts';
import { layOutColumns } from './columns.ts';
import { readCountryNames, type CountryNames } from './countries.ts';
import { draftEntities, type Draft } from './entities.ts';
import { buildForest } from './forest.ts';
import { countyFips } from './fips.ts';
import { furtherAreaNames } from './area-names.ts';
import { createKeyTable, doubledVowels, type KeyTable } from './key-table.ts';
import { buildRaster } from './raster.ts';
import { locatedSpellings } from './spellings.ts';
import { installedSources, readAdminNames, readPlaces } from './sources.ts';
import { stateCode } from './states.ts';

/** Told while the index is built: what is being done, and how much of the whole is done, 0 to 1. */
export type Report = (message: string, fraction: number) => void;

/** GeoNames lists IATA codes among further names; `par` must not find Paris. */
const AIRPORT_CODE = /^[A-Z]{3}$/u;
const NICKNAMES: ReadonlySet<string> = new Set(['NYC']);

/** What may stand before or after the bare name of a state or county. */
const AREA_WORDS =
  /^(?:State|Province|Region|Canton|Republic|County|City|Municipality|District|Free State) of | (?:Province|Region|State|Municipality|District|County|Oblast|Governorate|Department|Prefecture|Parish|Canton|Republic)$/gu;

const addArea = (keys: KeyTable, area: Draft, id: number): void => {
  keys.add(area.name, id, false);
  const bare = area.name.replace(AREA_WORDS, '');
  if (bare !== area.name && bare !== '') keys.add(bare, id, true);
  if (area.type === STATE)
    for (const name of furtherAreaNames(area.code, area.name)) keys.add(name, id, true);
};

/** Cheap first: most names are not even as long as the state's. */
const isNameOfState = (name: string, { state }: Draft): boolean =>
  state !== undefined && name.length === state.name.length && foldKey(name) === foldKey(state.name);

/** So much of two names alike, and they are one name in two languages. */
const beginAlike = (one: string, other: string): boolean =>
  foldKey(one).slice(0, 3) === foldKey(other).slice(0, 3);

const addPlace = (keys: KeyTable, place: Draft, id: number): void => {
  const row = place.row;
  if (row === undefined) return;
  keys.add(row.name, id, false);
  if (row.asciiName !== row.name) keys.add(row.asciiName, id, false);
  const doubled = doubledVowels(row.name);
  if (doubled !== undefined) keys.add(doubled, id, false);
  for (const spelling of locatedSpellings(row.name, row.country)) keys.add(spelling, id, true);
  if (row.alternates === '') return;
  for (const name of row.alternates.split(',')) {
    if (AIRPORT_CODE.test(name) && !NICKNAMES.has(name)) continue;
    // The English names of states are theirs; `Île-de-France` is no name of Paris, but `Geneva` is one of Genève.
    const isOfState = isNameOfState(name, place);
    if (isOfState && !beginAlike(name, row.name) && row.name !== `${name} City`) continue;
    const isMain = isOfState || row.name === `${name} City`;
    keys.add(name, id, !isMain);
    const spelled = doubledVowels(name);
    if (spelled !== undefined) keys.add(spelled, id, true);
    for (const spelling of locatedSpellings(name, row.country)) keys.add(spelling, id, true);
  }
};

const buildKeys = (
  entities: readonly Draft[],
  countries: readonly CountryNames[],
  codes: readonly StateCode[],
  report: Report,
): KeyTable => {
  const keys = createKeyTable();
  entities.forEach((entity, id) => {
    if (entity.type === COUNTRY)
      for (const name of countries[entity.country]?.searchable ?? []) keys.add(name, id, false);
    else if (entity.type === STATE || entity.type === COUNTY) addArea(keys, entity, id);
    else addPlace(keys, entity, id);
    if (id % 20_000 === 0) report('folding names', 0.3 + (0.3 * id) / entities.length);
  });
  for (const { code, entity } of codes) if (/^[A-Z]{2,3}$/u.test(code)) keys.add(code, entity, true);
  return keys;
};

/** Builds the whole index in memory from the installed data packages; some seconds, and 0.85 GB of memory for that while. */
export const buildGazetteer = ({ report }: { report: Report }): Buffer => {
  report('reading places', 0);
  const rows = readPlaces();
  report('reading borders', 0.1);
  const polygons = readBorders();
  const codes = [
    ...new Set([...rows.map(({ country }) => country), ...polygons.map(({ country }) => country)]),
  ].sort();
  const countries = readCountryNames(codes);
  const countryIndex = new Map(codes.map((code, index) => [code, index]));
  report('placing towns in states and counties', 0.2);
  const entities = draftEntities(rows, readAdminNames(1), readAdminNames(2), countries, polygons);
  const idOf = new Map(entities.map((entity, id) => [entity, id]));
  const columns = layOutColumns(entities, idOf);
  const stateCodes = entities.flatMap((state, entity): StateCode[] => {
    const [country, admin1] = state.type === STATE ? state.code.split('.') : [];
    const code = country === undefined || admin1 === undefined ? undefined : stateCode(country, admin1);
    return code === undefined ? [] : [{ entity, code }];
  });
  const keys = buildKeys(entities, countries, stateCodes, report);
  report('sorting names', 0.6);
  const keySections = keys.layOut(columns.score);
  report('drawing borders', 0.8);
  const raster = buildRaster(polygons, countryIndex);
  report('planting trees', 0.9);
  const groups: number[][] = countries.map(() => []);
  entities.forEach(({ row, country }, id) => row !== undefined && groups[country]?.push(id));
  const forest = buildForest(groups, entities);
  report('writing', 0.95);
  const records = countries.map(({ alpha2, alpha3, continent, europeanUnion }, country): CountryRecord => ({
    alpha2,
    alpha3,
    continent,
    europeanUnion,
    entity: entities.findIndex((entity) => entity.type === COUNTRY && entity.country === country),
  }));
  const file = packIndex(
    {
      ...columns,
      ...keySections,
      ...raster,
      ...forest,
      countries: records,
      stateCodes,
      countyFips: countyFips(entities),
    },
    installedSources(),
  );
  report('done', 1);
  return file;
};
