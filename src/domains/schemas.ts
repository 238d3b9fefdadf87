import { z } from 'zod';
import { COUNTED_DAYS, LONGEST_DOMAIN, UNUSED_DAYS } from './limits.ts';

const time = z.string().describe('RFC 3339, UTC');

export const domainSchema = z.object({
  id: z.string(),
  origin: z
    .string()
    .describe(
      'As browsers send it: international names in punycode, the port where it is not 443; `https://*.example.com` for all hosts below a domain',
    ),
  created_at: time,
  last_called_at: time
    .nullable()
    .describe(
      `When its pages last called, to the quarter of an hour; null where not in the last ${UNUSED_DAYS} days`,
    ),
  calls: z
    .int()
    .nonnegative()
    .describe(`Calls of its pages in the last ${COUNTED_DAYS} UTC days, today included`),
  is_unused: z
    .boolean()
    .describe(`Whether it is older than ${UNUSED_DAYS} days and its pages did not call in them: remove it`),
});

export const domainsSchema = z.object({
  items: z.array(domainSchema),
  next: z.string().nullable(),
  allow_localhost: z
    .boolean()
    .describe('Whether pages of localhost, 127.0.0.1 and [::1] may call, on any port: for development'),
});

export const newDomainSchema = z.strictObject({
  domain: z
    .string()
    .min(1)
    .max(LONGEST_DOMAIN)
    .describe(
      'A host, as in `shop.example.com`, all hosts below a domain, as in `*.example.com`, or either with scheme and port, as in `https://shop.example.com:8443`',
    ),
});

export const switchSchema = z.strictObject({ allow_localhost: z.boolean() });
