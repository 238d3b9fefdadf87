import { z } from 'zod';
import { annotationsSchema } from './annotations/annotations-schema.ts';
import { CATEGORIES } from './extract/extract-records.ts';

/** The wire shapes of the contract, for the API description and for tests. */

const flag = (description: string): z.ZodType =>
  z.enum(['0', '1', 'true', 'false', '']).describe(description).meta({ example: '1' });

/** Query parameters of `GET /geocode/v1/{format}`. */
export const querySchemas = {
  q: {
    schema: z
      .string()
      .min(2)
      .max(1024)
      .describe(
        'A place name, with its state or country if you like, or `latitude,longitude` in decimal degrees.',
      )
      .meta({ example: 'Paris, Texas' }),
    required: true,
  },
  key: {
    schema: z
      .string()
      .describe(
        'A secret key, for clients that cannot send a header. Prefer `Authorization: Bearer` or `X-Api-Key`.',
      )
      .meta({ example: 'vs_sk_live_…' }),
    required: false,
  },
  abbrv: { schema: flag('Shortens words in `formatted`, by the languages of the country.'), required: false },
  add_request: { schema: flag('Repeats the request, its key masked, in the answer.'), required: false },
  address_only: {
    schema: flag('Leaves names of points of interest out of `formatted`.'),
    required: false,
  },
  autocomplete: {
    schema: flag(
      'Not in the contract: `q` is what somebody has typed so far, and the most important places that begin so are given.',
    ),
    required: false,
  },
  bounds: {
    schema: z
      .string()
      .describe('Only results in this box: `min lon,min lat,max lon,max lat`.')
      .meta({ example: '-0.56,51.28,0.28,51.69' }),
    required: false,
  },
  countrycode: {
    schema: z
      .string()
      .describe('Only results in these countries: ISO 3166-1 alpha-2, separated by commas.')
      .meta({ example: 'de,at,ch' }),
    required: false,
  },
  jsonp: {
    schema: z
      .string()
      .max(128)
      .regex(/^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*$/)
      .describe('Wraps the answer in a call of this function. Pages had better use CORS.')
      .meta({ example: 'show' }),
    required: false,
  },
  fuzzy: {
    schema: flag(
      'Not in the contract: forgives one typing error, in names of nine letters and more two. Exact names come first.',
    ),
    required: false,
  },
  language: {
    schema: z
      .string()
      .describe(
        'Language of names: an IETF tag or `native`. Without it `Accept-Language`, else English. What has no name in it is shown by its main name.',
      )
      .meta({ example: 'de' }),
    required: false,
  },
  limit: {
    schema: z.int().min(1).max(100).default(10).describe('How many results at most.').meta({ example: 5 }),
    required: false,
  },
  min_confidence: {
    schema: z
      .int()
      .min(1)
      .max(10)
      .describe('Only results with at least this confidence.')
      .meta({ example: 7 }),
    required: false,
  },
  no_annotations: { schema: flag('Leaves `annotations` out.'), required: false },
  no_dedupe: { schema: flag('Keeps results that read the same and lie beside each other.'), required: false },
  no_record: {
    schema: flag(
      'Leaves no row in the request log, even where the project has turned it on; it is off by default.',
    ),
    required: false,
  },
  pretty: { schema: flag('Indents the answer.'), required: false },
  proximity: {
    schema: z
      .string()
      .describe('Moves results near `latitude,longitude` up; leaves none out.')
      .meta({ example: '52.387,9.733' }),
    required: false,
  },
  roadinfo: {
    schema: flag('Keeps the annotation `roadinfo` where `no_annotations` leaves out the others.'),
    required: false,
  },
} as const;

const latLng = z
  .object({ lat: z.number().min(-90).max(90), lng: z.number().min(-180).max(180) })
  .meta({ id: 'LatLng' });
const annotations = annotationsSchema.meta({ id: 'GeocodingAnnotations' });

