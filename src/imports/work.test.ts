import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import {
  beginWork,
  finishWork,
  identify,
  isSameInput,
  openCheckpoint,
  readWork,
  workFolder,
} from './work.ts';

const folder = mkdtempSync(join(tmpdir(), 'vs-work-'));
after(() => rmSync(folder, { recursive: true }));

const input = join(folder, 'input.pbf');
const MEBIBYTE = 1024 * 1024;

const begin = async (work: string): ReturnType<typeof beginWork> =>
  beginWork(work, {
    format: 'osm',
    inputs: [await identify(input)],
    file: 'x.20261122T120000Z.idx',
    startedAt: '2026-11-22T12:00:00.000Z',
  });

describe('the work of an import', () => {
  it('remembers stages durably, and what came of it', async () => {
    writeFileSync(input, 'data');
    const work = workFolder(folder, 'x');
    assert.equal(await readWork(work), undefined);
    await begin(work);
    const first = await openCheckpoint(work);
    assert.equal(first.done('nodes'), false);
    await first.finish('nodes');
    await first.finish('nodes');
    const second = await openCheckpoint(work);
    assert.deepEqual([second.done('nodes'), second.done('ways')], [true, false]);
    await finishWork(work, { rows: 7, skipped: 1 });
    assert.deepEqual((await readWork(work))?.result, { rows: 7, skipped: 1 });
    assert.deepEqual((await readWork(work))?.done, ['nodes']);
  });

  it('begins anew with nothing of before', async () => {
    const work = workFolder(folder, 'anew');
    await begin(work);
    writeFileSync(join(work, 'nodes.bin'), 'left');
    await begin(work);
    assert.equal(existsSync(join(work, 'nodes.bin')), false);
  });

  it('cannot go on with a state that is damaged', async () => {
    const work = workFolder(folder, 'damaged');
    await begin(work);
    for (const text of ['', '{', '{"version":1}', 'null']) {
      writeFileSync(join(work, 'state.json'), text);
      assert.equal(await readWork(work), undefined);
      await assert.rejects(openCheckpoint(work));
    }
  });

  it('knows its input again, and one that has changed at its beginning, end, length or age', async () => {
    const bytes = Buffer.alloc(3 * MEBIBYTE, 1);
    const write = (data: Buffer): void => {
      writeFileSync(input, data);
      utimesSync(input, 1000, 1000);
    };
    write(bytes);
    const state = await begin(workFolder(folder, 'same'));
    assert.ok(isSameInput(state, [await identify(input)]));
    for (const at of [0, MEBIBYTE - 1, 2 * MEBIBYTE, bytes.length - 1]) {
      const other = Buffer.from(bytes);
      other[at] = 2;
      write(other);
      assert.equal(isSameInput(state, [await identify(input)]), false, String(at));
    }
    write(bytes.subarray(1));
    assert.equal(isSameInput(state, [await identify(input)]), false);
    write(bytes);
    assert.ok(isSameInput(state, [await identify(input)]));
    utimesSync(input, 1000, 1001);
    assert.equal(isSameInput(state, [await identify(input)]), false);
    assert.equal(isSameInput(state, []), false);
  });

  it('takes inputs of every length', async () => {
    for (const length of [0, 1, MEBIBYTE, MEBIBYTE + 1, 2 * MEBIBYTE - 1, 2 * MEBIBYTE]) {
      writeFileSync(input, Buffer.alloc(length, 3));
      assert.equal((await identify(input)).size, length);
    }
  });
});
