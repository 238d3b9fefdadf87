/** `GET /api`: the one question of VisitorAPI's contract. */
import { z } from 'zod';
import { defineRoute, type AnyRoute } from '../../http/route.ts';
import { ACCEPT_CH, addressOf, deviceOf } from './asked.ts';
import { contractErrors } from './contract-errors.ts';
import { createEnvelope } from './contract.ts';
import { contractErrorSchema, envelopeSchema } from './schemas.ts';
import type { VisitorData } from './visitor-data.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Of every answer to a visitor: kept by nobody, and readable from pages of other sites. */
export const HEADERS = Object.freeze({
  'accept-ch': ACCEPT_CH,
  'cache-control': 'no-store',
  'content-type': JSON_TYPE,
  'cross-origin-resource-policy': 'cross-origin',
});

/** `GET /api`, with or without a slash behind it. */
export const contractRoute = (data: VisitorData): AnyRoute => {
  const envelope = createEnvelope();
  const error = (description: string): { description: string; type: string; schema: z.ZodType } => ({
    description,
    type: JSON_TYPE,
    schema: contractErrorSchema,
  });
  return defineRoute<undefined>({
    operation: 'visitor.contract',
    method: 'GET',
    path: '/api',
    access: { secretKey: 'visitor:read', browser: true },
    cost: 1,
    keepsNothing: true,
    overPlainHttp: 'redirect',
    errors: contractErrors,
    docs: {
      summary: 'Who is visiting? In the shape of VisitorAPI',
      description:
        'Country, currencies, languages, region, city, browser, system and device of whoever asks, for pages of the ' +
        "project's authorised domains. Answers and errors have the shape of VisitorAPI's contract, so that its clients " +
        'work once they ask this host. Errors are `{"status":403,"result":"…"}` with the same HTTP status, and every page ' +
        'may read them. Nothing about the visitor is kept.',
      tag: 'Visitor',
      query: {
        pid: {
          schema: z
            .string()
            .describe("The project's id, or the public key of one of its pairs.")
            .meta({ example: 'prj_…' }),
          required: true,
        },
      },
      replies: {
        200: { description: 'The fifteen fields.', type: JSON_TYPE, schema: envelopeSchema },
        400: error('`Error: missing project ID parameter pid`'),
        402: error('`Error: exceed free plan quota, please upgrade`'),
        403: error('`Error: no domain is allowed`, or `Error: referrer domain is not allowed`'),
        404: error('`Error: cannot find the project`'),
        500: error('`Internal error`'),
      },
    },
    parse: () => undefined,
    handle: (_input, { request }) => ({
      status: 200,
      headers: HEADERS,
      body: envelope({
        data: data.addresses.current,
        address: addressOf(request),
        device: deviceOf(request, data.userAgents),
      }),
      isBytes: true,
    }),
  });
};
