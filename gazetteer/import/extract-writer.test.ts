import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { drawStreets } from '../../bench/street-grid.ts';
import { HOUSE, STREET } from '../../src/services/geocoding/extract/extract-records.ts';
import { loadExtractFile, openExtract } from '../../src/services/geocoding/extract/extract.ts';
import { fine, inBatches, inFolder } from '../../test/support/extract.ts';
import { openTestGazetteer, testGazetteerPath } from '../../test/support/gazetteer.ts';
import { writeExtract } from './extract-writer.ts';
import type { ImportedFeature } from './feature.ts';

/** The children open it where it lies: they have neither the memory nor the disk to build it. */
const INDEX = testGazetteerPath();
const base = await openTestGazetteer();
const CHILD = new URL('../../test/support/write-extract.ts', import.meta.url).pathname;
const run = promisify(execFile);

const FEATURES: readonly ImportedFeature[] = [
  { kind: 'house', lat: fine(47), lng: fine(9), number: '1', street: 'Weg', country: 'CH' },
  { kind: 'poi', lat: fine(47), lng: fine(9), name: 'Post', category: 'government', type: 'post_office' },
];

test('writes the same bytes in whatever batches the features come', () =>
  inFolder(async (folder) => {
    const write = async (
      name: string,
      source: AsyncIterable<readonly ImportedFeature[]>,
    ): Promise<Buffer> => {
      const path = join(folder, name);
      await writeExtract({ source, base, path, work: join(folder, 'work'), attribution: 'nobody' });
      return readFile(path);
    };
    async function* atOnce(): AsyncGenerator<readonly ImportedFeature[], void, undefined> {
      yield FEATURES;
    }
    assert.deepEqual(await write('one.idx', inBatches(FEATURES)), await write('two.idx', atOnce()));
    assert.deepEqual(readdirSync(join(folder, 'work')), [], 'nothing intermediate is left');
  }));

test('leaves what was there, and nothing else, when the source fails or the import is stopped', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'old.idx');
    await writeFile(path, 'old');
    const work = join(folder, 'work');
    async function* failing(): AsyncGenerator<readonly ImportedFeature[], void, undefined> {
      yield FEATURES;
      throw new Error('damaged');
    }
    const write = (
      source: AsyncIterable<readonly ImportedFeature[]>,
      signal?: AbortSignal,
    ): Promise<unknown> => writeExtract({ source, base, path, work, attribution: 'nobody', signal });
    await assert.rejects(write(failing()), /damaged/u);
    await assert.rejects(write(inBatches(FEATURES), AbortSignal.abort(new Error('stopped'))), /stopped/u);
    const stop = new AbortController();
    const report = (): void => stop.abort(new Error('stopped later'));
    const source = drawStreets(30_000);
    await assert.rejects(
      writeExtract({ source, base, path, work, attribution: 'nobody', signal: stop.signal, report }),
      /stopped later/u,
    );
    assert.equal(await readFile(path, 'utf8'), 'old');
    assert.deepEqual(readdirSync(folder), ['old.idx', 'work']);
    assert.deepEqual(readdirSync(work), []);
  }));

test('writes a million houses with 256 MB of heap', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'million.idx');
    const flags = ['--max-old-space-size=256', CHILD, INDEX, path, join(folder, 'work'), '1000000'];
    const { stdout } = await run(process.execPath, flags);
    const { houses, grownBytes } = JSON.parse(stdout) as { houses: number; grownBytes: number };
    assert.equal(houses, 1_000_000);
    assert.ok(grownBytes < 512_000_000, `grew by ${grownBytes} bytes`);
    const extract = openExtract(await loadExtractFile(path));
    assert.equal(extract.counts.houses, 1_000_000);
    assert.equal(extract.forward({ text: 'Ahornstrasse 20, Ahornstadt 400', limit: 5 }).reads, 'house');
  }));

test('tells every house of a very long street what its road is like, in whatever parts it is joined', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'long.idx');
    const at = (step: number): number => fine(9 + step / 1_000_000);
    async function* long(): AsyncGenerator<readonly ImportedFeature[], void, undefined> {
      yield [
        { kind: 'place', lat: fine(47), lng: at(50_000), name: 'Langenau', type: 'town', population: 90_000 },
        {
          kind: 'street',
          name: 'Main Street',
          roadType: 'residential',
          line: Int32Array.of(fine(47), at(0), fine(47), at(50_000), fine(47), at(100_050)),
          road: { maxspeed: 30 },
        },
      ];
      for (let number = 1; number <= 100_050; number++)
        yield [
          {
            kind: 'house',
            lat: fine(47.0001),
            lng: at(number),
            number: String(number),
            street: 'Main Street',
            city: 'Langenau',
          },
        ];
    }
    await writeExtract({ source: long(), base, path, work: join(folder, 'work'), attribution: 'nobody' });
    const { counts, records, sections, forward } = openExtract(await loadExtractFile(path));
    assert.equal(counts.houses, 100_050);
    const facts = sections.facts as readonly { readonly maxspeed?: number }[];
    let without = 0;
    for (let house = 0; house < counts.houses; house++) {
      const street = records.house(house, HOUSE.street);
      if (facts[records.street(street, STREET.facts)]?.maxspeed !== 30) without += 1;
    }
    assert.equal(without, 0, 'houses that know nothing of their road');
    for (const number of ['1', '50001', '100050'])
      assert.equal(forward({ text: `Main Street ${number}, Langenau`, limit: 5 }).reads, 'house', number);
    assert.equal(forward({ text: 'Main Street, Langenau', limit: 5 }).records.length, 1, 'and is one street');
  }));

test('says that the disk is full, and leaves nothing behind', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'big.idx');
    const work = join(folder, 'work');
    // A limit of the process on the size of a file: 1 MB, in blocks of 512 bytes.
    const command = `trap '' XFSZ; ulimit -f 2000; exec "$0" "$@"`;
    const { stdout } = await run('sh', ['-c', command, process.execPath, CHILD, INDEX, path, work, '60000']);
    const { failed, isImportError } = JSON.parse(stdout) as { failed: string; isImportError: boolean };
    assert.match(failed, /the disk is full; make room and import again/u);
    assert.equal(isImportError, true);
    assert.equal(existsSync(path), false);
    assert.deepEqual(readdirSync(folder), ['work']);
    assert.deepEqual(readdirSync(work), []);
  }));
