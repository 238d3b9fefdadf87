import { CITY, COUNTRY, COUNTY, DEGREE, STATE, SUBURB, TOWN } from '../src/services/geocoding/entity.ts';
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
import type { PlaceRow } from './sources.ts';

/** A country, state, county or place on its way into the index. */
export interface Draft {
  type: number;
  name: string;
  lat: number;
  lng: number;
  population: number;
  score: number;
  box: Box;
  country: number;
  state: Draft | undefined;
  county: Draft | undefined;
  parent: Draft | undefined;
  feature: string;
  timezone: string;
  /** The row it comes from; undefined for areas. */
  row: PlaceRow | undefined;
  /** GeoNames code of a state or county, such as `US.TX`; alpha-2 of a country. */
  code: string;
}

const placeDraft = (row: PlaceRow, country: number): Draft => {
  const type = placeType(row.feature, row.population);
  const names = row.alternates === '' ? 0 : row.alternates.split(',').length;
  return {
    type,
    name: row.name,
    lat: row.lat,
    lng: row.lng,
    population: row.population,
    score: placeImportance(row.feature, row.population, names),
    box: boxAround(row.lat, row.lng, row.lat, row.lng, placeRadiusKm(row.population)),
    country,
    state: undefined,
    county: undefined,
    parent: undefined,
    feature: row.feature,
    timezone: row.timezone,
    row,
    code: '',
  };
};

const areaDraft = (type: number, name: string, code: string, country: number): Draft => ({
  type,
  name,
  lat: 0,
  lng: 0,
  population: 0,
  score: 0,
  box: [0, 0, 0, 0],
  country,
  state: undefined,
  county: undefined,
  parent: undefined,
  feature: '',
  timezone: '',
  row: undefined,
  code,
});

/** So far an area reaches beyond its outermost place, in km, for want of its border. */
const AREA_MARGIN_KM = 5;

const middle = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Gives an area the people, the middle and the extent of its places. */
const measureArea = (area: Draft, places: readonly Draft[]): void => {
  const settled = places.filter(({ type }) => isTown(type));
  const measured = settled.length > 0 ? settled : places;
  const people = measured.reduce((sum, { population }) => sum + population, 0);
  const lats = measured.map(({ lat }) => lat);
  const lngs = measured.map(({ lng }) => lng);
  // On both sides of the antimeridian the mean longitude would lie on the other side of the world.
  const astride = lngs.some((lng) => lng < -90) && lngs.some((lng) => lng > 90);
  const eastward = astride ? lngs.map((lng) => (lng < 0 ? lng + 360 : lng)) : lngs;
  const lng = middle(eastward);
  area.population = people;
  area.lat = middle(lats);
  area.lng = lng > 180 ? lng - 360 : lng;
  area.box = boxAround(min(lats), min(lngs), max(lats), max(lngs), AREA_MARGIN_KM);
  area.score = areaImportance(area.type, people);
};

const min = (values: readonly number[]): number =>
  values.reduce((least, value) => (value < least ? value : least), 180);
const max = (values: readonly number[]): number =>
  values.reduce((most, value) => (value > most ? value : most), -180);

/** A country stands at its capital, else its largest place, and reaches as far as its border polygons. */
const measureCountry = (
  country: Draft,
  places: readonly Draft[],
  polygons: readonly BorderPolygon[],
): void => {
  const points = polygons.flatMap(({ rings }) => rings[0] ?? []);
  const seat =
    places.find(({ feature }) => feature === 'PPLC') ??
    places.reduce<Draft | undefined>(
      (best, place) => (place.population >= (best?.population ?? 0) ? place : best),
      undefined,
    );
  const first = points[0];
  country.lat = seat?.lat ?? first?.[1] ?? 0;
  country.lng = seat?.lng ?? first?.[0] ?? 0;
  const lats = points.length > 0 ? points.map(([, lat]) => lat) : [country.lat];
  const lngs = points.length > 0 ? points.map(([lng]) => lng) : [country.lng];
  country.box = boxAround(min(lats), min(lngs), max(lats), max(lngs), 0);
  country.population = places.reduce((sum, { type, population }) => sum + (isTown(type) ? population : 0), 0);
  country.score = areaImportance(COUNTRY, country.population);
};

const squaredKm = (a: Draft, b: Draft): number => {
  const dLat = (a.lat - b.lat) * 111.195;
  const dLng = (a.lng - b.lng) * 111.195 * Math.cos((a.lat * Math.PI) / 180);
  return dLat * dLat + dLng * dLng;
};

/** Finds the city or town that a section of a place lies in: the largest of its state whose estimated disc holds it. */
const findParent = (suburb: Draft, neighbours: readonly Draft[]): Draft | undefined => {
  let best: Draft | undefined;
  for (const place of neighbours) {
    const reach = 1.5 * placeRadiusKm(place.population);
    if (place.population > (best?.population ?? 0) && squaredKm(suburb, place) <= reach * reach) best = place;
  }
  return best;
};

const groupBy = <Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> => {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
};

/** Makes every entity: places, the counties and states that have places, and all countries. */
export const draftEntities = (
  rows: readonly PlaceRow[],
  stateNames: ReadonlyMap<string, string>,
  countyNames: ReadonlyMap<string, string>,
  countries: readonly CountryNames[],
  polygons: readonly BorderPolygon[],
): Draft[] => {
  const countryIndex = new Map(countries.map(({ alpha2 }, index) => [alpha2, index]));
  const areas = new Map<string, Draft>();
  const areaOf = (
    type: number,
    code: string,
    name: string | undefined,
    country: number,
  ): Draft | undefined => {
    if (name === undefined || name === '') return undefined;
    const known = areas.get(code);
    if (known !== undefined) return known;
    const area = areaDraft(type, name, code, country);
    areas.set(code, area);
    return area;
  };
  const places = rows.map((row) => {
    const country = countryIndex.get(row.country) ?? 0;
    const place = placeDraft(row, country);
    const stateCode = `${row.country}.${row.admin1}`;
    place.state = areaOf(STATE, stateCode, stateNames.get(stateCode), country);
    const countyCode = `${stateCode}.${row.admin2}`;
    place.county = areaOf(COUNTY, countyCode, countyNames.get(countyCode), country);
    if (place.county !== undefined) place.county.state = place.state;
    return place;
  });
  for (const [state, members] of groupBy(places, (place) => place.state)) {
    if (state !== undefined) measureArea(state, members);
    const towns = members.filter(({ type }) => type === CITY || type === TOWN);
    for (const place of members) if (place.type === SUBURB) place.parent = findParent(place, towns);
  }
  for (const [county, members] of groupBy(places, (place) => place.county)) {
    if (county !== undefined) measureArea(county, members);
  }
  const byCountry = groupBy(places, (place) => place.country);
  const bordersOf = groupBy(polygons, ({ country }) => country);
  const nations = countries.map(({ alpha2, english }, index) => {
    const country = areaDraft(COUNTRY, english, alpha2, index);
    measureCountry(country, byCountry.get(index) ?? [], bordersOf.get(alpha2) ?? []);
    return country;
  });
  return [...nations, ...areas.values(), ...places].sort((a, b) => b.score - a.score);
};

/** A coordinate as the index keeps it. */
export const inUnits = (degrees: number): number => Math.round(degrees * DEGREE);