/** One result. */
export const resultSchema = z
  .object({
    annotations: annotations.optional(),
    bounds: z
      .object({ northeast: latLng, southwest: latLng })
      .describe('An estimate, but of what an import has an outline or a line of; see the documentation.'),
    components: z
      .object({
        'ISO_3166-1_alpha-2': z.string().optional(),
        'ISO_3166-1_alpha-3': z.string().optional(),
        'ISO_3166-2': z.array(z.string()).optional(),
        _category: z.enum(CATEGORIES),
        _normalized_city: z.string().optional(),
        _type: z
          .string()
          .describe(
            '`country`, `state`, `county`, `city`, `town`, `village`, `suburb`, `postcode`, `road`, `building`, or the kind of a point of interest, whose name is then the member of that name.',
          ),
        city: z.string().optional(),
        continent: z.string().optional(),
        country: z.string().optional().describe('Not at sea.'),
        country_code: z.string().optional(),
        county: z.string().optional(),
        hamlet: z.string().optional(),
        house_number: z.string().optional().describe('Where a street-level import has one.'),
        municipality: z.string().optional(),
        political_union: z.string().optional(),
        postcode: z.string().optional(),
        road: z.string().optional(),
        road_type: z.string().optional().describe("Of a road: OpenStreetMap's `highway`."),
        state: z.string().optional(),
        state_code: z.string().optional(),
        suburb: z.string().optional(),
        town: z.string().optional(),
        village: z.string().optional(),
      })
      .catchall(z.string()),
    confidence: z
      .int()
      .min(0)
      .max(10)
      .describe('How small the bounds are, from 1 (over 25 km) to 10 (under 250 m).'),
    distance_from_q: z
      .object({ meters: z.int().min(0) })
      .optional()
      .describe('Only for coordinates.'),
    formatted: z.string(),
    geometry: latLng,
  })
  .meta({ id: 'GeocodingResult' });

/** Every answer of the contract, errors too. */
export const envelopeSchema = z
  .object({
    documentation: z.url(),
    licenses: z.array(z.object({ name: z.string(), url: z.url() })),
    rate: z.object({ limit: z.int(), remaining: z.int(), reset: z.int() }).optional(),
    request: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
    results: z.array(resultSchema),
    status: z.object({ code: z.int(), message: z.string(), become_a_customer: z.url().optional() }),
    stay_informed: z.object({ blog: z.url(), mastodon: z.url() }),
    thanks: z.string(),
    timestamp: z.object({ created_http: z.string(), created_unix: z.int() }),
    total_results: z.int(),
  })
  .meta({ id: 'GeocodingAnswer' });

/** An answer as GeoJSON (RFC 7946). */
export const featureCollectionSchema = envelopeSchema
  .omit({ results: true })
  .extend({
    features: z.array(
      z.object({
        geometry: z.object({ coordinates: z.tuple([z.number(), z.number()]), type: z.literal('Point') }),
        properties: resultSchema.omit({ geometry: true }),
        type: z.literal('Feature'),
      }),
    ),
    type: z.literal('FeatureCollection'),
  })
  .meta({ id: 'GeocodingFeatureCollection' });

const box = z.object({ northeast: latLng, southwest: latLng });

/** The part of Google's geocoding v3 answers that there is. */
export const googleSchema = z
  .object({
    error_message: z.string().optional(),
    results: z.array(
      z.object({
        address_components: z.array(
          z.object({ long_name: z.string(), short_name: z.string(), types: z.array(z.string()) }),
        ),
        formatted_address: z.string(),
        geometry: z.object({
          bounds: box.optional(),
          location: latLng,
          location_type: z.enum(['APPROXIMATE', 'ROOFTOP']),
          viewport: box,
        }),
        types: z.array(z.string()),
      }),
    ),
    status: z.enum([
      'OK',
      'ZERO_RESULTS',
      'OVER_QUERY_LIMIT',
      'REQUEST_DENIED',
      'INVALID_REQUEST',
      'UNKNOWN_ERROR',
    ]),
  })
  .meta({ id: 'GoogleGeocodingAnswer' });
