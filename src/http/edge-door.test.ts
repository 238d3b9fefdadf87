import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { it, mock } from 'node:test';
import { isAlive } from '../../test/support/heap.ts';
import { createDoor } from './edge-door.ts';

/** In bytes, so that the test itself has no string of it. */
const MARKED = Buffer.from([50, 48, 51, 46, 48, 46, 49, 49, 51, 46, 55, 57]);

it('an address is forgotten when the second of its rush is over, though nobody comes after it', async (context) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  context.after(() => mock.timers.reset());
  const door = createDoor({
    limits: { maxConnections: 10, maxConnectionsPerSource: 5, maxHurriedPerSource: 5 },
    sourceOf: (address) => address,
    clock: { now: () => 400, monotonic: () => 400 },
    isBehind: () => true,
    makeRoom: () => 0,
  });
  // A function of its own: what it held on the stack is gone when it returns.
  const come = (): void => {
    const socket = Object.assign(new EventEmitter(), { remoteAddress: MARKED.toString('latin1') });
    assert.equal(door.admits(socket as unknown as Socket), true);
    socket.emit('close');
  };
  come();
  assert.equal(await isAlive(MARKED), true, 'counted in its second');
  mock.timers.tick(600);
  assert.equal(await isAlive(MARKED), false);
  assert.equal(door.open.size, 0);
});
