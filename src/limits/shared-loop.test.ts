import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../foundation/clock.ts';
import { recordingLog } from '../../test/support/log.ts';
import { CELL, createLedgerBuffer, openLedger, WHOLE_SHARE, type Ledger } from './ledger.ts';
import { takeFromRate } from './rate.ts';
import type { Exchange, NodeState } from './shared-exchange.ts';
import { sharingGauges, startSharing, type Sharing } from './shared-loop.ts';

/** An engine in this process that can be away. */
interface Board {
  isAway: boolean;
  swaps: number;
  open(): Exchange;
}

const createBoard = (): Board => {
  const states = new Map<string, NodeState>();
  const board: Board = {
    isAway: false,
    swaps: 0,
    open: () => ({
      swap: async (mine) => {
        board.swaps += 1;
        if (board.isAway) throw new Error('away');
        states.set(mine.node, mine);
        return [...states.values()].filter(({ node }) => node !== mine.node);
      },
      close: async () => undefined,
    }),
  };
  return board;
};

const until = async (isSo: () => boolean, what: string): Promise<void> => {
  for (let tries = 0; tries < 1000; tries += 1) {
    if (isSo()) return;
    await sleep(20);
  }
  assert.fail(`never: ${what}`);
};

interface Opened {
  readonly ledger: Ledger;
  readonly sharing: Sharing;
  readonly lines: readonly string[];
}

const open = async (board: Board): Promise<Opened> => {
  const ledger = openLedger(createLedgerBuffer(64));
  const log = recordingLog();
  return {
    ledger,
    lines: log.messages,
    sharing: await startSharing({ ledger, exchange: board.open(), clock: systemClock, log }),
  };
};

const ask = (ledger: Ledger, count: number): number => {
  const slot = ledger.slotOf('prj');
  let admitted = 0;
  for (let index = 0; index < count; index += 1)
    if (takeFromRate(ledger, slot, 30, 30, systemClock.now()) === 0) admitted += 1;
  return admitted;
};

const shareOf = ({ cells, slotOf }: Ledger): number => Atomics.load(cells, slotOf('prj') + CELL.share);

describe('a node', () => {
  it('has the whole of everything while it is alone', async () => {
    const { ledger, sharing } = await open(createBoard());
    assert.equal(ask(ledger, 40), 30);
    assert.equal(shareOf(ledger), 0);
    assert.equal(sharing.nodes(), 1);
    assert.deepEqual(
      sharingGauges(sharing).map(({ name, value }) => [name, value]),
      [
        ['vouchsafe_nodes', 1],
        ['vouchsafe_limits_exchange_up', 1],
      ],
    );
    await sharing.close();
  });

  it('knows of the others before it is asked for anything', async () => {
    const board = createBoard();
    const first = await open(board);
    const second = await open(board);
    assert.equal(second.sharing.nodes(), 2);
    assert.equal(shareOf(second.ledger), WHOLE_SHARE / 2);
    assert.equal(ask(second.ledger, 40), 15);
    await until(() => first.sharing.nodes() === 2, 'the first hears of the second');
    assert.ok(first.lines.some((line) => line.includes('number of nodes')));
    await Promise.all([first.sharing.close(), second.sharing.close()]);
  });

  it('gets the part of one that leaves at once, and of one that dies', async () => {
    const board = createBoard();
    const [first, second] = [await open(board), await open(board)];
    await until(() => first.sharing.nodes() === 2, 'they know each other');
    await second.sharing.close();
    await until(() => first.sharing.nodes() === 1, 'one is alone');
    assert.equal(shareOf(first.ledger), 0, 'with the whole of everything');
    // One that says nothing after its first word.
    await board.open().swap({ node: 'f'.repeat(16), beat: 1, state: new Uint8Array(0) });
    await until(() => first.sharing.nodes() === 2, 'it is heard of');
    await until(() => first.sharing.nodes() === 1, 'it is forgotten');
    await first.sharing.close();
  });

  it('gets most of a limit that only it is asked for', async () => {
    const board = createBoard();
    const [first, second] = [await open(board), await open(board)];
    await until(() => first.sharing.nodes() === 2, 'they know each other');
    await until(() => {
      ask(first.ledger, 10);
      return shareOf(first.ledger) > WHOLE_SHARE * 0.7;
    }, 'the first has most');
    assert.ok(shareOf(first.ledger) < WHOLE_SHARE);
    await until(() => shareOf(second.ledger) < WHOLE_SHARE * 0.3, 'the second has little');
    await Promise.all([first.sharing.close(), second.sharing.close()]);
  });

  it('goes on with what it has while the engine is away, and says so once', async () => {
    const board = createBoard();
    const [first, second] = [await open(board), await open(board)];
    await until(() => first.sharing.nodes() === 2, 'they know each other');
    board.isAway = true;
    await until(() => !first.sharing.isUp() && !second.sharing.isUp(), 'both notice');
    assert.equal(first.sharing.nodes(), 2);
    assert.ok(ask(first.ledger, 40) <= 15);
    // Longer than nodes are remembered in silence.
    await sleep(2500);
    assert.equal(sharingGauges(first.sharing)[1]?.value, 0);
    board.isAway = false;
    await until(() => first.sharing.isUp() && second.sharing.isUp(), 'both are back');
    assert.equal(first.sharing.nodes(), 2, 'nobody is taken for dead because nothing could be heard');
    for (const { lines } of [first, second]) {
      assert.equal(lines.filter((line) => line.includes('limits cannot be shared')).length, 1);
      assert.equal(lines.filter((line) => line.includes('shared with the other nodes again')).length, 1);
    }
    await Promise.all([first.sharing.close(), second.sharing.close()]);
  });

  it('asks an engine that is away more and more rarely', async () => {
    const board = createBoard();
    board.isAway = true;
    const began = systemClock.monotonic();
    const { sharing, lines } = await open(board);
    assert.equal(sharing.isUp(), false);
    await until(() => board.swaps === 4, 'it is asked for the fourth time');
    // After 200, 400 and 800 ms; a slow machine makes it no shorter.
    assert.ok(systemClock.monotonic() - began >= 1350);
    assert.equal(lines.length, 1);
    await sharing.close();
  });
});
