/** Which page is calling, as far as its browser says so; and whether it may. Pure. */
import { canonicalOrigin, isLoopbackHost } from '../foundation/origin.ts';
import { ok, refused, type Result } from '../foundation/result.ts';
import type { Request } from '../http/route.ts';

/** Why a page may not call. Said openly: whoever builds the page needs it, and nobody else learns anything. */
export type OriginReason = 'origin-missing' | 'origin-not-allowed' | 'no-domain';

/** The origins of one project. */
export interface OriginRules<Value> {
  /** By the canonical origin, https alone. */
  readonly origins: ReadonlyMap<string, Value>;
  /** What pages of the developer's own machine are, where the project lets them in. */
  readonly local: Value | undefined;
}

/** The part of a Referer before its path; what comes after is not looked at. */
const beforePath = (referer: string): string => {
  const scheme = referer.indexOf('://');
  const path = scheme === -1 ? -1 : referer.indexOf('/', scheme + 3);
  return path === -1 ? referer : referer.slice(0, path);
};

/** Requests that no script can read the answer of, or that a click on a link makes (Fetch Metadata, `Sec-Fetch-Mode`). */
const isScripted = (mode: string | undefined): boolean =>
  mode === undefined || mode === 'cors' || mode === 'same-origin';

/** Whether a page sent it; servers send neither field. */
export const isFromPage = (request: Request): boolean =>
  request.exposeHeader('origin') !== undefined || request.exposeHeader('referer') !== undefined;

/**
 * The canonical origin of the calling page. `Referer` is asked only where there is no `Origin` at all, as with same-origin
 * reads; where there is one that is `null` or no origin, nothing else can make up for it.
 */
export const originOfPage = (request: Request): Result<string, Exclude<OriginReason, 'no-domain'>> => {
  if (!isScripted(request.exposeHeader('sec-fetch-mode'))) return refused('origin-not-allowed');
  let claimed = request.exposeHeader('origin');
  if (claimed === undefined) {
    const referer = request.exposeHeader('referer');
    if (referer === undefined) return refused('origin-missing');
    claimed = beforePath(referer);
  }
  const origin = canonicalOrigin(claimed);
  return origin === undefined ? refused('origin-not-allowed') : ok(origin);
};

/** What stands behind a canonical origin: the very same text in the list, or the developer's own machine. */
export const matchOrigin = <Value>(
  { origins, local }: OriginRules<Value>,
  origin: string,
): Value | undefined => {
  const listed = origins.get(origin);
  if (listed !== undefined || local === undefined) return listed;
  return isLoopbackHost(new URL(origin).hostname) ? local : undefined;
};
