/** The parts of the OpenAPI document that are the same for every route. */

interface ExpectedError {
  readonly status: number;
  readonly code: string;
  readonly title: string;
}

/** What any request can end with. */
export const ERRORS_OF_EVERY_ROUTE: readonly ExpectedError[] = [
  { status: 400, code: 'invalid_request', title: 'A parameter is missing or not valid' },
  { status: 405, code: 'method_not_allowed', title: 'This path does not answer this method' },
  { status: 500, code: 'internal', title: 'Something went wrong on our side' },
];

/** What a request can end with besides, where a key is needed. */
export const ERRORS_OF_KEYED_ROUTES: readonly ExpectedError[] = [
  { status: 401, code: 'invalid_key', title: 'No valid key' },
  { status: 402, code: 'quota_exceeded', title: "The project's quota for today is used up" },
  { status: 403, code: 'forbidden', title: 'The key does not have the scope for this' },
  { status: 429, code: 'rate_limited', title: 'Too many requests in this second' },
  { status: 503, code: 'unavailable', title: 'The database cannot be reached at the moment' },
];

/** The ways in which a secret key may come, the ones to prefer first. */
export const securitySchemes = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'A secret key (`vs_sk_live_…`) as `Authorization: Bearer <secret key>`. The way to prefer.',
  },
  apiKeyHeader: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Api-Key',
    description: 'A secret key in the `X-Api-Key` header field.',
  },
  basic: {
    type: 'http',
    scheme: 'basic',
    description: 'The public key as user name and the secret key as password.',
  },
  keyParameter: {
    type: 'apiKey',
    in: 'query',
    name: 'key',
    description:
      'A secret key in the URL, for clients whose contract has no other way. URLs end up in histories, logs and ' +
      'referrers that are not ours: prefer a header wherever you can.',
  },
} as const;

/** RFC 9457 problem details, as `problemJson` renders them. */
export const problemSchema = {
  type: 'object',
  description: 'Why a request was not answered (RFC 9457).',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string', format: 'uri-reference', description: 'Identifies the kind of problem.' },
    title: { type: 'string', description: 'The kind of problem in words.' },
    status: { type: 'integer', description: 'The HTTP status.' },
    code: { type: 'string', description: 'The kind of problem for programs; stable.' },
    detail: { type: 'string', description: 'What to do about this one.' },
    field: { type: 'string', description: 'The parameter, header or JSON pointer at fault.' },
  },
} as const;
