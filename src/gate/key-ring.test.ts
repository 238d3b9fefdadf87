import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { testClock, type TestClock } from '../../test/support/clock.ts';
import { testDatabase, type TestDatabase } from '../../test/support/database.ts';
import { recordingLog } from '../../test/support/log.ts';
import { randomSecretBytes } from '../foundation/secret.ts';
import { openRing, rotateRing, type KeyRing } from './key-ring.ts';
import { openToken, sealToken } from './session-token.ts';

const DAY = 86_400_000;
const MINUTE = 60_000;

interface Place {
  readonly store: TestDatabase;
  readonly master: Buffer;
  readonly clock: TestClock;
  readonly open: (master?: Buffer) => Promise<KeyRing>;
  readonly ids: () => Promise<unknown[]>;
}

const place = async (): Promise<Place> => {
  const store = await testDatabase();
  const master = randomSecretBytes(32);
  const clock = testClock();
  return {
    store,
    master,
    clock,
    open: async (other = master) => {
      const ring = openRing({ database: store.database, master: other, now: clock.now, log: recordingLog() });
      ring.close();
      await ring.refresh();
      return ring;
    },
    ids: async () =>
      (await store.superuser('select id from vouchsafe.ring_key order by created_at desc')).map(
        ({ id }) => id,
      ),
  };
};

describe('the ring of keys', () => {
  it('makes its first key by itself, once, however many threads open it', async () => {
    const { open, ids } = await place();
    const rings = await Promise.all([open(), open(), open()]);
    assert.equal((await ids()).length, 1);
    const token = sealToken('session', rings[0].current(), { a: 1 });
    assert.deepEqual(openToken('session', token, rings[1].find), { ok: true, value: { a: 1 } });
  });

  it('keeps no key in clear, and none that another master, or another id, would open', async () => {
    const { store, open, ids } = await place();
    const ring = await open();
    const [row] = await store.superuser('select wrapped from vouchsafe.ring_key');
    const token = sealToken('session', ring.current(), {});
    assert.equal((row!['wrapped'] as Buffer).length, 60);
    const other = await open(randomSecretBytes(32));
    assert.equal(openToken('session', token, other.find).ok, false);
    // The stranger began a ring of its own; the first one is still there.
    assert.equal((await ids()).length, 2);
    await store.superuser("update vouchsafe.ring_key set id = 'renamed-0' where id = $1", [
      ring.current().id,
    ]);
    assert.equal((await open()).find('renamed-0'), undefined);
  });

  it('turns once a day, and keeps three', async () => {
    const { store, master, clock, ids } = await place();
    const turn = (): Promise<boolean> => rotateRing(store.database, master, clock.now());
    assert.equal(await turn(), true);
    assert.equal(await turn(), false);
    clock.advance(DAY - 1);
    assert.equal(await turn(), false);
    clock.advance(1);
    const seen: unknown[] = [];
    for (let day = 0; day < 4; day += 1) {
      assert.equal(await turn(), true);
      seen.unshift(...(await ids()).slice(0, 1));
      clock.advance(DAY);
    }
    assert.deepEqual(await ids(), seen.slice(0, 3));
  });

  it('turns once, where many processes turn it at the same time', async () => {
    const { store, master, clock, ids } = await place();
    const turned = await Promise.all(
      Array.from({ length: 8 }, () => rotateRing(store.createDatabase({ poolSize: 1 }), master, clock.now())),
    );
    assert.equal(turned.filter(Boolean).length, 1);
    assert.equal((await ids()).length, 1);
  });

  it('encrypts with a new key only when every thread had time to hear of it', async () => {
    const { store, master, clock, open, ids } = await place();
    const ring = await open();
    const first = ring.current().id;
    clock.advance(DAY);
    await rotateRing(store.database, master, clock.now());
    await ring.refresh();
    const [second] = await ids();
    assert.equal(ring.current().id, first);
    assert.ok(ring.find(String(second)) !== undefined, 'it can already decrypt');
    clock.advance(MINUTE);
    assert.equal(ring.current().id, second);
    assert.ok(ring.find(first) !== undefined, 'the old one still decrypts');
  });

  it('is read again at most once a second, whatever unknown keys come', async () => {
    const { store, master, clock, open } = await place();
    const ring = await open();
    clock.advance(DAY);
    await rotateRing(store.database, master, clock.now() - 2000);
    const newest = (await store.superuser('select max(created_at) as at from vouchsafe.ring_key'))[0]![
      'at'
    ] as Date;
    const knows = (): boolean => ring.current().createdAt === newest.getTime();
    clock.advance(MINUTE);
    await ring.refresh();
    assert.ok(knows());
    await store.superuser('delete from vouchsafe.ring_key');
    await ring.refresh();
    assert.ok(knows(), 'not asked again within the second');
    clock.advance(1000);
    await ring.refresh();
    assert.ok(!knows());
  });

  it('answers 503, not with a key of its own, while the database is away', () => {
    const database = { run: () => Promise.reject(new Error('away')) } as never;
    const ring = openRing({ database, master: randomSecretBytes(32), now: () => 0, log: recordingLog() });
    ring.close();
    assert.throws(() => ring.current(), { status: 503, code: 'unavailable' });
  });

  it('has one key besides that stays the same, for what outlives the ring', async () => {
    const { open, clock } = await place();
    const token = sealToken('known', (await open()).lasting, { a: 1 });
    clock.advance(80 * DAY);
    const ring = await open();
    assert.deepEqual(
      openToken('known', token, () => ring.lasting),
      { ok: true, value: { a: 1 } },
    );
    assert.equal(ring.find(ring.lasting.id), undefined);
  });
});
