import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { CELL, createLedgerBuffer, openLedger, WHOLE_SHARE } from './ledger.ts';

const THREADS = 3;
const LEDGER = new URL('ledger.ts', import.meta.url).href;

/** Waits for the others, so that all of them ask at once. */
const ASKING = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { buffer, start, subjects, ledger } = workerData;
  import(ledger).then(({ openLedger }) => {
    const { slotOf } = openLedger(buffer);
    if (Atomics.add(start, 0, 1) === ${THREADS - 1}) Atomics.notify(start, 0);
    else for (let seen = Atomics.load(start, 0); seen < ${THREADS}; seen = Atomics.load(start, 0)) Atomics.wait(start, 0, seen, 50);
    parentPort.postMessage(Array.from({ length: subjects }, (_, index) => slotOf('prj_' + index)));
  });
`;

describe('the ledger', () => {
  it('gives a subject one slot in all threads, and the slot of its digest', () => {
    const buffer = createLedgerBuffer(8);
    const [one, other] = [openLedger(buffer), openLedger(buffer)];
    const slot = one.slotOf('prj_1');
    assert.equal(other.slotOf('prj_1'), slot);
    assert.notEqual(other.slotOf('prj_2'), slot);
    const { cells } = one;
    assert.equal(other.slotOfDigest(cells[slot + CELL.idHigh]!, cells[slot + CELL.idLow]!), slot);
  });

  it('has a place of its own for each thing that it holds besides slots', () => {
    const ledger = openLedger(createLedgerBuffer(8));
    Atomics.store(ledger.cells, ledger.storeState, 1);
    const slot = ledger.slotOf('prj_1');
    assert.equal(Atomics.load(ledger.cells, slot + CELL.share), 0, 'nothing was shared');
    ledger.shareAll(WHOLE_SHARE / 2);
    assert.equal(Atomics.load(ledger.cells, ledger.storeState), 1);
    assert.equal(Atomics.load(ledger.cells, slot + CELL.share), WHOLE_SHARE / 2);
    assert.equal(Atomics.load(ledger.cells, ledger.slotOf('prj_2') + CELL.share), WHOLE_SHARE / 2);
  });

  it('takes as many subjects as it has slots, and says when it is full', () => {
    const ledger = openLedger(createLedgerBuffer(8));
    const slots = new Set(Array.from({ length: 8 }, (_, index) => ledger.slotOf(`prj_${index}`)));
    assert.equal(slots.size, 8);
    assert.throws(() => ledger.slotOf('one too many'), /full/);
  });

  it('gives threads that ask at the same time for the same subjects the same slots, and none for nothing', async () => {
    const subjects = 30_000;
    const buffer = createLedgerBuffer(subjects + THREADS);
    const start = new Int32Array(new SharedArrayBuffer(4));
    const ends = Array.from({ length: THREADS }, async () => {
      const thread = new Worker(ASKING, {
        eval: true,
        workerData: { buffer, start, subjects, ledger: LEDGER },
      });
      const [slots] = (await once(thread, 'message')) as [readonly number[]];
      return slots;
    });
    const found = await Promise.all(ends);
    assert.equal(new Set(found[0]).size, subjects);
    for (const slots of found) assert.deepEqual(slots, found[0]);
    const ledger = openLedger(buffer);
    assert.equal(ledger.slotOf('prj_7'), found[0]?.[7]);
    // Each thread may have one that it took when another was faster, and keeps for the next.
    assert.throws(() => {
      for (let more = 0; more <= THREADS; more += 1) ledger.slotOf(`further_${more}`);
    }, /full/);
  });

  it('uses memory by the subjects that there are', () => {
    const ledger = openLedger(createLedgerBuffer());
    const slots = Array.from({ length: 1000 }, (_, index) => ledger.slotOf(`key_${index}`));
    assert.equal(Math.max(...slots) - Math.min(...slots), 999 * 32);
  });
});
