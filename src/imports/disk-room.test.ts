import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { insistOnRoom, roomWanted } from './disk-room.ts';
import { ImportStopped } from './lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'vs-room-'));
after(() => rmSync(folder, { recursive: true }));

const MEGABYTE = 1_000_000;
const put = (name: string): string => {
  const path = join(folder, name);
  writeFileSync(path, Buffer.alloc(MEGABYTE));
  return path;
};

describe('the room of an import', () => {
  it('grows with its input, and more with one that is packed', async () => {
    const wantedOf = (...paths: string[]): Promise<number> =>
      roomWanted(paths.map((path) => ({ path, format: 'openaddresses' })));
    const [plain, packed] = [put('a.csv'), put('a.csv.gz')];
    assert.equal(await wantedOf(), 0);
    assert.equal(await wantedOf(plain), 4 * MEGABYTE);
    assert.equal(await wantedOf(packed), 20 * MEGABYTE);
    assert.equal(await wantedOf(plain, packed), 24 * MEGABYTE);
  });

  it('is compared with what a user who is not root may still write', async () => {
    const { bavail, blocks, bsize } = statfsSync(folder);
    const said: string[] = [];
    const insist = (bytes: number, anyway: boolean): Promise<void> =>
      insistOnRoom(folder, bytes, { anyway, say: (line) => said.push(line) });
    await insist((bavail * bsize) / 2, false);
    assert.deepEqual(said, []);
    await assert.rejects(insist(blocks * bsize, false), (error) => {
      assert.ok(error instanceof ImportStopped && error.exitCode === 1);
      return /--anyway\. Nothing was changed/.test(error.message);
    });
    await insist(blocks * bsize, true);
    assert.equal(said.length, 1);
    await assert.rejects(insistOnRoom(join(folder, 'nowhere'), 0, { anyway: true, say: assert.fail }), {
      code: 'ENOENT',
    });
  });
});
