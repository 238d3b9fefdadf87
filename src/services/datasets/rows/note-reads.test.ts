import assert from 'node:assert/strict';
import { it } from 'node:test';
import { newId } from '../../../foundation/ids.ts';
import { createReadNotes, type Read } from './note-reads.ts';

const company = newId('com', 1);
const [dataset, other] = [newId('dst', 1), newId('dst', 2)];
const [ada, key] = [newId('usr', 1), newId('key', 1)];

it('notes each reader of each dataset once a minute', async () => {
  const noted: [Read, string][] = [];
  const note = createReadNotes(async (read, id) => void noted.push([read, id]));
  const reads: readonly [Read, typeof dataset][] = [
    [{ actor: { company, user: ada }, now: 0 }, dataset],
    [{ actor: { company, user: ada }, now: 59_999 }, dataset],
    [{ actor: { company, user: ada }, now: 60_000 }, dataset],
    [{ actor: { company, user: ada }, now: 60_001 }, other],
    [{ actor: { company }, key, now: 60_002 }, dataset],
    [{ actor: { company: newId('com', 2), user: ada }, now: 60_003 }, dataset],
  ];
  for (const [read, id] of reads) await note(read, id);
  assert.deepEqual(
    noted.map(([{ now }]) => now),
    [0, 60_000, 60_001, 60_002, 60_003],
  );
});

it('lets nobody read what could not be noted, and tries again', async () => {
  let isFull = true;
  let written = 0;
  const note = createReadNotes(async () => {
    if (isFull) throw new Error('disk full');
    written += 1;
  });
  const read = { actor: { company, user: ada }, now: 0 };
  await Promise.all([0, 1].map(() => assert.rejects(note(read, dataset), /disk full/)));
  isFull = false;
  await Promise.all([note(read, dataset), note(read, dataset)]);
  assert.equal(written, 1);
});
