import { z } from 'zod';
import { TYPE_NAMES } from './entity.ts';
import { envelopeSchema, querySchemas } from './schemas.ts';

/** The wire shapes of the geosearch protocol, for the API description and for tests. */

/** Query parameters of `GET /geosearch`. */
export const geosearchQuerySchemas = {
  q: {
    schema: z
      .string()
      .min(2)
      .max(1024)
      .describe('What was typed so far; its clients ask from three characters.')
      .meta({ example: 'Greno' }),
    required: true,
  },
  _type: {
    schema: z
      .string()
      .describe(`Only these kinds, separated by commas: ${TYPE_NAMES.join(', ')}.`)
      .meta({ example: 'city,town' }),
    required: false,
  },
  bounds: querySchemas.bounds,
  countrycode: querySchemas.countrycode,
  language: querySchemas.language,
  limit: {
    schema: z.int().min(1).max(10).default(5).describe('How many suggestions at most.').meta({ example: 5 }),
    required: false,
  },
  proximity: querySchemas.proximity,
} as const;

const degreesText = z
  .string()
  .regex(/^-?\d{1,3}\.\d{5}$/)
  .describe('Degrees with five decimals, as text.');
const latLngText = z.object({ lat: degreesText, lng: degreesText });

/** Every answer of the protocol. */
export const geosearchSchema = envelopeSchema
  .omit({ results: true, request: true })
  .extend({
    results: z.array(
      z.object({
        _type: z.enum(TYPE_NAMES),
        bounds: z.object({ northeast: latLngText, southwest: latLngText }).optional(),
        formatted: z.string(),
        geometry: latLngText,
        name: z.string(),
      }),
    ),
  })
  .meta({ id: 'GeosearchAnswer' });
