import type { Query } from '../../http/query.ts';
import type { Request } from '../../http/route.ts';
import type { Wanted } from './annotations/annotations.ts';
import { readBounds, readPoint } from './coordinates.ts';
import type { Form, Format } from './formats.ts';
import { isCallback } from './jsonp.ts';
import { badCallback, badCoordinates, badQuery, duplicateParameter, queryTooLong } from './problems.ts';
import type { ForwardQuery, Point } from './request.ts';

/** Every parameter of the contract that we read; any other is ignored, however often it comes. */
export const PARAMETERS = [
  'key',
  'q',
  'abbrv',
  'add_request',
  'address_only',
  'autocomplete',
  'bounds',
  'countrycode',
  'fuzzy',
  'jsonp',
  'language',
  'limit',
  'min_confidence',
  'no_annotations',
  'no_dedupe',
  'no_record',
  'pretty',
  'proximity',
  'roadinfo',
] as const;

/** Characters of `q` that are read. */
export const LONGEST_QUERY = 1_024;
const DEFAULT_LIMIT = 10;
/** The largest `limit`. */
export const MOST_RESULTS = 100;
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
  readonly minConfidence: number;
  readonly format: Format;
  readonly query: string;
}

/** One call, understood. */
export interface GeocodeCall {
  /** A coordinate (reverse) or a name (forward). */
  readonly asked: Point | ForwardQuery;
  readonly language: string | undefined;
  readonly acceptLanguage: string | undefined;
  readonly abbreviate: boolean;
  /** Leaves names of what stands at an address out of `formatted`. */
  readonly addressOnly: boolean;
  readonly annotations: Wanted;
  readonly form: Form;
  /** Results below it are left out; 0 where all are wanted. */
  readonly minConfidence: number;
  readonly echo: RequestEcho | undefined;
}

const CONTROL = /\p{Cc}/u;

/** The contract's booleans as clients send them; an empty value is false (opencage-api-client sends it for 0). */
const readFlag = (query: Query, name: string): boolean => {
  const value = query.values.get(name);
  return value === '1' || value === 'true';
};

/** What most requests have, and most of them nothing else. */
const USUAL = ['key', 'q', 'no_annotations', 'language', 'limit'] as const;

/** Whether no other parameter came, so that none has to be looked for. */
const hasOnlyUsual = ({ values, malformed }: Query): boolean => {
  if (malformed.size > 0 || values.size > USUAL.length) return false;
  let usual = 0;
  for (let at = 0; at < USUAL.length; at++) if (values.has(USUAL[at] as string)) usual += 1;
  return usual === values.size;
};

/** How an answer is to be written where no parameter says so. */
const PLAIN_FORMS: Readonly<Record<Format, Form>> = {
  json: { format: 'json', pretty: false, callback: undefined },
  geojson: { format: 'geojson', pretty: false, callback: undefined },
  xml: { format: 'xml', pretty: false, callback: undefined },
  'google-v3-json': { format: 'google-v3-json', pretty: false, callback: undefined },
};

