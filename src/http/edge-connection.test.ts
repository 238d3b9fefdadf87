import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { it } from 'node:test';
import { openConnection } from './edge-connection.ts';

it('a source is cleared of suspicion again and again while somebody known calls, once a second at most', () => {
  const cleared: string[] = [];
  const socket = { remoteAddress: '::ffff:192.0.2.1' } as Socket;
  const connection = openConnection(socket, 0, undefined, (address) => cleared.push(address));
  for (const at of [0, 10, 999, 1000, 1500, 2000]) {
    connection.usedAt = at;
    connection.refused = 3;
    connection.noteKnown();
    assert.equal(connection.refused, 0);
  }
  assert.deepEqual(cleared, ['192.0.2.1', '192.0.2.1', '192.0.2.1']);
});
