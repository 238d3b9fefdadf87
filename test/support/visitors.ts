/** Visitors who share nothing with one another, and one request of every kind that they can bring to visitor lookup. */
import { randomBytes, randomInt } from 'node:crypto';
import { SocketAddress } from 'node:net';
import { freshLoopbackAddress } from '../../src/promises/marks.ts';
import { createMarks, type Marks } from './marked-requests.ts';
import type { Answer, RunningServer } from './server.ts';
import { traceAddress, traceDigests, traceText, type Trace } from './traces.ts';

/** Peers of this network are the operator's proxies; no fresh loopback address lies in it. */
export const PROXY_NETWORK = '127.1.0.0/16';
const PROXY = '127.1.0.9';

/** What a server for these tests is started with. */
export const VISITOR_ENV = { LOG_LEVEL: 'debug', TRUSTED_PROXIES: PROXY_NETWORK } as const;

/** A project with a domain, one without, and the key of the first. */
export interface VisitedSite {
  readonly project: string;
  readonly bareProject: string;
  readonly publicKey: string;
  readonly secret: string;
}

/** The host below which all pages of the site lie. */
const SITE = 'visited.example';

const DOMAIN_ID = `dom_${'0'.repeat(26)}`;
const BARE_ID = `prj_${'0'.repeat(26)}`;

/** Gives the trial project a domain, room for everything, and a neighbour that has none. */
export const openSite = async (server: RunningServer): Promise<VisitedSite> => {
  const [trial] = await server.sql<{ project: string; company: string; key: string }>(
    `select p.id as project, p.company_id as company, k.public_key as key
       from vouchsafe.project p join vouchsafe.key k on k.project_id = p.id where p.name = 'Trial project'`,
  );
  if (trial === undefined) throw new Error('there is no trial project');
  await server.sql(
    'insert into vouchsafe.domain (id, company_id, project_id, origin, created_at) values ($1, $2, $3, $4, now())',
    [DOMAIN_ID, trial.company, trial.project, `https://*.${SITE}`],
  );
  await server.sql(
    "insert into vouchsafe.project (id, company_id, name, per_second, burst, created_at) values ($1, $2, 'Bare', 10000, 10000, now())",
    [BARE_ID, trial.company],
  );
  await server.sql(
    'update vouchsafe.project set per_second = 100000, burst = 100000, per_day = null, per_month = null where id = $1',
    [trial.project],
  );
  return {
    project: trial.project,
    bareProject: BARE_ID,
    publicKey: trial.key,
    secret: server.trialSecret ?? '',
  };
};

/** One person before one browser: nothing of theirs is anybody else's. */
export interface VisitorOfTest {
  readonly marks: Marks;
  /** Where their connections come from, and where those of the proxy do. */
  readonly address: string;
  /** What a proxy passes on. */
  readonly outside: { readonly v4: string; readonly v6: string };
  /** Addresses that a server asks about. */
  readonly asked: { readonly v4: string; readonly v6: string };
  /** Everything to look for, once all has been sent. */
  traces(): readonly Trace[];
}

const freshV4 = (): string => `1${randomInt(10, 90)}.${[0, 0, 0].map(() => randomInt(100, 255)).join('.')}`;

const freshV6 = (): string => {
  const groups = (randomBytes(12).toString('hex').match(/.{4}/g) ?? []).join(':');
  return new SocketAddress({ address: `2a0c:1f2e:${groups}`, family: 'ipv6' }).address;
};

/** An IPv6 address as text, in full, as bytes and as digests of these. */
const traceV6 = (what: string, address: string): Trace[] => {
  const full = address.includes('::')
    ? undefined
    : address
        .split(':')
        .map((group) => group.padStart(4, '0'))
        .join('');
  const written = [...traceText(what, address), ...traceDigests(what, address)];
  if (full === undefined) return written;
  const bytes = Buffer.from(full, 'hex');
  return [...written, ...traceText(what, full), { what, bytes }, ...traceDigests(what, bytes)];
};

export const newVisitor = (): VisitorOfTest => {
  const marks = createMarks();
  const address = marks.hasOwnAddresses ? freshLoopbackAddress() : '127.0.0.1';
  const outside = { v4: freshV4(), v6: freshV6() };
  const asked = { v4: freshV4(), v6: freshV6() };
  return {
    marks,
    address,
    outside,
    asked,
    traces: () => [
      ...marks.traces(),
      ...(marks.hasOwnAddresses ? traceAddress('the peer', address) : []),
      ...traceAddress('the address that a proxy passes on', outside.v4),
      ...traceV6('the address that a proxy passes on', outside.v6),
      ...traceAddress('the address that was asked about', asked.v4),
      ...traceV6('the address that was asked about', asked.v6),
    ],
  };
};

