/** Key pairs as a stranger meets them: over HTTPS, through the whole pipeline. */
import assert from 'node:assert/strict';
import type { OutgoingHttpHeaders } from 'node:http';
import { before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CreatedKey } from '../src/keys/service.ts';
import { generateKey } from '../src/gate/key-format.ts';
import { type Answer, type House, openHouse } from './support/house.ts';

const PATH = '/geocode/v1/json?q=Paris';
let house: House;
before(async () => {
  house = await openHouse();
});

/** Workers hear of changes, and write failures down, a moment later. */
const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await isSo()) return;
    await sleep(50);
  }
  throw new Error('it never came to that');
};

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const ask = (headers: OutgoingHttpHeaders, from = '127.0.0.1', path = PATH): Promise<Answer> =>
  house.get(path, { headers, localAddress: from });
const make = (settings: object = {}): Promise<CreatedKey> =>
  house.keys.create({ company: house.company, project: house.project, name: 'Pair', ...settings });
const withPair = ({ publicKey, secret }: CreatedKey, from?: string): Promise<Answer> =>
  ask({ authorization: basic(publicKey, secret.expose()) }, from);
const withWrong = ({ publicKey }: CreatedKey, from?: string): Promise<Answer> =>
  ask({ authorization: basic(publicKey, generateKey('sk', 'live').expose()) }, from);

/** What of an answer must be the same. */
const seen = (answer: Answer): string => {
  const { date: _date, ...headers } = answer.headers;
  return JSON.stringify([
    answer.status,
    answer.reason,
    headers,
    answer.body.replace(/"timestamp":\{[^}]*\}/, ''),
  ]);
};

describe('a wrong key', () => {
  it('gets one answer, whatever is wrong with it', async () => {
    const [revoked, over, another] = [await make(), await make(), await make()];
    await house.keys.revoke(house.company, revoked.id, 'test');
    await house.store.superuser(
      "update vouchsafe.key set expires_at = now() - interval '1 second' where id = $1",
      [over.id],
    );
    await until(async () => (await withPair(over)).status === 401);
    const elsewhere = await make({ networks: ['192.0.2.0/24', '2001:db8::/32'] });
    const right = house.key.secret.expose();
    const mistyped = right.slice(0, -1) + (right.endsWith('0') ? '1' : '0');
    const wrong: Readonly<Record<string, OutgoingHttpHeaders>> = {
      'a typo': { authorization: `Bearer ${mistyped}` },
      'another installation’s': { authorization: `Bearer ${generateKey('sk', 'live').expose()}` },
      'a test key': { authorization: `Bearer ${generateKey('sk', 'test').expose()}` },
      'revoked a moment ago': { authorization: `Bearer ${revoked.secret.expose()}` },
      'revoked, as a pair': { authorization: basic(revoked.publicKey, revoked.secret.expose()) },
      'at its end': { authorization: `Bearer ${over.secret.expose()}` },
      'from another network': { authorization: `Bearer ${elsewhere.secret.expose()}` },
      'another pair’s': { authorization: basic(another.publicKey, right) },
      'an unknown pair’s': { authorization: basic(generateKey('pk', 'live').expose(), right) },
      'the public half': { authorization: `Bearer ${another.publicKey}` },
      'Basic without a colon': { authorization: `Basic ${Buffer.from(right).toString('base64')}` },
      'Basic with three colons': { authorization: basic(`${another.publicKey}:a`, `${right}:b`) },
      'Basic that is no base64': { authorization: 'Basic ?%?' },
      'Basic without a secret': { authorization: basic(another.publicKey, '') },
      'another scheme': { authorization: `Digest ${right}` },
      'no scheme': { authorization: right },
      'look-alikes': { authorization: Buffer.from(`Bearer ${right.replace('v', 'ѵ')}`).toString('latin1') },
      'twice, and different': { authorization: `Bearer ${right}`, 'x-api-key': mistyped },
      'twenty times': { 'x-api-key': Array.from({ length: 20 }, () => right) },
      'a hundred kilobytes': { authorization: `Bearer ${'x'.repeat(100_000)}` },
    };
    const answers = new Map<string, string>();
    for (const [name, headers] of Object.entries(wrong)) {
      const answer = await ask(headers);
      assert.equal(answer.status, 401, `${name}: ${answer.body}`);
      answers.set(name, seen(answer));
      // Below the share of a second that strangers have.
      await sleep(25);
    }
    assert.equal(new Set(answers.values()).size, 1, JSON.stringify([...answers], undefined, 1));
    assert.equal((await ask({ authorization: `Bearer ${right}` })).status, 200);
  });
});

