import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { appendFile, copyFile, mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { writeDump } from '../../bench/multiplied.ts';
import { loadTestGazetteer } from '../../test/support/gazetteer.ts';
import { loadGazetteerFile, openGazetteer, type Gazetteer } from '../../src/services/geocoding/gazetteer.ts';
import {
  openSections,
  readSources,
  SECTIONS,
  type SectionName,
} from '../../src/services/geocoding/index-format.ts';
import { ImportError } from '../import/import-error.ts';
import { placesFile } from '../sources.ts';
import { buildFromGeonames, type GeonamesOptions, type GeonamesResult } from './build-from-geonames.ts';

let folder: string;
let made = 0;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vouchsafe-geonames-'));
});

after(() => rm(folder, { recursive: true, force: true }));

interface Imported {
  readonly result: GeonamesResult;
  readonly path: string;
  readonly work: string;
}

const importFiles = async (options: Partial<GeonamesOptions> & { done?: Set<string> }): Promise<Imported> => {
  const number = made++;
  const work = options.work ?? join(folder, `work-${number}`);
  const path = join(folder, `index-${number}.idx`);
  const done = options.done ?? new Set<string>();
  const result = await buildFromGeonames({
    files: [],
    postcodes: [],
    path,
    work,
    report: () => undefined,
    checkpoint: { done: (stage) => done.has(stage), finish: async (stage) => void done.add(stage) },
    ...options,
  });
  return { result, path, work };
};

const open = async ({ path }: Imported): Promise<Gazetteer> => openGazetteer(await loadGazetteerFile(path));

/** Names of the sections in which two indexes differ. */
const differences = (one: SharedArrayBuffer, other: SharedArrayBuffer): SectionName[] => {
  const [a, b] = [openSections(one), openSections(other)];
  return (Object.keys(SECTIONS) as SectionName[]).filter((name) => {
    if (SECTIONS[name] === 'json') return JSON.stringify(a[name]) !== JSON.stringify(b[name]);
    const [x, y] = [a[name] as Uint8Array, b[name] as Uint8Array];
    return (
      Buffer.compare(
        Buffer.from(x.buffer, x.byteOffset, x.byteLength),
        Buffer.from(y.buffer, y.byteOffset, y.byteLength),
      ) !== 0
    );
  });
};

/** The first rows of the table that comes along, as a table of its own. */
const smallDump = async (name: string, rows: number): Promise<string> => {
  const text = readFileSync(placesFile(), 'utf8');
  let end = 0;
  for (let row = 0; row < rows; row++) end = text.indexOf('\n', end) + 1;
  const path = join(folder, name);
  await writeFile(path, text.slice(0, end));
  return path;
};

const firstName = (gazetteer: Gazetteer, text: string): string | undefined => {
  const [id] = gazetteer.forward({ text, limit: 1 });
  return id === undefined ? undefined : gazetteer.entity(id).name;
};

test('makes of the table that comes along, brought as a file, the same index to the last byte of every section', async () => {
  const imported = await importFiles({ files: [placesFile()] });
  assert.equal(imported.result.skipped, 0);
  assert.ok(imported.result.places > 199_000 && imported.result.postcodes > 43_000);
  const buffer = await loadGazetteerFile(imported.path);
  assert.deepEqual(differences(buffer, await loadTestGazetteer()), []);
  assert.ok(readSources(buffer).packages.includes('geonames:cities500.txt@32405572'));
});

test('goes on after the stage in which it was stopped, to the same index', async () => {
  const table = join(folder, 'allCountries.txt');
  writeDump(table, 300_000, 20_000);
  const whole = await importFiles({ files: [table] });
  assert.deepEqual(whole.result, { ...whole.result, places: 20_000, skipped: 0 });
  for (const last of ['places', 'postcodes']) {
    const done = new Set<string>();
    const work = join(folder, `stopped-${last}`);
    const stop = new AbortController();
    const stopped = importFiles({
      files: [table],
      work,
      signal: stop.signal,
      checkpoint: {
        done: (stage) => done.has(stage),
        async finish(stage) {
          done.add(stage);
          if (stage === last) stop.abort(new Error('stopped by hand'));
        },
      },
    });
    await assert.rejects(stopped, /stopped by hand/u);
    const messages = new Set<string>();
    const resumed = await importFiles({
      files: [table],
      work,
      done,
      report: (message) => messages.add(message),
    });
    assert.ok(!messages.has('reading places'), 'the table is not read again');
    assert.deepEqual(resumed.result, whole.result);
    assert.deepEqual(
      differences(await loadGazetteerFile(resumed.path), await loadGazetteerFile(whole.path)),
      [],
    );
  }
});

