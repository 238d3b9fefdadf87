import type {
  ImportedArea,
  ImportedFeature,
  ImportedHouse,
  ImportedPlace,
  ImportedStreet,
} from './feature.ts';
import { cleanText } from './import-text.ts';
import type { Tags } from './osm-strings.ts';
import { kindOf } from './osm-categories.ts';
import { roadFacts, roadTypeOf } from './osm-roads.ts';

/** Turns tagged things of OpenStreetMap into features. */

/** A node or way without any of these keys is nothing that people look for. */
export const FEATURE_KEYS: ReadonlySet<string> = new Set([
  'name',
  'ref',
  'addr:housenumber',
  'addr:interpolation',
]);

/** Leaves out what is undefined, as features have it. */
const compact = <Shape extends object>(shape: { [Key in keyof Shape]: Shape[Key] | undefined }): Shape => {
  // Called for every feature: several times as fast as by way of a list of entries.
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(shape)) if (value !== undefined) kept[key] = value;
  return kept as Shape;
};

const textOf = (tags: Tags, key: string): string | undefined => cleanText(tags.get(key));

const WIKIDATA = /^Q[1-9]\d{0,11}$/u;

const wikidataOf = (tags: Tags): string | undefined => {
  const id = tags.get('wikidata');
  return id !== undefined && WIKIDATA.test(id) ? id : undefined;
};

const COUNTRY = /^[A-Z]{2}$/u;

const countryOf = (tags: Tags): string | undefined => {
  const code = tags.get('addr:country')?.toUpperCase();
  return code !== undefined && COUNTRY.test(code) ? code : undefined;
};

/** More numbers than anybody writes at one door. */
const MOST_NUMBERS = 20;
/** In characters. */
const MOST_NUMBER = 40;
const SEVERAL = /[;,]/u;

/** The house numbers of one thing: `12`, or `12;14` and `12, 14`, which are two. */
export const houseNumbers = (tags: Tags): string[] => {
  const text = textOf(tags, 'addr:housenumber');
  if (text === undefined) return [];
  if (!SEVERAL.test(text)) return text.length <= MOST_NUMBER ? [text] : [];
  const numbers = text.split(/[;,]/u).map((part) => part.trim());
  return [...new Set(numbers.filter((part) => part !== '' && part.length <= MOST_NUMBER))].slice(
    0,
    MOST_NUMBERS,
  );
};

/** The part of an address that a house and a point of interest have in common. */
const addressOf = (tags: Tags, street: string | undefined) => ({
  street: textOf(tags, 'addr:street') ?? street,
  postcode: textOf(tags, 'addr:postcode'),
  city: textOf(tags, 'addr:city'),
});

/** The settlements and parts of such among the values of `place`. */
const PLACES: ReadonlySet<string> = new Set(
  (
    'city town village hamlet isolated_dwelling farm suburb quarter neighbourhood borough locality island islet ' +
    'city_block municipality archipelago square'
  ).split(' '),
);

const LANGUAGE = /^name:([a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2})$/u;

/** Names by language, of `name:de` and its like; undefined when there are none. */
const namesOf = (tags: Tags): Record<string, string> | undefined => {
  let names: Record<string, string> | undefined;
  for (const [key, value] of tags) {
    const language = LANGUAGE.exec(key)?.[1];
    const name = language === undefined ? undefined : cleanText(value);
    if (language !== undefined && name !== undefined) (names ??= {})[language] = name;
  }
  return names;
};

