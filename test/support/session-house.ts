/** A house whose only features are signing up and in, with browsers that keep cookies and come from wherever they like. */
import { scryptSync } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { sealSecret } from '../../src/foundation/box.ts';
import { createPasskeys } from '../../src/factors/passkeys.ts';
import { recoveryDigest } from '../../src/factors/recovery-codes.ts';
import { newTotpSecret, totpCodeAt, totpStepAt } from '../../src/factors/totp.ts';
import type { FeatureParts } from '../../src/features.ts';
import { deriveKey } from '../../src/foundation/derive.ts';
import { systemClock } from '../../src/foundation/clock.ts';
import type { UserId } from '../../src/foundation/ids.ts';
import { linkToken, type LinkPurpose } from '../../src/foundation/link.ts';
import { digestsEqual, type Secret } from '../../src/foundation/secret.ts';
import type { Request } from '../../src/http/route.ts';
import type { PasswordHasher } from '../../src/passwords/hasher.ts';
import { formatPhc, hashPassword, needsRehash, parsePhc } from '../../src/passwords/phc.ts';
import { normalForm } from '../../src/passwords/rules.ts';
import { assessPassword } from '../../src/passwords/strength.ts';
import { createSessionRoutes } from '../../src/sessions/routes.ts';
import { openHouse, type House } from './house.ts';
import { requestOf } from './request.ts';

export const GOOD_PASSWORD = 'violet kettle hums at dawn';
export const OTHER_PASSWORD = 'nine otters juggle cold plums';

export interface TestHasher extends PasswordHasher {
  /** How many of each were asked for. */
  readonly counts: { hash: number; verify: number; known: number };
  /** Called before each verification is answered. */
  onVerify: () => Promise<void>;
}

const CHEAP = { ln: 10, r: 8, p: 1 };

const deriveCheaply = (password: Secret, phc: string): boolean => {
  const known = parsePhc(phc);
  if (known === undefined) return false;
  const { cost, salt, hash } = known;
  const options = { N: 2 ** cost.ln, r: cost.r, p: cost.p, maxmem: 256 * 2 ** 20 };
  return digestsEqual(scryptSync(normalForm(password.expose()), salt, 32, options), hash);
};

/** Real scrypt in this very thread at a 128th of the cost, so that many guesses fit into a test. */
export const createTestHasher = (): TestHasher => {
  const counts = { hash: 0, verify: 0, known: 0 };
  const hasher: TestHasher = {
    counts,
    onVerify: () => Promise.resolve(),
    hash: (password) => {
      counts.hash += 1;
      return Promise.resolve(hashPassword(normalForm(password.expose()), CHEAP));
    },
    verify: async (password, phc) => {
      counts.verify += 1;
      if (phc !== undefined) counts.known += 1;
      const ok = deriveCheaply(
        password,
        phc ?? formatPhc({ cost: CHEAP, salt: Buffer.alloc(16), hash: Buffer.alloc(32) }),
      );
      await hasher.onVerify();
      // As if the cheap cost were the current one; anything else is to be replaced.
      return {
        ok: ok && phc !== undefined,
        outdated: phc !== undefined && !phc.startsWith('$scrypt$ln=10,') && needsRehash(phc),
      };
    },
    assess: (password, userInputs) => Promise.resolve(assessPassword(password.expose(), userInputs)),
    close: () => Promise.resolve(),
  };
  return hasher;
};

export interface BrowserAnswer {
  readonly status: number;
  readonly body: string;
  readonly setCookies: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  json(): Record<string, unknown>;
}

