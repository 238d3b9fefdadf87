import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { openApiDocument } from './openapi.ts';
import type { AnyRoute, ErrorForm } from './route.ts';

const INFO = {
  title: 'Vouchsafe',
  version: '1.2.3',
  description: 'Data APIs',
  tags: { Geocoding: 'Places' },
};

const contractForm: ErrorForm = ({ status }, { quota }) => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify({ status: { code: status }, remaining: quota?.remaining }),
});

const docs: AnyRoute['docs'] = {
  summary: 'Finds places',
  description: 'Forward and reverse.',
  tag: 'Geocoding',
  query: {
    q: {
      schema: z
        .string()
        .min(2)
        .describe('What to look for')
        .meta({ examples: ['Paris, Texas'] }),
      required: true,
    },
    limit: {
      schema: z.coerce.number().int().min(1).max(100).default(10).describe('How many'),
      required: false,
    },
  },
  replies: { 200: { description: 'Places', type: 'application/json', schema: z.object({ total: z.int() }) } },
};

const keyed: AnyRoute = {
  operation: 'geocoding.query',
  method: 'GET',
  path: '/geocode/v1/json',
  access: { secretKey: 'geocoding:read' },
  cost: 2,
  errors: contractForm,
  overPlainHttp: 'redirect',
  docs,
  parse: () => undefined,
  handle: () => ({ status: 200, headers: {}, body: '' }),
};

const open: AnyRoute = {
  ...keyed,
  operation: 'keys.show',
  path: '/v1/keys/:keyId',
  access: { public: 'for this test' },
  docs: { ...docs, tag: 'Keys', query: {}, path: { keyId: z.string().describe('The key') } },
};
delete (open as { errors?: ErrorForm }).errors;
const files: AnyRoute = { ...open, operation: 'assets.show', path: '/assets/*' };

interface Operation {
  readonly [key: string]: unknown;
  readonly operationId: string;
  readonly parameters: readonly unknown[];
  readonly responses: Readonly<
    Record<
      string,
      { description: string; content: Readonly<Record<string, { example?: unknown; schema?: unknown }>> }
    >
  >;
  readonly security: readonly unknown[];
}

const operations = (
  routes: readonly AnyRoute[],
): Readonly<Record<string, Readonly<Record<string, Operation>>>> =>
  openApiDocument(routes, INFO)['paths'] as Readonly<Record<string, Readonly<Record<string, Operation>>>>;

const query = (): Operation => operations([keyed])['/geocode/v1/json']!['get']!;

test('names an operation as the route table does', () => {
  assert.equal(query().operationId, 'geocoding.query');
  assert.deepEqual(
    [query()['tags'], query()['summary'], query()['x-cost']],
    [['Geocoding'], 'Finds places', 2],
  );
});

test('describes query parameters as callers send them', () => {
  assert.deepEqual(query().parameters[0], {
    name: 'q',
    in: 'query',
    required: true,
    description: 'What to look for',
    schema: { type: 'string', minLength: 2, examples: ['Paris, Texas'] },
  });
  const limit = query().parameters[1] as { required: boolean; schema: { default: number } };
  assert.deepEqual([limit.required, limit.schema.default], [false, 10]);
});

test('turns path parameters into templates, and leaves out what catches unknown paths', () => {
  const paths = operations([open, files]);
  assert.deepEqual(paths['/v1/keys/{keyId}']!['get']!.parameters, [
    { name: 'keyId', in: 'path', required: true, description: 'The key', schema: { type: 'string' } },
  ]);
  assert.deepEqual(Object.keys(paths), ['/v1/keys/{keyId}']);
});

test('puts the methods of one path together', () => {
  const both = operations([open, { ...open, operation: 'keys.delete', method: 'DELETE' }]);
  assert.deepEqual(Object.keys(both['/v1/keys/{keyId}']!), ['delete', 'get']);
});

