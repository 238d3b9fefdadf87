/** What each feature of an import lies in: by the outlines it brings, by its own address, else by the base index. */
import { DEGREE, NONE } from '../../src/services/geocoding/entity.ts';
import type { Gazetteer } from '../../src/services/geocoding/gazetteer.ts';
import { FINE_DEGREE } from '../../src/services/geocoding/extract/extract-records.ts';
import { flatMetres } from '../../src/services/geocoding/extract/grid.ts';
import type { HeldArea, HeldAreas } from './extract-areas.ts';
import type { ImportedPlace } from './feature.ts';

/** See `CONTEXT` in extract-records.ts; what is unknown is empty. */
export interface Context {
  readonly suburb: string;
  readonly place: string;
  readonly placeType: string;
  readonly county: string;
  readonly state: string;
  readonly stateIso: string;
  readonly country: string;
  readonly postcode: string;
  readonly postalCity: string;
  readonly population: number;
  readonly lat: number;
  readonly lng: number;
}

/** What a feature says of itself. */
export interface Hints {
  readonly city?: string | undefined;
  readonly suburb?: string | undefined;
  readonly state?: string | undefined;
  readonly country?: string | undefined;
  readonly postcode?: string | undefined;
}

/** All contexts, each once. */
export interface Contexts {
  /** Number of the context of a coordinate in ten-millionths of a degree. */
  numberAt(lat: number, lng: number, hints: Hints): number;
  /** The same context with another postcode. */
  withPostcode(number: number, postcode: string): number;
  get(number: number): Context;
  /** What tells one place from another: contexts that share it differ by suburb and postcode only. */
  placeKey(number: number): string;
  readonly size: number;
  /** All countries among them. */
  countries(): string[];
}

/** Contexts are told apart by postcode up to so many; beyond, those of one place share one. */
const MOST_CONTEXTS = 1_500_000;
/** The kinds of place nodes that people live in, and how far each is heard of, in metres. */
const REACH: ReadonlyMap<string, number> = new Map([
  ['city', 15_000],
  ['town', 8_000],
  ['village', 5_000],
  ['hamlet', 2_000],
]);
const MOST_REACH = 15_000;
/** Offsets at which a neighbouring country is looked for, where our coarser border contradicts the import's own. */
const STEPS = [500, 1_000, 2_000, 4_000];

const SIDES = [
  [0, -1],
  [0, 1],
  [1, 0],
  [-1, 0],
] as const;
/** A place of the base index within so many degrees is the one of that name. */
const NAMED_DEGREES = 0.3;
/** Places that are remembered. */
const MOST_KNOWN = 200_000;
/** Signs of countries that people put before a postcode of which they are no part. */
const POSTCODE_SIGNS: Readonly<Record<string, string>> = {
  AT: 'A',
  BE: 'B',
  CH: 'CH',
  CZ: 'CZ',
  DE: 'D',
  DK: 'DK',
  FR: 'F',
  HR: 'HR',
  HU: 'H',
  IT: 'I',
  LI: 'FL',
  LU: 'L',
  NL: 'NL',
  SI: 'SI',
  SK: 'SK',
};

/** `LI-9490` and `FL-9490` are 9490; in Latvia, say, `LV-1010` is the whole postcode. */
export const plainPostcode = (code: string, country: string): string => {
  const sign = /^([A-Z]{1,2})[- ]?(?=\d)/u.exec(code)?.[1];
  const own = POSTCODE_SIGNS[country];
  return sign !== undefined && own !== undefined && (sign === own || sign === country)
    ? code.slice(sign.length).replace(/^[- ]/u, '')
    : code;
};

/** Kinds of places that the contract has a component for. */
export const PLACE_TYPES: ReadonlySet<string> = new Set([
  'city',
  'town',
  'village',
  'hamlet',
  'municipality',
]);

interface PlaceNode {
  readonly name: string;
  readonly type: string;
  readonly lat: number;
  readonly lng: number;
  readonly population: number;
}

/** Cells of a fifth of a degree hold the place nodes. */
const cellOf = (units: number): number => Math.floor(units / (FINE_DEGREE / 5));

/** Place nodes of an import, by where they are. */
export interface PlaceNodes {
  add(place: ImportedPlace): void;
  /** The node that a coordinate most likely belongs to. */
  nearest(lat: number, lng: number): PlaceNode | undefined;
  /** The node of a name nearest to a coordinate, within 30 km. */
  named(name: string, lat: number, lng: number): PlaceNode | undefined;
}

