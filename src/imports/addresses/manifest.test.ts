import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { ManifestError, manifestPath } from '../manifest-file.ts';
import {
  addressManifestForChange,
  importedFolder,
  NOTHING_IMPORTED,
  parseAddressManifest,
  readAddressManifest,
  type AddressManifest,
} from './manifest.ts';
import { sweepAddressStrays, useAddresses } from './take-into-use.ts';

const folder = mkdtempSync(join(tmpdir(), 'vs-visitor-'));
after(() => rmSync(folder, { recursive: true }));

const layer = (file: string): NonNullable<AddressManifest['place']> => {
  writeFileSync(join(importedFolder(folder), file), 'index');
  return { file, importedAt: '2026-11-22T12:00:00Z', builtAt: '2026-11-01', origin: 'somebody', ranges: 1 };
};
const files = (): string[] => readdirSync(importedFolder(folder)).sort();

beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(importedFolder(folder), { recursive: true });
});

describe('the manifest of address data', () => {
  it('is refused where it leads elsewhere, is of another version or is no JSON', () => {
    const good = {
      version: 1,
      place: {
        file: 'place.1.idx',
        importedAt: '2026-11-22T12:00:00Z',
        builtAt: '2026-11-01',
        origin: 'x',
        ranges: 1,
      },
    };
    const vpn = { ...good.place, kind: 'vpn' };
    assert.deepEqual(parseAddressManifest(JSON.stringify(good)), good);
    for (const bad of [
      '{',
      'null',
      JSON.stringify({ ...good, version: 2 }),
      JSON.stringify({ ...good, more: 1 }),
      ...['../x.idx', '/x.idx', '.x.idx', 'a/b.idx', 'x.txt'].map((file) =>
        JSON.stringify({ version: 1, place: { ...good.place, file } }),
      ),
      JSON.stringify({ version: 1, kinds: { ...good.place, lists: [] } }),
      JSON.stringify({
        version: 1,
        kinds: { ...good.place, lists: [vpn, vpn] },
      }),
    ])
      assert.throws(() => parseAddressManifest(bad), ManifestError, bad);
  });

  it('names nothing where there is none', async () => {
    assert.deepEqual(await readAddressManifest(folder), NOTHING_IMPORTED);
  });

  it('keeps what was in use until the next change, unless it is removed', async () => {
    const one: AddressManifest = { version: 1, place: layer('place.1.idx') };
    const two: AddressManifest = { version: 1, place: layer('place.2.idx') };
    await useAddresses(folder, NOTHING_IMPORTED, one, 'until the next change');
    await useAddresses(folder, one, { ...two, place: layer('place.2.idx') }, 'until the next change');
    assert.deepEqual(files(), ['place.1.idx', 'place.2.idx']);
    await useAddresses(folder, two, NOTHING_IMPORTED, 'no longer');
    assert.deepEqual(files(), []);
  });

  it('loses what a killed import has left, and nothing while nobody knows what is in use', async () => {
    const one: AddressManifest = { version: 1, place: layer('place.1.idx') };
    await useAddresses(folder, NOTHING_IMPORTED, one, 'until the next change');
    layer('place.2.idx.0f.tmp');
    mkdirSync(join(folder, 'work'));
    writeFileSync(manifestPath(folder), '{');
    await sweepAddressStrays(folder);
    assert.deepEqual(files(), ['place.1.idx', 'place.2.idx.0f.tmp']);
    const said: string[] = [];
    assert.deepEqual(await addressManifestForChange(folder, (line) => said.push(line)), NOTHING_IMPORTED);
    assert.match(said.join(), /manifest\.json\.damaged/);
    await sweepAddressStrays(folder);
    assert.deepEqual(files(), []);
    assert.equal(existsSync(join(folder, 'work')), false);
  });
});
