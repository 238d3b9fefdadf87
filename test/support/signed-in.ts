/** Users with sessions before a pipeline of routes: real database, real cookies, a clock that stands still. */
import { deriveKey } from '../../src/foundation/derive.ts';
import { newId, type CompanyId, type SessionId, type UserId } from '../../src/foundation/ids.ts';
import { randomSecretBytes } from '../../src/foundation/secret.ts';
import { createPasskeys, type Passkeys } from '../../src/factors/passkeys.ts';
import { createCookies, type Cookies } from '../../src/gate/cookies.ts';
import { openRing } from '../../src/gate/key-ring.ts';
import { createSessionGate } from '../../src/gate/session.ts';
import { createSessionMemory } from '../../src/gate/session-memory.ts';
import { findSession } from '../../src/gate/store.ts';
import { createWriteMarksBuffer, openWriteMarks } from '../../src/gate/write-marks.ts';
import { createPipeline } from '../../src/http/pipeline.ts';
import { createRouter } from '../../src/http/router.ts';
import type { AnyRoute } from '../../src/http/route.ts';
import { createAttemptsBuffer, openAttempts, type Attempts } from '../../src/limits/attempts.ts';
import { authorise } from '../../src/route-policy.ts';
import { ok, refused } from '../../src/foundation/result.ts';
import type { Database } from '../../src/store/database.ts';
import type { KeyObject } from 'node:crypto';
import { testClock, type TestClock } from './clock.ts';
import { beforeServerStops, testDatabase, type TestDatabase } from './database.ts';
import { recordingLog } from './log.ts';
import { requestOf } from './request.ts';

/** Where the pages of the tests stand. */
export const ORIGIN = 'https://localhost:8443';

/** What routes can be made of. */
export interface SignedInParts {
  readonly database: Database;
  readonly cookies: Cookies;
  readonly attempts: Attempts;
  readonly passkeys: Passkeys;
  readonly boxKey: KeyObject;
  readonly codeKey: KeyObject;
  readonly linkKey: KeyObject;
  readonly clock: TestClock;
}

export interface Reply {
  readonly status: number;
  /** An empty object where there is none. */
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever the endpoint said
  readonly body: any;
  readonly cookies: readonly string[];
}

/** One browser of a user, with its own session. */
export interface Browser {
  readonly session: SessionId;
  /** Calls a route as this browser, and keeps the cookies that come back. */
  call(method: string, path: string, body?: unknown, address?: string): Promise<Reply>;
  /** Makes the proof that fresh routes ask for, as of now. */
  prove(): Promise<void>;
}

export interface Person extends Browser {
  readonly user: UserId;
  readonly email: string;
  /** Signs in in one more browser. */
  browser(options?: { readonly isStrong?: boolean }): Promise<Browser>;
}

export interface Stage extends SignedInParts {
  readonly store: TestDatabase;
  person(options?: {
    readonly email?: string;
    readonly password?: boolean;
    readonly isStrong?: boolean;
  }): Promise<Person>;
  /** Makes a company with these members, the first its owner. */
  company(
    members: readonly Person[],
    options?: { readonly requiresSecondFactor?: boolean },
  ): Promise<CompanyId>;
  /** Calls without any session. */
  call(method: string, path: string, body?: unknown, address?: string): Promise<Reply>;
  /** Mails that wait, the oldest first: template, recipient, parameters and id of the link's row. */
  mails(): Promise<
    readonly {
      readonly template: string;
      readonly recipient: string;
      readonly params: unknown;
      readonly link_id: string | null;
    }[]
  >;
  /** What was no Problem; a test that ends with any has found a bug. */
  readonly bugs: unknown[];
}

