import type { RoadFacts } from './feature.ts';
import type { Tags } from './osm-strings.ts';

/** Which ways are roads with a name, and what their tags say about them (wiki.openstreetmap.org/wiki/Key:highway). */

const ROADS: ReadonlySet<string> = new Set(
  (
    'motorway trunk primary secondary tertiary unclassified residential living_street service pedestrian track road ' +
    'busway motorway_link trunk_link primary_link secondary_link tertiary_link footway path cycleway bridleway steps ' +
    'corridor via_ferrata'
  ).split(' '),
);

/** The kind of a road for ways that one can drive or walk on; undefined for others. */
export const roadTypeOf = (tags: Tags): string | undefined => {
  const type = tags.get('highway');
  return type !== undefined && ROADS.has(type) ? type : undefined;
};

const KMH_PER_MPH = 1.609344;

/** What signs of a country's usual limits mean in km/h; `*` where a country is not listed. */
const USUAL_LIMITS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  urban: { '*': 50, GB: 48 },
  rural: {
    DE: 100,
    AT: 100,
    CH: 80,
    LI: 80,
    FR: 80,
    IT: 90,
    ES: 90,
    PL: 90,
    CZ: 90,
    BE: 70,
    NL: 80,
    RO: 90,
    RU: 90,
    UA: 90,
  },
  trunk: { AT: 100, CH: 100, FR: 110, IT: 110, ES: 100, RO: 100, CZ: 110 },
  motorway: {
    AT: 130,
    CH: 120,
    LI: 120,
    FR: 130,
    IT: 130,
    ES: 120,
    NL: 100,
    BE: 120,
    CZ: 130,
    PL: 140,
    RO: 130,
    UA: 130,
    RU: 110,
    GB: 113,
  },
  living_street: { DE: 7, AT: 10, CH: 20, FR: 20, NL: 15, BE: 20, PL: 20, CZ: 20, RU: 20, UA: 20 },
  nsl_single: { GB: 97 },
  nsl_dual: { GB: 113 },
  nsl_restricted: { GB: 48 },
};

const SPEED = /^(\d{1,3}(?:\.\d)?) ?(km\/h|kmh|kph|mph)?$/u;
const LIMIT = /^([A-Z]{2}):(?:zone:?)?([a-z_]+|\d{1,3})$/u;

/** A speed in whole km/h of `50`, `30 mph`, `DE:urban` or `DE:zone30`; undefined for `none`, `signals` and nonsense. */
export const parseSpeed = (text: string | undefined): number | undefined => {
  if (text === undefined || text.length > 40) return undefined;
  const first = text.split(/[;|]/u, 1)[0]?.trim() ?? '';
  const [, figure, unit] = SPEED.exec(first) ?? [];
  if (figure !== undefined)
    return within(Math.round(Number(figure) * (unit === 'mph' ? KMH_PER_MPH : 1)), 1, 400);
  const [, country = '', limit = ''] = LIMIT.exec(first) ?? [];
  if (/^\d/u.test(limit)) return within(Number(limit), 1, 400);
  return USUAL_LIMITS[limit]?.[country] ?? USUAL_LIMITS[limit]?.[country === '' ? '' : '*'];
};

const within = (value: number, least: number, most: number): number | undefined =>
  value >= least && value <= most ? value : undefined;

const MEASURE = /^(\d{1,4}(?:[.,]\d{1,3})?) ?([a-z]*)$/u;
const FEET = /^(\d{1,3}) ?'(?: ?(\d{1,2}(?:\.\d)?) ?")?$/u;
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  m: 1,
  cm: 0.01,
  km: 1000,
  ft: 0.3048,
  t: 1,
  kg: 0.001,
  st: 0.907_184_74,
  lt: 1.016_046_9,
  lbs: 0.000_453_592_37,
};

const rounded = (value: number): number => Math.round(value * 100) / 100;

/** Metres or tonnes, to the hundredth, of `3.5`, `3.5 m`, `12'6"`, `7.5 t`; undefined for nonsense. */
export const parseMeasure = (text: string | undefined): number | undefined => {
  if (text === undefined || text.length > 40) return undefined;
  const [, feet, inches] = FEET.exec(text.trim()) ?? [];
  if (feet !== undefined)
    return within(rounded(Number(feet) * 0.3048 + Number(inches ?? 0) * 0.0254), 0.01, 1000);
  const [, figure, unit = ''] = MEASURE.exec(text.trim()) ?? [];
  const factor = UNITS[unit];
  if (figure === undefined || factor === undefined) return undefined;
  return within(rounded(Number(figure.replace(',', '.')) * factor), 0.01, 1000);
};

const parseLanes = (text: string | undefined): number | undefined => {
  const count = text === undefined || !/^\d{1,2}$/u.test(text) ? 0 : Number(text);
  return within(count, 1, 20);
};

const parseOneway = (tags: Tags): boolean | undefined => {
  const text = tags.get('oneway');
  if (text === 'yes' || text === 'true' || text === '1' || text === '-1' || text === 'reverse') return true;
  if (text === 'no' || text === 'false' || text === '0') return false;
  return tags.get('junction') === 'roundabout' || tags.get('highway') === 'motorway' ? true : undefined;
};

const isSaid = (text: string | undefined): boolean | undefined =>
  text === undefined ? undefined : text !== 'no' && text !== 'false' && text !== '0';

const SURFACE = /^[a-z][a-z_:]{1,39}$/u;

/** What the tags of a road say; what they say wrongly is left out. */
export const roadFacts = (tags: Tags): RoadFacts => {
  const surface = tags.get('surface');
  const facts = {
    oneway: parseOneway(tags),
    lanes: parseLanes(tags.get('lanes')),
    maxspeed: parseSpeed(tags.get('maxspeed')),
    minspeed: parseSpeed(tags.get('minspeed')),
    surface: surface !== undefined && SURFACE.test(surface) ? surface : undefined,
    toll: isSaid(tags.get('toll')),
    width: parseMeasure(tags.get('width')),
    maxheight: parseMeasure(tags.get('maxheight')),
    maxweight: parseMeasure(tags.get('maxweight')),
    maxwidth: parseMeasure(tags.get('maxwidth')),
    tunnel: isSaid(tags.get('tunnel')),
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
};
