import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NodeState } from './shared-exchange.ts';
import { createPeers, SILENT_MS } from './shared-peers.ts';

const said = (node: string, beat: number): NodeState => ({ node, beat, state: new Uint8Array(0) });

describe('the other nodes', () => {
  it('are there as long as they go on saying something', () => {
    const peers = createPeers();
    assert.deepEqual(
      peers.hear([said('a', 1), said('b', 1)], 0).map(({ node }) => node),
      ['a', 'b'],
    );
    assert.deepEqual(peers.hear([said('a', 2), said('b', 1)], SILENT_MS - 1), [said('a', 2)]);
    assert.deepEqual([...peers.names], ['a', 'b']);
    peers.hear([said('a', 3), said('b', 1)], SILENT_MS);
    assert.deepEqual([...peers.names], ['a']);
  });

  it('come back with anything new, whatever their numbers were', () => {
    const peers = createPeers();
    peers.hear([said('a', 9)], 0);
    peers.hear([said('a', 9)], SILENT_MS);
    assert.equal(peers.names.size, 0);
    assert.deepEqual(peers.hear([said('a', 1)], SILENT_MS + 1), [said('a', 1)]);
    assert.deepEqual([...peers.names], ['a']);
  });

  it('are gone at once when they say so', () => {
    const peers = createPeers();
    peers.hear([said('a', 5)], 0);
    assert.deepEqual(peers.hear([said('a', 0)], 1), []);
    assert.equal(peers.names.size, 0);
  });

  it('are not gone because the engine forgot them for a moment', () => {
    const peers = createPeers();
    peers.hear([said('a', 5)], 0);
    peers.hear([], 100);
    assert.deepEqual([...peers.names], ['a']);
    peers.hear([], SILENT_MS);
    assert.equal(peers.names.size, 0);
  });

  it('are not gone because nothing could be heard', () => {
    const peers = createPeers();
    peers.hear([said('a', 5)], 0);
    peers.forgive(60_000);
    peers.hear([said('a', 5)], 60_001);
    assert.deepEqual([...peers.names], ['a']);
  });
});
