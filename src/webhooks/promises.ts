/** What is promised about webhooks, and a check that tries to send where nothing may be sent. */
import type { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { isIPv6, createServer, type AddressInfo } from 'node:net';
import { openSecret, sealSecret } from '../foundation/box.ts';
import type { Clock } from '../foundation/clock.ts';
import { newId, type CompanyId } from '../foundation/ids.ts';
import type { CheckResult, PromiseDefinition } from '../foundation/promise.ts';
import { digestsEqual } from '../foundation/secret.ts';
import type { Database } from '../store/database.ts';
import { reachOf } from './addresses.ts';
import { createGuard, type Guard } from './guard.ts';
import { createSend } from './send.ts';
import { newSecret, signMessage } from './signature.ts';
import { insertWebhook, readWebhookAsText } from './store.ts';

/** How the installation sends, which the checks do as well. */
export interface WebhookSettings {
  /** `deriveKey(master, 'webhook')`. */
  readonly boxKey: KeyObject;
  /** WEBHOOK_NETWORKS. */
  readonly networks: readonly string[];
}

export interface WebhookPromiseOptions {
  readonly database: Pick<Database, 'company'>;
  /** The company of the checks' own. */
  readonly home: () => Promise<{ readonly company: CompanyId }>;
  readonly settings: WebhookSettings;
  readonly clock: Clock;
  /** What deliveries are guarded by, and secrets sealed with, where left out; tests of the check break them. */
  readonly guardOf?: typeof createGuard;
  readonly seal?: typeof sealSecret;
}

/** One of each kind that is not the internet's (IANA special-purpose registries). */
const NOT_PUBLIC = [
  ...(['0.0.0.0', '10.0.0.1', '100.64.0.1', '127.0.0.1', '169.254.169.254', '172.16.0.1'] as const),
  ...(['192.0.2.1', '192.168.0.1', '198.18.0.1', '224.0.0.1', '255.255.255.255', '::', '::1'] as const),
  ...(['::ffff:127.0.0.1', '64:ff9b::7f00:1', '2001:db8::1', '2002:7f00:1::', 'fc00::1', 'fe80::1'] as const),
];

const broken = (evidence: string): CheckResult => ({ state: 'broken', evidence });

class TakenBack extends Error {}

/** Sends a message to a listener of its own on this machine; gives how many connections came. */
const knock = async (guard: Guard, now: number): Promise<number> => {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const send = createSend({ guard, version: 'check', deadlineMs: 2000 });
    const headers = signMessage([newSecret()], 'check', '{}', now);
    for (const host of ['127.0.0.1', 'webhook-check.invalid'])
      await send({ url: `https://${host}:${port}/`, body: '{}', headers }, new AbortController().signal);
    return connections;
  } finally {
    server.close();
  }
};

/** The row of a webhook as text, and whether its box holds the secret; nothing of it stays. */
const keepAndForget = async (
  { database, home, settings, clock, seal = sealSecret }: WebhookPromiseOptions,
  secret: Buffer,
): Promise<{ readonly text: string; readonly opens: () => boolean }> => {
  const { company } = await home();
  const webhook = newId('whk', clock.now());
  const box = seal(settings.boxKey, webhook, secret);
  let text = '';
  try {
    await database.company(company, async (tx) => {
      const at = new Date(clock.now());
      await tx.all(insertWebhook, [webhook, company, 'https://example.com/', '', ['key.rotated'], box, at]);
      text = (await tx.one(readWebhookAsText, [company, webhook]))?.content ?? '';
      throw new TakenBack();
    });
  } catch (error) {
    if (!(error instanceof TakenBack)) throw error;
  }
  return { text, opens: () => digestsEqual(openSecret(settings.boxKey, webhook, box), secret) };
};

/** Messages go to public addresses, and the secrets that sign them are not there to be read. */
export const webhooksStayOutside = (options: WebhookPromiseOptions): PromiseDefinition => ({
  id: 'webhooks-stay-outside',
  kind: 'canary-tested',
  sentence: () =>
    options.settings.networks.length === 0
      ? 'Webhooks go to public addresses only, whatever a name resolves to; the secrets that sign them lie encrypted.'
      : 'Webhooks go to public addresses and to networks that this installation’s operator named, whatever a name resolves to; the secrets that sign them lie encrypted.',
  enforcedBy:
    'Every name is resolved by the server before each attempt, every address is looked at, and the connection is made to one of them; secrets are under AES-256-GCM with a key outside the database, bound to their row.',
  check: async () => {
    const { settings, clock, guardOf = createGuard } = options;
    const { networks } = settings;
    const guardTo = (address: string): Guard =>
      guardOf({ networks, resolve: async () => [{ address, family: isIPv6(address) ? 6 : 4 }] });
    const mayReach = reachOf(networks);
    const tried = NOT_PUBLIC.filter((address) => !mayReach(address));
    for (const address of tried) {
      const found = await guardTo(address).locate(
        new URL('https://webhook-check.invalid/'),
        AbortSignal.timeout(2000),
      );
      if (found.ok) return broken(`A name that resolves to ${address} was not refused.`);
    }
    const reachesLoopback = mayReach('127.0.0.1');
    if (!reachesLoopback && (await knock(guardTo('127.0.0.1'), clock.now())) > 0)
      return broken('A message reached a listener on this machine.');

    const secret = newSecret();
    const { text, opens } = await keepAndForget(options, secret);
    const forms = [secret.toString('hex'), secret.toString('base64'), secret.toString('base64url')];
    if (forms.some((form) => text.toLowerCase().includes(form.toLowerCase())))
      return broken('The row of a fresh webhook holds its secret.');
    if (text === '' || !opens()) throw new Error('the webhook of the check was not kept');
    const knocked = reachesLoopback
      ? 'The operator allows messages to this machine, so that none was tried'
      : 'a listener on this machine was not reached, neither by its address nor by a name';
    return {
      state: 'kept',
      evidence: `Names that resolve to ${tried.length} kinds of addresses that are not public were refused; ${knocked}; the row of a fresh webhook did not hold its secret, neither as hex nor as base64.`,
    };
  },
});
