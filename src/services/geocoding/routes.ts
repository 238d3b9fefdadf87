import type { Clock } from '../../foundation/clock.ts';
import { defineRoute, type AnyRoute, type ErrorForm, type Request } from '../../http/route.ts';
import type { Service } from '../service.ts';
import { createAnswer } from './answer.ts';
import { createOpencageErrors } from './errors.ts';
import type { Gazetteer } from './gazetteer.ts';
import { parseGeocodeCall, type GeocodeCall } from './parameters.ts';
import { badEndpoint, badFormat, badVersion } from './problems.ts';
import { envelopeSchema, querySchemas } from './schemas.ts';

/** What the service is built from. */
export interface GeocodingParts {
  readonly gazetteer: Gazetteer;
  /** Where the installation is reached from outside; links in answers begin with it. */
  readonly publicUrl: string;
  readonly clock: Clock;
}

const TAG = 'Geocoding';
const JSON_TYPE = 'application/json; charset=utf-8';

const geocodeRoute = ({ gazetteer, publicUrl }: GeocodingParts, errors: ErrorForm): AnyRoute => {
  const answer = createAnswer(gazetteer, publicUrl);
  return defineRoute<GeocodeCall>({
    operation: 'geocoding.forward',
    method: 'GET',
    path: '/geocode/v1/json',
    access: { secretKey: 'geocoding:read', browser: true },
    cost: 1,
    overPlainHttp: 'redirect',
    errors,
    countedAs: ['geocoding.reverse'],
    countAs: ({ asked }) => ('lat' in asked ? 'geocoding.reverse' : 'geocoding.forward'),
    docs: {
      summary: 'Find a place by its name, or the place at a coordinate',
      description:
        'Forward: `q` is a name. Reverse: `q` is `latitude,longitude`; the country is decided by its borders, then the ' +
        'nearest place in it is given. Answers and errors have the shape of the OpenCage geocoding API, so that its ' +
        'clients work. Nothing about a query is kept, unless the project has turned its request log on.',
      tag: TAG,
      query: querySchemas,
      replies: {
        200: { description: 'Zero or more results, best first.', type: JSON_TYPE, schema: envelopeSchema },
        400: {
          description: 'Missing or bad query, or invalid coordinates.',
          type: JSON_TYPE,
          schema: envelopeSchema,
        },
        410: {
          description: 'The query is longer than 1,024 characters.',
          type: JSON_TYPE,
          schema: envelopeSchema,
        },
      },
    },
    parse: parseGeocodeCall,
    handle: (call, { now, quota }) => answer(call, { now, quota }),
  });
};

const pingRoute = (errors: ErrorForm): AnyRoute =>
  defineRoute<undefined>({
    operation: 'geocoding.ping',
    method: 'GET',
    path: '/geocode/v1/ping',
    access: { public: 'Tells that the service answers, and nothing else; the contract asks for no key.' },
    cost: 0,
    overPlainHttp: 'redirect',
    errors,
    docs: {
      summary: 'Does the geocoder answer?',
      description: 'Answers `pong`. Needs no key and spends nothing.',
      tag: TAG,
      query: {},
      replies: { 200: { description: 'It does.', type: 'text/plain; charset=utf-8' } },
    },
    parse: () => undefined,
    handle: () => ({
      status: 200,
      headers: {
        'access-control-allow-origin': '*',
        'cache-control': 'no-store',
        'content-type': 'text/plain; charset=utf-8',
      },
      body: 'pong',
    }),
  });

/** Formats of the contract; those that are not answered yet are no valid format here. */
const refuseUnknown = ({ path }: Request): never => {
  const [, , version, format, ...rest] = path.replace(/\/+$/u, '').split('/', 8);
  if (format === undefined || rest.length > 0) throw badEndpoint();
  throw version === 'v1' ? badFormat() : badVersion();
};

const unknownRoute = (errors: ErrorForm): AnyRoute =>
  defineRoute<never>({
    operation: 'geocoding.unknown',
    method: 'GET',
    path: '/geocode/*',
    access: { public: "Says in the contract's own words that a path, version or format is not one of it." },
    cost: 0,
    overPlainHttp: 'redirect',
    errors,
    docs: {
      summary: 'Paths that the geocoder does not have',
      description: "Answers 400 for another version or format, else 404, in the contract's envelope.",
      tag: TAG,
      query: {},
      replies: {
        400: { description: 'Not a valid version or format.', type: JSON_TYPE, schema: envelopeSchema },
      },
    },
    parse: refuseUnknown,
    handle: refuseUnknown,
  });

/** The geocoding service's endpoints, in the shape of the OpenCage API. */
export const geocodingRoutes = (parts: GeocodingParts): AnyRoute[] => {
  const errors = createOpencageErrors(parts.publicUrl);
  return [geocodeRoute(parts, errors), pingRoute(errors), unknownRoute(errors)];
};

/** The service as the house takes it. */
export const createGeocodingService = (parts: GeocodingParts): Service => ({
  name: 'geocoding',
  prefixes: ['/geocode/'],
  routes: geocodingRoutes(parts),
  errors: createOpencageErrors(parts.publicUrl),
});
