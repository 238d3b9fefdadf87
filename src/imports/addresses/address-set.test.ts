import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { writeLayer } from '../../../gazetteer/visitor/addresses/write-layer.ts';
import { recordingLog } from '../../../test/support/log.ts';
import { layerOf, TEST_META } from '../../../test/support/address-layers.ts';
import { parseAddress } from '../../services/visitor/addresses/address.ts';
import type { LayerName } from '../../services/visitor/addresses/layer-format.ts';
import { createAddressStock } from './address-set.ts';
import { importedFolder, NOTHING_IMPORTED, writeAddressManifest } from './manifest.ts';

const folder = mkdtempSync(join(tmpdir(), 'vs-stock-'));
after(() => rmSync(folder, { recursive: true }));
mkdirSync(importedFolder(folder));

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Whether memory is free after some looks of the collector. */
const isFree = async (memory: WeakRef<SharedArrayBuffer> | undefined): Promise<boolean> => {
  for (let look = 0; look < 20; look++) {
    await pause(10);
    collect();
    if (memory?.deref() === undefined) return true;
  }
  return false;
};

it('keeps nothing of a shipped layer that an import has replaced, and opens it again after a removal', async () => {
  const opened: LayerName[] = [];
  const places: WeakRef<SharedArrayBuffer>[] = [];
  const stock = createAddressStock({
    folder,
    log: recordingLog(),
    openShipped: async (layer) => {
      const buffer = await layerOf(layer, []);
      opened.push(layer);
      if (layer === 'place') places.push(new WeakRef(buffer));
      return buffer;
    },
  });
  await stock.first();
  assert.deepEqual(opened, ['place', 'network', 'kinds']);
  assert.equal(await isFree(places[0]), false);

  const rows = [
    { first: parseAddress('5.0.0.0')!, last: parseAddress('5.0.0.9')!, place: { country: 'AT' } },
  ];
  await writeLayer('place', rows, TEST_META, join(importedFolder(folder), 'place.1.idx'));
  await writeAddressManifest(folder, {
    version: 1,
    place: {
      file: 'place.1.idx',
      importedAt: '2026-11-01T00:00:00Z',
      builtAt: '2026-06-01',
      origin: 'x',
      ranges: 1,
    },
  });
  assert.notEqual(await stock.refresh(), undefined);
  assert.equal(await isFree(places[0]), true);

  await writeAddressManifest(folder, NOTHING_IMPORTED);
  assert.notEqual(await stock.refresh(), undefined);
  assert.deepEqual(opened, ['place', 'network', 'kinds', 'place']);
  assert.equal(stock.failures(), 0);
});
