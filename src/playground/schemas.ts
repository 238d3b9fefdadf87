/** Wire shapes of the playground. */
import { z } from 'zod';

/** Routes of the services that a member may try: those that only read. */
export const TRIABLE = [
  '/geocode/v1/json',
  '/geocode/v1/geojson',
  '/geocode/v1/xml',
  '/geocode/v1/google-v3-json',
  '/geosearch',
  '/v1/visitor',
] as const;

/** The lookup of one address: what only a secret key may ask, and therefore a member who may spend. */
const LOOKUP = /^\/v1\/visitor\/[0-9A-Fa-f:.]{2,45}$/;

/** Parameters of one question; the contracts have fewer. */
const MOST_PARAMETERS = 30;

const parametersSchema = z
  .record(z.string().regex(/^[a-z_]{1,40}$/), z.string().max(2000))
  .refine(
    (given) => Object.keys(given).length <= MOST_PARAMETERS,
    `There are at most ${MOST_PARAMETERS} parameters.`,
  )
  .refine(
    (given) => !Object.hasOwn(given, 'key') && !Object.hasOwn(given, 'pid'),
    'The project asks: there is no key here.',
  )
  .describe('Query parameters as they would stand in the address, not encoded; no key.')
  .meta({ example: { q: 'Paris, Texas', limit: '3' } });

/** What is asked. */
export const questionSchema = z.strictObject({
  path: z
    .union([z.enum(TRIABLE), z.string().regex(LOOKUP)])
    .describe('The route that is tried: one of these, or `/v1/visitor/` and an IPv4 or IPv6 address.')
    .meta({ example: '/geocode/v1/json' }),
  parameters: parametersSchema,
});

/** What the route answered, errors included. */
export const triedSchema = z.object({
  status: z.int().describe("The route's own HTTP status."),
  type: z.string().describe('Its media type.'),
  body: z.string().describe('Its body, as a program with a key would get it.'),
  duration_ms: z.number().describe('Milliseconds that the answer took, limits and counting included.'),
});
