/** Path and query parameters of our own API, checked by one schema each. */
import { z, type ZodType } from 'zod';
import { Problem } from '../foundation/problem.ts';
import { problemOf } from './json-body.ts';
import type { Query } from './query.ts';

const refuse = (name: string, detail: string): Problem =>
  new Problem(400, 'invalid_request', 'Something in the request is missing or not valid', {
    detail,
    field: name,
  });

/** No text of PostgreSQL can hold it, and none of ours has it. */
const ZERO = '\0';

/** @throws invalid_request that names the parameter. */
export const parseNames = (
  shape: Readonly<Record<string, ZodType>>,
  valueOf: (name: string) => string | undefined,
  place: 'path' | 'query',
): Readonly<Record<string, unknown>> => {
  const names = Object.keys(shape);
  if (names.length === 0) return {};
  const values = names.map((name) => [name, valueOf(name)] as const);
  for (const [name, value] of values)
    if (value?.includes(ZERO) === true) throw refuse(name, 'This has a zero byte in it.');
  const parsed = z.object(shape).safeParse(Object.fromEntries(values));
  if (!parsed.success) throw problemOf(parsed.error, place);
  return parsed.data;
};

/**
 * One query parameter; undefined where there is none.
 * @throws invalid_request where it comes twice or is not percent-encoded UTF-8: which of two would count is nothing to guess.
 */
export const queryValue = ({ values, duplicated, malformed }: Query, name: string): string | undefined => {
  if (!duplicated.has(name) && !malformed.has(name)) return values.get(name);
  throw refuse(
    name,
    duplicated.has(name) ? 'This parameter was given more than once.' : 'This is not percent-encoded UTF-8.',
  );
};
