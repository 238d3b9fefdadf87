/** Writes `src/api/*.gen.ts` from `docs/openapi.json`: `node dashboard/scripts/generate-types.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { typeOf, type Schema } from './schema-type.ts';

type Media = Readonly<Record<string, { readonly schema?: Schema }>>;

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly content: Media };
  readonly responses: Readonly<Record<string, { readonly content?: Media }>>;
}

export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

const schemaOf = (content: Media | undefined): Schema | undefined =>
  Object.entries(content ?? {}).find(([type]) => type.startsWith('application/json'))?.[1].schema;

/** What an operation's successful replies hold: JSON, of several statuses perhaps, else a file, or nothing. */
const replyOf = ({ responses }: Operation, named: Readonly<Record<string, Schema>>): string => {
  const contents = Object.entries(responses)
    .filter(([status]) => status.startsWith('2'))
    .map(([, { content }]) => content);
  const types = contents.flatMap((content) => {
    const schema = schemaOf(content);
    return schema === undefined ? [] : [typeOf(schema, named)];
  });
  if (types.length > 0) return [...new Set(types)].join(' | ');
  const [first] = contents;
  return first === undefined || Object.keys(first).length === 0 ? 'undefined' : 'Blob';
};

/** The files by name: the types of each operation under `/v1`, and the table of their methods and paths. */
export const generate = (document: OpenApiDocument): Readonly<Record<string, string>> => {
  const named = document.components?.schemas ?? {};
  const found = Object.entries(document.paths)
    .filter(([path]) => path.startsWith('/v1/'))
    .flatMap(([path, methods]) => Object.entries(methods).map(([method, it]) => ({ path, method, it })))
    .sort((a, b) => (a.it.operationId < b.it.operationId ? -1 : 1));
  const inputs = (it: Operation, place: string): string => {
    const own = (it.parameters ?? []).filter((parameter) => parameter.in === place);
    if (own.length === 0) return 'undefined';
    const properties = Object.fromEntries(own.map(({ name, schema }) => [name, schema]));
    const required = own.filter((parameter) => parameter.required === true).map(({ name }) => name);
    return typeOf({ type: 'object', properties, required }, named);
  };
  const types = found.map(({ it }) => {
    const body = schemaOf(it.requestBody?.content);
    return [
      `  '${it.operationId}': {`,
      `    params: ${inputs(it, 'path')};`,
      `    query: ${inputs(it, 'query')};`,
      `    body: ${body === undefined ? 'undefined' : typeOf(body, named)};`,
      `    reply: ${replyOf(it, named)};`,
      '  };',
    ].join('\n');
  });
  const table = found.map(
    ({ path, method, it }) => `  '${it.operationId}': ['${method.toUpperCase()}', '${path}'],`,
  );
  const written =
    '/** Written by dashboard/scripts/generate-types.ts from docs/openapi.json; not by hand. */';
  return {
    'types.gen.ts': [written, 'export interface Operations {', ...types, '}', ''].join('\n'),
    'operations.gen.ts': [
      written,
      "import type { Operations } from './types.gen.ts';",
      '',
      '/** Method and path template of each operation. */',
      'export const OPERATIONS = {',
      ...table,
      '} as const satisfies Record<keyof Operations, readonly [string, string]>;',
      '',
    ].join('\n'),
  };
};

if (import.meta.main) {
  const read = new URL('../../docs/openapi.json', import.meta.url);
  const document = JSON.parse(readFileSync(read, 'utf8')) as OpenApiDocument;
  for (const [name, text] of Object.entries(generate(document)))
    writeFileSync(new URL(`../src/api/${name}`, import.meta.url), text);
}
