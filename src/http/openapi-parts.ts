/** The parts of the OpenAPI document that are the same for every route. */
import { PROOF_METHODS } from '../foundation/problem.ts';
import { isForBrowsers } from './cors.ts';
import type { Access, AnyRoute } from './route.ts';

/** One way in which requests end. */
export interface ExpectedError {
  readonly status: number;
  readonly code: string;
  readonly title: string;
}

/** What any request can end with. */
const ALWAYS: readonly ExpectedError[] = [
  { status: 400, code: 'invalid_request', title: 'A parameter is missing or not valid' },
  { status: 405, code: 'method_not_allowed', title: 'This path does not answer this method' },
  { status: 500, code: 'internal', title: 'Something went wrong on our side' },
];

/** What a request can end with besides, where a key is needed. */
const WITH_KEY: readonly ExpectedError[] = [
  { status: 401, code: 'invalid_key', title: 'No valid key' },
  { status: 402, code: 'quota_exceeded', title: "The project's quota for today is used up" },
  { status: 403, code: 'forbidden', title: 'The key does not have the scope for this' },
  { status: 429, code: 'rate_limited', title: 'Too many requests in this second' },
  { status: 503, code: 'unavailable', title: 'The database cannot be reached at the moment' },
];

const WITH_PAGE: readonly ExpectedError[] = [
  { status: 403, code: 'origin_not_allowed', title: 'The page is not of an authorised domain' },
  { status: 403, code: 'origin_missing', title: 'A project id came without the origin of a page' },
  { status: 403, code: 'no_domain', title: 'The project has no authorised domain' },
  { status: 403, code: 'secret_in_browser', title: 'A secret key was sent by a page' },
];

const WITH_SESSION: readonly ExpectedError[] = [
  { status: 401, code: 'sign_in_required', title: 'There is no session, or it is over' },
  { status: 403, code: 'cross_site', title: 'This was not sent by a page of this site' },
  { status: 429, code: 'rate_limited', title: 'Too many requests in this second' },
  { status: 503, code: 'unavailable', title: 'The database cannot be reached at the moment' },
];

const AS_MEMBER: readonly ExpectedError[] = [
  { status: 403, code: 'forbidden', title: 'The role in this company does not allow this' },
  { status: 403, code: 'second_factor_required', title: 'This company requires a second factor' },
  { status: 404, code: 'company_not_found', title: 'There is no such company for this user' },
];

const WITHOUT_CREDENTIAL_CHANGING: readonly ExpectedError[] = [
  { status: 403, code: 'cross_site', title: 'This was not sent by a page of this site' },
  { status: 429, code: 'rate_limited', title: 'Too many attempts' },
  { status: 503, code: 'unavailable', title: 'The database cannot be reached at the moment' },
];

const WITH_BODY: readonly ExpectedError[] = [
  { status: 400, code: 'invalid_json', title: 'The body is not valid JSON' },
  { status: 413, code: 'body_too_large', title: 'The body of the request is too large' },
  { status: 415, code: 'unsupported_media_type', title: 'The body has to be JSON' },
];

const FRESH: ExpectedError = {
  status: 403,
  code: 'fresh_proof_required',
  title: 'The last proof of who one is was more than ten minutes ago',
};

/** What a route can end with by what it is, by status and in the order in which it is decided. */
export const expectedErrors = ({
  access,
  method,
  fresh,
  docs,
}: AnyRoute): ReadonlyMap<number, readonly ExpectedError[]> => {
  const all = [...ALWAYS];
  if (docs.body !== undefined) all.push(...WITH_BODY);
  if (isForBrowsers(access)) all.push(...WITH_PAGE);
  if ('secretKey' in access) all.push(...WITH_KEY);
  else if (!('public' in access)) all.push(...WITH_SESSION);
  else if (method !== 'GET') all.push(...WITHOUT_CREDENTIAL_CHANGING);
  if ('member' in access) all.push(...AS_MEMBER);
  if (fresh === true) all.push(FRESH);
  return Map.groupBy(all, ({ status }) => status);
};

/** The ways in which a secret key may come, the ones to prefer first. */
const keySchemes = {
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

/** How pages of authorised domains say which project they call, where a route is safe for them. */
const pageSchemes = {
  publicKey: {
    type: 'apiKey',
    in: 'query',
    name: 'key',
    description:
      'The public key of a pair (`vs_pk_live_…`), from pages of an authorised domain of its project. It may stand in the ' +
      'page; `Authorization: Bearer` and `X-Api-Key` take it as well, at the price of a preflight.',
  },
  projectId: {
    type: 'apiKey',
    in: 'query',
    name: 'pid',
    description: 'The id of a project (`prj_…`), from pages of one of its authorised domains.',
  },
} as const;

const sessionSchemes = {
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-vs-session',
    description:
      'A session, kept by the browser. Requests other than GET must come from a page of this origin (`Sec-Fetch-Site: ' +
      'same-origin`), or say its public URL as `Origin`. Answers may bring a younger token in `Set-Cookie`.',
  },
} as const;

const pendingSchemes = {
  pending: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-vs-pending',
    description: 'Ten minutes between the password and the second factor; no other endpoint takes it.',
  },
} as const;

/** Every way of identifying oneself. */
export const securitySchemes = {
  ...keySchemes,
  ...pageSchemes,
  ...sessionSchemes,
  ...pendingSchemes,
} as const;

/** The ways in which one route may be called; an empty list, not a missing one, says that nothing is needed. */
export const securityOf = (access: Access): readonly Readonly<Record<string, readonly string[]>>[] => {
  if ('public' in access) return [];
  if ('secretKey' in access) {
    const names = [...Object.keys(keySchemes), ...(isForBrowsers(access) ? Object.keys(pageSchemes) : [])];
    return names.map((name) => ({ [name]: [access.secretKey] }));
  }
  return 'pending' in access ? [{ pending: [] }] : [{ session: [] }];
};

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
    methods: {
      type: 'array',
      items: { type: 'string', enum: PROOF_METHODS },
      description: 'With `fresh_proof_required`: the proofs that would do.',
    },
  },
} as const;
