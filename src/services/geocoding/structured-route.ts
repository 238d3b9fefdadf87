/** Our own question beside the contract's: a place by its parts. */
import { z } from 'zod';
import { defineRoute, type AnyRoute, type Reply } from '../../http/route.ts';
import type { AnswerContext } from './answer.ts';
import type { GeocodeCall } from './parameters.ts';
import { envelopeSchema, querySchemas } from './schemas.ts';
import { LONGEST_PART, readStructuredCall } from './structured.ts';

const part = (description: string, example: string): { schema: z.ZodType; required: boolean } => ({
  schema: z.string().max(LONGEST_PART).describe(description).meta({ example }),
  required: false,
});

const { q: _q, jsonp: _jsonp, add_request: _echo, ...narrowing } = querySchemas;

/** `GET /v1/geocode/search`. */
export const structuredRoute = (answer: (call: GeocodeCall, context: AnswerContext) => Reply): AnyRoute =>
  defineRoute<GeocodeCall>({
    operation: 'geocoding.search',
    method: 'GET',
    path: '/v1/geocode/search',
    access: { secretKey: 'geocoding:read', browser: true },
    cost: 1,
    overPlainHttp: 'refuse',
    docs: {
      summary: 'Find an address or a place by its parts',
      description:
        'The narrowest part that is given is what is looked for, and only places of that kind are found; the wider ones ' +
        'say where. A county in which nothing is found is let go. With a `street` an address is looked for, and nothing but ' +
        'streets and houses is found. Answers have the form of `GET /geocode/v1/json`, and its ' +
        'other parameters hold here as well.',
      tag: 'Geocoding',
      query: {
        street: part(
          'A street; then an address is looked for, in what street-level data has been imported.',
          'Städtle',
        ),
        housenumber: part('A house number; only beside a street.', '32'),
        city: part('A city, town, village or suburb.', 'Springfield'),
        county: part('A county or district.', 'Sangamon County'),
        state: part('A state or province, by its name or its code.', 'Illinois'),
        country: part('A country, by its name in any language or its code.', 'us'),
        postcode: part('A postcode; beside a city it says where that is.', '62701'),
        ...narrowing,
      },
      replies: {
        200: {
          description: 'Zero or more results, best first.',
          type: 'application/json; charset=utf-8',
          schema: envelopeSchema,
        },
        400: { description: 'No part is given, or one is no text', type: 'application/problem+json' },
      },
    },
    parse: (request) => readStructuredCall(request.query.expose(), request.exposeHeader('accept-language')),
    handle: (call, { now, quota }) => answer(call, { now, quota }),
  });