/** A hash that no password of a test has. */
export const SOME_PHC = `$scrypt$ln=17,r=8,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/** Sets a stage for these routes. */
export const openStage = async (
  makeRoutes: (parts: SignedInParts) => readonly AnyRoute[],
): Promise<Stage> => {
  const store = await testDatabase();
  const { database, superuser } = store;
  const clock = testClock();
  const now = (): number => clock.now();
  const master = randomSecretBytes(32);
  const ring = openRing({ database, master, now, log: recordingLog() });
  beforeServerStops(async () => ring.close());
  await ring.refresh();
  const cookies = createCookies(ring);
  const marks = openWriteMarks(createWriteMarksBuffer());
  const memory = createSessionMemory(100);
  const gate = createSessionGate({
    cookies,
    ring,
    memory,
    marks,
    find: async (session) => (await database.run(findSession, [session]))[0],
    touch: () => undefined,
    // Asks the database each time, as a worker does that has just heard of a change.
    isCurrent: () => false,
    now,
  });
  const { hostname } = new URL(ORIGIN);
  const parts: SignedInParts = {
    database,
    cookies,
    clock,
    attempts: openAttempts(createAttemptsBuffer(64), randomSecretBytes(32)),
    passkeys: createPasskeys({ database, rpId: hostname, rpName: 'Vouchsafe', origin: ORIGIN, clock }),
    boxKey: deriveKey(master, 'totp'),
    codeKey: deriveKey(master, 'recovery-code'),
    linkKey: deriveKey(master, 'link'),
  };
  const bugs: unknown[] = [];
  const handle = createPipeline({
    router: createRouter(makeRoutes(parts)),
    clock,
    publicOrigin: ORIGIN,
    steps: {
      identify: async (request) => {
        const verdict = await gate.identify(request);
        return verdict.ok ? verdict : refused('invalid');
      },
      limit: () => ok(undefined),
      readLimits: () => [],
      authorise,
      noteChange: () => undefined,
      meter: () => undefined,
      refund: () => undefined,
      admitStranger: () => true,
      reportBug: (error) => void bugs.push(error),
    },
  });

  const send = async (
    method: string,
    path: string,
    body: unknown,
    more: { cookie?: string; address?: string },
  ): Promise<Reply> => {
    const [pathname = '', search = ''] = path.split('?');
    const { cookie, address = '192.0.2.1' } = more;
    // So that what one call makes is younger than what the one before made.
    clock.advance(1);
    const headers = { 'sec-fetch-site': 'same-origin', ...(cookie === undefined ? {} : { cookie }) };
    const request = requestOf({
      method,
      path: pathname,
      search,
      headers,
      address,
      ...(body === undefined ? {} : { body }),
    });
    const reply = await handle(request);
    const text = reply.body.toString();
    const set = (reply.extra ?? []).filter(
      (_, index, all) => index % 2 === 1 && all[index - 1] === 'set-cookie',
    );
    return { status: reply.status, body: text === '' ? {} : JSON.parse(text), cookies: set };
  };

  const openBrowser = async (user: UserId, isStrong: boolean): Promise<Browser> => {
    const session = newId('ses', now());
    const [row] = await superuser('select credential_epoch from vouchsafe.user_account where id = $1', [
      user,
    ]);
    const credentialEpoch = row?.['credential_epoch'] as number;
    await superuser(
      `insert into vouchsafe.session
         (id, user_id, credential_epoch, is_strong, created_at, seen_at, expires_at, browser, platform)
       values ($1, $2, $3, $4, $5, $5, $6, 'Firefox', 'Linux')`,
      [session, user, credentialEpoch, isStrong, new Date(now()), new Date(now() + 12 * 3_600_000)],
    );
    const ticket = {
      session,
      user,
      credentialEpoch,
      proofs: ['pwd'],
      provenAt: now(),
      startedAt: now(),
    } as const;
    const keep = (value: string): string => value.split(';')[0] ?? '';
    let cookie = keep(cookies.session(ticket, now()));
    return {
      session,
      call: async (method, path, body, address) => {
        const more = address === undefined ? { cookie } : { cookie, address };
        const reply = await send(method, path, body, more);
        const renewed = reply.cookies.find((one) => one.startsWith('__Host-vs-session='));
        if (renewed !== undefined) cookie = keep(renewed);
        return reply;
      },
      prove: async () => {
        const renewed = cookies.continueSession(
          requestOf({ headers: { cookie } }),
          { provenAt: now() },
          now(),
        );
        if (renewed === undefined) throw new Error('the session is over');
        cookie = keep(renewed);
      },
    };
  };

  return {
    ...parts,
    store,
    bugs,
    person: async ({ email, password = true, isStrong = false } = {}) => {
      const user = newId('usr', now());
      const address = email ?? `${user.slice(-10)}@example.com`;
      await superuser(
        'insert into vouchsafe.user_account (id, email, created_at, active_on) values ($1, $2, $3::timestamptz, $3::timestamptz::date)',
        [user, address, new Date(now())],
      );
      if (password) {
        await superuser('insert into vouchsafe.password values ($1, $2, $3)', [
          user,
          SOME_PHC,
          new Date(now()),
        ]);
      }
      const first = await openBrowser(user, isStrong);
      return {
        ...first,
        user,
        email: address,
        browser: (options = {}) => openBrowser(user, options.isStrong ?? false),
      };
    },
    company: async (members, { requiresSecondFactor = false } = {}) => {
      const company = newId('com', now());
      await superuser(
        'insert into vouchsafe.company (id, name, created_at, require_second_factor) values ($1, $2, $3, $4)',
        [company, 'Northwind', new Date(now()), requiresSecondFactor],
      );
      for (const [index, { user }] of members.entries()) {
        await superuser('insert into vouchsafe.member values ($1, $2, $3, $4)', [
          company,
          user,
          index === 0 ? 'owner' : 'member',
          new Date(now()),
        ]);
      }
      return company;
    },
    call: (method, path, body, address) => send(method, path, body, address === undefined ? {} : { address }),
    mails: async () =>
      (await superuser(
        'select template, recipient, params, link_id from vouchsafe.mail order by created_at, template',
      )) as never,
  };
};
