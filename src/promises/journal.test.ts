import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { testDatabase } from '../../test/support/database.ts';
import { publicKeyOf, verifyChain, type HistoryEntry } from './history.ts';
import { createHistoryReader, createJournal, PAGE_ENTRIES, type Journal } from './journal.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const PUBLIC_KEY = publicKeyOf(privateKey);

const append = (journal: Journal, evidence: string): Promise<HistoryEntry> =>
  journal.append({ promise: 'tls-only', state: 'kept', evidence, checkedAt: '2026-11-22T12:00:00.123Z' });

describe('the history in the database', () => {
  it('is one chain even when several processes append at once', async () => {
    const store = await testDatabase();
    const journals = [
      createJournal(store.database, privateKey),
      createJournal(store.createDatabase(), privateKey),
    ];
    const each = Array.from({ length: 25 }, (_, index) => index);
    await Promise.all(
      journals.map(async (journal, node) => {
        for (const index of each) await append(journal, `node ${node}, entry ${index}`);
      }),
    );
    const entries = await createHistoryReader(store.database)(undefined);
    assert.equal(entries.length, 50);
    assert.deepEqual(verifyChain(entries, PUBLIC_KEY), { ok: true, entries: 50 });
    await Promise.all(journals.map((journal) => journal.refresh()));
    for (const journal of journals)
      assert.deepEqual(journal.summary(), { entries: 50, head: entries.at(-1)!.hash });
  });

  it('gives back exactly what was sealed, page by page', async () => {
    const store = await testDatabase();
    const journal = createJournal(store.database, privateKey);
    const sealed: HistoryEntry[] = [];
    for (let index = 0; index < PAGE_ENTRIES + 3; index += 1)
      sealed.push(await append(journal, `entry ${index}`));
    const read = createHistoryReader(store.database);
    const newest = await read(undefined);
    assert.deepEqual(newest, sealed.slice(3));
    assert.deepEqual(await read(newest[0]!.seq), sealed.slice(0, 3));
    assert.deepEqual(await read(1), []);
  });

  it('cannot be changed or shortened by the server', async () => {
    const store = await testDatabase();
    await append(createJournal(store.database, privateKey), 'for ever');
    await assert.rejects(store.app("update vouchsafe.promise_check set evidence = 'other'"));
    await assert.rejects(store.app('delete from vouchsafe.promise_check'));
    assert.equal((await createHistoryReader(store.database)(undefined)).length, 1);
  });

  it('shows in the chain that the database was changed behind the server', async () => {
    const store = await testDatabase();
    const journal = createJournal(store.database, privateKey);
    for (const evidence of ['one', 'two', 'three']) await append(journal, evidence);
    await store.superuser('alter table vouchsafe.promise_check disable trigger all');
    await store.superuser("update vouchsafe.promise_check set state = 'broken' where seq = 2");
    const verdict = verifyChain(await createHistoryReader(store.database)(undefined), PUBLIC_KEY);
    assert.deepEqual(verdict, { ok: false, problem: 'Entry 2 was changed after it was hashed.' });
  });

  it('has no entries and no head at first', async () => {
    const store = await testDatabase();
    const journal = createJournal(store.database, privateKey);
    await journal.refresh();
    assert.deepEqual(journal.summary(), { entries: 0, head: null });
  });
});
