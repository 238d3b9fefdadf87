import type { IsoNames, StateEvidence } from './codes.ts';
import type { AreaFacts } from './file.ts';
import { bareName } from './names-alike.ts';
import {
  isInside,
  leader,
  pointInside,
  ringsOf,
  takeCensus,
  total,
  UNITS,
  type SourceArea,
  type Witness,
} from './source.ts';

/** Which state of GeoNames each area is, or is part of. */

/** From this share on, the places of an area say what state it is in, or those of a state in what region. */
const CLEAR = 0.8;
/** From this share on, both ways, a state and an area are the same. */
const SAME = 0.6;

/** Enough where the source itself names the state by GeoNames' code. */
const SOME = 0.15;
/** Enough where the area bears the code or the name of the state that most of its places say. */
const HALF = 0.5;

/** What the source and the places say together. */
export interface JoinedAreas {
  evidence(state: string): StateEvidence;
  /**
   * The areas with their states, and the states whose outline is that of their areas together: of five places of
   * theirs, four lie in these.
   */
  withCodes(codes: ReadonlyMap<string, string>): { areas: AreaFacts[]; outlined: string[] };
}

/** What the source calls otherwise than any list of today. */
const CODES_OF_TODAY: Readonly<Record<string, string>> = { 'MX-DIF': 'MX-CMX' };

/**
 * The code of an area: the source's where a name bears it out, else the one that its name has today. The source is some
 * changes of ISO 3166-2 behind, and codes have been given to others since.
 */
const codeOf = ({ properties }: SourceArea, iso: IsoNames): string => {
  const today = CODES_OF_TODAY[properties.iso_3166_2];
  if (today !== undefined) return today;
  const code = properties.iso_3166_2;
  const names = [properties.name, properties.name_en, properties.gn_name].flatMap((name) => name ?? []);
  if (iso.has(code) && iso.isCalled(code, names)) return code;
  for (const find of [iso.byWholeName, iso.byBareName]) {
    for (const name of names) {
      const found = find(code.slice(0, 2), name);
      if (found !== undefined) return found;
    }
  }
  return '';
};

/**
 * Whether what the source says of an area is of this area. In some countries (Guyana, Vietnam) it has the facts of one
 * area at the outline of another: an area that bears the name of another state than its places say is not believed,
 * nor any of a country where these are a quarter.
 */
const trustIn = (
  namesakes: readonly (string | undefined)[],
  ofPlaces: readonly (string | undefined)[],
  countries: readonly string[],
): ((area: number) => boolean) => {
  const isWrong = (area: number): boolean =>
    namesakes[area] !== undefined && ofPlaces[area] !== undefined && namesakes[area] !== ofPlaces[area];
  const tally = new Map<string, { wrong: number; all: number }>();
  countries.forEach((country, area) => {
    if (ofPlaces[area] === undefined) return;
    const { wrong, all } = tally.get(country) ?? { wrong: 0, all: 0 };
    tally.set(country, { wrong: wrong + (isWrong(area) ? 1 : 0), all: all + 1 });
  });
  return (area) => {
    const { wrong = 0, all = 1 } = tally.get(countries[area] ?? '') ?? {};
    return !isWrong(area) && !(wrong > 2 && wrong / all >= 0.25);
  };
};

const regionOf = ({ properties }: SourceArea): string =>
  `${properties.iso_a2} ${properties.region_cod ?? properties.region ?? ''}`;

/**
 * Joins areas with GeoNames' states. An area is of the state whose GeoNames code the source gives, where places bear
 * that out; else of the state that four fifths of its places say, or half of them where it bears the same code or name; where it has no places, of
 * the one with its code, else of the one of all areas of its region; where its places disagree it is of no state, and
 * says nothing but its own code.
 * @param states names of GeoNames' states by their codes.
 */