describe('networks of a key', () => {
  it('let in those that are in them, and a change is known within a second', async () => {
    const key = await make({ networks: ['127.0.0.2/32', '::1'] });
    const bearer = { authorization: `Bearer ${key.secret.expose()}` };
    assert.equal((await ask(bearer, '127.0.0.2')).status, 200);
    assert.equal((await ask(bearer, '127.0.0.1')).status, 401);
    await house.keys.change(house.company, key.id, { networks: ['127.0.0.0/30'] });
    await until(async () => (await ask(bearer, '127.0.0.1')).status === 200);
    await house.keys.change(house.company, key.id, { networks: [] });
    await until(async () => (await ask(bearer, '127.0.0.3')).status === 200);
  });
});

describe('failed attempts', () => {
  const openFailures = async ({ id }: CreatedKey): Promise<number> =>
    Number(
      (await house.store.superuser('select open from vouchsafe.key_failure where key_id = $1', [id]))[0]?.[
        'open'
      ] ?? 0,
    );
  const mails = (): Promise<Record<string, unknown>[]> =>
    house.store.superuser(
      "select template, params from vouchsafe.mail where template like 'key-%' order by created_at",
    );

  it('slow their source alone, never the right secret, and are mailed once', async () => {
    await house.store.superuser(
      "update vouchsafe.company set contact_email = 'ops@example.com' where id = $1",
      [house.company],
    );
    const key = await make();
    for (let attempt = 1; attempt <= 20; attempt += 1)
      assert.equal((await withWrong(key)).status, 401, `attempt ${attempt}`);
    const slowed = await withWrong(key);
    assert.deepEqual([slowed.status, slowed.headers['retry-after']], [429, '1']);
    assert.equal((await withWrong(key, '127.0.0.2')).status, 401, 'another source');
    await until(async () => (await openFailures(key)) === 22);
    assert.equal((await withPair(key, '127.0.0.2')).status, 200, 'a success of another source');
    await until(async () => (await openFailures(key)) === 21);
    assert.equal((await withPair(key)).status, 200, 'the right secret from the slowed source');
    assert.equal((await withWrong(key)).status, 401, 'and the row of failures is over');
    await until(async () => (await openFailures(key)) === 1);
    const told = await mails();
    assert.deepEqual(
      told.map(({ template }) => template),
      ['key-failures', 'key-success-after-failures'],
    );
    // What came within a tenth of a second of the twentieth is counted in.
    const { count } = told[0]!['params'] as { readonly count: number };
    assert.ok(count >= 20);
  });

  it('of keys that there are not are slowed in the same words', async () => {
    const [there, not] = [await make(), { ...(await make()), publicKey: generateKey('pk', 'live').expose() }];
    const answers: string[][] = [[], []];
    for (let attempt = 0; attempt < 22; attempt += 1) {
      answers[0]?.push(seen(await withWrong(there, '127.0.0.4')));
      answers[1]?.push(seen(await withWrong(not, '127.0.0.5')));
    }
    assert.ok(answers[0]?.some((text) => text.startsWith('[429')));
    assert.deepEqual(new Set(answers[0]), new Set(answers[1]));
  });

  it('leave no address anywhere', async () => {
    const rows = await house.store.superuser('select f::text as f from vouchsafe.key_failure f');
    assert.ok(rows.length > 0);
    assert.doesNotMatch(JSON.stringify(rows) + house.lines.join('\n'), /127\.0\.0\./);
  });
});
