import type { Query } from '../../http/query.ts';
import type { Request } from '../../http/route.ts';
import { readBounds, readPoint } from './coordinates.ts';
import { badCoordinates, badQuery, duplicateParameter, queryTooLong } from './problems.ts';
import type { ForwardQuery, Point } from './request.ts';

/** Every parameter of the contract that we read; any other is ignored, however often it comes. */
export const PARAMETERS = [
  'key',
  'q',
  'abbrv',
  'add_request',
  'address_only',
  'bounds',
  'countrycode',
  'language',
  'limit',
  'no_annotations',
  'no_dedupe',
  'no_record',
  'pretty',
  'proximity',
] as const;

/** Characters of `q` that are read. */
export const LONGEST_QUERY = 1_024;
const DEFAULT_LIMIT = 10;
const MOST_RESULTS = 100;
/** Codes of `countrycode` that are read; there are some 250 countries. */
const MOST_COUNTRIES = 64;

/** What the `add_request` parameter echoes, in the contract's order. */
export interface RequestEcho {
  readonly abbrv: boolean;
  readonly addressOnly: boolean;
  readonly key: string | undefined;
  readonly language: string;
  readonly noAnnotations: boolean;
  readonly noDedupe: boolean;
  readonly noRecord: boolean;
  readonly pretty: boolean;
  readonly limit: number;
  readonly query: string;
}

/** One call, understood. */
export interface GeocodeCall {
  /** A coordinate (reverse) or a name (forward). */
  readonly asked: Point | ForwardQuery;
  readonly language: string | undefined;
  readonly acceptLanguage: string | undefined;
  readonly abbreviate: boolean;
  readonly pretty: boolean;
  readonly echo: RequestEcho | undefined;
}

const CONTROL = /\p{Cc}/u;

/** The contract's booleans as clients send them; an empty value is false (opencage-api-client sends it for 0). */
const readFlag = (query: Query, name: string): boolean => {
  const value = query.values.get(name);
  return value === '1' || value === 'true';
};

const readText = (query: Query): string => {
  if (query.malformed.has('q') || query.duplicated.has('q')) throw badQuery();
  const text = query.values.get('q');
  if (text === undefined) throw badQuery();
  if (text.length > LONGEST_QUERY) throw queryTooLong();
  const trimmed = text.trim();
  if (trimmed.length < 2 || CONTROL.test(trimmed)) throw badQuery();
  return trimmed;
};

const readLimit = (query: Query): number => {
  const value = query.values.get('limit');
  if (value === undefined || !/^\d{1,6}$/u.test(value)) return DEFAULT_LIMIT;
  const limit = Number(value);
  return limit < 1 ? DEFAULT_LIMIT : Math.min(limit, MOST_RESULTS);
};

const readCountries = (query: Query): string[] | undefined => {
  const value = query.values.get('countrycode');
  if (value === undefined) return undefined;
  const codes = value
    .slice(0, MOST_COUNTRIES * 4)
    .split(',')
    .map((code) => code.trim().toUpperCase())
    .filter((code) => /^[A-Z]{2}$/u.test(code));
  return codes.length === 0 ? undefined : codes;
};

const readProximity = (query: Query): Point | undefined => {
  const value = query.values.get('proximity');
  const point = value === undefined ? undefined : readPoint(value.slice(0, 100));
  return point === 'out of range' ? undefined : point;
};

const readForward = (query: Query, text: string): ForwardQuery => {
  const bounds = query.values.get('bounds');
  return {
    text,
    limit: readLimit(query),
    countries: readCountries(query),
    bounds: bounds === undefined ? undefined : readBounds(bounds),
    proximity: readProximity(query),
    keepDuplicates: readFlag(query, 'no_dedupe'),
  };
};

const readEcho = (query: Query, text: string): RequestEcho => ({
  abbrv: readFlag(query, 'abbrv'),
  addressOnly: readFlag(query, 'address_only'),
  key: query.values.get('key'),
  language: query.values.get('language') ?? 'en',
  limit: readLimit(query),
  noAnnotations: readFlag(query, 'no_annotations'),
  noDedupe: readFlag(query, 'no_dedupe'),
  noRecord: readFlag(query, 'no_record'),
  pretty: readFlag(query, 'pretty'),
  query: text,
});

/**
 * Understands a request. Optional parameters that make no sense are ignored, as the contract says.
 * @throws {Problem} for a bad, long or ambiguous `q`, for coordinates off the Earth, for a parameter given twice.
 */
export const parseGeocodeCall = (request: Request): GeocodeCall => {
  const query = request.query.expose();
  const text = readText(query);
  if (query.duplicated.size > 0) {
    for (const name of PARAMETERS) if (query.duplicated.has(name)) throw duplicateParameter(name);
  }
  const point = readPoint(text);
  if (point === 'out of range') throw badCoordinates();
  return {
    asked: point ?? readForward(query, text),
    language: query.values.get('language')?.slice(0, 40),
    acceptLanguage: request.exposeHeader('accept-language'),
    abbreviate: readFlag(query, 'abbrv'),
    pretty: readFlag(query, 'pretty'),
    echo: readFlag(query, 'add_request') ? readEcho(query, text) : undefined,
  };
};
