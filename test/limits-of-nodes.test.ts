/** Three processes of one installation, as far as limits are concerned: one database, one project, one limit. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../src/foundation/clock.ts';
import { openLedger } from '../src/limits/ledger.ts';
import { openExchange } from '../src/limits/shared-engine.ts';
import { startSharing, type Sharing } from '../src/limits/shared-loop.ts';
import { beforeServerStops } from './support/database.ts';
import { openHouse, withKey, type House } from './support/house.ts';
import { recordingLog } from './support/log.ts';

const PER_SECOND = 10;
const SECONDS = 5;
/** Requests under way to each node at any time. */
const LANES = 3;

interface Node {
  readonly house: House;
  readonly sharing: Sharing;
}

const openNode = async (beside?: House): Promise<Node> => {
  const house = await openHouse({ perSecond: PER_SECOND, ...(beside === undefined ? {} : { beside }) });
  const sharing = await startSharing({
    ledger: openLedger(house.memory.ledger),
    exchange: await openExchange(house.store.connections.app, undefined),
    clock: systemClock,
    log: recordingLog(),
  });
  beforeServerStops(() => sharing.close());
  return { house, sharing };
};

const until = async (isSo: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 1000 && !isSo(); tries += 1) await sleep(20);
  assert.ok(isSo());
};

interface Count {
  readonly admitted: number;
  readonly refused: number;
  readonly seconds: number;
}

/** Asks as fast as the nodes answer; the key is always that of the first. */
const press = async (first: House, houses: readonly House[]): Promise<Count> => {
  const began = systemClock.monotonic();
  const counts = { admitted: 0, refused: 0 };
  const lane = async (house: House): Promise<void> => {
    while (systemClock.monotonic() - began < SECONDS * 1000) {
      const { status } = await house.get('/geocode/v1/json?q=Paris', withKey(first));
      assert.ok(status === 200 || status === 429, String(status));
      counts[status === 200 ? 'admitted' : 'refused'] += 1;
      // Ten times the limit is enough.
      await sleep((1000 * houses.length * LANES) / (PER_SECOND * 10));
    }
  };
  await Promise.all(houses.flatMap((house) => Array.from({ length: LANES }, () => lane(house))));
  return { ...counts, seconds: (systemClock.monotonic() - began) / 1000 };
};

const assertWithin = ({ admitted, refused, seconds }: Count): void => {
  const said = `${admitted} admitted and ${refused} refused in ${seconds.toFixed(1)} s`;
  // The burst once, a request for each node, and the time of the last answers.
  assert.ok(admitted <= PER_SECOND * (seconds + 1) + 3, said);
  assert.ok(admitted >= PER_SECOND * SECONDS * 0.7, said);
  assert.ok(refused > admitted, said);
};

describe('a limit that three nodes share', () => {
  let nodes: readonly Node[];

  before(async () => {
    const first = await openNode();
    nodes = [first, await openNode(first.house), await openNode(first.house)];
    await until(() => nodes.every(({ sharing }) => sharing.nodes() === 3));
  });

  it('holds for all of them together', async () => {
    const houses = nodes.map(({ house }) => house);
    assertWithin(await press(houses[0]!, houses));
  });

  it('can be used whole at one of them', async () => {
    await sleep(1000);
    const { house } = nodes[1]!;
    assertWithin(await press(nodes[0]!.house, [house]));
  });

  it('can be used whole at those that are left', async () => {
    await nodes[1]!.sharing.close();
    await until(() => nodes[0]!.sharing.nodes() === 2 && nodes[2]!.sharing.nodes() === 2);
    assertWithin(await press(nodes[0]!.house, [nodes[0]!.house, nodes[2]!.house]));
  });
});
