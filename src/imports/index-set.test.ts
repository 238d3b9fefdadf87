import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { loadTestGazetteer, testGazetteerPath } from '../../test/support/gazetteer.ts';
import { createLog } from '../log.ts';
import { manifestPath } from './manifest-file.ts';
import { NO_MANIFEST, writeManifest, type Manifest } from './manifest.ts';
import { createGazetteerStock, type GazetteerStock } from './index-set.ts';

const root = mkdtempSync(join(tmpdir(), 'vs-set-'));
const folder = join(root, 'gazetteer');
after(() => rmSync(root, { recursive: true }));

const GEONAMES: Manifest = {
  ...NO_MANIFEST,
  base: {
    file: 'places-geonames.20261122T120000Z.idx',
    origin: 'geonames',
    importedAt: '2026-11-22T12:00:00Z',
  },
};
const imported = join(folder, GEONAMES.base.file);

const run = promisify(execFile);

/** What the child says of itself. */
interface Child {
  readonly first: string;
  readonly crowded: readonly unknown[];
  readonly failures: number;
  readonly lines: readonly string[];
  readonly looks: number;
  readonly origin: string | undefined;
}

const moduleAt = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);

/** A process of few open files that takes all of them but those that reading the manifest needs, then lets them go. */
const CHILD = join(root, 'crowded.ts');
writeFileSync(
  CHILD,
  `import { closeSync, openSync } from 'node:fs';
  import { createLog } from ${moduleAt('../log.ts')};
  import { createGazetteerStock } from ${moduleAt('./index-set.ts')};
  import { writeManifest } from ${moduleAt('./manifest.ts')};
  const folder = process.argv[2];
  const lines = [];
  const log = createLog('info', { write: (line) => void lines.push(line) });
  const openPackages = async () => new SharedArrayBuffer(8);
  const stock = createGazetteerStock({ folder, log, openPackages });
  const first = (await stock.first()).base.origin;
  await writeManifest(folder, ${JSON.stringify(GEONAMES)});
  const open = [];
  try {
    for (;;) open.push(openSync('/dev/null'));
  } catch {}
  for (const file of open.splice(0, 2)) closeSync(file);
  const crowded = [];
  for (let look = 0; look < 20; look++) crowded.push((await stock.refresh())?.base.origin ?? null);
  const failures = stock.failures();
  for (const file of open) closeSync(file);
  let looks = 0;
  let origin;
  while (origin === undefined && looks < 300) {
    looks += 1;
    origin = (await stock.refresh())?.base.origin;
  }
  process.stdout.write(JSON.stringify({ first, crowded, failures, lines, looks, origin }));
  `,
);

let packages: SharedArrayBuffer;
let lines: string[];
let builds: number;

const openStock = (): GazetteerStock =>
  createGazetteerStock({
    folder,
    log: createLog('info', { write: (line) => void lines.push(line) }),
    openPackages: async () => {
      builds += 1;
      return packages;
    },
  });

/** As by hand: another file in the place of one. */
const replace = (path: string, bytes: Buffer): void => {
  writeFileSync(`${path}.new`, bytes);
  renameSync(`${path}.new`, path);
};

before(async () => {
  packages = await loadTestGazetteer();
});

beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'extracts'), { recursive: true });
  linkSync(testGazetteerPath(), join(folder, 'places.idx'));
  lines = [];
  builds = 0;
});