test('lists the errors of a keyed route in the form in which it gives them', () => {
  const { responses } = query();
  assert.deepEqual(Object.keys(responses), ['200', '400', '401', '402', '403', '405', '429', '500', '503']);
  assert.deepEqual(responses['402']!.content, {
    'application/json': { example: { status: { code: 402 }, remaining: 0 } },
  });
  assert.deepEqual(responses['200']!.content['application/json']!.schema, {
    type: 'object',
    properties: {
      total: { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
    },
    required: ['total'],
    additionalProperties: false,
  });
});

test('asks a public route for no key, and lists no errors of keys', () => {
  const { security, responses } = operations([open])['/v1/keys/{keyId}']!['get']!;
  assert.deepEqual(security, []);
  assert.deepEqual(Object.keys(responses), ['200', '400', '405', '500']);
  assert.deepEqual(responses['400']!.content['application/problem+json']!.schema, {
    $ref: '#/components/schemas/Problem',
  });
});

test('lets a route describe an error better than the general sentence', () => {
  const own = {
    ...keyed,
    docs: {
      ...docs,
      replies: { ...docs.replies, 400: { description: 'Own words', type: 'application/json' } },
    },
  };
  assert.equal(operations([own])['/geocode/v1/json']!['get']!.responses['400']!.description, 'Own words');
});

test('offers every way to send a key, headers first', () => {
  const names = query().security.map((requirement) => Object.entries(requirement as object)[0]);
  assert.deepEqual(names, [
    ['bearer', ['geocoding:read']],
    ['apiKeyHeader', ['geocoding:read']],
    ['basic', ['geocoding:read']],
    ['keyParameter', ['geocoding:read']],
  ]);
  const { components } = openApiDocument([keyed], INFO) as {
    components: { securitySchemes: Record<string, { description: string }> };
  };
  for (const entry of names) assert.ok(entry[0] in components.securitySchemes);
  assert.match(components.securitySchemes['keyParameter']!.description, /prefer a header/);
});

test('refers to nothing that it does not contain', () => {
  const document = openApiDocument([keyed, open, files], INFO);
  for (const [, pointer = ''] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    const found = pointer
      .split('/')
      .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document);
    assert.notEqual(found, undefined, pointer);
  }
});

const text = (routes: readonly AnyRoute[]): string => JSON.stringify(openApiDocument(routes, INFO));

test('is the same text whatever the order of the routes', () => {
  assert.equal(text([keyed, open, files]), text([files, keyed, open]));
});

test('lists the tags that are described, and then those that are not', () => {
  assert.deepEqual(openApiDocument([keyed, open], INFO)['tags'], [
    { name: 'Geocoding', description: 'Places' },
    { name: 'Keys' },
  ]);
});

const member: AnyRoute = {
  ...open,
  operation: 'keys.rotate',
  method: 'POST',
  path: '/v1/companies/:company/keys/:key/rotate',
  access: { member: 'keys.change' },
  fresh: true,
  docs: {
    ...docs,
    tag: 'Keys',
    query: {},
    body: z.strictObject({ overlap_hours: z.int().min(0).max(168).default(24) }),
    replies: { 409: { description: 'Revoked meanwhile', type: 'application/problem+json' } },
  },
};
const removal: AnyRoute = {
  ...open,
  operation: 'session.end',
  method: 'DELETE',
  path: '/v1/session',
  access: { session: true },
  docs: { ...docs, tag: 'Sessions', query: {}, replies: { 204: { description: 'Ended', type: '' } } },
};

interface Described extends Operation {
  readonly description: string;
  readonly security: readonly unknown[];
  readonly requestBody?: { readonly required: boolean };
}

const describedOf = (route: AnyRoute): Described => {
  const { paths } = openApiDocument([route], INFO) as { paths: Record<string, Record<string, Described>> };
  return Object.values(Object.values(paths)[0]!)[0]!;
};

test('asks a route of people for their session, and says which proof and permission it needs', () => {
  const operation = describedOf(member);
  assert.deepEqual(operation.security, [{ session: [] }]);
  assert.match(operation.description, /permission `keys.change`/);
  assert.match(operation.description, /last ten minutes/);
  assert.equal(operation.requestBody?.required, true);
  assert.deepEqual(describedOf({ ...removal, access: { pending: true } }).security, [{ pending: [] }]);
});

test('shows every problem code that a status may come with', () => {
  const { responses } = describedOf(member) as unknown as {
    responses: Record<string, { content: Record<string, { examples?: object; schema?: object }> }>;
  };
  const media = (status: number): { examples?: object; schema?: object } =>
    responses[String(status)]!.content['application/problem+json']!;
  assert.deepEqual(Object.keys(media(403).examples!), [
    'cross_site',
    'forbidden',
    'second_factor_required',
    'fresh_proof_required',
  ]);
  assert.deepEqual(media(409).schema, { $ref: '#/components/schemas/Problem' });
  for (const status of [400, 401, 404, 413, 415, 429, 503])
    assert.ok(responses[String(status)], String(status));
  assert.equal(responses['402'], undefined);
});

test('describes an answer without content as one', () => {
  const { responses } = describedOf(removal) as unknown as { responses: Record<string, object> };
  assert.deepEqual(responses['204'], { description: 'Ended' });
});
