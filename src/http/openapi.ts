/** The OpenAPI 3.1 document, drawn from the route table so that it cannot describe what is not there. */
import { z, type ZodType } from 'zod';
import { Problem } from '../foundation/problem.ts';
import {
  expectedErrors,
  problemSchema,
  securityOf,
  securitySchemes,
  type ExpectedError,
} from './openapi-parts.ts';
import { isProblemForm, problemJson } from './problem-json.ts';
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

/** An error as this route gives it: its media type, and its body as an example where that is JSON. */
const sampleOf = (
  errors: ErrorForm,
  { status, code, title }: ExpectedError,
): { type: string; example?: unknown } => {
  const quota = status === 402 ? { limit: 2_500, remaining: 0, resetSeconds: 0 } : undefined;
  const reply = errors(new Problem(status, code, title), { now: 0, quota, request: undefined });
  const type = (reply.headers['content-type'] ?? 'application/octet-stream').split(';', 1)[0] ?? '';
  const isJson = type.endsWith('json') && typeof reply.body === 'string';
  return isJson ? { type, example: JSON.parse(reply.body) as unknown } : { type };
};

/** Shows the errors of one status in the form in which this route gives them. */
const errorReply = (errors: ErrorForm, expected: readonly ExpectedError[]): Json => {
  const samples = expected.map((one) => ({ ...one, ...sampleOf(errors, one) }));
  const media: Json = isProblemForm(errors) ? { schema: { $ref: '#/components/schemas/Problem' } } : {};
  const [first] = samples;
  if (samples.length === 1 && first?.example !== undefined) media['example'] = first.example;
  if (samples.length > 1) {
    media['examples'] = Object.fromEntries(
      samples.map(({ code, title, example }) => [code, { summary: title, value: example }]),
    );
  }
  const description = samples.map(({ title }) => title).join('; or: ');
  return { description, content: { [first?.type ?? 'application/problem+json']: media } };
};

const problemCodes = (expected: readonly ExpectedError[]): string =>
  expected.map(({ code }) => `\`${code}\``).join(', ');

const repliesOf = (route: AnyRoute): Json => {
  const { docs, errors = problemJson } = route;
  const replies: Json = {};
  const expected = expectedErrors(route);
  for (const [status, ones] of expected) replies[String(status)] = errorReply(errors, ones);
  // What the route says about a status goes before what holds for all.
  for (const [status, { description, type, schema }] of Object.entries(docs.replies)) {
    if (status === '204') {
      replies[status] = { description };
      continue;
    }
    if (type === 'application/problem+json' && schema === undefined) {
      const others = expected.get(Number(status)) ?? [];
      const more = others.length === 0 ? '' : ` (also ${problemCodes(others)})`;
      const media = { schema: { $ref: '#/components/schemas/Problem' } };
      replies[status] = { description: description + more, content: { [type]: media } };
      continue;
    }
    const media = schema === undefined ? {} : { schema: jsonSchema(schema, 'output') };
    replies[status] = { description, content: { [type]: media } };
  }
  return replies;
};

/** What the access of a route means for whoever calls it. */
const descriptionOf = ({ docs, access, fresh }: AnyRoute): string => {
  const parts = [docs.description];
  if ('member' in access) parts.push(`Needs a role with the permission \`${access.member}\`.`);
  if (fresh === true) {
    parts.push('Needs a proof of who you are from the last ten minutes (`POST /v1/session/proof`).');
  }
  return parts.join('\n\n');
};

const operationOf = (route: AnyRoute): Json => {
  const { docs, access, operation, cost } = route;
  const query = Object.entries(docs.query).map(([name, { schema, required }]) =>
    parameter(name, 'query', required, schema),
  );
  return {
    operationId: operation,
    summary: docs.summary,
    description: descriptionOf(route),
    tags: [docs.tag],
    parameters: [...pathParameters(route), ...query],
    ...(docs.body === undefined
      ? {}
      : {
          requestBody: {
            required: docs.bodyIsOptional !== true,
            content: { 'application/json': { schema: jsonSchema(docs.body, 'input') } },
          },
        }),
    responses: repliesOf(route),
    security: securityOf(access),
    'x-cost': cost,
  };
};

/**
 * Takes the named schemas out of the places where zod put them: a `$ref` of an OpenAPI document is read from its root.
 * Throws where one name stands for two schemas.
 */
const hoistNamed = (part: unknown, into: Json): unknown => {
  if (Array.isArray(part)) return part.map((one) => hoistNamed(one, into));
  if (typeof part !== 'object' || part === null) return part;
  const { $defs = {}, ...rest } = part as Json;
  for (const [name, schema] of Object.entries($defs as Json)) {
    const hoisted = hoistNamed(schema, into);
    if (into[name] !== undefined && JSON.stringify(into[name]) !== JSON.stringify(hoisted))
      throw new Error(`two schemas are named ${name}`);
    into[name] = hoisted;
  }
  return Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [
      key,
      key === '$ref' && typeof value === 'string'
        ? value.replace(/^#\/\$defs\//, '#/components/schemas/')
        : hoistNamed(value, into),
    ]),
  );
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
  const named: Json = {};
  const hoisted = hoistNamed(paths, named);
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
    paths: hoisted,
    components: { securitySchemes, schemas: { Problem: problemSchema, ...named } },
  };
};
