import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { ManifestError, manifestPath } from './manifest-file.ts';
import { NO_MANIFEST, parseManifest, readManifest, writeManifest, type Manifest } from './manifest.ts';

const folder = mkdtempSync(join(tmpdir(), 'vs-manifest-'));
after(() => rmSync(folder, { recursive: true }));

const EXTRACT = {
  name: 'liechtenstein',
  file: 'liechtenstein.20261122T120000Z.idx',
  importedAt: '2026-11-22T12:00:00Z',
  source: 'osm',
  attribution: '© OpenStreetMap contributors',
  rows: 2500,
} as const;
const MANIFEST: Manifest = { ...NO_MANIFEST, extracts: [EXTRACT] };

const refusal = (change: object): ManifestError | undefined => {
  try {
    parseManifest(JSON.stringify({ ...MANIFEST, ...change }));
    return undefined;
  } catch (error) {
    assert.ok(error instanceof ManifestError);
    return error;
  }
};

describe('the manifest', () => {
  beforeEach(() => {
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
  });

  it('says that the installed packages answer where there is none', async () => {
    assert.deepEqual(await readManifest(folder), NO_MANIFEST);
    assert.deepEqual(await readManifest(join(folder, 'not', 'there')), NO_MANIFEST);
  });

  it('comes back as it was written, and leaves nothing beside it', async () => {
    await writeManifest(folder, MANIFEST);
    assert.deepEqual(await readManifest(folder), MANIFEST);
    await writeManifest(folder, NO_MANIFEST);
    assert.deepEqual(await readManifest(folder), NO_MANIFEST);
    assert.deepEqual(readdirSync(folder), ['manifest.json']);
  });

  it('leads to no file outside of its folder', () => {
    for (const file of [
      '../places.idx',
      '/etc/passwd.idx',
      'a/b.idx',
      'a\\b.idx',
      '..idx',
      '.idx',
      '.hidden.idx',
      'a.idx\n',
      'a\u0000.idx',
      'server.key',
      '',
      `${'a'.repeat(200)}.idx`,
    ]) {
      assert.ok(refusal({ extracts: [{ ...EXTRACT, file }] }), file);
      assert.ok(refusal({ base: { ...NO_MANIFEST.base, file } }), file);
    }
  });

  it('is refused with a name that is none, twice the same name, or more than it may hold', () => {
    for (const name of ['', 'Liechtenstein', 'a b', '-a', 'a-', '../a', 'a'.repeat(41)])
      assert.ok(refusal({ extracts: [{ ...EXTRACT, name }] }), name);
    assert.ok(refusal({ extracts: [EXTRACT, EXTRACT] }));
    assert.ok(refusal({ version: 2 }));
    assert.ok(refusal({ more: 1 }));
    assert.ok(
      refusal({ extracts: Array.from({ length: 201 }, (_, index) => ({ ...EXTRACT, name: `e${index}` })) }),
    );
  });

  it('says which part is wrong, what to do, and nothing of what stands there', () => {
    const error = refusal({ extracts: [{ ...EXTRACT, file: '../secret-place.idx' }] });
    assert.match(error?.message ?? '', /extracts\.0\.file.*import again/u);
    assert.doesNotMatch(error?.message ?? '', /secret-place/u);
  });

  it('is refused where it is damaged, too large, a link or a folder', async () => {
    await writeManifest(folder, MANIFEST);
    const path = manifestPath(folder);
    const whole = readFileSync(path);
    for (const bytes of [whole.subarray(0, whole.length - 5), Buffer.alloc(0), Buffer.alloc(300_000, 32)]) {
      writeFileSync(path, bytes);
      await assert.rejects(readManifest(folder), ManifestError);
    }
    rmSync(path);
    writeFileSync(join(folder, 'elsewhere.json'), whole);
    symlinkSync(join(folder, 'elsewhere.json'), path);
    await assert.rejects(readManifest(folder), ManifestError);
    rmSync(path);
    mkdirSync(path);
    await assert.rejects(readManifest(folder), ManifestError);
  });

  it('refuses whatever is no manifest with one kind of error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        assert.throws(() => parseManifest(text), ManifestError);
      }),
    );
  });
});
