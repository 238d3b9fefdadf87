import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { recordingLog } from '../../test/support/log.ts';
import { startKeyWatch, type KeyWatch } from './key-watch.ts';

interface World {
  epoch: bigint;
  failing: boolean;
  notify: (id: string) => void;
  connected: (state: boolean) => void;
  readonly seen: string[];
  watch: KeyWatch;
}

const start = async (): Promise<World> => {
  const seen: string[] = [];
  const world = {
    epoch: 5n,
    failing: false,
    seen,
    notify: () => {},
    connected: () => {},
  } as unknown as World;
  world.watch = await startKeyWatch({
    changes: {
      listen: async (onChange, onState) => {
        world.notify = onChange;
        world.connected = onState;
        return { close: async () => {} };
      },
      epoch: async () => {
        if (world.failing) throw new Error('away');
        return world.epoch;
      },
    },
    forget: (id) => seen.push(id),
    forgetAll: () => seen.push('all'),
    confirm: () => seen.push('confirmed'),
    log: recordingLog(),
    pollMs: 10,
  });
  return world;
};

const until = async (condition: () => boolean): Promise<void> => {
  for (let round = 0; round < 300 && !condition(); round += 1) await wait(10);
  assert.ok(condition());
};

describe('the watch for changed keys', () => {
  it('passes each notification on at once', async () => {
    const world = await start();
    world.epoch += 1n;
    world.notify('key_a');
    assert.ok(world.seen.includes('key_a'));
    await world.watch.close();
  });

  it('does not forget everything for changes that were notified', async () => {
    const world = await start();
    world.notify('key_a');
    world.epoch += 1n;
    const before = world.seen.length;
    await until(() => world.seen.length > before + 5);
    assert.ok(!world.seen.includes('all'));
    await world.watch.close();
  });

  it('forgets everything when the count runs ahead of the notifications', async () => {
    const world = await start();
    world.epoch += 1n;
    await until(() => world.seen.includes('all'));
    await world.watch.close();
  });

  it('forgets everything when the connection comes back', async () => {
    const world = await start();
    world.connected(false);
    world.connected(true);
    assert.ok(world.seen.includes('all'));
    await world.watch.close();
  });

  it('confirms nothing while the database is away, and goes on afterwards', async () => {
    const world = await start();
    world.failing = true;
    await wait(50);
    const before = world.seen.length;
    await wait(50);
    assert.equal(world.seen.length, before);
    world.failing = false;
    await until(() => world.seen.length > before);
    await world.watch.close();
  });
});
