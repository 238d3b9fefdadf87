import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { ImportStopped, withImportLock } from './lock.ts';
import { manifestPath } from './manifest-file.ts';
import { extractsFolder, readManifest, type ManifestExtract } from './manifest.ts';
import { dropExtract, sweepStrays, useBase, useExtract, usePackages } from './take-into-use.ts';

const root = mkdtempSync(join(tmpdir(), 'vs-use-'));
const folder = join(root, 'gazetteer');
after(() => rmSync(root, { recursive: true }));

let said: string[];
const say = (line: string): void => void said.push(line);

const extract = (name: string, stamp: string): ManifestExtract => {
  const file = `${name}.${stamp}.idx`;
  writeFileSync(join(extractsFolder(folder), file), 'index');
  const importedAt = '2026-11-22T12:00:00Z';
  return { name, file, importedAt, source: 'osm', attribution: 'somebody', rows: 1 };
};
const files = (): string[] => readdirSync(extractsFolder(folder)).sort();
const baseFiles = (): string[] => readdirSync(folder).filter((name) => name.startsWith('places'));
const base = (stamp: string): Parameters<typeof useBase>[1] => {
  const file = `places-geonames.${stamp}.idx`;
  writeFileSync(join(folder, file), 'index');
  return { file, origin: 'geonames', importedAt: '2026-11-22T12:00:00Z' };
};

beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(extractsFolder(folder), { recursive: true });
  writeFileSync(join(folder, 'places.idx'), 'packages');
  said = [];
});

describe('what is in use', () => {
  it('keeps what was in use until now until the next change', async () => {
    await useExtract(folder, extract('a', '1'), say);
    await useExtract(folder, extract('b', '1'), say);
    await useExtract(folder, extract('a', '2'), say);
    assert.deepEqual(files(), ['a.1.idx', 'a.2.idx', 'b.1.idx']);
    await useExtract(folder, extract('a', '3'), say);
    assert.deepEqual(files(), ['a.2.idx', 'a.3.idx', 'b.1.idx']);
    assert.deepEqual(
      (await readManifest(folder)).extracts.map(({ file }) => file),
      ['b.1.idx', 'a.3.idx'],
    );
  });

  it('gives the room of what is removed back at once', async () => {
    await useExtract(folder, extract('a', '1'), say);
    await useExtract(folder, extract('a', '2'), say);
    await dropExtract(folder, 'a', say);
    assert.deepEqual(files(), []);
    await assert.rejects(dropExtract(folder, 'a', say), ImportStopped);
  });

  it('never removes the index of the packages, and goes back to it', async () => {
    await useBase(folder, base('1'), say);
    await useBase(folder, base('2'), say);
    assert.deepEqual(baseFiles().sort(), ['places-geonames.1.idx', 'places-geonames.2.idx', 'places.idx']);
    await usePackages(folder, new Date(0), say);
    assert.equal((await readManifest(folder)).base.origin, 'packages');
    await usePackages(folder, new Date(0), say);
    assert.deepEqual(baseFiles(), ['places.idx']);
  });

  it('removes what writing that was cut off has left, and nothing else', async () => {
    await useExtract(folder, extract('a', '1'), say);
    extract('b', '1');
    extract('c', '1');
    for (const name of ['a.2.idx.4711.tmp', 'notes.txt'])
      writeFileSync(join(extractsFolder(folder), name), '');
    await sweepStrays(folder, 'c.1.idx');
    assert.deepEqual(files(), ['a.1.idx', 'c.1.idx', 'notes.txt']);
    writeFileSync(manifestPath(folder), 'damaged');
    await sweepStrays(folder, '');
    assert.deepEqual(files(), ['a.1.idx', 'c.1.idx', 'notes.txt'], 'nobody knows what is in use');
  });

  it('puts a damaged manifest aside and says so', async () => {
    writeFileSync(manifestPath(folder), 'damaged');
    await useExtract(folder, extract('a', '1'), say);
    assert.equal(existsSync(`${manifestPath(folder)}.damaged`), true);
    assert.match(said[0] ?? '', /manifest\.json\.damaged now/u);
    assert.equal((await readManifest(folder)).extracts.length, 1);
  });
});

describe('the lock of imports', () => {
  it('lets one in, names who is in, and opens again whatever happened', async () => {
    await withImportLock(root, async () => {
      await assert.rejects(
        withImportLock(root, async () => 'never'),
        (error: unknown) => {
          assert.ok(error instanceof ImportStopped);
          assert.equal(error.exitCode, 3);
          assert.ok(error.message.includes(`process ${process.pid}, since 20`), error.message);
          return true;
        },
      );
    });
    await assert.rejects(
      withImportLock(root, () => Promise.reject(new Error('it failed'))),
      /it failed/u,
    );
    assert.equal(await withImportLock(root, async () => 7), 7);
  });

  it('is not held by a process that is dead', async () => {
    const path = join(folder, 'import.lock');
    writeFileSync(path, JSON.stringify({ pid: process.pid, token: 'another boot', purpose: 'command' }));
    assert.equal(await withImportLock(root, async () => 7), 7);
    writeFileSync(path, 'damaged');
    assert.equal(await withImportLock(root, async () => 8), 8);
    assert.equal(existsSync(path), false);
  });
});
