/** The OpenAPI 3.1 document, drawn from the route table so that it cannot describe what is not there. */
import { z, type ZodType } from 'zod';
import { Problem } from '../foundation/problem.ts';
import {
  ERRORS_OF_EVERY_ROUTE,
  ERRORS_OF_KEYED_ROUTES,
  problemSchema,
  securitySchemes,
} from './openapi-parts.ts';
import { problemJson } from './problem-json.ts';
import type { AnyRoute, ErrorForm } from './route.ts';

export interface OpenApiInfo {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  /** The origin of the installation; `/`, the document's own origin, where it is left out. */
  readonly serverUrl?: string;
  /** What each tag is about, in the order in which they are shown. */
  readonly tags?: Readonly<Record<string, string>>;
}

type Json = Record<string, unknown>;

/** JSON Schema 2020-12 of what a caller sends (`input`) or gets (`output`). */
const jsonSchema = (schema: ZodType, io: 'input' | 'output'): Json => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io });
  return rest;
};

const parameter = (name: string, place: 'query' | 'path', required: boolean, schema: ZodType): Json => {
  const { description, ...rest } = jsonSchema(schema, 'input');
  return { name, in: place, required, ...(description === undefined ? {} : { description }), schema: rest };
};

/** find-my-way's `:name` and `*` as OpenAPI's templates. */
const templateOf = (path: string): string =>
  path.replaceAll(/:([A-Za-z0-9]+)/g, '{$1}').replace(/\*$/, '{path}');

const pathParameters = ({ path, docs }: AnyRoute): Json[] =>
  [...templateOf(path).matchAll(/\{([^}]+)\}/g)].map(([, name = '']) =>
    parameter(name, 'path', true, docs.path?.[name] ?? z.string()),
  );

/** Shows an error in the form in which this route gives it. */
const errorReply = (errors: ErrorForm, status: number, code: string, title: string): Json => {
  const problem = new Problem(status, code, title);
  const quota = status === 402 ? { limit: 2_500, remaining: 0, resetSeconds: 0 } : undefined;
  const reply = errors(problem, { now: 0, quota, request: undefined });
  const type = (reply.headers['content-type'] ?? 'application/octet-stream').split(';', 1)[0] ?? '';
  const media: Json = errors === problemJson ? { schema: { $ref: '#/components/schemas/Problem' } } : {};
  if (type.endsWith('json') && typeof reply.body === 'string') media['example'] = JSON.parse(reply.body);
  return { description: title, content: { [type]: media } };
};

const repliesOf = (route: AnyRoute): Json => {
  const { docs, access, errors = problemJson } = route;
  const replies: Json = {};
  const expected =
    'public' in access ? ERRORS_OF_EVERY_ROUTE : [...ERRORS_OF_EVERY_ROUTE, ...ERRORS_OF_KEYED_ROUTES];
  for (const { status, code, title } of expected)
    replies[String(status)] = errorReply(errors, status, code, title);
  // What the route says about a status goes before what holds for all.
  for (const [status, { description, type, schema }] of Object.entries(docs.replies)) {
    const media = schema === undefined ? {} : { schema: jsonSchema(schema, 'output') };
    replies[status] = { description, content: { [type]: media } };
  }
  return replies;
};

const operationOf = (route: AnyRoute): Json => {
  const { docs, access, operation, cost } = route;
  const query = Object.entries(docs.query).map(([name, { schema, required }]) =>
    parameter(name, 'query', required, schema),
  );
  return {
    operationId: operation,
    summary: docs.summary,
    description: docs.description,
    tags: [docs.tag],
    parameters: [...pathParameters(route), ...query],
    ...(docs.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: jsonSchema(docs.body, 'input') } },
          },
        }),
    responses: repliesOf(route),
    // An empty list, not a missing one, says that no key is needed.
    security:
      'public' in access ? [] : Object.keys(securitySchemes).map((name) => ({ [name]: [access.secretKey] })),
    'x-cost': cost,
  };
};

/**
 * The document of a route table; the same table gives the same bytes under `JSON.stringify`, whatever its order.
 * Throws where a schema of a route cannot be said in JSON Schema.
 */
export const openApiDocument = (routes: readonly AnyRoute[], info: OpenApiInfo): Record<string, unknown> => {
  const paths: Record<string, Json> = {};
  // A route with `*` answers what is not there in a contract's own form; it is nothing to call.
  const byPlace = routes
    .filter(({ path }) => !path.endsWith('*'))
    .sort((a, b) => (`${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1));
  for (const route of byPlace) {
    const template = templateOf(route.path);
    (paths[template] ??= {})[route.method.toLowerCase()] = operationOf(route);
  }
  const described = Object.entries(info.tags ?? {}).map(([name, description]) => ({ name, description }));
  const used = [...new Set(byPlace.map(({ docs }) => docs.tag))];
  const undescribed = used.filter((tag) => info.tags?.[tag] === undefined).map((name) => ({ name }));
  return {
    openapi: '3.1.0',
    info: {
      title: info.title,
      version: info.version,
      description: info.description,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: info.serverUrl ?? '/' }],
    tags: [...described, ...undescribed],
    paths,
    components: { securitySchemes, schemas: { Problem: problemSchema } },
  };
};
