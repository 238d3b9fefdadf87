/** Every key that is none, at the door of a whole house, byte by byte over TLS: one answer, and nothing of it given back. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { newId } from '../src/foundation/ids.ts';
import { hmacKey } from '../src/foundation/secret.ts';
import { createBrowserOriginCache } from '../src/gate/browser-origin-cache.ts';
import { createBrowserGate } from '../src/gate/browser-origin-gate.ts';
import { createKeyCache } from '../src/gate/key-cache.ts';
import { generateKey } from '../src/gate/key-format.ts';
import { createSecretKeyGate } from '../src/gate/secret-key.ts';
import { findBrowserProject, findSecret } from '../src/gate/store.ts';
import { type Answer, type House, openHouse } from './support/house.ts';
import { requestOf, type RequestParts } from './support/request.ts';
import {
  ask,
  basic,
  bearer,
  makeKey,
  mistype,
  nextSource,
  statusOf,
  untilOver,
  works,
  wrongKeys,
  type Presented,
} from './support/wrong-keys.ts';

let house: House;
let other: House;
before(async () => {
  house = await openHouse();
  other = await openHouse({ beside: house });
});

/** What of an answer must be the same: everything but the time of day, in the header and in the contract's envelope. */
const withoutTime = (answer: string): string =>
  answer.replace(/\r\ndate: [^\r]*/i, '').replace(/"timestamp":\s*\{[^{}]*\}/, '');

/** Whether some part of what was presented came back; the beginnings of keys stand in the help that an answer gives. */
const reflects = (answer: string, { fields = [], search = '' }: Presented): boolean => {
  const sent = `${fields.join(' ')} ${search}`.replaceAll(
    /vs_[sp]k_(?:live|test)_|Authorization: Bearer/gi,
    '',
  );
  for (let start = 0; start + 16 <= Math.min(sent.length, 2000); start += 1)
    if (answer.includes(sent.slice(start, start + 16))) return true;
  return false;
};

