/** Builds an index from rows that come one by one, in memory that does not grow with their texts. */
import {
  DEGREE,
  NONE,
  POSTCODE,
  type CountryRecord,
  type StateCode,
} from '../src/services/geocoding/entity.ts';
import { layOutGrids } from '../src/services/geocoding/annotations/grid-section.ts';
import { indexPieces, type IndexSources } from '../src/services/geocoding/index-format.ts';
import { readBorders } from './borders.ts';
import { layOutColumns } from './columns.ts';
import { readCountryNames } from './countries.ts';
import {
  createDraft,
  draftNations,
  groupRows,
  measureAreas,
  type AdminNames,
  type AreaDraft,
  type EntityDraft,
} from './entities.ts';
import { buildForest } from './forest.ts';
import { countyFips } from './fips.ts';
import type { Run, RunOptions } from './key-runs.ts';
import { createKeyTable, layOutKeys } from './key-table.ts';
import { addLocalNames, createLocalNameTable } from './names/local-name-table.ts';
import { readLocalNames } from './names/local-names-file.ts';
import { numberEntities, type EntityOrder } from './numbering.ts';
import { layOutStates, outlineStates } from './areas/outline-states.ts';
import { createPlaceMover, readTownPoints } from './points/town-points.ts';
import { buildRaster } from './raster.ts';
import { addAreaNames, addPlaceNames } from './searchable-names.ts';
import { WRITTEN_CODES } from './areas/states.ts';
import { readAdminNames, type PlaceRow } from './sources.ts';
import { townHash } from './town-names.ts';

/** Told while the index is built: what is being done, and how much of the whole is done, 0 to 1. */
export type Report = (message: string, fraction: number) => void;

/** Reads places: their rows become columns, and their names sorted runs. */
export interface PlaceReader {
  readonly draft: EntityDraft;
  add(row: PlaceRow): void;
  /** The runs of names of all places; nothing can be added after it. */
  close(): Run[];
}

/** A text with commas in it holds one name more than commas. */
const countNames = (alternates: string): number => {
  if (alternates === '') return 0;
  let names = 1;
  for (let at = 0; at < alternates.length; at++) if (alternates.charCodeAt(at) === 0x2c) names++;
  return names;
};

/** Of places with so many people the post may use another name than GeoNames: `München`, and not `Munich`. */
const MANY_PEOPLE = 20_000;

/** @param runs where names are set aside. */
export const createPlaceReader = (names: AdminNames, runs: RunOptions): PlaceReader => {
  const writer = createDraft(names);
  const keys = createKeyTable(runs);
  const { draft } = writer;
  const moved = createPlaceMover(readTownPoints());
  return {
    draft,
    add(given) {
      const row = moved(given);
      const number = writer.add(row, countNames(row.alternates));
      const state = draft.areas[draft.places.state.at(number)];
      addPlaceNames(row, state, (name, alternate) => keys.add(name, number, alternate));
      if (row.population < MANY_PEOPLE || row.alternates === '') return;
      for (const name of row.alternates.split(',')) {
        draft.aliases.hash.push(townHash(name, row.country));
        draft.aliases.row.push(number);
      }
    },
    close: () => keys.close(),
  };
};

export interface IndexOptions {
  readonly draft: EntityDraft;
  /** Runs of names whose provisional numbers are rows of the draft's places. */
  readonly runs: readonly Run[];
  /** Where further names are set aside. */
  readonly further: RunOptions;
  readonly sources: IndexSources;
  /** Further names of countries, states and counties, by their codes. */
  readonly areaNames?: ReadonlyMap<string, readonly string[]>;
  /** Names of states and counties by language, the best first. */
  readonly areaLabels?: readonly AreaLabel[];
  /** Names of places by language; their sources are rows of the draft's places. */
  readonly labels?: { each(visit: (row: number, language: string, name: string) => void): void };
  readonly report: Report;
}

/** A name of a state or county in one language. */
export interface AreaLabel {
  readonly code: string;
  /** BCP 47. */
  readonly language: string;
  readonly name: string;
  /** The least is the best. */
  readonly rank: number;
}

