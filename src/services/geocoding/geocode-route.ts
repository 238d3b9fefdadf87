/** The contract's one question, in each of its formats: a path for each, and everything else the same. */
import { defineRoute, type AnyRoute, type Reply, type RouteDocs } from '../../http/route.ts';
import type { AnswerContext } from './answer.ts';
import { createOpencageErrors } from './errors.ts';
import { mediaTypeOf, type Format } from './formats.ts';
import { parseGeocodeCall, type GeocodeCall } from './parameters.ts';
import { envelopeSchema, featureCollectionSchema, googleSchema, querySchemas } from './schemas.ts';
import { createRehearsal } from './test-keys.ts';

/** What the routes are built from. */
export interface GeocodeRouteParts {
  readonly answer: (call: GeocodeCall, context: AnswerContext) => Reply;
  readonly publicUrl: string;
  /** Whether the contract's published test keys are answered. */
  readonly testKeys: boolean;
}

const OPERATIONS: Readonly<Record<Format, string>> = {
  json: 'geocoding.forward',
  geojson: 'geocoding.geojson',
  xml: 'geocoding.xml',
  'google-v3-json': 'geocoding.google',
};

const SUMMARIES: Readonly<Record<Format, string>> = {
  json: 'Find a place by its name, or the place at a coordinate',
  geojson: 'The same, as a GeoJSON feature collection',
  xml: 'The same, as XML',
  'google-v3-json': "The same, in the part of Google's v3 format that the contract has",
};

const SCHEMAS = {
  json: { schema: envelopeSchema },
  geojson: { schema: featureCollectionSchema },
  xml: {},
  'google-v3-json': { schema: googleSchema },
} as const;

const QUESTION =
  'Forward: `q` is a name. Reverse: `q` is `latitude,longitude`; the country is decided by its borders, then the ' +
  'nearest place in it is given. Answers and errors have the shape of the OpenCage geocoding API, so that its ' +
  'clients work. Nothing about a query is kept, unless the project has turned its request log on.';

const docsOf = (format: Format): RouteDocs => {
  const reply = { type: mediaTypeOf({ format, callback: undefined }), ...SCHEMAS[format] };
  const { jsonp: _none, ...withoutCallback } = querySchemas;
  return {
    summary: SUMMARIES[format],
    description: QUESTION,
    tag: 'Geocoding',
    query: format === 'xml' ? withoutCallback : querySchemas,
    replies: {
      200: { description: 'Zero or more results, best first.', ...reply },
      400: { description: 'Missing or bad query, or invalid coordinates.', ...reply },
      410: { description: 'The query is longer than 1,024 characters.', ...reply },
    },
  };
};

/** `GET /geocode/v1/{format}`; counted as forward or reverse, whatever the format. */
export const geocodeRoute = ({ answer, publicUrl, testKeys }: GeocodeRouteParts, format: Format): AnyRoute =>
  defineRoute<GeocodeCall>({
    operation: OPERATIONS[format],
    method: 'GET',
    path: `/geocode/v1/${format}`,
    access: { secretKey: 'geocoding:read', browser: true },
    cost: 1,
    overPlainHttp: 'redirect',
    errors: createOpencageErrors(publicUrl, format),
    countedAs: format === 'json' ? ['geocoding.reverse'] : ['geocoding.forward', 'geocoding.reverse'],
    countAs: ({ asked }) => ('lat' in asked ? 'geocoding.reverse' : 'geocoding.forward'),
    docs: docsOf(format),
    ...(testKeys ? { rehearsal: createRehearsal(answer, format) } : {}),
    parse: (request) => parseGeocodeCall(request, format),
    handle: (call, { now, quota }) => answer(call, { now, quota }),
  });