const populationOf = (tags: Tags): number | undefined => {
  const text = tags.get('population')?.replace(/[ .,'\u00a0\u202f]/gu, '');
  return text !== undefined && /^\d{1,9}$/u.test(text) ? Number(text) : undefined;
};

/** The settlement that a thing is, if it is one with a name. */
const placeOf = (tags: Tags, lat: number, lng: number): ImportedPlace | undefined => {
  const type = tags.get('place');
  const name = textOf(tags, 'name');
  if (type === undefined || name === undefined || !PLACES.has(type)) return undefined;
  return compact<ImportedPlace>({
    kind: 'place',
    lat,
    lng,
    name,
    type,
    population: populationOf(tags),
    names: namesOf(tags),
    wikidata: wikidataOf(tags),
  });
};

/** Houses, points of interest and settlements at a point; `street` is the one that a relation puts it in. */
export const pointFeatures = (tags: Tags, lat: number, lng: number, street?: string): ImportedFeature[] => {
  const features: ImportedFeature[] = [];
  const place = placeOf(tags, lat, lng);
  if (place !== undefined) features.push(place);
  const name = textOf(tags, 'name');
  const kind = kindOf(tags);
  const numbers = houseNumbers(tags);
  const address = addressOf(tags, street);
  // What is a house and nothing else is one feature, whose name is the house's.
  const isPoi = name !== undefined && kind !== undefined && place === undefined;
  const isOnlyHouse = kind?.category === 'building' && numbers.length > 0;
  for (const number of numbers)
    features.push(
      compact<ImportedHouse>({
        kind: 'house',
        lat,
        lng,
        number,
        ...address,
        place: textOf(tags, 'addr:place'),
        suburb: textOf(tags, 'addr:suburb'),
        state: textOf(tags, 'addr:state'),
        country: countryOf(tags),
        name: isOnlyHouse ? name : undefined,
        category: isOnlyHouse && name !== undefined ? 'building' : undefined,
        type: isOnlyHouse && name !== undefined ? 'building' : undefined,
      }),
    );
  if (isPoi && !isOnlyHouse)
    features.push(
      compact({
        kind: 'poi',
        lat,
        lng,
        name,
        category: kind.category,
        type: kind.type,
        number: numbers[0],
        ...address,
        wikidata: wikidataOf(tags),
      }),
    );
  return features;
};

/**
 * Whether the tags alone make a thing a feature, wherever it is: whether `pointFeatures` would give any. Says which
 * nodes are needed before they are read.
 */
export const isPointFeature = (tags: Tags): boolean => {
  if (houseNumbers(tags).length > 0) return true;
  if (textOf(tags, 'name') === undefined) return false;
  return PLACES.has(tags.get('place') ?? '') || kindOf(tags) !== undefined;
};

/** Whether a way is a road with a name or number. */
export const isStreet = (tags: Tags): boolean =>
  roadTypeOf(tags) !== undefined && (textOf(tags, 'name') !== undefined || textOf(tags, 'ref') !== undefined);

/** The street that a way is; `line` is latitude and longitude by turns. */
export const streetFeature = (tags: Tags, line: Int32Array): ImportedStreet | undefined => {
  const roadType = roadTypeOf(tags);
  if (roadType === undefined) return undefined;
  return compact<ImportedStreet>({
    kind: 'street',
    name: textOf(tags, 'name'),
    ref: textOf(tags, 'ref'),
    roadType,
    line,
    road: roadFacts(tags),
  });
};

const ISO = /^[A-Z]{2}(?:-[A-Z0-9]{1,3})?$/u;

const isoOf = (tags: Tags): string | undefined =>
  ['ISO3166-2', 'ISO3166-1:alpha2', 'ISO3166-1']
    .map((key) => tags.get(key)?.toUpperCase())
    .find((code) => code !== undefined && ISO.test(code));

/** An area's facts without its borders; undefined for relations that are none of an administration or postcode. */
export const areaFeature = (tags: Tags): Omit<ImportedArea, 'rings'> | undefined => {
  const boundary = tags.get('boundary');
  const name = textOf(tags, 'name');
  if (boundary === 'postal_code') {
    const postcode = textOf(tags, 'postal_code') ?? textOf(tags, 'ref') ?? name;
    if (postcode === undefined) return undefined;
    return { kind: 'area', level: 0, name: name ?? postcode, postcode };
  }
  const level = tags.get('admin_level') ?? '';
  if (boundary !== 'administrative' || name === undefined || !/^(?:[2-9]|1[01])$/u.test(level))
    return undefined;
  return compact<Omit<ImportedArea, 'rings'>>({
    kind: 'area',
    level: Number(level),
    name,
    names: namesOf(tags),
    iso: isoOf(tags),
    wikidata: wikidataOf(tags),
    postcode: textOf(tags, 'postal_code'),
  });
};
