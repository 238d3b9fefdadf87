import type { Clock } from '../../foundation/clock.ts';
import { defineRoute, type AnyRoute, type ErrorForm, type Reply, type Request } from '../../http/route.ts';
import type { Service } from '../service.ts';
import { createAnswer, type AnswerContext } from './answer.ts';
import type { AtlasHolder } from './atlas-holder.ts';
import { batchRoute } from './batch.ts';
import { createOpencageErrors } from './errors.ts';
import { FORMATS } from './formats.ts';
import { geocodeRoute } from './geocode-route.ts';
import { createSuggestions, geosearchRoute } from './geosearch.ts';
import type { GeocodeCall } from './parameters.ts';
import { badEndpoint, badFormat, badVersion } from './problems.ts';
import { envelopeSchema } from './schemas.ts';
import { structuredRoute } from './structured-route.ts';

/** What the service is built from. */
export interface GeocodingParts {
  readonly atlas: AtlasHolder;
  /** Where the installation is reached from outside; links in answers begin with it. */
  readonly publicUrl: string;
  readonly clock: Clock;
  /** Whether the contract's published test keys are answered; not where it is left out. */
  readonly testKeys?: boolean;
}

const TAG = 'Geocoding';
const JSON_TYPE = 'application/json; charset=utf-8';

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

/** What is no path of the contract: one with another version, another format, or more or less than both. */
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
export const geocodingRoutes = ({
  atlas,
  publicUrl,
  clock,
  testKeys = false,
}: GeocodingParts): AnyRoute[] => {
  const errors = createOpencageErrors(publicUrl);
  const answerer = atlas.follow((current) => createAnswer(current, publicUrl));
  const suggester = atlas.follow((current) => createSuggestions({ atlas: current, publicUrl }));
  const answer = (call: GeocodeCall, context: AnswerContext): Reply => answerer()(call, context);
  return [
    ...FORMATS.map((format) => geocodeRoute({ answer, publicUrl, testKeys }, format)),
    geosearchRoute((call, context) => suggester()(call, context), errors),
    structuredRoute(answer),
    batchRoute({ answerer, clock }),
    pingRoute(errors),
    unknownRoute(errors),
  ];
};

/** The service as the house takes it. */
export const createGeocodingService = (parts: GeocodingParts): Service => ({
  name: 'geocoding',
  prefixes: ['/geocode/', '/geosearch/'],
  routes: geocodingRoutes(parts),
  errors: createOpencageErrors(parts.publicUrl),
});
