import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Atlas } from './atlas.ts';
import { createAtlasHolder } from './atlas-holder.ts';
import { batchRoute } from './batch.ts';
import { systemClock } from '../../foundation/clock.ts';
import { Opaque } from '../../foundation/opaque.ts';
import type { Reply } from '../../http/route.ts';
import { contextOf } from '../../../test/support/request.ts';
import { requestOf } from '../../../test/support/gazetteer.ts';

/** Never looked into here; only which one it is counts. */
const atlasCalled = (name: string): Atlas => ({ name }) as unknown as Atlas;
const nameOf = (atlas: Atlas): string => (atlas as unknown as { readonly name: string }).name;

describe('the atlas in use', () => {
  it('is made something of at once, at the start and after each swap', () => {
    const made: string[] = [];
    const holder = createAtlasHolder(atlasCalled('a'));
    const follow = holder.follow((atlas) => {
      made.push(nameOf(atlas));
      return nameOf(atlas).toUpperCase();
    });
    assert.equal(follow(), 'A');
    holder.swap(atlasCalled('b'));
    assert.deepEqual(made, ['a', 'b'], 'no request waits for it');
    assert.equal(follow(), 'B');
    assert.equal(nameOf(holder.current()), 'b');
  });

  it('goes on as a whole where something cannot be made of the next one', () => {
    const holder = createAtlasHolder(atlasCalled('old'));
    const answers = holder.follow(nameOf);
    const suggestions = holder.follow((atlas) => {
      if (nameOf(atlas) === 'bad') throw new Error('no memory');
      return nameOf(atlas);
    });
    const all = (): string[] => [nameOf(holder.current()), answers(), suggestions()];
    assert.throws(() => holder.swap(atlasCalled('bad')), /no memory/u);
    assert.deepEqual(all(), ['old', 'old', 'old']);
    holder.swap(atlasCalled('new'));
    assert.deepEqual(all(), ['new', 'new', 'new']);
  });

  it('is the same from the first line of a batch to its last, whatever is swapped meanwhile', async () => {
    const holder = createAtlasHolder(atlasCalled('old'));
    const answerer = holder.follow((atlas) => (): Reply => ({
      status: 200,
      headers: {},
      body: JSON.stringify({ results: [{ from: nameOf(atlas) }] }),
    }));
    const route = batchRoute({ answerer, clock: systemClock });
    const lines = Array.from({ length: 35 }, () => '{"q":"Vaduz"}').join('\n');
    const request = {
      ...requestOf('', { 'content-type': 'application/x-ndjson' }, '/v1/geocode/batch'),
      method: 'POST' as const,
      body: new Opaque(new Uint8Array(Buffer.from(lines))),
    };
    const from: string[] = [];
    const read = async (): Promise<void> => {
      const { pieces } = await route.handle(route.parse(request), contextOf(request));
      for (const piece of (pieces ?? []) as Iterable<string>) {
        for (const line of piece.trim().split('\n'))
          from.push((JSON.parse(line) as { results: { from: string }[] }).results[0]?.from ?? '');
        holder.swap(atlasCalled('new'));
      }
    };
    await read();
    assert.deepEqual(new Set(from), new Set(['old']));
    assert.equal(from.length, 35);
    from.length = 0;
    await read();
    assert.deepEqual(new Set(from), new Set(['new']));
  });
});
