/** Ways in which people write where a place is, made from the index itself: what a search has to see through. */
import { COUNTY, SUBURB } from '../../src/services/geocoding/entity.ts';
import type { EntityView, Gazetteer } from '../../src/services/geocoding/gazetteer.ts';
import { WRITTEN_CODES } from '../../gazetteer/areas/states.ts';
import { createSeededRandom } from '../figures.ts';

/** A place, with what it is called and lies in. */
export interface Place extends EntityView {
  /** English name of the country. */
  readonly countryName: string;
  readonly alpha3: string;
  /** Such as `TX`, where it is known. */
  readonly stateCode: string | undefined;
}

/** One way of writing; undefined where a place cannot be written so. */
export interface Variation {
  readonly what: string;
  readonly write: (place: Place) => string | undefined;
}

const withState = (place: Place, write: (state: string) => string): string | undefined =>
  place.state === undefined || place.state === place.name ? undefined : write(place.state);

const changed = (place: Place, text: string): string | undefined => (text === place.name ? undefined : text);

/** In the order of the report. */
export const VARIATIONS: readonly Variation[] = [
  { what: 'name, country', write: ({ name, countryName }) => `${name}, ${countryName}` },
  { what: 'name country, without a comma', write: ({ name, countryName }) => `${name} ${countryName}` },
  { what: 'country, name', write: ({ name, countryName }) => `${countryName}, ${name}` },
  {
    what: 'name, state, country',
    write: (one) => withState(one, (state) => `${one.name}, ${state}, ${one.countryName}`),
  },
  { what: 'name state, without a comma', write: (one) => withState(one, (state) => `${one.name} ${state}`) },
  { what: 'state, name', write: (one) => withState(one, (state) => `${state}, ${one.name}`) },
  {
    what: 'name, code of the state',
    write: ({ name, stateCode, country }) =>
      stateCode === undefined || !WRITTEN_CODES.has(country) ? undefined : `${name}, ${stateCode}`,
  },
  { what: 'name, alpha-2 code', write: ({ name, country }) => `${name}, ${country}` },
  { what: 'name, alpha-3 code', write: ({ name, alpha3 }) => `${name}, ${alpha3}` },
  {
    what: 'name, county, state',
    write: (one) =>
      one.county === undefined
        ? undefined
        : withState(one, (state) => `${one.name}, ${one.county ?? ''}, ${state}`),
  },
  {
    what: 'name (state)',
    write: (one) => withState(one, (state) => `${one.name} (${state}), ${one.countryName}`),
  },
  { what: 'name - country', write: ({ name, countryName }) => `${name} - ${countryName}` },
  { what: 'name / country', write: ({ name, countryName }) => `${name} / ${countryName}` },
  { what: 'City of name, country', write: ({ name, countryName }) => `City of ${name}, ${countryName}` },
  { what: 'name, country, continent', write: ({ name, countryName }) => `${name}, ${countryName}, Europe` },
  { what: 'upper case, country', write: ({ name, countryName }) => `${name}, ${countryName}`.toUpperCase() },
  {
    what: 'no accents, country',
    write: (one) =>
      changed(one, one.name.normalize('NFD').replaceAll(/\p{M}/gu, ''))?.concat(', ', one.countryName),
  },
  {
    what: 'hyphens as spaces, country',
    write: (one) => changed(one, one.name.replaceAll('-', ' '))?.concat(', ', one.countryName),
  },
  {
    what: 'spaces as hyphens, country',
    write: (one) => changed(one, one.name.replaceAll(' ', '-'))?.concat(', ', one.countryName),
  },
  {
    what: 'Saint as St., country',
    write: (one) =>
      changed(one, one.name.replace(/\b(?:Saint|Sankt|Sint)\b/u, 'St.'))?.concat(', ', one.countryName),
  },
  {
    what: 'Santa and Santo as Sta. and Sto., country',
    write: (one) =>
      changed(one, one.name.replace(/\bSanta\b/u, 'Sta.').replace(/\bSanto\b/u, 'Sto.'))?.concat(
        ', ',
        one.countryName,
      ),
  },
  {
    what: 'Mount, Fort and Port as Mt., Ft. and Pt., country',
    write: (one) =>
      changed(
        one,
        one.name
          .replace(/\bMount\b/u, 'Mt.')
          .replace(/\bFort\b/u, 'Ft.')
          .replace(/\bPort\b/u, 'Pt.'),
      )?.concat(', ', one.countryName),
  },
  {
    what: 'Springs, Heights and Beach as Spgs, Hts and Bch, country',
    write: (one) =>
      changed(
        one,
        one.name
          .replace(/\bSprings\b/u, 'Spgs')
          .replace(/\bHeights\b/u, 'Hts')
          .replace(/\bBeach\b/u, 'Bch'),
      )?.concat(', ', one.countryName),
  },
  {
    what: 'stray commas and spaces, country',
    write: ({ name, countryName }) => ` ,  ${name.replaceAll(' ', '  ')} ,, ${countryName} , `,
  },
  {
    what: 'a postcode before the name, country',
    write: ({ name, countryName }) => `12345 ${name}, ${countryName}`,
  },
  {
    what: 'an unknown street before, country',
    write: ({ name, countryName }) => `Qwertz Street 12, ${name}, ${countryName}`,
  },
];

