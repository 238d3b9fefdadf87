import { createAreaAt, NO_AREA, type AreaSections } from '../../src/services/geocoding/area-at.ts';
import { DEGREE, NO_STATE, STATE, type StateCode } from '../../src/services/geocoding/entity.ts';
import type { Sections } from '../../src/services/geocoding/index-format.ts';
import { boxOf } from './box.ts';
import type { AreaFacts } from './file.ts';
import { buildAreaRaster } from './raster.ts';
import { arcsOfAreas, readAreas, readStateCodes } from './areas.ts';
import { areasOfCounties } from './county-areas.ts';
import { createAreaDraft, type AreaDraft, type EntityDraft } from '../entities.ts';
import { areaImportance, type Box } from '../estimates.ts';
import { checkLimit } from '../limits.ts';
import type { EntityOrder } from '../numbering.ts';
import { NO_ROW } from '../place-table.ts';

/** What the areas of the world say of a draft, until its entities have their numbers. */
export interface StateOutlines {
  readonly areas: readonly AreaFacts[];
  readonly raster: AreaSections;
  /** The state that each area is or is part of. */
  readonly stateOfArea: readonly (AreaDraft | undefined)[];
  /** The states that have the bounds of their areas. */
  readonly outlined: ReadonlySet<AreaDraft>;
  /** The area that is a county, by the county's number. */
  readonly areaOfCounty: ReadonlyMap<number, number>;
  /** The area that each row of the places stands in, within its country; `NO_STATE` for none. */
  readonly areaOfRow: Uint16Array;
  /** ISO 3166-2 codes by GeoNames' codes. */
  readonly codes: ReadonlyMap<string, string>;
}

/** Makes what has areas but no places a state: those of GeoNames, and those of countries of which GeoNames has none. */
const addStates = (
  draft: EntityDraft,
  areas: readonly AreaFacts[],
  names: ReadonlyMap<string, string>,
): (AreaDraft | undefined)[] => {
  const known = new Map(draft.areas.filter(({ type }) => type === STATE).map((area) => [area.code, area]));
  const divided = new Set([...names.keys()].map((code) => code.slice(0, 2)));
  const add = (code: string, name: string, country: string): AreaDraft => {
    const state = createAreaDraft(STATE, name, code, draft.countries.numberOf(country), draft.areas.length);
    draft.areas.push(state);
    known.set(code, state);
    return state;
  };
  return areas.map(({ state, country, iso, name }) => {
    if (state !== '') return known.get(state) ?? add(state, names.get(state) ?? name, country);
    if (iso === '' || divided.has(country)) return undefined;
    return known.get(`${country}.${iso}`) ?? add(`${country}.${iso}`, name, country);
  });
};

/** Whether a state stands in a box; degrees in a box of hundred-thousandths. */
const isWithin = ([south, west, north, east]: Box, { lat, lng }: AreaDraft): boolean => {
  const [x, y] = [lng * DEGREE, lat * DEGREE];
  if (y < south || y > north) return false;
  return west > east ? x >= west || x <= east : x >= west && x <= east;
};

/**
 * Gives states the bounds of their areas where these are their outline, and one that is a single area the place of its
 * name on the map; gives counties that are one area its bounds; adds states that have no places; and gives places without a state the one that they stand in.
 * @param names GeoNames' states by their codes, such as `US.TX`.
 */
export const outlineStates = (draft: EntityDraft, names: ReadonlyMap<string, string>): StateOutlines => {
  const file = readAreas();
  const { areas } = file;
  const stateOfArea = addStates(draft, areas, names);
  const known = new Set(file.outlined);
  const outlined = new Set<AreaDraft>();
  const arcs = arcsOfAreas(file);
  for (const [state, members] of Map.groupBy(areas.keys(), (area) => stateOfArea[area])) {
    const [first = 0, ...more] = members;
    const box = boxOf(members.flatMap((area) => arcs[area] ?? []));
    const facts = areas[first];
    if (state === undefined || box === undefined || facts === undefined) continue;
    const isNew = state.score === 0;
    if (!isNew && !known.has(state.code)) continue;
    outlined.add(state);
    state.box = box;
    if (isNew || more.length === 0 || !isWithin(box, state)) {
      state.lat = facts.lat;
      state.lng = facts.lng;
    }
    if (isNew) state.score = areaImportance(STATE, 0);
  }
  const raster = buildAreaRaster(file);
  const areaAt = createAreaAt(
    raster,
    Uint16Array.from(areas, ({ country }) => draft.countries.numberOf(country)),
  );
  const { places } = draft;
  const areaOfRow = new Uint16Array(places.length).fill(NO_STATE);
  for (let row = 0; row < places.length; row++) {
    const area = areaAt(places.lat.at(row) / DEGREE, places.lng.at(row) / DEGREE, places.country.at(row));
    if (area === NO_AREA) continue;
    areaOfRow[row] = area;
    const around = stateOfArea[area];
    if (around !== undefined && places.state.at(row) === NO_ROW) places.state.set(row, around.number);
  }
  const areaOfCounty = areasOfCounties(draft, areaOfRow, NO_STATE);
  for (const [county, area] of areaOfCounty) {
    const box = boxOf(arcs[area] ?? []);
    const whole = draft.areas[county];
    if (box !== undefined && whole !== undefined) whole.box = box;
  }
  return { areas, raster, stateOfArea, outlined, areaOfCounty, areaOfRow, codes: readStateCodes() };
};