describe('a key that is none', () => {
  it('gets one answer, to the byte, whatever is wrong with it and wherever it stands', async () => {
    const wrong = await wrongKeys(house, other);
    const answers = new Map<string, string[]>();
    for (const [name, presented] of Object.entries(wrong)) {
      const answer = await ask(house, presented);
      assert.equal(reflects(answer, presented), false, `${name}: ${answer}`);
      const seen = withoutTime(answer);
      answers.set(seen, [...(answers.get(seen) ?? []), name]);
    }
    assert.ok(Object.keys(wrong).length > 120);
    assert.equal(answers.size, 1, JSON.stringify([...answers], undefined, 1));
    const [[answer = ''] = []] = answers;
    assert.equal(statusOf(answer), 401);
    assert.match(answer, /\r\nwww-authenticate: /i);
    assert.ok(await works(house, house.key.secret.expose()), 'and the right one goes on working');
    assert.doesNotMatch(house.lines.join('\n'), /vs_[sp]k_/, 'nothing of it is logged');
  });

  it('is one only as its bytes: what HTTP and addresses take away or decode is no part of it', async () => {
    const right = house.key.secret.expose();
    const { publicKey } = house.key;
    for (const presented of [
      { fields: [`${bearer(right)} \t `] },
      { fields: [`Authorization:   \tbEaReR   ${right}`] },
      { fields: [`x-api-KEY: \t${right} `] },
      { fields: [basic(`${publicKey}:${right}`)] },
      { search: `&key=${right.replace('v', '%76').replace('s', '%73')}` },
      { fields: [bearer(right), `X-Api-Key: ${right}`], search: `&key=${right}` },
      { fields: [bearer(right)], search: '&key=' },
    ])
      assert.equal(statusOf(await ask(house, presented)), 200, JSON.stringify(presented));
  });

  it('that is longer than the whole head may be is refused by the edge, shortly and clearly', async () => {
    for (const fields of [
      [bearer('x'.repeat(200_000))],
      [bearer('x'.repeat(2_000_000))],
      Array.from({ length: 60 }, () => `X-Api-Key: ${'x'.repeat(4000)}`),
      Array.from({ length: 101 }, () => bearer('x')),
    ]) {
      const answer = await ask(house, { fields });
      assert.equal(statusOf(answer), 431, answer.slice(0, 200));
      assert.ok(answer.length < 2000 && !answer.includes('xxxx'));
      assert.match(answer, /\r\nconnection: close\r\n/i);
      // In the words of the contract where the line that names the path is still at hand.
      assert.match(answer, /"status":\s*\{\s*"code":\s*431|"status":431,"code":"headers_too_large"/);
    }
    const noText = await ask(house, { fields: [`${bearer('x')}\0`] });
    assert.equal(statusOf(noText), 400, 'bytes that cannot stand in a header field are no HTTP');
    assert.ok(await works(house, house.key.secret.expose()));
  });

  it('opens nothing where no key is taken: there a key is as good as none', async () => {
    const right = house.key.secret.expose();
    for (const path of ['/v1/session', `/v1/companies/${house.company}/keys`]) {
      const answers = new Set<string>();
      for (const presented of [
        {},
        { fields: [bearer(right)] },
        { fields: [basic(`${house.key.publicKey}:${right}`)] },
        { fields: [`X-Api-Key: ${right}`] },
        { search: `?key=${right}` },
      ]) {
        const answer = await ask(house, { ...presented, path });
        assert.equal(statusOf(answer), 401);
        assert.ok(answer.includes('sign_in_required') && !answer.includes(right));
        answers.add(withoutTime(answer));
      }
      assert.equal(answers.size, 1, path);
    }
  });
});

describe('the work that a refused key costs', () => {
  /** The gates as the house has them, over its database, with a count of look-ups; a look-up comes with one digest. */
  const openGates = (): { readonly workOf: (parts: RequestParts) => Promise<readonly [string, number]> } => {
    let lookups = 0;
    const { database } = house.store;
    const secrets = createSecretKeyGate({
      pepper: hmacKey(house.pepper),
      cache: createKeyCache(100),
      find: async (digest) => {
        lookups += 1;
        assert.equal(digest.length, 32);
        return (await database.run(findSecret, [digest]))[0];
      },
      isCurrent: () => true,
      now: () => Date.now(),
    });
    const gate = createBrowserGate({
      secrets,
      cache: createBrowserOriginCache(100),
      find: async (name) => {
        lookups += 1;
        return (await database.run(findBrowserProject, [name]))[0];
      },
      isCurrent: () => true,
      now: () => Date.now(),
    });
    return {
      workOf: async (parts) => {
        const earlier = lookups;
        const verdict = await gate.identify(requestOf(parts));
        return [verdict.ok ? 'ok' : verdict.reason, lookups - earlier];
      },
    };
  };
  const inHeader = (key: string): RequestParts => ({ headers: { authorization: `Bearer ${key}` } });

  it('follows from the form of what was sent alone, for every key that there is not', async () => {
    const { workOf } = openGates();
    const random = fc.constantFrom('live', 'test').map((kind) => generateKey('sk', kind).expose());
    const letter = fc.constantFrom('0', '1', '9', 'A', 'Z', 'a', 'z', '_', '-');
    await fc.assert(
      fc.asyncProperty(random, fc.nat({ max: 48 }), letter, async (key, at, sign) => {
        assert.deepEqual(await workOf(inHeader(key)), ['unknown', 1]);
        const place = 11 + at;
        if (key[place] === sign) return;
        const damaged = key.slice(0, place) + sign + key.slice(place + 1);
        // Anybody can compute the checksum (SECURITY.md); it says nothing about which keys there are.
        assert.deepEqual(await workOf(inHeader(damaged)), ['malformed', 0]);
      }),
      { numRuns: 100 },
    );
    for (const text of ['', 'x', 'y'.repeat(100_000), `Bearer ${'vs_sk_live_'.repeat(9000)}`])
      assert.equal((await workOf({ headers: { authorization: text } }))[1], 0);
  });

  it('is the same for one that was revoked as for one that never was, again and again', async () => {
    const { workOf } = openGates();
    const revoked = await makeKey(house);
    assert.deepEqual(await workOf(inHeader(revoked.secret.expose())), ['ok', 1]);
    await house.keys.revoke(house.company, revoked.id, 'test');
    const fresh = openGates();
    const unknown = generateKey('sk', 'live').expose();
    for (let round = 0; round < 3; round += 1) {
      assert.deepEqual(await fresh.workOf(inHeader(revoked.secret.expose())), ['revoked', 1]);
      assert.deepEqual(await fresh.workOf(inHeader(unknown)), ['unknown', 1]);
    }
  });

  it('is less only for who holds a whole secret that there is, or names what is public', async () => {
    const { workOf } = openGates();
    const key = await makeKey(house);
    const pair = (publicKey: string): RequestParts => ({
      headers: {
        authorization: `Basic ${Buffer.from(`${publicKey}:${key.secret.expose()}`).toString('base64')}`,
      },
    });
    assert.deepEqual(await workOf(inHeader(key.secret.expose())), ['ok', 1]);
    for (const publicKey of [generateKey('pk', 'live').expose(), house.key.publicKey, 'x'])
      assert.deepEqual(await workOf(pair(publicKey)), ['wrong-pair', 0]);
    assert.deepEqual(await workOf(inHeader(mistype(key.secret.expose()))), ['malformed', 0]);
    const page = (search: string): RequestParts => ({ search, headers: { origin: 'https://evil.example' } });
    for (const lookups of [1, 0])
      assert.deepEqual(await workOf(page(`key=${key.publicKey}`)), ['no-domain', lookups]);
    for (let round = 0; round < 2; round += 1) {
      assert.deepEqual(await workOf(page(`key=${generateKey('pk', 'live').expose()}`)), ['unknown', 1]);
      assert.deepEqual(await workOf(page(`pid=${newId('prj', 1)}`)), ['unknown', 1]);
    }
  });

  it('takes a time that is shown here, not asserted', async (context) => {
    const revoked = await makeKey(house);
    await house.keys.revoke(house.company, revoked.id, 'test');
    const kinds: Readonly<Record<string, () => string>> = {
      mistyped: () => mistype(house.key.secret.expose()),
      unknown: () => generateKey('sk', 'live').expose(),
      revoked: () => revoked.secret.expose(),
    };
    const times = new Map<string, number[]>();
    for (let round = 0; round < 40; round += 1) {
      for (const [kind, key] of Object.entries(kinds)) {
        const fields = { authorization: `Bearer ${key()}` };
        const start = performance.now();
        const { status }: Answer = await house.get('/geocode/v1/json?q=x', { headers: fields });
        times.set(kind, [...(times.get(kind) ?? []), performance.now() - start]);
        assert.equal(status, 401);
        // Below the share of a second that strangers have.
        await pause(21);
      }
    }
    for (const [kind, all] of times) {
      const sorted = all.sort((a, b) => a - b);
      const at = (part: number): string => (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(2);
      context.diagnostic(`${kind}: median ${at(0.5)} ms, from ${at(0.1)} to ${at(0.9)} (middle 80 %)`);
    }
  });
});

describe('a report of an exposed key', () => {
  const report = (
    secret: string,
    from: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> => {
    const body = JSON.stringify({ secret });
    return house.get('/v1/exposed-keys', {
      method: 'POST',
      localAddress: from,
      headers: { 'content-type': 'application/json', 'content-length': String(body.length), ...headers },
      body,
    });
  };

  it('needs nothing but the secret, from a terminal as from a page, and ends it within a second', async () => {
    for (const headers of [
      {},
      { 'user-agent': 'curl/8.5.0', accept: '*/*' },
      { 'sec-fetch-site': 'cross-site', origin: 'null' },
    ]) {
      const key = (await makeKey(house)).secret.expose();
      assert.ok(await works(house, key));
      const taken = await report(key, nextSource(), headers);
      const start = performance.now();
      assert.deepEqual([taken.status, taken.json()], [202, { taken: true }]);
      assert.equal(taken.headers['access-control-allow-origin'], undefined);
      await untilOver(house, key);
      assert.ok(performance.now() - start < 1000);
    }
  });

  it('is slowed by its source, and tells nobody whether there was such a key', async () => {
    const from = nextSource();
    const unknown = generateKey('sk', 'live').expose();
    for (let count = 0; count < 20; count += 1)
      assert.equal((await report(unknown, from)).status, 202, `report ${count}`);
    // One more fits every three seconds.
    let slowed: Answer | undefined;
    for (let count = 0; count < 40 && slowed?.status !== 429; count += 1)
      slowed = await report(unknown, from);
    assert.deepEqual([slowed?.status, slowed?.json()['code']], [429, 'rate_limited']);
    assert.ok(Number(slowed?.headers['retry-after']) >= 1);
    assert.equal((await report(unknown, nextSource())).status, 202);
  });
});
