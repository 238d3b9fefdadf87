/** `fields=country.code,currency`: which parts of an answer are wanted. */
import { z, type ZodType } from 'zod';
import { Problem } from '../../foundation/problem.ts';
import { queryValue } from '../../http/names.ts';
import type { Query } from '../../http/query.ts';
import { bytesOf, textOf } from './byte-text.ts';
import { visitorSchema } from './schemas.ts';

/** Names that are wanted, and of each those within it; `true` takes the whole. */
export interface Selection {
  readonly [name: string]: Selection | true;
}

const MOST_FIELDS = 64;
const LONGEST = 1_000;

const invalid = (detail: string): Problem =>
  new Problem(400, 'invalid_request', 'Something in the request is missing or not valid', {
    detail,
    field: 'fields',
  });

const unwrapped = (schema: unknown): unknown => {
  if (schema instanceof z.ZodOptional) return unwrapped(schema.unwrap());
  return schema instanceof z.ZodArray ? unwrapped(schema.element) : schema;
};

/** Whether the answer's schema has a member at this path. Members of an array's entries count as the array's. */
const isKnown = (path: readonly string[]): boolean => {
  let schema: unknown = visitorSchema;
  for (const name of path) {
    const at = unwrapped(schema);
    if (!(at instanceof z.ZodObject) || !Object.hasOwn(at.shape, name)) return false;
    schema = (at.shape as Readonly<Record<string, ZodType>>)[name];
  }
  return true;
};

type Growing = Map<string, Growing | true>;

const put = (tree: Growing, [name = '', ...rest]: readonly string[]): void => {
  const within = tree.get(name);
  if (within === true) return;
  if (rest.length === 0) {
    tree.set(name, true);
    return;
  }
  const next: Growing = within ?? new Map();
  tree.set(name, next);
  put(next, rest);
};

const frozen = (tree: Growing): Selection =>
  Object.fromEntries([...tree].map(([name, within]) => [name, within === true ? true : frozen(within)]));

/**
 * @returns undefined where nothing is asked for, which means everything.
 * @throws {Problem} invalid_request, field `fields`, where a name is none of the answer's.
 */
export const readFields = (text: string | undefined): Selection | undefined => {
  if (text === undefined || text.trim() === '') return undefined;
  if (text.length > LONGEST) throw invalid(`At most ${LONGEST} characters.`);
  const names = text.split(',').map((name) => name.trim());
  if (names.length > MOST_FIELDS) throw invalid(`At most ${MOST_FIELDS} names.`);
  const tree: Growing = new Map();
  for (const name of names) {
    const path = name.split('.');
    if (!isKnown(path)) throw invalid('Every name has to be one of the answer’s: address, country.code, …');
    put(tree, path);
  }
  return frozen(tree);
};

/** The same from a query. @throws {Problem} invalid_request. */
export const fieldsOf = (query: Query): Selection | undefined => readFields(queryValue(query, 'fields'));

/** What is wanted of a value, in the order in which it was. */
export const pick = (value: unknown, selection: Selection): unknown => {
  if (Array.isArray(value)) return value.map((one) => pick(one, selection));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, within]): [string, unknown][] => {
      const wanted = Object.hasOwn(selection, name) ? selection[name] : undefined;
      if (wanted === undefined) return [];
      return [[name, wanted === true ? within : pick(within, wanted)]];
    }),
  );
};

/** The same of a JSON object's bytes (`byte-text.ts`); all of them where nothing was selected. */
export const pickText = (json: string, selection: Selection | undefined): string =>
  selection === undefined ? json : bytesOf(JSON.stringify(pick(JSON.parse(textOf(json)), selection)));

/** How the parameter is described. */
export const fieldsParameter = {
  schema: z
    .string()
    .max(LONGEST)
    .describe(
      'Only these parts of the answer, by their names with dots, parted by commas. All where left out.',
    )
    .meta({ example: 'country.code,country.currency,city' }),
  required: false,
};
