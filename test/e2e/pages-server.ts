/**
 * Serves the console's routes for the browser tests, without the rest of the house. Whoever has a whole server
 * replaces `startPages` by something that returns the same three things.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { consoleRoutes } from '../../src/console/routes.ts';
import { systemClock } from '../../src/foundation/clock.ts';
import { Opaque } from '../../src/foundation/opaque.ts';
import { Problem } from '../../src/foundation/problem.ts';
import type { Query } from '../../src/http/query.ts';
import type { AnyRoute, Reply, Request } from '../../src/http/route.ts';
import type { SecurityReport } from '../../src/promises/report.ts';
import { mixedReport, sampleDocument } from './pages-samples.ts';
import { contextOf } from '../support/request.ts';

export interface PagesServer {
  readonly url: string;
  /** Calls of the API that the reference page made: path with query, and headers. */
  readonly calls: readonly { readonly path: string; readonly headers: IncomingMessage['headers'] }[];
  close(): Promise<void>;
}

const NO_QUERY: Query = { values: new Map(), duplicated: new Set(), malformed: new Set(), truncated: false };

const asRequest = (message: IncomingMessage, path: string, params: Request['params']): Request => ({
  method: message.method ?? 'GET',
  path,
  params,
  query: new Opaque(NO_QUERY),
  headers: new Opaque(message.headers),
  exposeHeader: (name) => {
    const value = message.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  },
  body: new Opaque(new Uint8Array(0)),
  address: new Opaque('127.0.0.1'),
  secure: true,
});

const answer = async (routes: readonly AnyRoute[], message: IncomingMessage): Promise<Reply> => {
  const path = (message.url ?? '/').split('?')[0] ?? '/';
  for (const route of routes) {
    const names: string[] = [];
    const pattern = route.path.replace(/:([a-z]+)/g, (_, name: string) => (names.push(name), '([^/]+)'));
    // What stands for everything below stands for pages here; files have a dot in their names.
    const exact = pattern.replaceAll('.', '\\.').replace(/\*$/, '[^.]*');
    const match = new RegExp(`^${exact}$`).exec(path);
    if (match === null) continue;
    const params = Object.fromEntries(names.map((name, index) => [name, match[index + 1]]));
    const request = asRequest(message, path, params);
    return route.handle(route.parse(request), contextOf(request, { now: Date.now() }));
  }
  throw new Problem(404, 'not_found', 'No such page');
};

const send = (response: ServerResponse, reply: Reply): void => {
  response.writeHead(reply.status, { ...reply.headers, 'x-content-type-options': 'nosniff' }).end(reply.body);
};

/** Listens on a free loopback port with the pages, a `/security.json`, and a stand-in for the geocoder. */
export const startPages = async (report: SecurityReport = mixedReport): Promise<PagesServer> => {
  let routes: readonly AnyRoute[] = [];
  const calls: { path: string; headers: IncomingMessage['headers'] }[] = [];
  const server = createServer((message, response) => {
    const json = { 'content-type': 'application/json' };
    if (message.url?.startsWith('/geocode/') === true) {
      calls.push({ path: message.url, headers: message.headers });
      return send(response, { status: 200, headers: json, body: '{"total_results":0}' });
    }
    if (message.url === '/security.json') {
      return send(response, { status: 200, headers: json, body: JSON.stringify(report) });
    }
    answer(routes, message).then(
      (reply) => send(response, reply),
      (error: unknown) => {
        const status = error instanceof Problem ? error.status : 500;
        send(response, { status, headers: { 'content-type': 'application/problem+json' }, body: '{}' });
      },
    );
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  routes = consoleRoutes({
    publicUrl: url,
    version: '0.1.0',
    securityReport: () => report,
    openApi: () => sampleDocument(url),
    clock: systemClock,
  });
  return {
    url,
    calls,
    close: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
