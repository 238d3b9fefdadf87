import {
  CITY,
  COUNTRY,
  COUNTY,
  DEGREE,
  POSTCODE,
  STATE,
  SUBURB,
  TOWN,
} from '../src/services/geocoding/entity.ts';
import { boxOf } from './areas/box.ts';
import type { BorderPolygon } from './borders.ts';
import type { CountryNames } from './countries.ts';
import {
  areaImportance,
  boxAround,
  isTown,
  placeImportance,
  placeRadiusKm,
  placeType,
  type Box,
} from './estimates.ts';
import { createGrowing, wordsOf, type Growing } from './growing.ts';
import {
  createNumbering,
  createPlaceTable,
  inUnits,
  NO_ROW,
  type Numbering,
  type PlaceTable,
} from './place-table.ts';
import type { PlaceRow } from './sources.ts';

/** A country, state or county on its way into the index. */
export interface AreaDraft {
  readonly type: number;
  name: string;
  /** GeoNames code of a state or county, such as `US.TX`; alpha-2 of a country. */
  readonly code: string;
  /** Number among the draft's country codes; in the index's own order once `nations` are there. */
  country: number;
  state: AreaDraft | undefined;
  /** Degrees. */
  lat: number;
  lng: number;
  population: number;
  score: number;
  box: Box;
  geonameId: number;
  /** Its place among the draft's areas. */
  number: number;
  /** Its id in the index, once entities are numbered; -1 before. */
  id: number;
}

/** Everything on its way into the index. */
export interface EntityDraft {
  /** Alpha-2 codes by the numbers that rows and areas have. */
  readonly countries: Numbering;
  readonly areas: AreaDraft[];
  readonly places: PlaceTable;
  /** Further names of large places (`townHash`), and their rows; what the post calls them may be one. */
  readonly aliases: {
    readonly hash: Growing<Uint32Array<ArrayBuffer>>;
    readonly row: Growing<Uint32Array<ArrayBuffer>>;
  };
}

export const createAreaDraft = (
  type: number,
  name: string,
  code: string,
  country: number,
  number = NO_ROW,
): AreaDraft => ({
  type,
  name,
  code,
  country,
  state: undefined,
  lat: 0,
  lng: 0,
  population: 0,
  score: 0,
  box: [0, 0, 0, 0],
  geonameId: 0,
  number,
  id: -1,
});

/** Names of states and counties by GeoNames code. */
export interface AdminNames {
  readonly states: ReadonlyMap<string, string>;
  readonly counties: ReadonlyMap<string, string>;
}

/** Takes rows, and makes the states and counties that they lie in. */
export interface DraftWriter {
  readonly draft: EntityDraft;
  /** @returns the number of the row */
  add(row: PlaceRow, names: number): number;
  /** The state or county of a GeoNames code (`US.TX`), if it has come up. */
  areaOf(code: string): AreaDraft | undefined;
}

/** The largest number that a record can hold. */
const MOST = 0x7fff_ffff;

/** @param given what an earlier stage has read. */
export const createDraft = (names: AdminNames, given?: EntityDraft): DraftWriter => {
  const draft: EntityDraft = given ?? {
    countries: createNumbering(),
    areas: [],
    places: createPlaceTable(),
    aliases: { hash: createGrowing(wordsOf), row: createGrowing(wordsOf) },
  };
  const { countries, areas, places } = draft;
  const known = new Map(areas.map((area) => [area.code, area]));

  const findArea = (
    type: number,
    code: string,
    name: string | undefined,
    country: number,
  ): AreaDraft | undefined => {
    if (name === undefined || name === '') return undefined;
    const found = known.get(code);
    if (found !== undefined) return found;
    const area = createAreaDraft(type, name, code, country, areas.length);
    areas.push(area);
    known.set(code, area);
    return area;
  };

  return {
    draft,
    areaOf: (code) => known.get(code),
    add(row, alternates) {
      const country = countries.numberOf(row.country);
      const stateCode = `${row.country}.${row.admin1}`;
      const state = findArea(STATE, stateCode, names.states.get(stateCode), country);
      const countyCode = `${stateCode}.${row.admin2}`;
      const county = findArea(COUNTY, countyCode, names.counties.get(countyCode), country);
      if (county !== undefined) county.state = state;
      return places.add({
        lat: inUnits(row.lat),
        lng: inUnits(row.lng),
        population: Math.min(row.population, MOST),
        country,
        state: state?.number ?? NO_ROW,
        county: county?.number ?? NO_ROW,
        parent: NO_ROW,
        type: placeType(row.feature, row.population),
        feature: places.features.numberOf(row.feature),
        timezone: places.timezones.numberOf(row.timezone),
        score: placeImportance(row.feature, row.population, alternates),
        geonameId: row.geonameId,
        name: places.names.place(row.name),
      });
    },
  };
};

