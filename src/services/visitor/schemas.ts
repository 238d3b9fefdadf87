/** Wire shapes of the visitor service, for the API description, for field selection and for tests. */
import { z } from 'zod';
import { NETWORK_KINDS } from './addresses/facts.ts';

/** The contract's envelope; every field is there, '' or empty where it is not known. */
export const envelopeSchema = z.object({
  status: z.literal(200),
  result: z.literal('success'),
  data: z.object({
    ipAddress: z.string().describe("The visitor's address"),
    countryCode: z.string().describe('ISO 3166-1 alpha-2').meta({ example: 'DE' }),
    countryName: z.string().meta({ example: 'Germany' }),
    currencies: z
      .array(z.string())
      .describe('Official currencies, ISO 4217')
      .meta({ example: ['EUR'] }),
    languages: z
      .array(z.string())
      .describe('Languages of the country, ISO 639-1')
      .meta({ example: ['de'] }),
    region: z.string().describe('The code part of ISO 3166-2').meta({ example: 'BY' }),
    city: z.string().meta({ example: 'Munich' }),
    cityLatLong: z.string().describe('`latitude,longitude`').meta({ example: '48.1371,11.5754' }),
    browser: z.string().meta({ example: 'Chrome' }),
    browserVersion: z.string().meta({ example: '147.0.0' }),
    deviceBrand: z.string().describe('Empty of most desktops'),
    deviceModel: z.string(),
    deviceFamily: z.string(),
    os: z.string().meta({ example: 'Windows' }),
    osVersion: z.string().meta({ example: '10' }),
  }),
});

/** The contract's errors. */
export const contractErrorSchema = z.object({
  status: z.int().describe('The same as the HTTP status'),
  result: z.string().describe('What is wrong, in words that clients show'),
});

const currencySchema = z.object({
  code: z.string().describe('ISO 4217').meta({ example: 'EUR' }),
  name: z.string().meta({ example: 'Euro' }),
  symbol: z.string().describe('As short as it is written in the country').meta({ example: '€' }),
  decimals: z.int().describe('Digits after the decimal sign'),
  decimal_separator: z.string(),
  group_separator: z.string().describe('Between thousands; a space here does not break'),
  prefix: z.string().describe('Stands before an amount, its space included'),
  suffix: z.string().describe('Stands behind an amount, its space included'),
  format: z.string().describe('1,234.56 as it is written in the country').meta({ example: '1.234,56 €' }),
});

const countrySchema = z.object({
  code: z.string().describe('ISO 3166-1 alpha-2').meta({ example: 'DE' }),
  name: z.string().meta({ example: 'Germany' }),
  native_name: z.string().meta({ example: 'Deutschland' }),
  continent: z.object({ code: z.string(), name: z.string().meta({ example: 'Europe' }) }),
  is_eu: z.boolean().describe('In the European Union: a member, or a region of one with a code of its own'),
  calling_code: z.string().optional().meta({ example: '+49' }),
  flag: z.string().describe('As an emoji'),
  capital: z.string().optional(),
  currency: currencySchema.optional().describe('The first of `currencies`'),
  currencies: z.array(z.string()).describe('Official currencies, ISO 4217'),
  languages: z.array(
    z.object({ code: z.string().describe('ISO 639-1'), name: z.string(), native_name: z.string() }),
  ),
});

/** What is told of an address. */
export const addressShape = {
  address: z.string().describe('In canonical form').meta({ example: '192.0.2.1' }),
  version: z.int().describe('4 or 6'),
  special_use: z
    .string()
    .optional()
    .describe(
      'What IANA has set it aside for (`private`, `loopback`, `documentation`, …); it is never located',
    ),
  country: countrySchema.optional(),
  region: z
    .object({
      code: z.string().optional().describe('The code part of ISO 3166-2').meta({ example: 'BY' }),
      name: z.string().optional(),
    })
    .optional(),
  city: z.string().optional(),
  postcode: z.string().optional(),
  location: z
    .object({
      latitude: z.number(),
      longitude: z.number(),
      accuracy_km: z.number().optional().describe('A radius, only where the data have one'),
    })
    .optional()
    .describe('Of the city, or of the middle of what is known; never of a house'),
  time_zone: z
    .object({
      id: z.string().describe('IANA').meta({ example: 'Europe/Berlin' }),
      abbreviation: z.string(),
      utc_offset_seconds: z.int(),
      local_time: z.string().describe('RFC 3339, with the offset'),
      is_dst: z.boolean().describe('Whether it is summer time there now'),
    })
    .optional(),
  network: z
    .object({
      asn: z.int().optional().describe('Number of the autonomous system'),
      organisation: z.string().optional(),
      kinds: z
        .array(z.enum(NETWORK_KINDS))
        .describe('What the network is known as; empty is no proof of the contrary'),
    })
    .optional(),
};

/** What is told of a device. */
export const userAgentSchema = z.object({
  browser: z.object({
    name: z.string().optional(),
    version: z.string().optional(),
    major: z.string().optional(),
  }),
  os: z.object({ name: z.string().optional(), version: z.string().optional() }),
  device: z.object({
    type: z.enum(['desktop', 'mobile', 'tablet', 'tv', 'console', 'watch', 'bot', 'other']),
    brand: z.string().optional(),
    model: z.string().optional(),
    family: z.string().optional(),
  }),
  bot: z.object({
    is_bot: z.boolean(),
    name: z.string().optional(),
    category: z.string().optional().meta({ example: 'search-engine' }),
  }),
});

/** The answer to an address. */
export const addressSchema = z.object(addressShape);

/** The answer to a visitor; of one without a known address, only the rest. */
export const visitorSchema = z.object({
  ...addressShape,
  address: addressShape.address.optional(),
  version: addressShape.version.optional(),
  user_agent: userAgentSchema.optional(),
});

/** One line of the answer to a batch. */
export const lineSchema = z.object({
  index: z.int().min(0).describe('Its place in `addresses`, from 0'),
  ...addressSchema.partial().shape,
  error: z
    .object({ code: z.literal('invalid_address'), message: z.string() })
    .optional()
    .describe('Why this one was not looked up; the others are. The text that was sent is not repeated'),
});