/** Lays a draft out as an index file, in pieces: first to last they are the file. */
export const buildIndex = ({
  draft,
  runs,
  further,
  sources,
  areaNames,
  areaLabels,
  labels,
  report,
}: IndexOptions): Uint8Array[] => {
  const { places } = draft;
  report('reading borders', 0.3);
  const polygons = readBorders();
  const codes = [...new Set([...draft.countries.texts, ...polygons.map(({ country }) => country)])].sort();
  const countries = readCountryNames(codes);
  const countryIndex = new Map(codes.map((code, index) => [code, index]));
  report('measuring states and counties', 0.35);
  measureAreas(draft);
  const outlines = outlineStates(draft, readAdminNames(1));
  const nations = draftNations(draft, countries, polygons);
  const order = numberEntities(draft, nations);
  const columns = layOutColumns(draft, order);
  report('planting trees', 0.38);
  const forest = plantForest(draft, order, countries.length);
  const states = layOutStates(outlines, draft, order, countryIndex, forest.treeIds);

  report('folding names', 0.4);
  const keys = createKeyTable({ ...further, name: 'further' });
  const provisional = (id: number): number => {
    const source = order.sources[id] as number;
    return source < 0 ? places.length + ~source : source;
  };
  order.areas.forEach((area, number) => {
    if (number >= nations.length)
      addAreaNames(area, (name, alternate) => keys.add(name, places.length + number, alternate));
    else {
      for (const name of countries[number]?.searchable ?? []) keys.add(name, places.length + number, false);
      for (const name of countries[number]?.translated ?? []) keys.add(name, places.length + number, true);
    }
    for (const name of areaNames?.get(area.code) ?? [])
      if (isWrittenOut(name)) keys.add(name, places.length + number, true);
  });
  for (const { code, entity } of states.stateCodes as readonly StateCode[])
    if (isWritten(code, order.areas[~(order.sources[entity] as number)]))
      keys.add(code, provisional(entity), true);
  const localNames = createLocalNameTable();
  // What was brought counts before what comes along: the first name of a language is shown.
  labels?.each((row, language, name) => localNames.add(order.ids[row] as number, language, name));
  const areaByCode = new Map(draft.areas.map((area) => [area.code, area]));
  for (const { code, language, name } of areaLabels ?? []) {
    const area = areaByCode.get(code);
    if (area !== undefined && area.name !== name) localNames.add(area.id, language, name);
  }
  const sourceName = (id: number): string => {
    const source = order.sources[id] as number;
    return source < 0 ? (order.areas[~source]?.code ?? '') : String(places.geonameId.at(source));
  };
  addLocalNames(localNames, readLocalNames(), order.size, sourceName, (name, id) =>
    keys.add(name, provisional(id), true),
  );
  report('sorting names', 0.5);
  const keySections = layOutKeys([...runs, ...keys.close()], order.ids, columns);

  report('drawing borders', 0.8);
  const raster = buildRaster(polygons, countryIndex);
  report('writing', 0.95);
  const records = countries.map(({ alpha2, alpha3, continent, europeanUnion }, country): CountryRecord => ({
    alpha2,
    alpha3,
    continent,
    europeanUnion,
    entity: nations[country]?.id ?? NONE,
  }));
  return indexPieces(
    {
      ...columns,
      grids: layOutGrids(columns.records),
      ...keySections,
      ...localNames.layOut(),
      ...raster,
      ...forest,
      ...states,
      countries: records,
      countyFips: countyFips(order.areas),
    },
    sources,
  );
};

/** GeoNames lists codes among the names of areas; those that count are known otherwise. */
const isWrittenOut = (name: string): boolean => name.length > 3 || !/^[A-Z0-9]*$/u.test(name);

/** Whether people write a state's code after a town. */
const isWritten = (code: string, state: AreaDraft | undefined): boolean =>
  /^[A-Z]{2,3}$/u.test(code) && WRITTEN_CODES.has(state?.code.slice(0, 2) ?? '');

/** Trees of places for each country, then trees of postcodes for each country. */
const plantForest = (
  { places }: EntityDraft,
  order: EntityOrder,
  countries: number,
): ReturnType<typeof buildForest> => {
  const unlisted = places.features.texts.indexOf('');
  const { starts, rows: ids } = groupRows(order.size, countries * 2, (id) => {
    const row = order.sources[id] as number;
    if (row < 0) return -1;
    if (places.type.at(row) === POSTCODE) return countries + places.country.at(row);
    return places.feature.at(row) === unlisted ? -1 : places.country.at(row);
  });
  const at = (id: number): number => order.sources[id] as number;
  return buildForest(
    starts,
    ids,
    (id) => places.lat.at(at(id)) / DEGREE,
    (id) => places.lng.at(at(id)) / DEGREE,
  );
};
