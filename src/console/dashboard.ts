/** The dashboard as the browser gets it: one page for all its addresses, and the files that the build named by content. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { randomSecretBytes } from '../foundation/secret.ts';
import { defineRoute, type AnyRoute, type Reply } from '../http/route.ts';
import { assetRoute } from './asset-route.ts';
import { assetAt, SCRIPT, STYLE, type Asset } from './assets.ts';

/** Where `npm run dashboard` puts the build; it is committed, so that a server needs no tools to build one. */
const BUILT = join(import.meta.dirname, '../../dashboard/dist');

const NONCE = /__CSP_NONCE__/g;

const TYPES: Readonly<Record<string, string>> = {
  '.js': SCRIPT,
  '.css': STYLE,
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
};

/** Styles that a library makes while the page runs carry the nonce; scripts come from files alone. */
const policyOf = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');

const readPage = (): string => {
  const path = join(BUILT, 'index.html');
  if (!existsSync(path)) throw new Error('The dashboard is not built; run "npm run dashboard" once.');
  return readFileSync(path, 'utf8');
};

const readFiles = (): ReadonlyMap<string, Asset> => {
  const folder = join(BUILT, 'assets');
  return new Map(
    readdirSync(folder).map((name) => {
      const path = join(folder, name);
      // Data are large, and few pages ask for them.
      const source = extname(name) === '.json' ? () => readFile(path) : readFileSync(path);
      const type = TYPES[extname(name)] ?? 'application/octet-stream';
      return [name, assetAt(`/dashboard/assets/${name}`, source, type)];
    }),
  );
};

const WHY = 'it is the same for everyone; what it shows comes from the API with the session';

/** The dashboard's page and files. Reads the build once, but data when they are asked for. @throws where it is missing. */
export const dashboardRoutes = (): AnyRoute[] => {
  const page = readPage();
  const files = readFiles();

  const show = (): Reply => {
    const nonce = randomSecretBytes(16).toString('base64');
    return {
      status: 200,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'content-security-policy': policyOf(nonce),
        'cross-origin-opener-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
      },
      body: page.replace(NONCE, nonce),
    };
  };

  const showPage = (operation: string, path: string): AnyRoute =>
    defineRoute<undefined>({
      operation,
      method: 'GET',
      path,
      access: { public: WHY },
      cost: 0,
      overPlainHttp: 'redirect',
      docs: {
        summary: 'The dashboard',
        description: 'One page for all addresses below it; its script draws the rest.',
        tag: 'Pages',
        query: {},
        replies: { 200: { description: 'The page', type: 'text/html' } },
      },
      parse: () => undefined,
      handle: show,
    });

  return [
    showPage('dashboard.enter', '/dashboard'),
    showPage('dashboard.show', '/dashboard/*'),
    assetRoute({
      operation: 'dashboard.file',
      path: '/dashboard/assets/:file',
      why: WHY,
      summary: 'A file of the dashboard',
      find: (file) => files.get(file),
    }),
  ];
};
