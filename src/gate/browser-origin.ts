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
  /** Domains below which every host may call, https alone: by the domain, with its port where that is not 443. */
  readonly wildcards: ReadonlyMap<string, Value>;
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

const HTTPS = 'https://';
const HYPHEN = 45;
/** Lower-case letters, digits and hyphens, as in every host that can be listed (RFC 5890 §2.3.1). */
const isLabelCode = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === HYPHEN;

/** Where the label ends that begins at `start`, at a dot; -1 where it is none, or the last one. */
const endOfLabel = (origin: string, start: number): number => {
  let index = start;
  while (isLabelCode(origin.charCodeAt(index))) index += 1;
  const isEdged = origin.charCodeAt(start) === HYPHEN || origin.charCodeAt(index - 1) === HYPHEN;
  return index === start || isEdged || origin[index] !== '.' ? -1 : index;
};

/** The nearest domain above: labels are cut off from the left, whole ones, and each rest is looked up as it stands. */
const matchWildcard = <Value>(wildcards: ReadonlyMap<string, Value>, origin: string): Value | undefined => {
  if (!origin.startsWith(HTTPS)) return undefined;
  let end = endOfLabel(origin, HTTPS.length);
  while (end !== -1) {
    const found = wildcards.get(origin.slice(end + 1));
    if (found !== undefined) return found;
    end = endOfLabel(origin, end + 1);
  }
  return undefined;
};

/**
 * What stands behind a canonical origin: the very same text in the list, a domain of the list that all hosts below may call
 * for, or the developer's own machine. The cost is one look-up for each label.
 */
export const matchOrigin = <Value>(
  { origins, wildcards, local }: OriginRules<Value>,
  origin: string,
): Value | undefined => {
  const listed = origins.get(origin) ?? (wildcards.size === 0 ? undefined : matchWildcard(wildcards, origin));
  if (listed !== undefined || local === undefined) return listed;
  return isLoopbackHost(new URL(origin).hostname) ? local : undefined;
};
