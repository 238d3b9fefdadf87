/** A house as a reviewer attacks it: the whole control plane over TLS, with every statement and every hash on record. */
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { featureRoutes, featureTable, type FeatureParts } from '../../src/features.ts';
import { deriveKey } from '../../src/foundation/derive.ts';
import { linkToken, type LinkPurpose } from '../../src/foundation/link.ts';
import type { AnyRoute } from '../../src/http/route.ts';
import { freshLoopbackAddress } from '../../src/promises/marks.ts';
import type { Database } from '../../src/store/database.ts';
import type { Transaction } from '../../src/store/transaction.ts';
import { openHouse, type House } from './house.ts';
import { requestOf } from './request.ts';
import { createTestHasher, GOOD_PASSWORD, type TestHasher } from './session-house.ts';
import { createAuthenticatorApp, type AuthenticatorApp } from './totp.ts';

export { GOOD_PASSWORD, OTHER_PASSWORD } from './session-house.ts';

/** What an answer is, to whoever compares answers. */
export interface Seen {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly setCookies: readonly string[];
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever the endpoint said
  json(): any;
}

export interface Sending {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is. */
  readonly raw?: string;
  /** Instead of the browser's own; none where empty. */
  readonly cookie?: string;
}

/** A browser that keeps its cookies and has an address of its own. */
export interface Browser {
  readonly cookies: Map<string, string>;
  address: string;
  send(method: string, path: string, body?: unknown, sending?: Sending): Promise<Seen>;
  post(path: string, body?: unknown, sending?: Sending): Promise<Seen>;
  get(path: string): Promise<Seen>;
  /** The `Cookie` header as it is now. */
  jar(): string;
}

export interface Account {
  readonly browser: Browser;
  readonly email: string;
  readonly user: string;
  readonly company: string;
  readonly project: string;
}

export interface ReviewedHouse {
  readonly house: House;
  readonly hasher: TestHasher;
  /** Every `Set-Cookie` value that any browser got. */
  readonly setCookies: readonly string[];
  /** Names of statements and ends of transactions, in their order. */
  readonly work: string[];
  browser(address?: string): Browser;
  /** The path of a route with a company in it; whatever else stands in it is nobody's. */
  pathOf(route: AnyRoute, company: string): string;
  /** Signs up and confirms in one browser. */
  makeAccount(email: string): Promise<Account>;
  enrolTotp(account: Account): Promise<{ readonly app: AuthenticatorApp; readonly codes: readonly string[] }>;
  /** The token of the latest link of a purpose that was mailed to an address. */
  token(email: string, purpose: LinkPurpose): Promise<string>;
  count(table: string, where?: string, values?: readonly unknown[]): Promise<number>;
  /** Every row of tables, to see that nothing changed. */
  digest(...tables: readonly string[]): Promise<string>;
  /** The browser's answer to `GET /v1/session` once it is 401, or what it still was after four seconds. */
  untilSignedOut(browser: Browser, cookie?: string): Promise<number>;
}

/** Writes down what is asked of a database. */
const onRecord = (database: Database, work: string[]): Database => {
  const recorded = (tx: Transaction): Transaction => ({
    all: (statement, parameters) => {
      work.push(statement.name);
      return tx.all(statement, parameters);
    },
    one: (statement, parameters) => {
      work.push(statement.name);
      return tx.one(statement, parameters);
    },
    rendered: (statement, mostMs) => {
      work.push('store.rendered');
      return tx.rendered(statement, mostMs);
    },
    bytes: (statement) => {
      work.push(statement.name);
      return tx.bytes(statement);
    },
  });
  const told =
    <Value>(next: (tx: Transaction) => Promise<Value>) =>
    async (tx: Transaction): Promise<Value> => {
      try {
        return await next(recorded(tx));
      } finally {
        work.push('end');
      }
    };
  return {
    ...database,
    run: (statement, parameters) => {
      work.push(statement.name);
      return database.run(statement, parameters);
    },
    user: (user, next) => database.user(user, told(next)),
    company: (company, next) => database.company(company, told(next)),
    as: (scope, next) => database.as(scope, told(next)),
    system: (next) => database.system(told(next)),
  };
};

const seenOf = (status: number, headers: Readonly<Record<string, unknown>>, body: string): Seen => ({
  status,
  headers,
  body,
  setCookies: (headers['set-cookie'] as string[] | undefined) ?? [],
  json: () => JSON.parse(body),
});

/** Ids by the names that they have in paths. */
const PREFIXES: Readonly<Record<string, string>> = {
  project: 'prj',
  key: 'key',
  session: 'ses',
  user: 'usr',
  passkey: 'pky',
  invitation: 'inv',
  webhook: 'whk',
  delivery: 'dlv',
  dataset: 'dst',
  grant: 'grt',
  upload: 'upl',
  request: 'drq',
  restoration: 'op',
  comparison: 'op',
};

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';

