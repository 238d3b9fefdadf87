import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { bufferOf, layerOf, TEST_META } from '../../../test/support/address-layers.ts';
import { parseAddress } from '../../../src/services/visitor/addresses/address.ts';
import { openAddressData } from '../../../src/services/visitor/addresses/address-data.ts';
import { loadLayerFile } from '../../../src/services/visitor/addresses/layer-file.ts';
import { LayerFaultError, openLayer } from '../../../src/services/visitor/addresses/layer-format.ts';
import { readPlain, writePlain } from './plain-layer.ts';
import { readSteps, writeSteps } from './steps.ts';
import { makeLayer, writeLayer } from './write-layer.ts';

const folder = await mkdtemp(join(tmpdir(), 'vouchsafe-layer-'));
after(() => rm(folder, { recursive: true, force: true }));

const ROWS = [
  {
    first: parseAddress('2.0.0.0')!,
    last: parseAddress('2.0.0.255')!,
    place: { country: 'FR', city: 'Orléans' },
  },
  { first: parseAddress('2a00::7')!, last: parseAddress('2a00:0:0:5::')!, place: { country: 'DE' } },
];

const groupsOf = (most: number): fc.Arbitrary<number[][]> =>
  fc.array(
    fc
      .uniqueArray(fc.integer({ min: 0, max: most }), { maxLength: 20 })
      .map((group) => group.sort((one, other) => one - other)),
    { maxLength: 10 },
  );

for (const [name, most, Column] of [
  ['16', 0xffff, Uint16Array],
  ['32', 0xffffffff, Uint32Array],
] as const) {
  test(`sorted numbers of ${name} bits come back from their steps`, () => {
    fc.assert(
      fc.property(groupsOf(most), (groups) => {
        const starts = Uint32Array.from(
          [0, ...groups].map((_, group) => groups.slice(0, group).flat().length),
        );
        const values = Column.from(groups.flat());
        const back = new Column(values.length);
        readSteps(starts, writeSteps(starts, values), back);
        assert.deepEqual(back, values);
      }),
      { numRuns: 1_000 },
    );
  });
}

test('a layer comes back from its plain form, byte for byte', async () => {
  const layer = await makeLayer('place', ROWS, TEST_META);
  assert.deepEqual(Buffer.from(bufferOf(readPlain(writePlain(layer)))), Buffer.from(bufferOf(layer)));
});

const faultOf = async (path: string): Promise<string> => {
  try {
    await loadLayerFile('place', path);
  } catch (error) {
    assert.ok(error instanceof LayerFaultError);
    assert.match(error.message, /unusable/u);
    return error.fault;
  }
  return 'none';
};

test('damaged files are refused, each for its fault', async () => {
  const path = join(folder, 'place.idx');
  await writeLayer('place', ROWS, TEST_META, path);
  assert.equal(await faultOf(path), 'none');
  const whole = await readFile(path);
  const change = async (at: number, byte: number): Promise<string> => {
    const changed = Buffer.from(whole);
    changed[at] = byte;
    await writeFile(path, changed);
    return faultOf(path);
  };
  assert.equal(await change(0, 0x20), 'not address data');
  assert.equal(await change(8, 200), 'another format version');
  assert.equal(await change(12, 1), 'damaged');
  for (const at of [64, 100, 5_000, whole.length - 70])
    assert.equal(await change(at, whole[at]! ^ 1), 'damaged', `byte ${String(at)}`);
  await writeFile(path, whole);
  await truncate(path, whole.length - 1);
  assert.equal(await faultOf(path), 'truncated');
  await truncate(path, 10);
  assert.equal(await faultOf(path), 'not address data');
  await truncate(path, 0);
  assert.equal(await faultOf(path), 'not address data');
  await writeFile(path, Buffer.concat([whole, Buffer.alloc(64)]));
  assert.equal(await faultOf(path), 'truncated');
});

test('one layer is not taken for another', async () => {
  const path = join(folder, 'network.idx');
  await writeLayer('network', [], TEST_META, path);
  assert.equal(await faultOf(path), 'another layer');
  const place = await layerOf('place', ROWS);
  assert.throws(() => openAddressData({ place, network: place, kinds: place }), LayerFaultError);
  assert.equal(openLayer('place', place).tables.ranges.v4, 1);
});
