/** Which rows of all that match are wanted: `limit` and `offset`, and on reads the header `Range`. */
import { refuseNegativeLimit, refuseReversedRange } from './problems.ts';

/** Rows from `offset` on, `limit` at most; `limit` is never above the cap. */
export interface RowRange {
  readonly offset: number;
  readonly limit: number;
}

const RANGE = /^([0-9]{1,15})-([0-9]{0,15})$/;

/**
 * Puts both together: what both ask for is given, as in PostgREST. A `Range` of another form is ignored (RFC 9110
 * §14.2). Throws PGRST103.
 * @param header the value of `Range`, on GET and HEAD only.
 * @param cap rows at most in one answer, whatever is asked for.
 */
export const chooseRange = (
  query: { readonly limit?: number; readonly offset: number },
  header: string | undefined,
  cap: number,
): RowRange => {
  if (query.limit !== undefined && query.limit < 0) throw refuseNegativeLimit();
  const [, from, to = ''] = RANGE.exec(header ?? '') ?? [];
  const low = Number(from ?? 0);
  const high = to === '' ? Infinity : Number(to);
  if (low > high) throw refuseReversedRange();
  const offset = Math.max(query.offset, low);
  const end = Math.min(high + 1, query.offset + (query.limit ?? Infinity));
  if (end < offset && query.limit !== 0) throw refuseReversedRange();
  return { offset, limit: Math.min(cap, Math.max(0, end - offset)) };
};