/** Places drawn by the seed: half evenly, half by population, with no namesake in their country that is larger. */
export const drawPlaces = (gazetteer: Gazetteer, count: number, seed: number): Place[] => {
  const random = createSeededRandom(seed);
  const { records } = gazetteer;
  const english = new Intl.DisplayNames('en', { type: 'region' });
  const codes = new Map(gazetteer.stateCodes.map(({ entity, code }) => [entity, code]));
  const alpha3 = new Map(gazetteer.countries.map((country) => [country.alpha2, country.alpha3]));
  const places: Place[] = [];
  while (places.length < count) {
    // Ids are in the order of importance: a squared draw prefers those that people ask for.
    const draw = random();
    const id = Math.floor(gazetteer.size * (places.length % 2 === 0 ? draw : draw ** 6));
    if (records.type(id) <= COUNTY || records.type(id) > SUBURB) continue;
    const view = gazetteer.entity(id);
    if (/[,;/()&]| - /u.test(view.name)) continue;
    const found = gazetteer.forward({ text: view.name, limit: 1, countries: [view.country] });
    if (found[0] !== id) continue;
    places.push({
      ...view,
      countryName: english.of(view.country) ?? view.country,
      alpha3: alpha3.get(view.country) ?? '',
      stateCode: codes.get(records.state(id)),
    });
  }
  return places;
};

/** How one way of writing fared. */
export interface VariationScore {
  readonly asked: number;
  readonly right: number;
  /** What was asked and what came first, where that lies elsewhere. */
  readonly misses: readonly string[];
}

/** So near to the place an answer is it, in degrees: 11 km of latitude. */
const SAME_PLACE = 0.1;

/** Asks for all places in one way of writing; right is what comes first and lies there. */
export const scoreVariation = (
  gazetteer: Gazetteer,
  places: readonly Place[],
  { write }: Variation,
): VariationScore => {
  let asked = 0;
  const misses: string[] = [];
  for (const place of places) {
    const text = write(place);
    if (text === undefined) continue;
    asked += 1;
    const [id] = gazetteer.forward({ text, limit: 1 });
    const answer = id === undefined ? undefined : gazetteer.entity(id);
    const isThere =
      answer !== undefined &&
      Math.abs(answer.lat - place.lat) < SAME_PLACE &&
      Math.abs(answer.lng - place.lng) < 2 * SAME_PLACE;
    if (!isThere)
      misses.push(`${text} → ${answer === undefined ? 'nothing' : `${answer.name}, ${answer.country}`}`);
  }
  return { asked, right: asked - misses.length, misses };
};
