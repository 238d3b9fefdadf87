/** Puts postcodes into a draft: each as an entity of its own, beside the town that it belongs to. */
import { CITY, DEGREE, POSTCODE, STATE, TOWN, VILLAGE } from '../../src/services/geocoding/entity.ts';
import { foldKey } from '../../src/services/geocoding/fold.ts';
import { createNearest } from '../../src/services/geocoding/nearest.ts';
import { groupRows, type AreaDraft, type EntityDraft } from '../entities.ts';
import { placeImportance, placeRadiusKm, postcodeImportance } from '../estimates.ts';
import { buildForest } from '../forest.ts';
import { createGrowing, wordsOf } from '../growing.ts';
import { inUnits, NO_ROW } from '../place-table.ts';
import type { Postcode, PostcodeList, PostcodeRow } from './rows.ts';
import { createHashIndex, townHash } from '../town-names.ts';

/** A town of a postcode's name stands at most so far from it. */
const TOWN_REACH_KM = 40;
const KM_PER_DEGREE = 111.195;

/** Makes a row of the places findable under a name. */
type KeyTaker = (name: string, row: number, alternate: boolean) => void;

/** `Winnipeg (St. Vital SW)`, `Halifax Lower Harbour`: the town may be the first words, or what stands in brackets. */
const candidatesOf = ({ place, isTown }: PostcodeRow): string[] => {
  if (isTown || place === '') return place === '' ? [] : [place];
  const [, before = place, inside] = /^(.*?)\s*\((.*)\)\s*$/u.exec(place) ?? [];
  const words = before.split(' ');
  const shorter = words.map((_, dropped) => words.slice(0, words.length - dropped).join(' '));
  return inside === undefined ? shorter : [...shorter, inside];
};

/**
 * Adds postcodes to a draft whose places are all there. A postcode's town is the place of its name within 40 km; where a
 * list names a town that is not among the places, it becomes a village of unknown population, which can be searched for
 * and is no answer to a coordinate.
 */