const openBrowser = (house: House, seenCookies: string[], given?: string): Browser => {
  const cookies = new Map<string, string>();
  // Only Linux has all of 127.0.0.0/8; IPv6 of elsewhere nobody has. Those come in behind the listener.
  const isOverTls = process.platform === 'linux' && given?.includes(':') !== true;
  const jar = (): string => [...cookies].map((pair) => pair.join('=')).join('; ');
  const browser: Browser = {
    cookies,
    address: given ?? freshLoopbackAddress(),
    jar,
    send: async (method, path, body, { headers = {}, raw, cookie = jar() } = {}) => {
      const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
      const all = {
        'sec-fetch-site': 'same-origin',
        'user-agent': FIREFOX,
        ...(cookie === '' ? {} : { cookie }),
        ...(text === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
        ...headers,
      };
      let answer: Seen;
      if (isOverTls) {
        const options = { method, headers: all, localAddress: browser.address };
        const got = await house.get(path, { ...options, ...(text === undefined ? {} : { body: text }) });
        answer = seenOf(got.status, got.headers, got.body);
      } else {
        const [pathname = '', search = ''] = path.split('?');
        const { address } = browser;
        const parts = { method, path: pathname, search, headers: all, address };
        const reply = await house.app.handler(
          requestOf({ ...parts, ...(text === undefined ? {} : { body: text }) }),
        );
        const set = (reply.extra ?? []).filter((_, index, every) => every[index - 1] === 'set-cookie');
        answer = seenOf(reply.status, { ...reply.headers, 'set-cookie': set }, reply.body.toString());
      }
      for (const line of answer.setCookies) {
        seenCookies.push(line);
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (/; Max-Age=0;/.test(line)) cookies.delete(name);
        else cookies.set(name, value);
      }
      return answer;
    },
    post: (path, body = {}, sending) => browser.send('POST', path, body, sending),
    get: (path) => browser.send('GET', path),
  };
  return browser;
};

const must = (answer: Seen, status: number): Seen => {
  if (answer.status !== status) throw new Error(`${answer.status} instead of ${status}: ${answer.body}`);
  return answer;
};

/** Opens such a house; closed after the tests of the file. */
export const openReviewedHouse = async (): Promise<ReviewedHouse> => {
  const hasher = createTestHasher();
  const work: string[] = [];
  const setCookies: string[] = [];
  const house = await openHouse({
    features: (parts) =>
      // Nothing but the table is asked for, the first time.
      (parts as Partial<FeatureParts>).publicUrl === undefined
        ? featureTable()
        : featureRoutes({ ...parts, hasher, database: onRecord(parts.database, work) }),
  });
  const { superuser } = house.store;
  const linkKey = deriveKey(house.master, 'link');
  const token: ReviewedHouse['token'] = async (email, purpose) => {
    const [row] = await superuser(
      'select link_id from vouchsafe.mail where recipient = $1 and link_purpose = $2 order by id desc limit 1',
      [email, purpose],
    );
    if (row === undefined) throw new Error(`no link of ${purpose} was mailed`);
    return linkToken(linkKey, purpose, row['link_id'] as string).expose();
  };
  return {
    house,
    hasher,
    work,
    setCookies,
    token,
    browser: (address) => openBrowser(house, setCookies, address),
    pathOf: ({ path }, company) =>
      path
        .replace(':company', company)
        .replace(
          '/datasets/:dataset/invitations/:invitation',
          `/datasets/:dataset/invitations/din_${'0'.repeat(26)}`,
        )
        .replaceAll(/:([a-z]+)/g, (_, name: string) =>
          name === 'number' ? '1' : `${PREFIXES[name] ?? name}_${'0'.repeat(26)}`,
        ),
    makeAccount: async (email) => {
      const browser = openBrowser(house, setCookies);
      const signUp = { email, password: GOOD_PASSWORD, company_name: 'Tin Lantern' };
      must(await browser.post('/v1/sign-ups', signUp), 202);
      const confirmed = must(
        await browser.post('/v1/sign-ups/confirm', { token: await token(email, 'sign-up') }),
        201,
      ).json();
      const { company } = confirmed.memberships[0];
      const projects = must(await browser.get(`/v1/companies/${company}/projects`), 200).json();
      return { browser, email, user: confirmed.user.id, company, project: projects.items[0].id };
    },
    enrolTotp: async ({ browser }) => {
      const { secret } = must(await browser.post('/v1/account/totp'), 200).json();
      const app = createAuthenticatorApp(secret);
      const done = must(await browser.post('/v1/account/totp/confirm', { code: await app.code() }), 200);
      return { app, codes: done.json().recovery_codes };
    },
    count: async (table, where = 'true', values = []) => {
      const [row] = await superuser(
        `select count(*)::int as n from vouchsafe.${table} where ${where}`,
        values,
      );
      return row?.['n'] as number;
    },
    digest: async (...tables) => {
      const hash = createHash('sha256');
      for (const table of tables) {
        const [row] = await superuser(
          `select string_agg(t::text, E'\\n' order by t::text) as text from vouchsafe.${table} t`,
        );
        hash.update(String(row?.['text']));
      }
      return hash.digest('hex');
    },
    untilSignedOut: async (browser, cookie) => {
      const look = async (): Promise<number> =>
        (await browser.send('GET', '/v1/session', undefined, cookie === undefined ? {} : { cookie })).status;
      let status = await look();
      for (let tries = 0; tries < 100 && status !== 401; tries += 1) {
        await pause(40);
        status = await look();
      }
      return status;
    },
  };
};
