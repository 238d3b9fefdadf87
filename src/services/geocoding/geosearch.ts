/** The contract's second protocol: suggestions for a text box, with a key in a header of its own. */
import type { QuotaState } from '../../foundation/caller.ts';
import type { Query } from '../../http/query.ts';
import type { AnyRoute, ErrorForm, Reply, Request } from '../../http/route.ts';
import { defineRoute } from '../../http/route.ts';
import type { Atlas } from './atlas.ts';
import { writersOf } from './base-writers.ts';
import { readBounds } from './coordinates.ts';
import { TYPE_NAMES, type TypeName } from './entity.ts';
import {
  createTimestamps,
  envelopeTexts,
  rateText,
  replyHeaders,
  type LatLng,
  type ResultModel,
} from './envelope.ts';
import { openAddressWriter, type AddressLook } from './extract/render-address.ts';
import { geosearchQuerySchemas, geosearchSchema } from './geosearch-schemas.ts';
import { createJsonWriter } from './json-writer.ts';
import { createLookup } from './lookup.ts';
import { readCountries, readProximity, readText, refuseDuplicates } from './parameters.ts';
import { MOST_RESULT_BYTES } from './render.ts';
import type { SuggestQuery } from './request.ts';

/** Where the key stands in this protocol; a public key, which everybody may read. */
export const GEOSEARCH_KEY_HEADER = 'opencage-geosearch-key';

const PARAMETERS = ['q', '_type', 'bounds', 'countrycode', 'language', 'limit', 'proximity'] as const;
const DEFAULT_LIMIT = 5;
const MOST_SUGGESTIONS = 10;

interface GeosearchCall {
  readonly query: SuggestQuery;
  readonly language: string | undefined;
  readonly acceptLanguage: string | undefined;
}

const readTypes = (query: Query): readonly TypeName[] | undefined => {
  const given = query.values.get('_type')?.slice(0, 200).split(',', 20);
  const names = given?.map((name) => name.trim().toLowerCase());
  const types = TYPE_NAMES.filter((type) => names?.includes(type) === true);
  return types.length === 0 ? undefined : types;
};

const readLimit = (query: Query): number => {
  const value = query.values.get('limit') ?? '';
  const limit = /^\d{1,6}$/u.test(value) ? Number(value) : 0;
  return limit < 1 ? DEFAULT_LIMIT : Math.min(limit, MOST_SUGGESTIONS);
};

/** @throws {Problem} bad_query, query_too_long, duplicate_parameter; what else makes no sense is ignored. */
const parseGeosearch = (request: Request): GeosearchCall => {
  const query = request.query.expose();
  const text = readText(query);
  refuseDuplicates(query, PARAMETERS);
  return {
    query: {
      text,
      limit: readLimit(query),
      countries: readCountries(query),
      bounds: readBounds(query.values.get('bounds') ?? ''),
      proximity: readProximity(query),
      types: readTypes(query),
    },
    language: query.values.get('language')?.slice(0, 40),
    acceptLanguage: request.exposeHeader('accept-language'),
  };
};

/** Its clients read coordinates as text with five decimals. */
const asText = (degrees: number): string => degrees.toFixed(5);

const pointOf = ({ lat, lng }: LatLng): object => ({ lat: asText(lat), lng: asText(lng) });

const suggestionOf = ({ bounds, components, formatted, geometry }: ResultModel): object => {
  const type = components['_type'];
  const name = typeof type === 'string' ? components[type] : undefined;
  return {
    _type: type,
    ...(bounds === undefined
      ? {}
      : { bounds: { northeast: pointOf(bounds.northeast), southwest: pointOf(bounds.southwest) } }),
    formatted,
    geometry: pointOf(geometry),
    name: name ?? formatted,
  };
};

/** What suggestions are made from. */
export interface SuggestionParts {
  readonly atlas: Atlas;
  readonly publicUrl: string;
}

interface AnswerContext {
  readonly now: number;
  readonly quota: QuotaState | undefined;
}

/** Looks a call up and writes its answer. */
export type Suggestions = (call: GeosearchCall, context: AnswerContext) => Reply;

/** Makes what suggests from one index; it is synchronous, and a second call only begins when the first is done. */
export const createSuggestions = ({ atlas, publicUrl }: SuggestionParts): Suggestions => {
  const writer = createJsonWriter();
  const { results, languages } = writersOf(atlas);
  const lookup = createLookup(atlas);
  const addresses = openAddressWriter(atlas);
  const timestampAt = createTimestamps();
  const { head, tail } = envelopeTexts(publicUrl);

  return ({ query, language, acceptLanguage }, { now, quota }) => {
    const look: AddressLook = {
      texts: languages.choose(language, acceptLanguage),
      abbreviate: false,
      addressOnly: false,
      annotations: 'none',
      now,
    };
    const seen = new Set<string>();
    const shown: object[] = [];
    for (const hit of lookup.suggest({ ...query, namedIn: look.texts })) {
      writer.begin();
      writer.room(MOST_RESULT_BYTES);
      if (typeof hit === 'number') results.write(writer, hit, look, undefined);
      else addresses.write(writer, hit, look);
      const result = JSON.parse(writer.end().toString()) as ResultModel;
      // Its clients show one line for each `formatted`, and count on that.
      if (seen.has(result.formatted)) continue;
      seen.add(result.formatted);
      shown.push(suggestionOf(result));
    }
    const body =
      `${head}${rateText(quota)},"results":${JSON.stringify(shown)},"status":{"code":200,"message":"OK"}` +
      `${tail}${timestampAt(now)},"total_results":${shown.length}}`;
    return { status: 200, ...replyHeaders(quota), body };
  };
};

/** `GET /geosearch`. */
export const geosearchRoute = (answer: Suggestions, errors: ErrorForm): AnyRoute =>
  defineRoute<GeosearchCall>({
    operation: 'geocoding.suggest',
    method: 'GET',
    path: '/geosearch',
    access: { secretKey: 'geocoding:read', browser: true, keyHeader: GEOSEARCH_KEY_HEADER },
    cost: 1,
    overPlainHttp: 'redirect',
    errors,
    docs: {
      summary: 'Suggest places while somebody types',
      description:
        'The geosearch protocol of the same contract: its text boxes work with another host name. The key, mostly the ' +
        'public key of a project with authorised domains, stands in `OpenCage-Geosearch-Key`, or wherever a key may ' +
        'stand. Coordinates are text. Nothing about a query is kept, unless the project has turned its request log on.',
      tag: 'Geocoding',
      query: geosearchQuerySchemas,
      replies: {
        200: {
          description: 'Zero or more suggestions, best first.',
          type: 'application/json; charset=utf-8',
          schema: geosearchSchema,
        },
        400: { description: 'Missing or bad query.', type: 'application/json; charset=utf-8' },
        410: {
          description: 'The query is longer than 1,024 characters.',
          type: 'application/json; charset=utf-8',
        },
      },
    },
    parse: parseGeosearch,
    handle: (call, { now, quota }) => answer(call, { now, quota }),
  });