/** Rows by the value of a column: `rows` from `starts[value]` to `starts[value + 1]`, in their order. */
export interface Groups {
  readonly starts: Uint32Array;
  readonly rows: Uint32Array;
}

/** @param groupOf the group of a row, or a negative number for none. */
export const groupRows = (rows: number, groups: number, groupOf: (row: number) => number): Groups => {
  const starts = new Uint32Array(groups + 1);
  for (let row = 0; row < rows; row++) {
    const group = groupOf(row);
    if (group >= 0) starts[group + 1] = (starts[group + 1] as number) + 1;
  }
  for (let group = 0; group < groups; group++)
    starts[group + 1] = (starts[group + 1] as number) + (starts[group] as number);
  const next = starts.slice();
  const sorted = new Uint32Array(starts[groups] as number);
  for (let row = 0; row < rows; row++) {
    const group = groupOf(row);
    if (group < 0) continue;
    sorted[next[group] as number] = row;
    next[group] = (next[group] as number) + 1;
  }
  return { starts, rows: sorted };
};

/** The rows of one group. */
export const rowsOf = ({ starts, rows }: Groups, group: number): Uint32Array =>
  rows.subarray(starts[group], starts[group + 1]);

/** So far an area reaches beyond its outermost place, in km, for want of its border. */
const AREA_MARGIN_KM = 5;

/** Gives an area the people, the middle and the extent of its places. */
const measureArea = (
  area: AreaDraft,
  { type, lat, lng, population }: PlaceTable,
  members: Uint32Array,
): void => {
  const isSettled = members.some((row) => isTown(type.at(row)));
  const rows = isSettled ? members.filter((row) => isTown(type.at(row))) : members;
  let people = 0;
  let [south, west, north, east] = [180, 180, -180, -180];
  let latSum = 0;
  for (const row of rows) {
    const rowLat = lat.at(row) / DEGREE;
    const rowLng = lng.at(row) / DEGREE;
    people += population.at(row);
    latSum += rowLat;
    south = Math.min(south, rowLat);
    north = Math.max(north, rowLat);
    west = Math.min(west, rowLng);
    east = Math.max(east, rowLng);
  }
  // On both sides of the antimeridian the mean longitude would lie on the other side of the world.
  const isAstride = west < -90 && east > 90;
  let lngSum = 0;
  for (const row of rows) {
    const rowLng = lng.at(row) / DEGREE;
    lngSum += isAstride && rowLng < 0 ? rowLng + 360 : rowLng;
  }
  const middle = lngSum / rows.length;
  area.population = people;
  area.lat = latSum / rows.length;
  area.lng = middle > 180 ? middle - 360 : middle;
  area.box = boxAround(south, west, north, east, AREA_MARGIN_KM);
  area.score = areaImportance(area.type, people);
};

/** A country stands at its capital, else its largest place, and reaches as far as its border polygons. */
const measureCountry = (
  country: AreaDraft,
  { places }: EntityDraft,
  members: Uint32Array,
  polygons: readonly BorderPolygon[],
): void => {
  const capital = places.features.texts.indexOf('PPLC');
  let seat = members.find((row) => places.feature.at(row) === capital);
  if (seat === undefined) {
    let most = 0;
    for (const row of members) {
      if (places.type.at(row) === POSTCODE || places.population.at(row) < most) continue;
      seat = row;
      most = places.population.at(row);
    }
  }
  const first = polygons[0]?.rings[0]?.[0];
  country.lat = seat === undefined ? (first?.[1] ?? 0) : places.lat.at(seat) / DEGREE;
  country.lng = seat === undefined ? (first?.[0] ?? 0) : places.lng.at(seat) / DEGREE;
  country.box =
    boxOf(
      polygons.map(({ rings }) => (rings[0] ?? []).flatMap(([lng, lat]) => [inUnits(lng), inUnits(lat)])),
    ) ?? boxAround(country.lat, country.lng, country.lat, country.lng, 0);
  country.population = members.reduce(
    (sum, row) => sum + (isTown(places.type.at(row)) ? places.population.at(row) : 0),
    0,
  );
  country.score = areaImportance(COUNTRY, country.population);
};

