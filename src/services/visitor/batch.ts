/** `POST /v1/visitor/batch`: up to 1,000 addresses in one request, answered line by line while the answer goes out. */
import { z } from 'zod';
import { parseJsonBody } from '../../http/json-body.ts';
import { defineRoute, type AnyRoute, type Request } from '../../http/route.ts';
import { parseAddress } from './addresses/address.ts';
import type { AddressData } from './addresses/address-data.ts';
import { textOf } from './byte-text.ts';
import { pickText, readFields, type Selection } from './fields.ts';
import type { OwnParts } from './own-routes.ts';
import { lineSchema } from './schemas.ts';

const MOST_ADDRESSES = 1_000;
/** Addresses that are looked up in one turn of the event loop; some 5 µs each. */
const A_PIECE = 50;
const LINES_TYPE = 'application/x-ndjson';

const HEADERS = Object.freeze({
  'cache-control': 'no-store',
  'content-type': `${LINES_TYPE}; charset=utf-8`,
});

const batchSchema = z.strictObject({
  addresses: z
    .array(z.string())
    .min(1)
    .max(MOST_ADDRESSES)
    .describe('IPv4 and IPv6 addresses.')
    .meta({ example: ['192.0.2.1', '2001:db8::1'] }),
  fields: z
    .string()
    .max(1_000)
    .optional()
    .describe('Only these parts of each answer, as with a single address.')
    .meta({ example: 'country.code,network' }),
});

interface Batch {
  readonly addresses: readonly string[];
  readonly selection: Selection | undefined;
}

/** A unit for each address; one for a body that will be refused, which is given back. At most 64 kB are looked at. */
const costOf = (request: Request): number => {
  let addresses: unknown;
  try {
    ({ addresses } = JSON.parse(Buffer.from(request.body.expose()).toString()) as { addresses?: unknown });
  } catch {
    return 1;
  }
  return Array.isArray(addresses) ? Math.min(MOST_ADDRESSES, Math.max(1, addresses.length)) : 1;
};

const answerLines = function* (
  { addresses, selection }: Batch,
  { locate }: OwnParts,
  data: AddressData,
  now: number,
): Generator<string, void, undefined> {
  const lineOf = (text: string, index: number): string => {
    const address = parseAddress(text.trim());
    if (address === undefined)
      return `{"index":${index},"error":{"code":"invalid_address","message":"not an IP address"}}\n`;
    const found = pickText(`{${locate(address, data, now)}}`, selection).slice(1);
    return `{"index":${index}${found === '}' ? '' : ','}${found}\n`;
  };
  for (let from = 0; from < addresses.length; from += A_PIECE) {
    let piece = '';
    for (const [offset, text] of addresses.slice(from, from + A_PIECE).entries())
      piece += lineOf(text, from + offset);
    yield textOf(piece);
  }
};

/** `POST /v1/visitor/batch`, for servers alone. The answer comes from one state of the data, whatever is swapped meanwhile. */
export const batchRoute = (parts: OwnParts): AnyRoute =>
  defineRoute<Batch>({
    operation: 'visitor.batch',
    method: 'POST',
    path: '/v1/visitor/batch',
    access: { secretKey: 'visitor:read' },
    cost: 1,
    costOf,
    keepsNothing: true,
    overPlainHttp: 'refuse',
    docs: {
      summary: 'What is known of up to 1,000 addresses',
      description:
        'For servers, with a secret key. The answer is a JSON object a line, in the order of the addresses, and is sent ' +
        'while it is made. A text that is no address gets an error of its own, and the others go on. Each address spends ' +
        'one unit of quota; where there are not as many left, nothing is answered and nothing spent.',
      tag: 'Visitor',
      query: {},
      body: batchSchema,
      replies: {
        200: {
          description: 'One object for each address, as in this schema.',
          type: LINES_TYPE,
          schema: lineSchema,
        },
        400: { description: 'The body is not of this form', type: 'application/problem+json' },
        413: { description: 'More than 64 kB', type: 'application/problem+json' },
        415: { description: 'Another kind of body', type: 'application/problem+json' },
      },
    },
    parse: (request) => {
      const { addresses, fields } = parseJsonBody(request, batchSchema);
      return { addresses, selection: readFields(fields) };
    },
    handle: (batch, { now }) => ({
      status: 200,
      headers: HEADERS,
      body: '',
      pieces: answerLines(batch, parts, parts.data.addresses.current, now),
    }),
  });
