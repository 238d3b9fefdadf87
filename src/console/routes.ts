/** The public pages as data. */
import type { Clock } from '../foundation/clock.ts';
import { defineRoute, type AnyRoute, type Reply, type Route } from '../http/route.ts';
import type { SecurityReport } from '../promises/report.ts';
import type { AddressLayer } from './address-credits.ts';
import { assetRoute } from './asset-route.ts';
import { loadAssets } from './assets.ts';
import { renderCreditsPage } from './credits-page.ts';
import { dashboardRoutes } from './dashboard.ts';
import { renderDocsPage } from './docs-page.ts';
import type { ImportedData } from './imported-data.ts';
import { renderHomePage } from './home-page.ts';
import { renderSecurityPage } from './security-page.ts';
import { createSite } from './site.ts';
import { renderSecurityTxt, resolveContact, ROBOTS } from './well-known.ts';

export interface ConsoleOptions {
  /** Where the installation is reached from outside; its origin stands in the pages. */
  readonly publicUrl: string;
  readonly version: string;
  readonly securityReport: () => SecurityReport | Promise<SecurityReport>;
  readonly openApi: () => object;
  readonly clock: Clock;
  /** What has been imported and answers now; nothing where left out. */
  readonly importedData?: () => readonly ImportedData[];
  /** What is known of addresses now; nothing where left out. */
  readonly addressLayers?: () => readonly AddressLayer[];
  /** RFC 9116 contact URI; `mailto:security@` the public host where it is left out. */
  readonly securityContact?: string;
}

const BARE_CSP =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The viewer runs its own script and fetches from this origin alone; a key typed there can go nowhere else. */
const VIEWER_CSP = `${BARE_CSP}; script-src 'self'; connect-src 'self'`;

const textReply = (type: string, body: string, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status: 200,
  headers: { 'content-type': type, 'cache-control': 'no-cache', ...headers },
  body,
});

const pageReply = (body: string, policy: string = BARE_CSP): Reply =>
  textReply('text/html; charset=utf-8', body, {
    'content-security-policy': policy,
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
  });

interface PublicText {
  readonly operation: string;
  readonly path: string;
  readonly why: string;
  readonly summary: string;
  readonly type: string;
  readonly render: () => Reply | Promise<Reply>;
}

const publicText = (text: PublicText): Route<undefined> =>
  defineRoute<undefined>({
    operation: text.operation,
    method: 'GET',
    path: text.path,
    access: { public: text.why },
    cost: 0,
    overPlainHttp: 'redirect',
    docs: {
      summary: text.summary,
      description: `${text.summary}. Public: ${text.why}.`,
      tag: 'Pages',
      query: {},
      replies: { 200: { description: text.summary, type: text.type } },
    },
    parse: () => undefined,
    handle: () => text.render(),
  });

/** All pages, their files, and the small texts for machines. Reads the files once. */
export const consoleRoutes = (options: ConsoleOptions): AnyRoute[] => {
  const assets = loadAssets();
  const site = createSite(options.publicUrl, options.version, assets);
  const contact = resolveContact(site, options.securityContact);
  const home = renderHomePage(site);
  const docs = renderDocsPage(site);

  const showAsset = assetRoute({
    operation: 'assets.show',
    path: '/assets/:file',
    why: 'style sheet, mark and viewer script of the public pages',
    summary: 'A static file of the pages',
    find: assets.find,
  });

  return [
    publicText({
      operation: 'pages.home',
      path: '/',
      why: 'it says what this is',
      summary: 'The front page',
      type: 'text/html',
      render: () => pageReply(home),
    }),
    publicText({
      operation: 'pages.security',
      path: '/security',
      why: 'promises are made to everyone',
      summary: 'The security page, for people',
      type: 'text/html',
      render: async () => pageReply(renderSecurityPage(site, await options.securityReport())),
    }),
    publicText({
      operation: 'pages.docs',
      path: '/docs',
      why: 'one reads the reference before one has a key',
      summary: 'The API reference, for people',
      type: 'text/html',
      render: () => pageReply(docs, VIEWER_CSP),
    }),
    publicText({
      operation: 'pages.openapi',
      path: '/docs/openapi.json',
      why: 'one reads the reference before one has a key',
      summary: 'The API reference, for machines (OpenAPI 3.1)',
      type: 'application/json',
      render: () => textReply('application/json', JSON.stringify(options.openApi())),
    }),
    publicText({
      operation: 'pages.credits',
      path: '/credits',
      why: 'the licences of the data ask for it',
      summary: 'Sources and licences of the data',
      type: 'text/html',
      render: () =>
        pageReply(renderCreditsPage(site, options.importedData?.() ?? [], options.addressLayers?.() ?? [])),
    }),
    publicText({
      operation: 'pages.robots',
      path: '/robots.txt',
      why: 'crawlers have no key',
      summary: 'What crawlers may read (RFC 9309)',
      type: 'text/plain',
      render: () => textReply('text/plain; charset=utf-8', ROBOTS),
    }),
    publicText({
      operation: 'pages.contact',
      path: '/.well-known/security.txt',
      why: 'whoever finds a hole must find an address',
      summary: 'Where to report a vulnerability (RFC 9116)',
      type: 'text/plain',
      render: () =>
        textReply('text/plain; charset=utf-8', renderSecurityTxt(site, contact, options.clock.now())),
    }),
    publicText({
      operation: 'pages.favicon',
      path: '/favicon.ico',
      why: 'browsers ask for it unasked',
      summary: 'The mark',
      type: 'image/svg+xml',
      render: async () => ({
        status: 200,
        headers: { 'content-type': assets.mark.type, 'cache-control': 'public, max-age=86400' },
        body: await assets.mark.read('identity'),
      }),
    }),
    showAsset,
    ...dashboardRoutes(),
  ];
};