export const attachPostcodes = (draft: EntityDraft, list: PostcodeList, take: KeyTaker): void => {
  const { places, areas, countries } = draft;
  const served = new Set([...list.countries].map((code) => countries.numberOf(code)));
  const towns = indexTowns(draft, served);
  const nearestRow = createNearestRow(draft, served);
  const stateNames = new Map<string, AreaDraft>();
  const stateCodes = new Map<string, AreaDraft>();
  for (const area of areas) {
    if (area.type !== STATE) continue;
    stateCodes.set(area.code, area);
    stateNames.set(`${countries.texts[area.country] ?? ''}${foldKey(area.name)}`, area);
  }
  const unlisted = places.features.numberOf('');

  const kmSquared = (row: number, lat: number, lng: number): number => {
    const dLat = (places.lat.at(row) / DEGREE - lat) * KM_PER_DEGREE;
    let dLng = Math.abs(places.lng.at(row) / DEGREE - lng);
    if (dLng > 180) dLng = 360 - dLng;
    dLng *= KM_PER_DEGREE * Math.cos((lat * Math.PI) / 180);
    return dLat * dLat + dLng * dLng;
  };

  const townOf = (row: PostcodeRow): number => {
    const country = countries.numberOf(row.country);
    for (const name of candidatesOf(row)) {
      let best = NO_ROW;
      let least = TOWN_REACH_KM * TOWN_REACH_KM;
      towns.each(townHash(name, row.country), (town) => {
        const away = kmSquared(town, row.lat, row.lng);
        if (places.country.at(town) !== country || away > least) return;
        best = town;
        least = away;
      });
      if (best !== NO_ROW) return best;
    }
    return NO_ROW;
  };

  const cities = largePlaces(draft, served);
  /** The largest town whose people's disc a point lies in: what a region's postcode belongs to. */
  const cityAround = ({ country, lat, lng }: PostcodeRow): number => {
    const number = countries.numberOf(country);
    let best = NO_ROW;
    for (const row of cities) {
      if (places.country.at(row) !== number) continue;
      const people = places.population.at(row);
      const isLarger = best === NO_ROW || people > places.population.at(best);
      if (isLarger && kmSquared(row, lat, lng) <= placeRadiusKm(people) ** 2) best = row;
    }
    return best;
  };

  const stateOf = ({ country, stateCode, stateName }: PostcodeRow): number => {
    const byCode = stateCodes.get(`${country}.${stateCode}`);
    // Where the list names the state too, a code of another system that happens to be the same does not count.
    if (byCode !== undefined && (stateName === '' || foldKey(byCode.name) === foldKey(stateName)))
      return byCode.number;
    return stateNames.get(`${country}${foldKey(stateName)}`)?.number ?? NO_ROW;
  };

  /** Towns that only the post knows, by name and state. */
  const postTowns = new Map<string, number[]>();
  const postTown = (row: PostcodeRow): number => {
    const key = `${townHash(row.place, row.country)} ${row.stateCode}${row.stateName}`;
    const known = postTowns.get(key) ?? [];
    const reach = TOWN_REACH_KM * TOWN_REACH_KM;
    const near = known.find((town) => kmSquared(town, row.lat, row.lng) <= reach);
    if (near !== undefined) return near;
    const beside = nearestRow(row.lat, row.lng, countries.numberOf(row.country));
    const stated = stateOf(row);
    const town = places.add({
      lat: inUnits(row.lat),
      lng: inUnits(row.lng),
      population: 0,
      country: countries.numberOf(row.country),
      state: stated === NO_ROW && beside !== NO_ROW ? places.state.at(beside) : stated,
      county: NO_ROW,
      parent: NO_ROW,
      type: VILLAGE,
      feature: unlisted,
      timezone: beside === NO_ROW ? places.timezones.numberOf('') : places.timezone.at(beside),
      score: placeImportance('PPL', 0, 0),
      geonameId: 0,
      name: places.names.place(row.place),
    });
    take(row.place, town, true);
    postTowns.set(key, [...known, town]);
    return town;
  };

  /** The largest of the towns that have the code, else the first that only the post knows. */
  const mainTown = ({ rows }: Postcode): number => {
    let best = NO_ROW;
    for (const row of rows) {
      const town = townOf(row);
      if (town !== NO_ROW && (best === NO_ROW || places.population.at(town) > places.population.at(best)))
        best = town;
    }
    const named = rows.find(({ isTown, place }) => isTown && place !== '');
    if (best !== NO_ROW) return best;
    if (named !== undefined) return postTown(named);
    return rows[0]?.isTown === false ? cityAround(rows[0]) : NO_ROW;
  };

  const add = (postcode: Postcode): void => {
    const { code, country, rows, latSum, lngSum, count } = postcode;
    const [first] = rows;
    if (first === undefined) return;
    const number = countries.numberOf(country);
    const [lat, lng] = [latSum / count, lngSum / count];
    const town = mainTown(postcode);
    const beside = town === NO_ROW ? nearestRow(lat, lng, number) : town;
    const stated = town === NO_ROW ? stateOf(first) : NO_ROW;
    const row = places.add({
      lat: inUnits(lat),
      lng: inUnits(lng),
      population: 0,
      country: number,
      state: stated === NO_ROW && beside !== NO_ROW ? places.state.at(beside) : stated,
      county: town === NO_ROW ? NO_ROW : places.county.at(town),
      parent: town,
      type: POSTCODE,
      feature: unlisted,
      timezone: beside === NO_ROW ? places.timezones.numberOf('') : places.timezone.at(beside),
      score: postcodeImportance(town === NO_ROW ? 0 : places.population.at(town)),
      geonameId: 0,
      name: places.names.place(code),
    });
    take(code, row, false);
    const joined = code.replaceAll(/[ -]/gu, '');
    if (joined !== code) take(joined, row, true);
  };

  for (const postcode of list.all()) add(postcode);
};

/** Places of the served countries by their names and, where they are large, their further names. */
const indexTowns = (
  { places, countries, aliases }: EntityDraft,
  served: ReadonlySet<number>,
): ReturnType<typeof createHashIndex> => {
  const hashes = createGrowing(wordsOf);
  const rows = createGrowing(wordsOf);
  for (let row = 0; row < places.length; row++) {
    const country = places.country.at(row);
    if (!served.has(country)) continue;
    hashes.push(townHash(places.names.nameOf(places.name.at(row)), countries.texts[country] ?? ''));
    rows.push(row);
  }
  hashes.append(aliases.hash.view(), 0, aliases.hash.length);
  rows.append(aliases.row.view(), 0, aliases.row.length);
  return createHashIndex(hashes.view(), rows.view());
};

/** Rows of cities and towns of the served countries. */
const largePlaces = ({ places }: EntityDraft, served: ReadonlySet<number>): number[] => {
  const rows: number[] = [];
  for (let row = 0; row < places.length; row++) {
    const type = places.type.at(row);
    if ((type === CITY || type === TOWN) && served.has(places.country.at(row))) rows.push(row);
  }
  return rows;
};

/** The place nearest to a point in its country, or `NO_ROW`. */
const createNearestRow = (
  { places, countries }: EntityDraft,
  served: ReadonlySet<number>,
): ((lat: number, lng: number, country: number) => number) => {
  const { starts, rows } = groupRows(places.length, countries.texts.length, (row) => {
    const country = places.country.at(row);
    return served.has(country) ? country : -1;
  });
  const nearest = createNearest(
    buildForest(
      starts,
      rows,
      (row) => places.lat.at(row) / DEGREE,
      (row) => places.lng.at(row) / DEGREE,
    ),
  );
  return (lat, lng, country) => nearest(lat, lng, country)?.id ?? NO_ROW;
};
