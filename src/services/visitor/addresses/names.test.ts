import assert from 'node:assert/strict';
import { it, mock } from 'node:test';
import { createNames } from './names.ts';
import type { LayerSections } from './layer-format.ts';

const sections = (names: readonly string[]): LayerSections => {
  const ends = [0];
  for (const name of names) ends.push((ends.at(-1) ?? 0) + Buffer.byteLength(name));
  return { textAt: Uint32Array.from(ends), text: Buffer.from(names.join('')) } as unknown as LayerSections;
};

it('names are read from the bytes, remembered, and forgotten within five minutes', (context) => {
  mock.timers.enable({ apis: ['setInterval'] });
  context.after(() => mock.timers.reset());
  const layer = sections(['', 'München', 'Zürich']);
  const nameOf = createNames(layer);
  assert.deepEqual([nameOf(0), nameOf(1), nameOf(2)], ['', 'München', 'Zürich']);
  layer.text.fill(120);
  assert.equal(nameOf(1), 'München', 'remembered');
  mock.timers.tick(300_000);
  assert.equal(nameOf(1), 'xxxxxxxx', 'read anew');
});