export const joinAreas = (
  source: readonly SourceArea[],
  places: readonly Witness[],
  states: ReadonlyMap<string, string>,
  iso: IsoNames,
  countryAt: (lng: number, lat: number) => string | undefined,
): JoinedAreas => {
  const rings = source.map(ringsOf);
  const { areasOf, statesOf } = takeCensus(rings, places);
  const codes = source.map((area) => codeOf(area, iso));
  const countries = source.map(({ properties }, area) => {
    const witnessed = leader(statesOf.get(area))?.key.slice(0, 2);
    return witnessed ?? countryAt(properties.longitude, properties.latitude) ?? properties.iso_a2;
  });
  return {
    evidence: (state) => {
      const most = leader(areasOf.get(state));
      if (most === undefined) return { area: undefined, region: undefined };
      const back = statesOf.get(most.key);
      const all = [...(back?.values() ?? [])].reduce((sum, each) => sum + each, 0);
      const isSame = most.share >= SAME && (back?.get(state) ?? 0) / all >= SAME;
      const regions = new Map<string, number>();
      for (const [area, times] of areasOf.get(state) ?? []) {
        const region = (source[area]?.properties.region_cod ?? '').replace('.', '-');
        regions.set(region, (regions.get(region) ?? 0) + times);
      }
      const region = leader(regions);
      return {
        area: isSame ? codes[most.key] : undefined,
        region: region !== undefined && region.share >= CLEAR ? region.key : undefined,
      };
    },
    withCodes: (stateCodes) => {
      const byCode = new Map([...stateCodes].map(([state, code]) => [code, state]));
      const byName = new Map(
        [...Map.groupBy(states, ([state, name]) => `${state.slice(0, 2)} ${bareName(name)}`)].flatMap(
          // `Osh` and `Osh City` are one name without what they are.
          ([key, [first, ...more]]) =>
            first === undefined || more.length > 0 ? [] : [[key, first[0]] as const],
        ),
      );
      const namesakes = source.map(({ properties }, area) =>
        byName.get(`${countries[area] ?? ''} ${bareName(properties.name ?? '')}`),
      );
      const ofPlaces = source.map(({ properties }, area) => {
        const held = statesOf.get(area);
        const most = leader(held);
        if (held === undefined || most === undefined || !states.has(most.key)) return undefined;
        // A city within its province has few places, and some of them are filed under the province.
        const said = properties.gn_level === 1 ? (properties.gn_a1_code ?? '') : '';
        if (states.has(said) && (held.get(said) ?? 0) / total(held) >= SOME) return said;
        const isSame = stateCodes.get(most.key) === codes[area] || namesakes[area] === most.key;
        return most.share >= (isSame ? HALF : CLEAR) ? most.key : undefined;
      });
      const isTrue = trustIn(namesakes, ofPlaces, countries);
      const inRegion = new Map<string, Set<string>>();
      source.forEach((area, index) => {
        const state = ofPlaces[index];
        if (state === undefined) return;
        inRegion.set(regionOf(area), (inRegion.get(regionOf(area)) ?? new Set()).add(state));
      });
      /** What code, name or region say of an area whose places say nothing. */
      const guess = (index: number, area: SourceArea): string | undefined => {
        const most = leader(statesOf.get(index));
        if (!isTrue(index) || (most !== undefined && states.has(most.key))) return undefined;
        const region = [...(inRegion.get(regionOf(area)) ?? [])];
        const only = most === undefined && region.length === 1 ? region[0] : undefined;
        return byCode.get(codes[index] ?? '') ?? namesakes[index] ?? only;
      };
      const areas = source.map((area, index): AreaFacts => {
        const { properties } = area;
        const own = codes[index] ?? '';
        const country = countries[index] ?? '';
        const state = ofPlaces[index] ?? guess(index, area) ?? '';
        const bearer = byCode.get(own);
        // The source has the codes of Moscow and the land around it the wrong way round.
        const isOwn =
          own.startsWith(`${country}-`) && (bearer === undefined || state === '' || bearer === state);
        const label = { lat: properties.latitude * UNITS, lng: properties.longitude * UNITS };
        const { lat, lng } = isInside(rings[index] ?? [], label.lng, label.lat)
          ? label
          : pointInside(rings[index] ?? []);
        const isKnown = isTrue(index);
        return {
          iso: isOwn && isKnown ? own : '',
          country,
          name: isKnown ? (properties.name ?? '') : '',
          lat: Math.round(lat) / UNITS,
          lng: Math.round(lng) / UNITS,
          state: state.startsWith(`${country}.`) && states.has(state) ? state : '',
          wikidata: isKnown ? Number(/^Q(\d+)$/u.exec(properties.wikidataid ?? '')?.[1] ?? 0) : 0,
          rings: rings[index]?.length ?? 0,
        };
      });
      const outlined = [...new Set(areas.map(({ state }) => state))].filter((state) => {
        const own = areasOf.get(state);
        if (state === '' || own === undefined) return state !== '';
        const inside = [...own].reduce(
          (sum, [area, times]) => sum + (areas[area]?.state === state ? times : 0),
          0,
        );
        return inside / total(own) >= CLEAR;
      });
      return { areas, outlined: outlined.sort() };
    },
  };
};
