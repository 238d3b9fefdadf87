/** The plain HTTP listener: sends old addresses to HTTPS, refuses everything else, and serves nothing. */
import type { Clock } from '../foundation/clock.ts';
import type { Problem } from '../foundation/problem.ts';
import { isForBrowsers, readableBy, readerOf } from './cors.ts';
import { plainHttpRefused, targetTooLong } from './edge-problems.ts';
import { exposeSearch } from './edge-request.ts';
import type { Handler } from './exchange.ts';
import type { AnyRoute, Reply, Request } from './route.ts';
import type { Router } from './router.ts';

export interface PlainHttpOptions {
  readonly router: Router;
  /** The origin of the HTTPS listener, without a trailing slash; the only host that is ever redirected to. */
  readonly publicUrl: string;
  readonly clock: Clock;
  /**
   * Sees every request that came in plain text, so that a secret in it can be marked as exposed. Not waited for.
   * `route` is undefined where no route matches.
   */
  readonly onPlainRequest: (request: Request, route: AnyRoute | undefined) => void | Promise<void>;
  /** The hook above failed; the client's answer is the same. */
  readonly onHookError: (error: unknown) => void;
}

/** Longer targets than browsers and proxies agree on are not worth a redirect. */
const MAX_LOCATION_LENGTH = 16_384;

/** Everything but printable ASCII, encoded byte by byte: no CR or LF can end the header field. */
const encodeTarget = (target: string): string =>
  target.replaceAll(
    /[^!-~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );

/** 301, not 308, which older HTTP clients do not follow; only GET and HEAD come this way. */
const redirect = (location: string): Reply => ({
  status: 301,
  // The query may hold a key, and caches keep redirects.
  headers: { location, 'cache-control': 'no-store', 'content-type': 'text/plain; charset=utf-8' },
  body: 'This is answered over HTTPS only.\n',
});

/**
 * The handler of the plain HTTP listener (decision 3): reads that say `overPlainHttp: 'redirect'` are sent to the
 * public URL with path and query kept, everything else is a 403 without a redirect. The Host header is not read.
 *
 * A call that a page's script makes is refused as well: behind a redirect to another origin it would come as `null`
 * (Fetch standard, "HTTP-redirect fetch"), and its script would never learn why. Refusals here are the same for everybody
 * and may be read by every page; preflights get no leave, so that no browser goes on to send a key in a header.
 */
export const createPlainHttpHandler = (options: PlainHttpOptions): Handler => {
  const { router, publicUrl, clock, onPlainRequest, onHookError } = options;

  const tell = async (request: Request, route: AnyRoute | undefined): Promise<void> => {
    try {
      await onPlainRequest(request, route);
    } catch (error) {
      onHookError(error);
    }
  };

  return (request) => {
    const match = router.match(request.method, request.path);
    const route = match.kind === 'match' ? match.route : undefined;
    void tell(request, route);
    const page = request.method === 'OPTIONS' ? undefined : readerOf(request);
    const refuse = (problem: Problem): Reply => {
      const reply = match.errors(problem, { now: clock.now(), quota: undefined, request });
      return page === undefined ? reply : readableBy(reply, page);
    };
    if (route === undefined || route.overPlainHttp !== 'redirect' || route.method !== 'GET') {
      return refuse(plainHttpRefused());
    }
    if (page !== undefined && isForBrowsers(route.access)) return refuse(plainHttpRefused());
    const search = exposeSearch(request);
    const location = publicUrl + encodeTarget(search === '' ? request.path : `${request.path}?${search}`);
    return location.length > MAX_LOCATION_LENGTH ? refuse(targetTooLong()) : redirect(location);
  };
};
