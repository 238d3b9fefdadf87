import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createServer, request, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, describe, it } from 'node:test';
import { systemClock } from '../foundation/clock.ts';
import type { CheckResult } from '../foundation/promise.ts';
import { Secret } from '../foundation/secret.ts';
import type { SeenAnswer } from '../http/promises.ts';
import { generateKey } from './key-format.ts';
import { oneAnswerForWrongKeys, REVOCATION_BOUND_MS, revokedWithinASecond } from './promises.ts';

const closes: (() => void)[] = [];
after(() => {
  for (const close of closes) close();
});

/** A server of a few lines, and how to use a key at it. */
const startServer = async (listener: RequestListener): Promise<(key: string) => Promise<SeenAnswer>> => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closes.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  return (key) =>
    new Promise((resolve, reject) => {
      const sent = request(
        { port, host: '127.0.0.1', agent: false, headers: { 'x-api-key': key } },
        (message) => {
          let body = '';
          message.on('data', (chunk: Buffer) => (body += chunk.toString()));
          message.on('end', () =>
            resolve({ status: message.statusCode ?? 0, headers: message.headers as never, body }),
          );
        },
      );
      sent.on('error', reject);
      sent.end();
    });
};

const keyOf = (incoming: Parameters<RequestListener>[0]): string => String(incoming.headers['x-api-key']);

/** Checks the promise at a server whose workers forget a revoked key after a while, in milliseconds. */
const checkRevocation = async (forgetAfter: readonly number[]): Promise<CheckResult> => {
  const revokedAt = new Map<string, number>();
  const known = new Set<string>();
  let turn = 0;
  const use = await startServer((incoming, response) => {
    const key = keyOf(incoming);
    turn += 1;
    const patience = forgetAfter[turn % forgetAfter.length] ?? 0;
    const since = revokedAt.get(key);
    const accepted = known.has(key) && (since === undefined || systemClock.monotonic() - since < patience);
    response.writeHead(accepted ? 200 : 401).end();
  });
  const secrets = new Map<string, string>();
  return revokedWithinASecond({
    use: (key) => use(key.expose()),
    canaries: {
      make: async () => {
        const secret = generateKey('sk', 'live');
        const id = randomUUID();
        known.add(secret.expose());
        secrets.set(id, secret.expose());
        return { id, secret };
      },
      revoke: async (id) => void revokedAt.set(secrets.get(id)!, systemClock.monotonic()),
      revoked: async () => new Secret('unused'),
    },
    clock: systemClock,
    workers: forgetAfter.length,
    paceMs: 5,
  }).check();
};

describe('the promise that revocation takes a second', () => {
  it('is kept where every worker forgets in time, and says how long it took', async () => {
    const { state, figures } = await checkRevocation([0, 150]);
    assert.equal(state, 'kept');
    assert.ok(figures!['lastMs']! > 0 && figures!['lastMs']! <= REVOCATION_BOUND_MS);
  });

  it('is broken by one worker that takes longer', async () => {
    const { state, figures } = await checkRevocation([0, 0, 1400]);
    assert.equal(state, 'broken');
    assert.ok(figures!['lastMs']! > REVOCATION_BOUND_MS);
  });

  it('is broken by a cache that never forgets', async () => {
    assert.equal((await checkRevocation([Number.POSITIVE_INFINITY])).state, 'broken');
  });

  it('quotes the bound and the last measurement', () => {
    const definition = revokedWithinASecond({
      use: undefined!,
      canaries: undefined!,
      clock: systemClock,
      workers: 1,
    });
    assert.match(definition.sentence({}), /within 1,000 ms\.$/);
    assert.match(definition.sentence({ lastMs: 212 }), /last measured: 212 ms\.$/);
  });
});

describe('the promise of one answer for wrong keys', () => {
  const revoked = generateKey('sk', 'live');
  const check = async (listener: RequestListener): Promise<CheckResult> =>
    oneAnswerForWrongKeys({ use: await startServer(listener), revoked: async () => revoked }).check();

  it('is kept by answers that differ in their timestamp only', async () => {
    let second = 0;
    const { state } = await check((_request, response) => {
      second += 1;
      response.writeHead(401, { date: new Date(second * 1000).toUTCString() });
      response.end(`{"status":{"code":401},"timestamp":{"created_unix":${second}}}`);
    });
    assert.equal(state, 'kept');
  });

  it('is broken by an answer that names the reason', async () => {
    const { state } = await check((incoming, response) => {
      response.writeHead(401).end(keyOf(incoming) === revoked.expose() ? 'revoked' : 'unknown');
    });
    assert.equal(state, 'broken');
  });

  it('is broken by another status or header for one of the kinds', async () => {
    for (const differ of [
      { status: 403, headers: {} },
      { status: 401, headers: { 'x-reason': 'revoked' } },
    ]) {
      const { state } = await check((incoming, response) => {
        const isRevoked = keyOf(incoming) === revoked.expose();
        response.writeHead(isRevoked ? differ.status : 401, isRevoked ? differ.headers : {}).end();
      });
      assert.equal(state, 'broken');
    }
  });

  it('is broken by a server that lets anybody in', async () => {
    assert.equal((await check((_request, response) => void response.end('welcome'))).state, 'broken');
  });

  it('cannot be checked while the server slows strangers', async () => {
    await assert.rejects(check((_request, response) => void response.writeHead(429).end()));
  });
});