describe('the loaded index files', () => {
  it('are those of the packages where nothing was imported, and nothing new is found in them', async () => {
    const stock = openStock();
    const first = await stock.first();
    assert.deepEqual([first.base.origin, first.extracts, builds], ['packages', [], 1]);
    assert.equal(await stock.refresh(), undefined);
    assert.equal(stock.current(), first);
    assert.deepEqual(lines, []);
  });

  it('are those of an import without anything being built, and of the packages again when it is taken back', async () => {
    copyFileSync(testGazetteerPath(), imported);
    await writeManifest(folder, GEONAMES);
    const stock = openStock();
    const first = await stock.first();
    assert.deepEqual([first.base.origin, builds], ['geonames', 0]);
    await writeManifest(folder, NO_MANIFEST);
    const second = await stock.refresh();
    assert.equal(second?.base.origin, 'packages');
    assert.notEqual(second.base.id, first.base.id);
    assert.equal(builds, 0);
  });

  it('follow a manifest that comes while the server runs, and load again only what is another file', async () => {
    const stock = openStock();
    const first = await stock.first();
    copyFileSync(testGazetteerPath(), imported);
    await writeManifest(folder, GEONAMES);
    const second = await stock.refresh();
    assert.equal(second?.base.origin, 'geonames');
    assert.notEqual(second.base.buffer, first.base.buffer);
    // The same again, but for its date: nothing that answers is another.
    await writeManifest(folder, {
      ...GEONAMES,
      base: { ...GEONAMES.base, importedAt: '2026-11-23T12:00:00Z' },
    });
    assert.equal(await stock.refresh(), undefined);
    assert.equal(stock.current().base.buffer, second.base.buffer);
  });

  it('stay as they were while the manifest is damaged, and the log says so once', async () => {
    const stock = openStock();
    const first = await stock.first();
    for (const text of [
      '{',
      '{"version":1}',
      JSON.stringify({ ...GEONAMES, base: { ...GEONAMES.base, file: '../x.idx' } }),
    ]) {
      writeFileSync(manifestPath(folder), text);
      lines = [];
      assert.equal(await stock.refresh(), undefined);
      assert.equal(await stock.refresh(), undefined);
      assert.equal(lines.length, 1, lines.join(''));
      assert.match(lines[0] ?? '', /the old data goes on answering; import again/u);
    }
    assert.equal(stock.current(), first);
    assert.equal(stock.failures(), 3);
  });

  it('stay as they were where a file is cut short, damaged, another thing, a link or not there', async () => {
    const stock = openStock();
    await writeManifest(folder, NO_MANIFEST);
    const first = await stock.first();
    const whole = readFileSync(testGazetteerPath());
    const flipped = Buffer.from(whole);
    flipped[flipped.length >> 1] = (flipped[flipped.length >> 1] ?? 0) ^ 1;
    const older = Buffer.from(whole);
    older.writeUInt32LE(1, 8);
    const outside = join(root, 'outside.idx');
    copyFileSync(testGazetteerPath(), outside);
    const faults: readonly [string, () => void][] = [
      ['truncated', () => replace(imported, whole.subarray(0, whole.length >> 1))],
      ['damaged', () => replace(imported, flipped)],
      ['another format version', () => replace(imported, older)],
      ['not an index', () => replace(imported, Buffer.alloc(4096, 1))],
      ['not an index', () => replace(imported, Buffer.alloc(0))],
      ['no file', () => (rmSync(imported), symlinkSync(outside, imported))],
      ['absent', () => rmSync(imported)],
    ];
    for (const [fault, spoil] of faults) {
      lines = [];
      spoil();
      await writeManifest(folder, GEONAMES);
      assert.equal(await stock.refresh(), undefined, fault);
      assert.equal(await stock.refresh(), undefined, fault);
      assert.equal(lines.length, 1, fault);
      assert.ok((lines[0] ?? '').includes(`(${fault})`), lines[0]);
      assert.equal(stock.current(), first);
    }
    replace(imported, whole);
    assert.equal((await stock.refresh())?.base.origin, 'geonames', 'and they follow as soon as it is whole');
  });

  it('are tried again after a fault that passes, which the log tells once', async () => {
    copyFileSync(testGazetteerPath(), imported);
    const { stdout } = await run('sh', [
      '-c',
      'ulimit -n 100; exec "$0" "$@"',
      process.execPath,
      CHILD,
      folder,
    ]);
    const { first, crowded, failures, lines: told, looks, origin } = JSON.parse(stdout) as Child;
    assert.equal(first, 'packages');
    assert.deepEqual(
      crowded,
      Array.from({ length: 20 }, () => null),
      'no thread can start',
    );
    assert.ok(failures > 2 && failures < 8, `${failures} tries in 20 looks`);
    assert.equal(told.length, 1, told.join(''));
    assert.match(told[0] ?? '', /the old data goes on answering; it is tried again/u);
    assert.equal(origin, 'geonames', 'and they follow once there is room');
    assert.ok(looks > 0 && looks <= 64, `after ${looks} looks`);
  });

  it('notice a file that somebody cut short in place, and keep what is in memory', async () => {
    copyFileSync(testGazetteerPath(), imported);
    await writeManifest(folder, GEONAMES);
    const stock = openStock();
    const first = await stock.first();
    truncateSync(imported, 1_000_000);
    assert.equal(await stock.refresh(), undefined);
    assert.equal(stock.current(), first);
    assert.equal(stock.failures(), 1);
    assert.equal(first.base.buffer.byteLength, readFileSync(testGazetteerPath()).length);
  });

  it('let a server start whatever is wrong, with what is left', async () => {
    const extract = {
      name: 'gone',
      file: 'gone.20261122T120000Z.idx',
      importedAt: '2026-11-22T12:00:00Z',
      source: 'osm',
      attribution: '© OpenStreetMap contributors',
      rows: 1,
    } as const;
    writeFileSync(imported, 'nothing');
    await writeManifest(folder, { ...GEONAMES, extracts: [extract] });
    const stock = openStock();
    const set = await stock.first();
    assert.deepEqual([set.base.origin, set.extracts, builds, stock.failures()], ['packages', [], 1, 2]);
    assert.equal(lines.length, 2);
    writeFileSync(manifestPath(folder), 'nothing');
    assert.equal((await openStock().first()).base.origin, 'packages');
  });
});
