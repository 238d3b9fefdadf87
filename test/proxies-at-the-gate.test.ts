/** A whole house behind a proxy of its own: networks of keys, limits and failed attempts see who calls, not the proxy. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateKey } from '../src/gate/key-format.ts';
import type { CreatedKey } from '../src/keys/service.ts';
import { openHouse, type Answer, type House } from './support/house.ts';

const GEOCODE = '/geocode/v1/json?q=Paris';
const PROXY = '127.1.0.1';
const OUTSIDE = '127.2.0.1';
/** A client can choose among addresses of loopback. */
const CAN_CHOOSE = process.platform === 'linux';

let house: House;
before(async () => {
  house = await openHouse({ trustedProxies: ['127.1.0.0/16'] });
});

const ask = (from: string, headers: Record<string, string>, path = GEOCODE): Promise<Answer> =>
  house.get(path, { headers, localAddress: from });

const boundKey = (networks: string[]): Promise<CreatedKey> =>
  house.keys.create({ company: house.company, project: house.project, name: 'Bound', networks });

if (CAN_CHOOSE) {
  describe('behind a trusted proxy', () => {
    it('a key bound to networks works for callers in them, and the proxy lends nobody its own', async () => {
      const key = await boundKey(['192.0.2.0/24']);
      const bearer = { authorization: `Bearer ${key.secret.expose()}` };
      const passedOn = (client: string): Record<string, string> => ({ ...bearer, 'x-forwarded-for': client });
      assert.equal((await ask(PROXY, passedOn('192.0.2.7'))).status, 200);
      assert.equal((await ask(PROXY, { ...bearer, forwarded: 'for="192.0.2.7:80"' })).status, 200);
      assert.equal((await ask(PROXY, passedOn('198.51.100.7'))).status, 401);
      assert.equal((await ask(PROXY, passedOn('192.0.2.7, 198.51.100.7'))).status, 401, 'forged on the left');
      assert.equal((await ask(PROXY, passedOn('192.0.2.7, unknown'))).status, 401, 'nothing is guessed');
      assert.equal(
        (await ask(PROXY, { ...passedOn('198.51.100.7'), forwarded: 'for=192.0.2.7' })).status,
        401,
      );
      assert.equal((await ask(PROXY, bearer)).status, 401);
      assert.equal((await ask(OUTSIDE, passedOn('192.0.2.7'))).status, 401, 'forged from outside');
    });

    it('a caller that makes too many mistakes is slowed, and its neighbours behind the same proxy are not', async () => {
      const wrong = (client: string): Promise<Answer> =>
        ask(PROXY, { 'x-forwarded-for': client }, `/nowhere/${client}`);
      const statuses = new Set<number>();
      for (let round = 0; round < 5 && !statuses.has(429); round += 1) {
        const answers = await Promise.all(Array.from({ length: 80 }, () => wrong('203.0.113.5')));
        for (const { status } of answers) statuses.add(status);
      }
      assert.ok(statuses.has(429), [...statuses].join(' '));
      assert.equal((await wrong('203.0.113.6')).status, 404);
    });

    it('failed attempts with a key are held against the caller that makes them', async () => {
      const key = await boundKey([]);
      const [publicPart, secret] = [key.publicKey, generateKey('sk', 'live').expose()];
      const fail = (client: string): Promise<Answer> =>
        ask(PROXY, {
          authorization: `Basic ${Buffer.from(`${publicPart}:${secret}`).toString('base64')}`,
          'x-forwarded-for': client,
        });
      for (let attempt = 0; attempt < 20; attempt += 1) {
        assert.equal((await fail('203.0.113.9')).status, 401, `attempt ${attempt}`);
        await sleep(25);
      }
      // Slowed to one a second: of several at once all but one are told to wait, however slow this machine is.
      const rest = await Promise.all(Array.from({ length: 5 }, () => fail('203.0.113.9')));
      assert.ok(
        rest.some(({ status }) => status === 429),
        rest.map(({ status }) => status).join(' '),
      );
      assert.equal((await fail('203.0.113.10')).status, 401);
    });
  });
}