export interface TestBrowser {
  readonly cookies: Map<string, string>;
  address: string;
  send(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<BrowserAnswer>;
  post(path: string, body?: unknown): Promise<BrowserAnswer>;
}

export interface SessionHouse {
  readonly house: House;
  readonly hasher: TestHasher;
  /** A browser without cookies, by default from an address of its own. */
  browser(address?: string): TestBrowser;
  /** Mails to an address, oldest first. */
  mails(
    email: string,
  ): Promise<{ template: string; link_purpose: string | null; link_id: string | null; params: unknown }[]>;
  /** The token of the latest link of a purpose that was mailed to an address. */
  token(email: string, purpose: LinkPurpose): Promise<string>;
  /** Signs up and confirms in one browser; gives the user's id. */
  makeAccount(browser: TestBrowser, email: string, password?: string): Promise<string>;
  /** The status of `GET /v1/session` once this browser's session is refused, or what it still was after two seconds. */
  untilRefused(browser: TestBrowser): Promise<number>;
  /** Enrols an authenticator app; gives the code that it shows so many steps from now. */
  enrolTotp(user: string): Promise<(steps?: number) => string>;
  /** Adds a recovery code, ten signs. */
  addRecoveryCode(user: string, signs: string): Promise<void>;
}

export const ORIGIN = 'https://localhost';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';

let addresses = 0;

const createBrowser = (handler: House['app']['handler'], address: string): TestBrowser => {
  const cookies = new Map<string, string>();
  const browser: TestBrowser = {
    cookies,
    address,
    send: async (method, path, body, headers = {}) => {
      const request: Request = requestOf({
        method,
        path,
        headers: {
          'sec-fetch-site': 'same-origin',
          'user-agent': FIREFOX,
          ...(cookies.size === 0 ? {} : { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') }),
          ...headers,
        },
        address: browser.address,
        ...(body === undefined ? {} : { body }),
      });
      const reply = await handler(request);
      const extra = reply.extra ?? [];
      const setCookies = extra.filter((_, index) => index % 2 === 1 && extra[index - 1] === 'set-cookie');
      for (const line of setCookies) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (/; Max-Age=0;/.test(line)) cookies.delete(name);
        else cookies.set(name, value);
      }
      const text = reply.body.toString();
      return {
        status: reply.status,
        body: text,
        setCookies,
        headers: reply.headers,
        json: () => JSON.parse(text) as Record<string, unknown>,
      };
    },
    post: (path, body = {}) => browser.send('POST', path, body),
  };
  return browser;
};

/** Opens such a house; closed after the tests. `hasher` defaults to the cheap one. */
export const openSessionHouse = async (
  options: { readonly hasher?: PasswordHasher } = {},
): Promise<SessionHouse> => {
  const hasher = createTestHasher();
  const house = await openHouse({
    features: (parts) => {
      const { database, cookies, attempts, noteAccess } = parts;
      // None where the table alone is asked for.
      const { master = Buffer.alloc(32) } = parts as Partial<FeatureParts>;
      return createSessionRoutes({
        database,
        cookies,
        attempts,
        noteAccess,
        hasher: options.hasher ?? hasher,
        passkeys: createPasskeys({
          database,
          rpId: 'localhost',
          rpName: 'Test',
          origin: ORIGIN,
          clock: systemClock,
        }),
        linkKey: deriveKey(master, 'link'),
        totpKey: deriveKey(master, 'totp'),
        recoveryKey: deriveKey(master, 'recovery-code'),
      });
    },
  });
  const { superuser } = house.store;
  const linkKey = deriveKey(house.master, 'link');
  const mails: SessionHouse['mails'] = async (email) =>
    (await superuser(
      'select template, link_purpose, link_id, params from vouchsafe.mail where recipient = $1 order by id',
      [email],
    )) as never;
  const token: SessionHouse['token'] = async (email, purpose) => {
    const id = (await mails(email)).findLast((mail) => mail.link_purpose === purpose)?.link_id;
    if (typeof id !== 'string') throw new Error('no such link was mailed');
    return linkToken(linkKey, purpose, id).expose();
  };
  return {
    house,
    hasher,
    browser: (address) => {
      addresses += 1;
      return createBrowser(house.app.handler, address ?? `10.${addresses >> 8}.${addresses & 255}.1`);
    },
    mails,
    token,
    untilRefused: async (tab) => {
      let { status } = await tab.send('GET', '/v1/session');
      for (let tries = 0; tries < 400 && status !== 401; tries += 1) {
        await wait(5);
        ({ status } = await tab.send('GET', '/v1/session'));
      }
      return status;
    },
    enrolTotp: async (user) => {
      const secret = newTotpSecret();
      const box = sealSecret(deriveKey(house.master, 'totp'), user, secret);
      await superuser('insert into vouchsafe.totp values ($1, $2, now(), now(), 0)', [user, box]);
      return (steps = 0) => totpCodeAt(secret, totpStepAt(Date.now()) + steps);
    },
    addRecoveryCode: async (user, signs) => {
      const digest = recoveryDigest(deriveKey(house.master, 'recovery-code'), user as UserId, signs);
      await superuser('insert into vouchsafe.recovery_code values ($1, $2, now())', [user, digest]);
    },
    makeAccount: async (browser, email, password = GOOD_PASSWORD) => {
      const asked = await browser.post('/v1/sign-ups', { email, password, company_name: 'Tin Lantern' });
      if (asked.status !== 202) throw new Error(asked.body);
      const confirmed = await browser.post('/v1/sign-ups/confirm', { token: await token(email, 'sign-up') });
      if (confirmed.status !== 201) throw new Error(confirmed.body);
      return (confirmed.json()['user'] as { id: string }).id;
    },
  };
};