/** How far the disc of the largest town reaches, in hundred-thousandths of a degree of latitude. */
const WIDEST_REACH = Math.ceil(((1.5 * placeRadiusKm(Infinity)) / 111.195) * DEGREE);

/**
 * Finds the city or town that a section of a place lies in: the largest of its state whose estimated disc holds it.
 * @param towns from south to north
 */
const findParent = ({ lat, lng, population }: PlaceTable, suburb: number, towns: Uint32Array): number => {
  let best = NO_ROW;
  let most = 0;
  const north = lat.at(suburb) / DEGREE;
  const east = lng.at(suburb) / DEGREE;
  const narrowing = Math.cos((north * Math.PI) / 180);
  const southmost = lat.at(suburb) - WIDEST_REACH;
  const northmost = lat.at(suburb) + WIDEST_REACH;
  let low = 0;
  let high = towns.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (lat.at(towns[middle] as number) < southmost) low = middle + 1;
    else high = middle;
  }
  for (let at = low; at < towns.length; at++) {
    const place = towns[at] as number;
    if (lat.at(place) > northmost) break;
    const people = population.at(place);
    // Of two that are as large, the one that was read first.
    if (people < most || (people === most && (best === NO_ROW || best < place))) continue;
    const dLat = (north - lat.at(place) / DEGREE) * 111.195;
    const dLng = (east - lng.at(place) / DEGREE) * 111.195 * narrowing;
    const reach = 1.5 * placeRadiusKm(people);
    if (dLat * dLat + dLng * dLng > reach * reach) continue;
    best = place;
    most = people;
  }
  return best;
};

/** Gives states and counties their extent and suburbs their towns, once all places are there. */
export const measureAreas = ({ areas, places }: EntityDraft): void => {
  const { type, state, county, parent } = places;
  // Postcodes, and towns that only the post knows, stand where letters are sorted.
  const unlisted = places.features.texts.indexOf('');
  const isPlace = (row: number): boolean => type.at(row) !== POSTCODE && places.feature.at(row) !== unlisted;
  const stateless = areas.length;
  const byState = groupRows(places.length, areas.length + 1, (row) => {
    if (!isPlace(row)) return NO_ROW;
    return state.at(row) === NO_ROW ? stateless : state.at(row);
  });
  const byCounty = groupRows(places.length, areas.length, (row) => (isPlace(row) ? county.at(row) : NO_ROW));
  for (const area of areas) {
    const members = rowsOf(area.type === STATE ? byState : byCounty, area.number);
    if (members.length > 0) measureArea(area, places, members);
  }
  for (let group = 0; group <= stateless; group++) {
    const members = rowsOf(byState, group);
    const towns = members
      .filter((row) => type.at(row) === CITY || type.at(row) === TOWN)
      .sort((a, b) => places.lat.at(a) - places.lat.at(b));
    for (const row of members) if (type.at(row) === SUBURB) parent.set(row, findParent(places, row, towns));
  }
};

/** Makes the countries, in the order of their names; rows and areas get the numbers of that order. */
export const draftNations = (
  draft: EntityDraft,
  countries: readonly CountryNames[],
  polygons: readonly BorderPolygon[],
): AreaDraft[] => {
  const { places, areas } = draft;
  const order = new Map(countries.map(({ alpha2 }, index) => [alpha2, index]));
  const numbers = draft.countries.texts.map((code) => order.get(code) ?? 0);
  for (let row = 0; row < places.length; row++)
    places.country.set(row, numbers[places.country.at(row)] as number);
  for (const area of areas) area.country = numbers[area.country] as number;
  const members = groupRows(places.length, countries.length, (row) => places.country.at(row));
  const bordersOf = Map.groupBy(polygons, ({ country }) => country);
  return countries.map(({ alpha2, english }, index) => {
    const country = createAreaDraft(COUNTRY, english, alpha2, index);
    measureCountry(country, draft, rowsOf(members, index), bordersOf.get(alpha2) ?? []);
    return country;
  });
};
