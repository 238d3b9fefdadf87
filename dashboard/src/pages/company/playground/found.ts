/** What an answer of the playground says, in each of the contract's formats that are JSON. */
import type { Format } from './question.ts';

interface Box {
  readonly south: number;
  readonly west: number;
  readonly north: number;
  readonly east: number;
}

/** One result. */
export interface Found {
  readonly label: string;
  readonly lat: number;
  readonly lng: number;
  readonly bounds: Box | undefined;
  /** `city`, `road`, …; undefined where the format does not say. */
  readonly type: string | undefined;
  /** 1 to 10, how small it is. */
  readonly confidence: number | undefined;
}

type Loose = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Loose => typeof value === 'object' && value !== null;
const member = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), value);
const listAt = (value: unknown, ...path: readonly string[]): readonly unknown[] => {
  const found = member(value, ...path);
  return Array.isArray(found) ? found : [];
};
const numberAt = (value: unknown, ...path: readonly string[]): number => {
  const found = member(value, ...path);
  return found === undefined || found === null || found === '' ? Number.NaN : Number(found);
};
const textAt = (value: unknown, ...path: readonly string[]): string | undefined => {
  const found = member(value, ...path);
  return typeof found === 'string' ? found : undefined;
};

const boxOf = (from: unknown): Box | undefined => {
  const box = {
    south: numberAt(from, 'southwest', 'lat'),
    west: numberAt(from, 'southwest', 'lng'),
    north: numberAt(from, 'northeast', 'lat'),
    east: numberAt(from, 'northeast', 'lng'),
  };
  return Object.values(box).every(Number.isFinite) ? box : undefined;
};

interface Parts {
  readonly label: string | undefined;
  readonly at: unknown;
  readonly bounds: unknown;
  readonly type: unknown;
  readonly confidence: unknown;
}

const foundOf = ({ label, at, bounds, type, confidence }: Parts): Found[] => {
  const [lat, lng] = [numberAt(at, 'lat'), numberAt(at, 'lng')];
  if (!Number.isFinite(lat) || !Number.isFinite(lng)) return [];
  const sure = Number(confidence);
  return [
    {
      label: label ?? `${lat}, ${lng}`,
      lat,
      lng,
      bounds: boxOf(bounds),
      type: typeof type === 'string' ? type : undefined,
      confidence: confidence === undefined || !Number.isFinite(sure) ? undefined : sure,
    },
  ];
};

/** A result of an envelope, as JSON or as XML. */
export const inEnvelope = (result: unknown): Found[] =>
  foundOf({
    label: textAt(result, 'formatted'),
    at: member(result, 'geometry'),
    bounds: member(result, 'bounds'),
    type: member(result, 'components', '_type'),
    confidence: member(result, 'confidence'),
  });

const inFeature = (feature: unknown): Found[] => {
  const [lng, lat] = listAt(feature, 'geometry', 'coordinates');
  return foundOf({
    label: textAt(feature, 'properties', 'formatted'),
    at: { lat, lng },
    bounds: member(feature, 'properties', 'bounds'),
    type: member(feature, 'properties', 'components', '_type'),
    confidence: member(feature, 'properties', 'confidence'),
  });
};

const inGoogle = (result: unknown): Found[] =>
  foundOf({
    label: textAt(result, 'formatted_address'),
    at: member(result, 'geometry', 'location'),
    bounds: member(result, 'geometry', 'bounds') ?? member(result, 'geometry', 'viewport'),
    type: listAt(result, 'types')[0],
    confidence: undefined,
  });

/** A text as JSON; undefined where it is none. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** The results in an answer's body, where that is JSON; none where there is anything else in it. */
export const foundInJson = (body: string, format: Exclude<Format, 'xml'>): readonly Found[] => {
  const answer = parseJson(body);
  if (format === 'geojson') return listAt(answer, 'features').flatMap(inFeature);
  return listAt(answer, 'results').flatMap(format === 'json' ? inEnvelope : inGoogle);
};

/** One line to choose while typing. */
export interface Suggestion {
  readonly name: string;
  readonly formatted: string;
  readonly type: string | undefined;
}

/** Suggestions in an answer of `/geosearch`. */
export const suggestionsIn = (body: string): readonly Suggestion[] =>
  listAt(parseJson(body), 'results').flatMap((result) => {
    const [name, formatted] = [textAt(result, 'name'), textAt(result, 'formatted')];
    return name === undefined || formatted === undefined
      ? []
      : [{ name, formatted, type: textAt(result, '_type') }];
  });

/** What to do about an answer that is none, by its status. */
const NEXT: Readonly<Record<number, string>> = {
  400: 'Write a place of at least two characters, without line breaks.',
  402: 'The units of the project’s day or month are used up. The answer would be there again when the count starts anew, or with another plan.',
  403: 'The project may not use the geocoder.',
  410: 'A question has at most 1,024 characters.',
  429: 'The project has asked more in this second than it may. Wait a moment, then ask again.',
  503: 'The server has too much to do, or its database is away. Try again in a moment.',
};

/** What to do, in plain words. @param message the contract's own. */
export const nextAfter = (status: number, message: string | undefined): string =>
  (message === 'invalid coordinates'
    ? 'A latitude is between -90 and 90, and a longitude between -180 and 180; the latitude comes first.'
    : NEXT[status]) ?? 'The request log of the server has more on it, without what was asked.';
