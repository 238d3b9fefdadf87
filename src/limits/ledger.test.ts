import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CELL, createLedgerBuffer, openLedger, WHOLE_SHARE } from './ledger.ts';

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
});