/** The text to look for, without the spaces around it. @throws {Problem} bad_query (400), query_too_long (410). */
export const readText = (query: Query): string => {
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

/** 1 to 10; 0, which is no limit, where it is anything else. Not in the present contract, but its clients send it. */
const readMinConfidence = (query: Query): number => {
  const value = query.values.get('min_confidence');
  return value !== undefined && /^(?:[1-9]|10)$/u.test(value) ? Number(value) : 0;
};

/** How an answer, or an error, is to be written. A callback that is no name is as good as none. */
export const readForm = (query: Query, format: Format): Form => {
  const callback = format === 'xml' ? undefined : query.values.get('jsonp');
  const isUsable = callback !== undefined && !query.duplicated.has('jsonp') && isCallback(callback);
  return { format, pretty: readFlag(query, 'pretty'), callback: isUsable ? callback : undefined };
};

/** Without annotations `roadinfo=1` still asks for that one. */
const readAnnotations = (query: Query): Wanted => {
  if (!readFlag(query, 'no_annotations')) return 'all';
  return readFlag(query, 'roadinfo') ? 'roadinfo' : 'none';
};

/** @throws {Problem} bad_callback (400) where a callback was given that is no name; an empty one is none. */
const requireForm = (query: Query, format: Format): Form => {
  const form = readForm(query, format);
  const isGiven = (query.values.get('jsonp') ?? '') !== '' || query.malformed.has('jsonp');
  if (isGiven && form.callback === undefined && format !== 'xml') throw badCallback();
  return form;
};

/** ISO 3166-1 alpha-2 codes in upper case; undefined where none came that is one. */
export const readCountries = (query: Query): string[] | undefined => {
  const value = query.values.get('countrycode');
  if (value === undefined) return undefined;
  const codes = value
    .slice(0, MOST_COUNTRIES * 4)
    .split(',')
    .map((code) => code.trim().toUpperCase())
    .filter((code) => /^[A-Z]{2}$/u.test(code));
  return codes.length === 0 ? undefined : codes;
};

/** `proximity`; undefined where it is no place on Earth. */
export const readProximity = (query: Query): Point | undefined => {
  const value = query.values.get('proximity');
  const point = value === undefined ? undefined : readPoint(value.slice(0, 100));
  return point === 'out of range' ? undefined : point;
};

/** A forward query of some words with the parameters that narrow it. */
export const readForward = (
  query: Query,
  text: string,
  isUsual: boolean = hasOnlyUsual(query),
): ForwardQuery => {
  if (isUsual)
    return {
      text,
      limit: readLimit(query),
      countries: undefined,
      bounds: undefined,
      proximity: undefined,
      keepDuplicates: false,
      fuzzy: false,
      isPrefix: false,
    };
  const bounds = query.values.get('bounds');
  return {
    text,
    limit: readLimit(query),
    countries: readCountries(query),
    bounds: bounds === undefined ? undefined : readBounds(bounds),
    proximity: readProximity(query),
    keepDuplicates: readFlag(query, 'no_dedupe'),
    fuzzy: readFlag(query, 'fuzzy'),
    isPrefix: readFlag(query, 'autocomplete'),
  };
};

const readEcho = (query: Query, text: string, format: Format): RequestEcho => ({
  abbrv: readFlag(query, 'abbrv'),
  addressOnly: readFlag(query, 'address_only'),
  key: query.values.get('key'),
  language: query.values.get('language') ?? 'en',
  format,
  limit: readLimit(query),
  minConfidence: readMinConfidence(query),
  noAnnotations: readFlag(query, 'no_annotations'),
  noDedupe: readFlag(query, 'no_dedupe'),
  noRecord: readFlag(query, 'no_record'),
  pretty: readFlag(query, 'pretty'),
  query: text,
});

/** @throws {Problem} duplicate_parameter (400) where one of ours came more than once. */
export const refuseDuplicates = ({ duplicated }: Query, names: readonly string[]): void => {
  if (duplicated.size === 0) return;
  for (const name of names) if (duplicated.has(name)) throw duplicateParameter(name);
};

/**
 * Understands a request. Optional parameters that make no sense are ignored, as the contract says.
 * @throws {Problem} for a bad, long or ambiguous `q`, for coordinates off the Earth, for a parameter given twice.
 */
export const parseGeocodeCall = (request: Request, format: Format = 'json'): GeocodeCall =>
  readGeocodeCall(request.query.expose(), request.exposeHeader('accept-language'), format);

/** The same from parameters that came another way than in a query string. */
export const readGeocodeCall = (
  query: Query,
  acceptLanguage: string | undefined,
  format: Format,
): GeocodeCall => {
  const text = readText(query);
  refuseDuplicates(query, PARAMETERS);
  const point = readPoint(text);
  if (point === 'out of range') throw badCoordinates();
  const isUsual = hasOnlyUsual(query);
  return readCall(query, acceptLanguage, format, point ?? readForward(query, text, isUsual), text, isUsual);
};

/** A call for what is `asked`, with the parameters that say how it is to be answered. `text` is what an echo shows. */
export const readCall = (
  query: Query,
  acceptLanguage: string | undefined,
  format: Format,
  asked: GeocodeCall['asked'],
  text: string,
  isUsual: boolean = hasOnlyUsual(query),
): GeocodeCall => {
  const language = query.values.get('language')?.slice(0, 40);
  if (isUsual)
    return {
      asked,
      language,
      acceptLanguage,
      abbreviate: false,
      addressOnly: false,
      annotations: readFlag(query, 'no_annotations') ? 'none' : 'all',
      form: PLAIN_FORMS[format],
      minConfidence: 0,
      echo: undefined,
    };
  return {
    asked,
    language,
    acceptLanguage,
    abbreviate: readFlag(query, 'abbrv'),
    addressOnly: readFlag(query, 'address_only'),
    annotations: readAnnotations(query),
    form: requireForm(query, format),
    minConfidence: readMinConfidence(query),
    echo: readFlag(query, 'add_request') ? readEcho(query, text, format) : undefined,
  };
};