/** The sections about states and areas. */
export type StateSections = AreaSections &
  Pick<
    Sections,
    | 'states'
    | 'stateWikidata'
    | 'stateCodes'
    | 'divisions'
    | 'divisionOf'
    | 'areaCountry'
    | 'areaState'
    | 'treeState'
    | 'treeAround'
  >;

/** Numbers different lists of codes; the first is empty. */
const createDivisions = (): { readonly lists: string[][]; numberOf(codes: readonly string[]): number } => {
  const lists: string[][] = [[]];
  const numbers = new Map<string, number>([['', 0]]);
  return {
    lists,
    numberOf(codes) {
      const key = codes.join();
      const known = numbers.get(key);
      if (known !== undefined) return known;
      numbers.set(key, lists.length);
      return lists.push([...codes]) - 1;
    },
  };
};

/** @param countryIndex numbers of countries in the index. @param treeIds entities in the order of the trees. */
export const layOutStates = (
  { areas, raster, stateOfArea, outlined, areaOfCounty, areaOfRow, codes }: StateOutlines,
  draft: EntityDraft,
  order: EntityOrder,
  countryIndex: ReadonlyMap<string, number>,
  treeIds: Uint32Array,
): StateSections => {
  const states = draft.areas.filter(({ type }) => type === STATE);
  checkLimit('states', states.length, NO_STATE);
  const numberOf = new Map(states.map((state, number) => [state, number]));
  const stateOf = (row: number): AreaDraft | undefined => draft.areas[draft.places.state.at(row)];
  const numberOr = (state: AreaDraft | undefined): number =>
    (state === undefined ? undefined : numberOf.get(state)) ?? NO_STATE;
  const codeOf = (state: AreaDraft | undefined): string | undefined =>
    state === undefined
      ? undefined
      : (codes.get(state.code) ?? /^[A-Z]{2}\.(?<iso>[A-Z]{2}-.+)$/u.exec(state.code)?.groups?.['iso']);
  const areasOf = Map.groupBy(areas.keys(), (area) => stateOfArea[area]);
  const divisions = createDivisions();
  const divisionOf = Uint16Array.from({ length: order.size }, (_, id) => {
    const source = order.sources[id] ?? 0;
    const area = source < 0 ? order.areas[~source] : undefined;
    const state = area === undefined ? stateOf(source) : area.type === STATE ? area : area.state;
    const own = codeOf(state);
    const around =
      area === undefined ? (areaOfRow[source] ?? NO_STATE) : (areaOfCounty.get(area.number) ?? NO_STATE);
    // Where the map puts a place into another state than GeoNames, the finer code would be that state's.
    const isIn = stateOfArea[around] === undefined || stateOfArea[around] === state;
    const finer = isIn ? areas[around]?.iso : undefined;
    return divisions.numberOf(
      [own, finer === own ? undefined : finer].filter(
        (code) => code !== undefined && code !== '',
      ) as string[],
    );
  });
  checkLimit('lists of codes', divisions.lists.length, NO_STATE);
  const rowOf = (id: number): number => order.sources[id] ?? 0;
  return {
    ...raster,
    states: Uint32Array.from(states, ({ id }) => id),
    stateWikidata: Uint32Array.from(states, (state) => {
      const [only = 0, ...more] = areasOf.get(state) ?? [];
      return more.length === 0 && outlined.has(state) ? (areas[only]?.wikidata ?? 0) : 0;
    }),
    stateCodes: states
      .flatMap((state): StateCode[] => {
        const code = codeOf(state);
        return code === undefined ? [] : [{ entity: state.id, code: code.slice(3) }];
      })
      .sort((a, b) => a.entity - b.entity),
    divisions: divisions.lists,
    divisionOf,
    areaCountry: Uint16Array.from(areas, ({ country }) => countryIndex.get(country) ?? NO_STATE),
    areaState: Uint16Array.from(stateOfArea, numberOr),
    treeState: Uint16Array.from(treeIds, (id) => numberOr(stateOf(rowOf(id)))),
    treeAround: Uint16Array.from(treeIds, (id) => numberOr(stateOfArea[areaOfRow[rowOf(id)] ?? NO_STATE])),
  };
};