/** Holds place nodes in memory. */
export const createPlaceNodes = (): PlaceNodes => {
  const cells = new Map<number, PlaceNode[]>();
  const byName = new Map<string, PlaceNode[]>();
  const push = <Key>(map: Map<Key, PlaceNode[]>, key: Key, node: PlaceNode): void => {
    const list = map.get(key);
    if (list === undefined) map.set(key, [node]);
    else if (list.length < 10_000) list.push(node);
  };
  return {
    add({ name, type, lat, lng, population = 0 }) {
      if (!REACH.has(type)) return;
      const node = { name, type, lat, lng, population };
      push(cells, cellOf(lat) * 10_000 + cellOf(lng), node);
      push(byName, name, node);
    },
    nearest(lat, lng) {
      const shrink = Math.max(0.05, Math.cos((lat / FINE_DEGREE) * (Math.PI / 180)));
      const wide = Math.ceil(MOST_REACH / (22_000 * shrink));
      let best: PlaceNode | undefined;
      let bestShare = 1;
      for (let row = cellOf(lat) - 1; row <= cellOf(lat) + 1; row++)
        for (let column = cellOf(lng) - wide; column <= cellOf(lng) + wide; column++)
          for (const node of cells.get(row * 10_000 + column) ?? []) {
            const share = flatMetres(lat, lng, shrink, node.lat, node.lng) / (REACH.get(node.type) ?? 1);
            if (share >= bestShare) continue;
            best = node;
            bestShare = share;
          }
      return best;
    },
    named(name, lat, lng) {
      const shrink = Math.cos((lat / FINE_DEGREE) * (Math.PI / 180));
      let best: PlaceNode | undefined;
      let nearest = 30_000;
      for (const node of byName.get(name) ?? []) {
        const metres = flatMetres(lat, lng, shrink, node.lat, node.lng);
        if (metres >= nearest) continue;
        best = node;
        nearest = metres;
      }
      return best;
    },
  };
};

/** What the base index says about a coordinate. */
interface BaseFacts {
  readonly place: string;
  readonly placeType: string;
  readonly population: number;
  readonly county: string;
  readonly state: string;
  readonly stateIso: string;
}

const NOTHING: BaseFacts = { place: '', placeType: '', population: 0, county: '', state: '', stateIso: '' };

const levelOf = (areas: readonly HeldArea[], levels: readonly number[]): HeldArea['feature'] | undefined => {
  for (const level of levels) {
    const found = areas.find(({ feature }) => feature.level === level);
    if (found !== undefined) return found.feature;
  }
  return undefined;
};

