import { z } from 'zod';

/** The wire shape of `annotations`, for the API description and for tests. */

const level = z.object({ code: z.string() });
const unixSeconds = z.int().min(0);
const sunTimes = z.object({
  apparent: unixSeconds.describe('The upper edge of the sun on the horizon.'),
  astronomical: unixSeconds.describe('The sun 18° below the horizon.'),
  civil: unixSeconds.describe('6° below.'),
  nautical: unixSeconds.describe('12° below.'),
});

const currency = z.object({
  alternate_symbols: z.array(z.string()),
  decimal_mark: z.string(),
  disambiguate_symbol: z.string().optional(),
  html_entity: z.string(),
  iso_code: z.string(),
  iso_numeric: z.string(),
  name: z.string(),
  smallest_denomination: z.int(),
  subunit: z.string(),
  subunit_to_unit: z.int(),
  symbol: z.string(),
  symbol_first: z.literal([0, 1]),
  thousands_separator: z.string(),
});

const roadinfo = z.object({
  drive_on: z.enum(['left', 'right']),
  lanes: z.int().optional(),
  maxheight: z.string().optional().describe('Metres.'),
  maxspeed: z.string().optional().describe('In `speed_in`.'),
  maxweight: z.number().optional().describe('Tonnes.'),
  maxwidth: z.number().optional().describe('Metres.'),
  minspeed: z.string().optional(),
  oneway: z.literal([0, 1]).optional(),
  road: z.string().optional(),
  road_reference: z.string().optional(),
  road_type: z.string().optional().describe("OpenStreetMap's `highway`."),
  speed_in: z.enum(['km/h', 'mph']),
  surface: z.string().optional(),
  toll: z.enum(['yes', 'no']).optional(),
  tunnel: z.enum(['yes', 'no']).optional(),
  width: z.number().optional().describe('Metres.'),
});

/** What follows from where a result is. With `no_annotations=1&roadinfo=1` only `roadinfo` is there. */
export const annotationsSchema = z
  .object({
    DMS: z.object({ lat: z.string(), lng: z.string() }).describe('Degrees, minutes, seconds.'),
    FIPS: z
      .object({ county: z.string().optional(), state: z.string() })
      .optional()
      .describe('United States and their territories.'),
    H3: z.string().describe('Cell of resolution 15.'),
    MGRS: z.string().optional().describe('Not near the poles.'),
    Maidenhead: z.string(),
    Mercator: z
      .object({ x: z.number(), y: z.number() })
      .optional()
      .describe('Metres on the ellipsoid (EPSG:3395); not at the poles.'),
    NUTS: z
      .object({ NUTS0: level, NUTS1: level, NUTS2: level, NUTS3: level })
      .optional()
      .describe('Where a country or state is one region; see the documentation.'),
    OSM: z.object({ note_url: z.url(), url: z.url() }),
    UN_M49: z.object({
      regions: z.record(z.string(), z.string()),
      statistical_groupings: z.array(z.enum(['LDC', 'LEDC', 'LLDC', 'MEDC', 'SIDS'])),
    }),
    callingcode: z.int().optional().describe('E.164 country code.'),
    currency: currency.optional(),
    flag: z.string().optional(),
    geohash: z.string(),
    qibla: z.number().describe('Degrees, clockwise from north.'),
    roadinfo: roadinfo.optional(),
    sun: z
      .object({ rise: sunTimes, set: sunTimes })
      .describe('Of today at the place, in Unix seconds, to the minute; 0 where the sun does not get there.'),
    timezone: z.object({
      name: z.string(),
      now_in_dst: z.literal([0, 1]),
      offset_sec: z.int(),
      offset_string: z.string(),
      short_name: z.string(),
    }),
    wikidata: z
      .string()
      .optional()
      .describe('Of countries and of states that have an outline, and of what an import has it for.'),
  })
  .partial();