test('takes postal codes, names by language and names of states, packed or not', async () => {
  const table = await smallDump('cities.txt', 3_000);
  const gazetteer = await open(await importFiles({ files: [table] }));
  assert.equal(firstName(gazetteer, 'Soldeu'), 'Soldeu');
  assert.equal(firstName(gazetteer, 'AD100'), undefined);

  const names = join(folder, 'alternateNamesV2.txt.gz');
  await writeFile(
    names,
    gzipSync(
      [
        '1\t3038999\tde\tSolderau\t1\t\t\t\t\t',
        '2\t3038999\tde\tSolderich\t\t\t\t\t\t',
        '3\t3038999\tfr\tVieux Soldeu\t\t\t\t1\t\t',
        '4\t3038999\twkdt\tQ1061012\t\t\t\t\t\t',
        '5\t99999999\tde\tNirgends\t\t\t\t\t\t',
        '',
      ].join('\n'),
    ),
  );
  const admin = join(folder, 'admin1CodesASCII.txt');
  await writeFile(admin, 'AD.02\tCanillo Renamed\tCanillo Renamed\t3041203\n');
  const postal = join(folder, 'AD.txt');
  await writeFile(
    postal,
    'AD\tAD100\tSoldeu\tCanillo\t02\t\t\t\t\t42.5776\t1.6677\t6\nAD\tAD200\tKein Ort\t\t\t\t\t\t\t42.55\t1.6\t6\n',
  );
  const full = await importFiles({ files: [admin, names, table], postcodes: [postal] });
  const richer = await open(full);
  assert.equal(firstName(richer, 'Solderau'), 'Soldeu');
  assert.equal(firstName(richer, 'Vieux Soldeu'), 'Soldeu');
  assert.equal(firstName(richer, 'Q1061012'), undefined);
  assert.equal(firstName(richer, 'Nirgends'), undefined);
  const [id = -1] = richer.forward({ text: 'AD100', limit: 1 });
  assert.equal(richer.entity(id).type, 'postcode');
  assert.equal(richer.entity(richer.records.parent(id)).name, 'Soldeu');
  assert.equal(richer.entity(id).state, 'Canillo Renamed');
  assert.equal(firstName(richer, 'Kein Ort'), 'Kein Ort');
  assert.equal(firstName(richer, '90210'), '90210', 'those of the packages stay');
  const [town = -1] = richer.forward({ text: 'Soldeu', limit: 1 });
  const { localNames } = richer;
  const german = localNames.find(localNames.languageNumber('de'), town);
  const start = localNames.start(german);
  assert.equal(localNames.text.toString('utf8', start, start + localNames.length(german)), 'Solderau');
  assert.equal(localNames.find(localNames.languageNumber('fr'), town), -1, 'historic names are no labels');
});

test('refuses what is no table of GeoNames, and what is cut off, and leaves no index', async () => {
  const refused = async (file: string, message: RegExp): Promise<void> => {
    const path = join(folder, 'refused.idx');
    await assert.rejects(importFiles({ files: [file], path }), (error: unknown) => {
      assert.ok(error instanceof ImportError, String(error));
      assert.match(error.message, message);
      return true;
    });
    assert.equal(existsSync(path), false);
  };
  const text = join(folder, 'countryInfo.txt');
  await writeFile(text, '#ISO\tISO3\tfips\n');
  await refused(text, /a first row of 3 columns is of no table of GeoNames/u);
  const table = await smallDump('cut.txt', 2_000);
  await truncate(table, 150_000);
  await refused(table, /ends in the middle of a row/u);
  const packed = join(folder, 'cut.txt.gz');
  const gz = gzipSync(readFileSync(table));
  await writeFile(packed, gz.subarray(0, gz.length - 2_000));
  await refused(packed, /cut\.txt\.gz/u);
  const spoilt = await smallDump('spoilt.txt', 2_000);
  await appendFile(spoilt, readFileSync(spoilt, 'utf8').replaceAll(/\t4\d\.\d+/gu, '\t491.5'));
  await refused(spoilt, /rows are damaged, the first one: line 2001: latitude is not from -90 to 90/u);
  await mkdir(join(folder, 'a-folder'));
  await refused(join(folder, 'a-folder'), /folder/u);
  await copyFile(table, join(folder, 'empty.txt'));
  await truncate(join(folder, 'empty.txt'), 0);
  await refused(join(folder, 'empty.txt'), /empty/u);
});
