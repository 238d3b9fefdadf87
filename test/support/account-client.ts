/** An API client of a real server's accounts: keeps cookies as a browser does, over as many connections as a test wants. */
import assert from 'node:assert/strict';
import { Agent, request as requestHttps } from 'node:https';
import { createAuthenticatorApp, type AuthenticatorApp } from './totp.ts';
import { until, type RunningServer } from './server.ts';

/** A password that the policy takes. */
export const GOOD_PASSWORD = 'many horses eat green staples';

export interface Reply {
  readonly status: number;
  /** Parsed; an empty object where there is none, the text where it is no JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever the endpoint said
  readonly body: any;
}

/** One connection that stays open; the cookies are the client's. */
export interface Line {
  call(method: string, path: string, body?: unknown): Promise<Reply>;
  close(): void;
}

/** One browser. */
export interface AccountClient {
  /** Calls over a connection of its own. Rejects where there is no answer. */
  call(method: string, path: string, body?: unknown): Promise<Reply>;
  /** The same; asserts success and gives the body. */
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever the endpoint said
  ok(method: string, path: string, body?: unknown): Promise<any>;
  /** Opens a connection that stays open. */
  line(): Line;
  /** Another browser with the same cookies as of now. */
  copy(server?: Place): AccountClient;
  /** Names of the cookies that it holds. */
  cookies(): readonly string[];
}

/** What has to be known of a server to call it. */
export type Place = Pick<RunningServer, 'url' | 'port' | 'ca'>;

const nameOf = (cookie: string): string => cookie.slice(0, cookie.indexOf('='));

/** Opens a browser without cookies, or with these. */
export const openAccountClient = (
  server: Place,
  jar: Map<string, string> = new Map<string, string>(),
  from = '127.0.0.1',
): AccountClient => {
  const keep = (set: readonly string[]): void => {
    for (const cookie of set) {
      const [pair = ''] = cookie.split(';');
      if (/;\s*max-age=0\b/i.test(cookie)) jar.delete(nameOf(pair));
      else jar.set(nameOf(pair), pair);
    }
  };

  const send = (agent: Agent | false, method: string, path: string, body: unknown): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const sent = requestHttps(
        {
          host: '127.0.0.1',
          port: server.port,
          ca: server.ca,
          servername: 'localhost',
          localAddress: from,
          agent,
          method,
          path,
          timeout: 30_000,
          headers: {
            // As a browser would: the page's origin, whatever address the socket is connected to.
            origin: server.url,
            ...(jar.size === 0 ? {} : { cookie: [...jar.values()].join('; ') }),
            ...(text === undefined
              ? {}
              : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
          },
        },
        (message) => {
          let answer = '';
          message.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
          message.on('error', reject);
          message.on('end', () => {
            keep(message.headers['set-cookie'] ?? []);
            const isJson = message.headers['content-type']?.includes('json') === true;
            resolve({
              status: message.statusCode ?? 0,
              body: answer === '' ? {} : isJson ? JSON.parse(answer) : answer,
            });
          });
        },
      );
      sent.on('timeout', () => sent.destroy(new Error('no answer within the time')));
      sent.on('error', reject);
      sent.end(text);
    });

  return {
    call: (method, path, body) => send(false, method, path, body),
    ok: async (method, path, body) => {
      const reply = await send(false, method, path, body);
      assert.ok(
        reply.status >= 200 && reply.status < 300,
        `${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`,
      );
      return reply.body;
    },
    line: () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      return {
        call: (method, path, body) => send(agent, method, path, body),
        close: () => agent.destroy(),
      };
    },
    copy: (other = server) => openAccountClient(other, new Map(jar), from),
    cookies: () => [...jar.keys()],
  };
};

/** A mail in the local mailbox. */
export interface KeptMail {
  readonly id: string;
  readonly subject: string;
  readonly to: string;
}

/** All mails of the local mailbox to an address, newest first. */
export const keptMails = async (
  server: Pick<RunningServer, 'ask'>,
  address: string,
): Promise<readonly KeptMail[]> => {
  const { body } = await server.ask('/mailbox');
  return [...body.matchAll(/<a href="\/mailbox\/(mai_\w+)">([^<]*)<\/a><\/p>\s*<p class="meta">to ([^,]*),/g)]
    .map(([, id = '', subject = '', to = '']) => ({ id, subject, to }))
    .filter(({ to }) => to === address);
};

/** The token of the newest mail to an address whose subject is like this, once it lies in the local mailbox. */
export const mailedToken = async (
  server: Pick<RunningServer, 'ask'>,
  address: string,
  subject: RegExp = /./,
): Promise<string> => {
  let token = '';
  await until(`a link for ${address}`, async () => {
    const found = (await keptMails(server, address)).find((mail) => subject.test(mail.subject));
    if (found === undefined) return false;
    const { body } = await server.ask(`/mailbox/${found.id}`);
    token = /#token=([\w-]{43})(?![\w-])/.exec(body)?.[1] ?? '';
    return token !== '';
  });
  return token;
};

/** Somebody with an account and a company of their own. */
export interface Owner extends AccountClient {
  readonly email: string;
  readonly user: string;
  readonly company: string;
}

/** Signs up as far as the mail with the link. */
export const askToSignUp = async (
  client: AccountClient,
  email: string,
  companyName = `Company of ${email}`,
): Promise<void> => {
  const { status } = await client.call('POST', '/v1/sign-ups', {
    email,
    password: GOOD_PASSWORD,
    company_name: companyName,
  });
  assert.equal(status, 202);
};

/** Confirms a sign-up with the token of its mail. */
export const confirmSignUp = async (client: AccountClient, email: string, token: string): Promise<Owner> => {
  const { user, memberships } = await client.ok('POST', '/v1/sign-ups/confirm', { token });
  return { ...client, email, user: user.id, company: memberships[0].company };
};

/** Signs somebody up by the mailed link; they are signed in afterwards. @param from a loopback address of their own. */
export const signUp = async (
  server: Place & Pick<RunningServer, 'ask'>,
  email: string,
  from?: string,
): Promise<Owner> => {
  const client = openAccountClient(server, new Map(), from);
  await askToSignUp(client, email);
  return confirmSignUp(client, email, await mailedToken(server, email));
};

/** Enrols an authenticator app; the session is strong afterwards. */
export const enrolTotp = async (
  client: AccountClient,
): Promise<{ readonly app: AuthenticatorApp; readonly recoveryCodes: readonly string[] }> => {
  const { secret } = await client.ok('POST', '/v1/account/totp', {});
  const app = createAuthenticatorApp(secret);
  const { recovery_codes: recoveryCodes } = await client.ok('POST', '/v1/account/totp/confirm', {
    code: await app.code(),
  });
  return { app, recoveryCodes };
};

/** Signs in once more, with the password alone. */
export const signIn = async (server: Place, email: string, from?: string): Promise<AccountClient> => {
  const client = openAccountClient(server, new Map(), from);
  await client.ok('POST', '/v1/sessions', { email, password: GOOD_PASSWORD });
  return client;
};
