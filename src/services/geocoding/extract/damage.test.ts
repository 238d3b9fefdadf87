import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeExtract } from '../../../../gazetteer/import/extract-writer.ts';
import { fine, inBatches, inFolder } from '../../../../test/support/extract.ts';
import { openTestGazetteer } from '../../../../test/support/gazetteer.ts';
import { IndexFaultError } from '../index-format.ts';
import { loadExtractFile, openExtract } from './extract.ts';

const base = await openTestGazetteer();

const written = async (folder: string): Promise<string> => {
  const path = join(folder, 'small.idx');
  const house = {
    kind: 'house',
    lat: fine(47),
    lng: fine(9),
    number: '1',
    street: 'Weg',
    country: 'CH',
  } as const;
  const source = inBatches([house]);
  await writeExtract({ source, base, path, work: join(folder, 'work'), attribution: 'nobody' });
  return path;
};

const faultOf = async (path: string): Promise<string> => {
  try {
    openExtract(await loadExtractFile(path));
    return 'none';
  } catch (error) {
    assert.ok(error instanceof IndexFaultError, String(error));
    return error.fault;
  }
};

test('refuses an extract that is cut short, of another version, damaged anywhere, or something else', () =>
  inFolder(async (folder) => {
    const path = await written(folder);
    const whole = await readFile(path);
    const faultWith = (bytes: Buffer): Promise<string> => {
      writeFileSync(path, bytes);
      return faultOf(path);
    };
    const changed = (at: number): Buffer => {
      const copy = Buffer.from(whole);
      copy[at] = copy[at]! ^ 0x10;
      return copy;
    };
    assert.equal(await faultWith(whole), 'none');
    assert.equal(await faultWith(whole.subarray(0, 10)), 'not an index');
    assert.equal(await faultWith(Buffer.alloc(0)), 'not an index');
    assert.equal(await faultWith(changed(0)), 'not an index');
    assert.equal(await faultWith(changed(8)), 'another format version');
    assert.equal(await faultWith(whole.subarray(0, whole.length - 1)), 'truncated');
    assert.equal(await faultWith(Buffer.concat([whole, Buffer.alloc(64)])), 'truncated');
    for (let at = 64; at < whole.length; at += 97)
      assert.equal(await faultWith(changed(at)), 'damaged', String(at));
  }));

test('an extract of nothing answers nothing', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'nothing.idx');
    const source = inBatches([]);
    const counts = await writeExtract({
      source,
      base,
      path,
      work: join(folder, 'work'),
      attribution: 'nobody',
    });
    assert.equal(counts.rows, 0);
    const extract = openExtract(await loadExtractFile(path));
    assert.equal(extract.reverse(0, 0), undefined);
    assert.deepEqual(extract.forward({ text: 'Weg 1', limit: 10, isPrefix: true }).records, []);
  }));
