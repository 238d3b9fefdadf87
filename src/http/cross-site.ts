/** Keeps other sites from using a browser's cookies: Fetch Metadata where the browser sends it, `Origin` where not. */
import { Problem } from '../foundation/problem.ts';
import type { AnyRoute, Request } from './route.ts';

const crossSite = (): Problem =>
  new Problem(403, 'cross_site', 'This was not sent by a page of this site', {
    detail:
      'Browsers: call it from a page of this very origin. Programs: send "Sec-Fetch-Site: same-origin", or the public URL of this installation as "Origin".',
  });

/** Whether a request that changes something was sent by a page of our own. */
const isFromOurPage = (request: Request, publicOrigin: string): boolean => {
  const site = request.exposeHeader('sec-fetch-site');
  // Also a field that came twice is none of the words that there are.
  if (site !== undefined) return site === 'same-origin';
  return request.exposeHeader('origin') === publicOrigin;
};

/**
 * Refuses what another site may have sent. Routes with a secret key are not concerned: no browser adds one by itself; nor
 * are those that say why they may be called from anywhere.
 * Reads for sessions are refused from other sites only, so that links within a site's own family work.
 * @param publicOrigin scheme, host and port, as browsers write them.
 * @throws cross_site (403).
 */
export const refuseCrossSite = (route: AnyRoute, request: Request, publicOrigin: string): void => {
  if ('secretKey' in route.access) return;
  if ('public' in route.access && route.access.anywhere !== undefined) return;
  if (route.method !== 'GET') {
    if (!isFromOurPage(request, publicOrigin)) throw crossSite();
    return;
  }
  if ('public' in route.access) return;
  const site = request.exposeHeader('sec-fetch-site');
  if (site?.includes('cross-site') === true) throw crossSite();
};