/** Makes the numbering of contexts. @param base the open base index, for what an import says nothing about. */
export const createContexts = (base: Gazetteer, areas: HeldAreas, places: PlaceNodes): Contexts => {
  const contexts: Context[] = [];
  const numbers = new Map<string, number>();
  const knownPlaces = new Map<string, BaseFacts>();
  const stateIsos = new Map(base.stateCodes.map(({ entity, code }) => [entity, code]));

  const countryByBase = (lat: number, lng: number): string =>
    base.countries[base.countryAt(lat / FINE_DEGREE, lng / FINE_DEGREE)]?.alpha2 ?? '';

  /** The country that an outline is of: by its code, else by its name. */
  const outlineCountries = new Map<string, string>();
  const countryOfOutline = ({ iso, name }: HeldArea['feature']): string => {
    if (iso !== undefined && /^[A-Za-z]{2}$/u.test(iso)) return iso.toUpperCase();
    let code = outlineCountries.get(name);
    if (code === undefined) {
      const [id] = base.forward({ text: name, limit: 1, types: ['country'] });
      code = id === undefined ? '' : base.entity(id).country;
      outlineCountries.set(name, code);
    }
    return code;
  };

  let outlined: ReadonlySet<string> | undefined;
  const countryOf = (lat: number, lng: number, around: readonly HeldArea[]): string => {
    const own = levelOf(around, [2]);
    const code = own === undefined ? '' : countryOfOutline(own);
    if (code !== '') return code;
    outlined ??= new Set(
      areas.all.flatMap(({ feature }) => (feature.level === 2 ? [countryOfOutline(feature)] : [])),
    );
    const said = countryByBase(lat, lng);
    if (said === '' || !outlined.has(said)) return said;
    // The import has that country's exact outline, and this is outside it.
    for (const metres of STEPS) {
      const step = (metres / 111_195) * FINE_DEGREE;
      for (const [north, east] of SIDES) {
        const next = countryByBase(
          Math.max(-90 * FINE_DEGREE, Math.min(90 * FINE_DEGREE, lat + north * step)),
          Math.max(-180 * FINE_DEGREE, Math.min(180 * FINE_DEGREE, lng + east * step)),
        );
        if (next !== '' && !outlined.has(next)) return next;
      }
    }
    return said;
  };

  const factsOf = (id: number, country: string): BaseFacts => {
    const { type, name, population, county = '', state = '' } = base.entity(id);
    const stateId = base.records.state(id);
    const code = stateId === NONE ? undefined : stateIsos.get(stateId);
    const isPlace = PLACE_TYPES.has(type) || type === 'suburb';
    return {
      place: isPlace ? name : '',
      placeType: type === 'suburb' ? 'village' : type,
      population,
      county,
      state,
      stateIso: code === undefined ? '' : `${country}-${code}`,
    };
  };

  const nearestFacts = (lat: number, lng: number, country: string): BaseFacts => {
    const hit = base.reverse(lat / FINE_DEGREE, lng / FINE_DEGREE);
    return hit === undefined || base.entity(hit.id).country !== country ? NOTHING : factsOf(hit.id, country);
  };

  /** The place of a name near a coordinate, as the base index knows it. */
  const namedFacts = (name: string, lat: number, lng: number, country: string): BaseFacts | undefined => {
    const proximity = { lat: lat / FINE_DEGREE, lng: lng / FINE_DEGREE };
    for (const id of base.forward({ text: name, limit: 5, proximity, countries: [country] })) {
      if (!PLACE_TYPES.has(base.entity(id).type)) continue;
      const north = base.records.lat(id) / DEGREE - proximity.lat;
      const east = base.records.lng(id) / DEGREE - proximity.lng;
      if (Math.abs(north) < NAMED_DEGREES && Math.abs(east) < 2 * NAMED_DEGREES) return factsOf(id, country);
    }
    return undefined;
  };

  /** What is known of a place, once for each part of the map that asks for it. */
  const placeFacts = (name: string, lat: number, lng: number, country: string): BaseFacts => {
    const key = `${name}|${cellOf(lat)}|${cellOf(lng)}`;
    const held = knownPlaces.get(key);
    if (held !== undefined) return held;
    const node = places.named(name, lat, lng);
    const facts = namedFacts(name, lat, lng, country);
    const settled: BaseFacts = {
      ...(facts ?? nearestFacts(lat, lng, country)),
      place: name,
      placeType: node?.type ?? facts?.placeType ?? 'village',
      population: Math.max(node?.population ?? 0, facts?.population ?? 0),
    };
    if (knownPlaces.size > MOST_KNOWN) knownPlaces.clear();
    knownPlaces.set(key, settled);
    return settled;
  };

  const put = (context: Context): number => {
    const key = `${keyOf(context)}|${context.suburb}|${context.postcode}|${context.postalCity}`;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    if (contexts.length >= MOST_CONTEXTS) {
      const plain = numbers.get(`${keyOf(context)}|||`);
      if (plain !== undefined) return plain;
      if (contexts.length >= 2 * MOST_CONTEXTS) return 0;
    }
    numbers.set(key, contexts.length);
    return contexts.push(context) - 1;
  };

  const keyOf = ({ country, state, county, place }: Context): string =>
    `${country}|${state}|${county}|${place}`;

  return {
    get size() {
      return contexts.length;
    },
    countries: () => [...new Set(contexts.map(({ country }) => country))].filter((code) => code !== ''),
    get: (number) => contexts[number] as Context,
    placeKey: (number) => keyOf(contexts[number] as Context),
    withPostcode(number, postcode) {
      const context = contexts[number] as Context;
      return context.postcode === postcode ? number : put({ ...context, postcode });
    },
    numberAt(lat, lng, hints) {
      const around = areas.at(lat, lng);
      const country = hints.country ?? countryOf(lat, lng, around);
      const state = levelOf(around, [4]);
      const name = levelOf(around, [8, 7])?.name ?? hints.city ?? places.nearest(lat, lng)?.name;
      const facts =
        name === undefined ? nearestFacts(lat, lng, country) : placeFacts(name, lat, lng, country);
      const { place } = facts;
      const stateName = state?.name ?? hints.state ?? facts.state;
      const suburb = hints.suburb ?? levelOf(around, [11, 10, 9])?.name ?? '';
      const postcode =
        hints.postcode ?? around.find(({ feature }) => feature.level === 0)?.feature.postcode ?? '';
      return put({
        suburb: suburb === place ? '' : suburb,
        place,
        placeType: facts.placeType,
        county: levelOf(around, [6])?.name ?? facts.county,
        state: stateName,
        stateIso: state?.iso ?? (stateName === facts.state ? facts.stateIso : ''),
        country,
        postcode: plainPostcode(postcode, country),
        postalCity: hints.city !== undefined && hints.city !== place ? hints.city : '',
        population: facts.population,
        lat,
        lng,
      });
    },
  };
};