/** The headers of a browser on a page of the site, with marks in all of them. */
export const browserHeaders = ({ marks }: VisitorOfTest): Record<string, string> => {
  const { make, note } = marks;
  return {
    'user-agent': note(
      'user agent',
      `Mozilla/5.0 (Linux; Android 13; SM-${make('model')}) AppleWebKit/537.36 (${make('agent')}) Chrome/116.0.5845.163 Mobile Safari/537.36`,
    ),
    referer: `https://${make('ref')}.${SITE}/${make('page')}?${make('search')}=1`,
    origin: `https://${make('origin')}.${SITE}`,
    'accept-language': `en-x-${make('lang')}`,
    'sec-ch-ua': `"${make('brand')}";v="116"`,
    'sec-ch-ua-model': `"${make('hint')}"`,
    'sec-ch-ua-platform': '"Android"',
    'sec-ch-ua-platform-version': '"13.0.0"',
    'sec-ch-ua-full-version-list': `"${make('fullbrand')}";v="116.0.5845.163"`,
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'cors',
    cookie: `${make('cookiename')}=${make('cookie')}`,
    [make('header')]: make('value'),
  };
};

export interface VisitorScene {
  readonly name: string;
  readonly path: string;
  readonly status: number;
  readonly method?: string;
  /** Instead of, or besides, those of the browser; `undefined` leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  /** Comes through a trusted proxy. */
  readonly proxied?: true;
}

/** Every way to visitor lookup, and every way to be refused there, but for what takes a state of its own (402, 429, 500). */
export const visitorScenes = (site: VisitedSite, visitor: VisitorOfTest): readonly VisitorScene[] => {
  const { make } = visitor.marks;
  const { outside, asked } = visitor;
  const api = `/api/?pid=${site.project}`;
  const own = `/v1/visitor?pid=${site.project}`;
  const bearer = { authorization: `Bearer ${site.secret}`, origin: undefined, referer: undefined };
  const server = { ...bearer, 'sec-fetch-site': undefined, 'sec-fetch-mode': undefined };
  const json = { ...server, 'content-type': 'application/json' };
  const noise = (place: string): string => `&${make(place)}=${make(`${place}value`)}`;
  return [
    { name: 'contract', path: api + noise('q'), status: 200 },
    { name: 'contract by public key', path: `/api/?pid=${site.publicKey}${noise('k')}`, status: 200 },
    { name: 'contract without a slash', path: `/api?pid=${site.project}`, status: 200 },
    { name: 'contract by referer', path: api, status: 200, headers: { origin: undefined } },
    { name: 'contract from a server', path: '/api/', status: 200, headers: server },
    { name: 'own, of a page', path: own + noise('o'), status: 200 },
    { name: 'own, of a server', path: '/v1/visitor', status: 200, headers: server },
    { name: 'own, in parts', path: `${own}&fields=country.code,user_agent`, status: 200 },
    { name: 'lookup', path: `/v1/visitor/${asked.v4}`, status: 200, headers: server },
    { name: 'lookup of IPv6', path: `/v1/visitor/${asked.v6}`, status: 200, headers: server },
    {
      name: 'batch',
      path: '/v1/visitor/batch',
      method: 'POST',
      status: 200,
      headers: json,
      body: JSON.stringify({ addresses: [asked.v4, asked.v6, make('line')] }),
    },
    {
      name: 'through a proxy',
      path: api,
      status: 200,
      proxied: true,
      headers: { 'x-forwarded-for': `${make('forged')}, ${outside.v4}` },
    },
    {
      name: 'through a proxy, own',
      path: own,
      status: 200,
      proxied: true,
      headers: { forwarded: `for="[${outside.v6}]:4711";host=${make('host')}` },
    },
    {
      name: 'through a proxy that contradicts itself',
      path: api,
      status: 200,
      proxied: true,
      headers: { forwarded: `for=${make('other')}`, 'x-forwarded-for': outside.v4 },
    },
    {
      name: 'forged from outside',
      path: api,
      status: 200,
      headers: { 'x-forwarded-for': outside.v4, forwarded: `for=${outside.v4}`, 'x-real-ip': outside.v4 },
    },
    {
      name: 'an endless user agent',
      path: api,
      status: 200,
      headers: { 'user-agent': make('endless').repeat(4500).slice(0, 100_000) },
    },
    { name: 'no pid', path: `/api/?${noise('nopid').slice(1)}`, status: 400 },
    { name: 'empty pid', path: `/api/?pid=${noise('emptypid')}`, status: 400 },
    { name: 'wrong fields', path: `${own}&fields=${make('field')}`, status: 400 },
    { name: 'no address', path: `/v1/visitor/${make('address')}`, status: 400, headers: server },
    {
      name: 'no batch',
      path: '/v1/visitor/batch',
      method: 'POST',
      status: 400,
      headers: json,
      body: `{"addresses":["${asked.v4}"],"${make('member')}":1}`,
    },
    {
      name: 'no JSON',
      path: '/v1/visitor/batch',
      method: 'POST',
      status: 400,
      headers: json,
      body: `{"${make('json')}`,
    },
    { name: 'unknown project', path: `/api/?pid=${make('pid')}`, status: 404 },
    { name: 'project without domains', path: `/api/?pid=${site.bareProject}`, status: 403 },
    {
      name: 'page of another domain',
      path: api,
      status: 403,
      headers: { origin: `https://${make('otherorigin')}.example` },
    },
    { name: 'null', path: api, status: 403, headers: { origin: 'null' } },
    {
      name: 'two origins',
      path: api,
      status: 403,
      headers: { origin: `https://a.${SITE}, https://${make('b')}.example` },
    },
    { name: 'nothing below', path: `/api/${make('below')}`, status: 404 },
    { name: 'another method', path: api, method: 'POST', status: 405, body: make('post') },
    { name: 'lookup without a key', path: `/v1/visitor/${asked.v4}`, status: 401 },
    {
      name: 'batch too long',
      path: '/v1/visitor/batch',
      method: 'POST',
      status: 413,
      headers: json,
      body: make('long').repeat(4000),
    },
    { name: 'headers too long', path: api, status: 431, headers: { 'x-large': make('large').repeat(7000) } },
  ];
};

