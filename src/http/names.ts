/** Path and query parameters of our own API, checked by one schema each. */
import { z, type ZodType } from 'zod';
import { Problem } from '../foundation/problem.ts';
import { problemOf } from './json-body.ts';
import type { Query } from './query.ts';

/** @throws invalid_request that names the parameter. */
export const parseNames = (
  shape: Readonly<Record<string, ZodType>>,
  valueOf: (name: string) => string | undefined,
  place: 'path' | 'query',
): Readonly<Record<string, unknown>> => {
  const names = Object.keys(shape);
  if (names.length === 0) return {};
  const parsed = z.object(shape).safeParse(Object.fromEntries(names.map((name) => [name, valueOf(name)])));
  if (!parsed.success) throw problemOf(parsed.error, place);
  return parsed.data;
};

/**
 * One query parameter; undefined where there is none.
 * @throws invalid_request where it comes twice or is not percent-encoded UTF-8: which of two would count is nothing to guess.
 */
export const queryValue = ({ values, duplicated, malformed }: Query, name: string): string | undefined => {
  if (!duplicated.has(name) && !malformed.has(name)) return values.get(name);
  throw new Problem(400, 'invalid_request', 'Something in the request is missing or not valid', {
    detail: duplicated.has(name)
      ? 'This parameter was given more than once.'
      : 'This is not percent-encoded UTF-8.',
    field: name,
  });
};