/** Sends one scene of a visitor. @throws where the connection breaks. */
export const sendVisitor = (
  server: RunningServer,
  visitor: VisitorOfTest,
  { path, method = 'GET', headers = {}, body, proxied }: VisitorScene,
): Promise<Answer> => {
  const all = { ...browserHeaders(visitor), ...headers };
  const given = Object.entries(all).filter((field): field is [string, string] => field[1] !== undefined);
  const from = proxied === true && visitor.marks.hasOwnAddresses ? PROXY : visitor.address;
  return server.request(path, {
    method,
    headers: Object.fromEntries(given),
    from,
    ...(body === undefined ? {} : { body }),
  });
};

/** Sends scenes one after another; returns the ones that ended otherwise than they should. */
export const sendVisitors = async (
  server: RunningServer,
  visitor: VisitorOfTest,
  scenes: readonly VisitorScene[],
): Promise<readonly string[]> => {
  const wrong: string[] = [];
  for (const scene of scenes) {
    const got = await sendVisitor(server, visitor, scene).then(
      ({ status, headers, body }) => {
        if (status !== scene.status) return `${status} ${body.slice(0, 200)}`;
        // What would let a browser, or anybody between, keep something of the answer.
        const kept = ['set-cookie', 'etag', 'last-modified'].filter((name) => headers[name] !== undefined);
        if (headers['cache-control'] !== 'no-store') kept.push(`cache-control: ${headers['cache-control']}`);
        return kept.length === 0 ? status : kept.join(', ');
      },
      (error: unknown) => String(error),
    );
    if (got !== scene.status) wrong.push(`${scene.name}: ${got} instead of ${scene.status}`);
  }
  return wrong;
};

/** Bytes that are no good request, and requests that stop in the middle, all of visitor lookup. */
export const sendBrokenVisitors = async (
  server: RunningServer,
  site: VisitedSite,
  visitor: VisitorOfTest,
): Promise<void> => {
  const { make } = visitor.marks;
  const from = visitor.address;
  const head = (place: string): string =>
    `GET /api/?pid=${site.project}&${make(place)}=1 HTTP/1.1\r\nhost: localhost\r\norigin: https://${make(`${place}o`)}.${SITE}\r\nuser-agent: ${make(`${place}ua`)}\r\n`;
  const last = 'connection: close\r\n\r\n';
  const post = `POST /v1/visitor/batch HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${site.secret}\r\ncontent-type: application/json\r\n`;
  await server.raw(`${head('colon')}no colon ${make('nocolon')}\r\n\r\n`, { from });
  await server.raw(`${head('nul')}x: \0${make('nulvalue')}\r\n\r\n`, { from });
  await server.raw(`${head('half')}x-half: ${make('halfvalue')}`, { from, abort: true });
  await server.raw(`${head('gone')}${last}`, { from, abort: true });
  await server.raw(`${post}content-length: 4000\r\n\r\n{"addresses":["${visitor.asked.v4}`, {
    from,
    abort: true,
  });
  await server.raw(`${head('plain')}${last}`, { from, to: 'plain' });
  await server.raw(`${head('tls')}${last}`, { from, to: 'tcp', patience: 2000 });
};
