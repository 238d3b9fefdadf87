import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { lookForRoom } from './disk-room.ts';

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
    const wantedOf = async (...paths: string[]): Promise<number> =>
      (
        await lookForRoom(
          folder,
          paths.map((path) => ({ path, format: 'openaddresses' })),
        )
      ).wanted;
    const [plain, packed] = [put('a.csv'), put('a.csv.gz')];
    const none = await wantedOf();
    assert.ok(none > 0);
    assert.equal((await wantedOf(plain)) - none, 4 * MEGABYTE);
    assert.equal((await wantedOf(packed)) - none, 20 * MEGABYTE);
    assert.equal((await wantedOf(plain, packed)) - none, 24 * MEGABYTE);
  });

  it('is compared with what a user who is not root may still write', async () => {
    const { free } = await lookForRoom(folder, []);
    const { blocks, bsize } = statfsSync(folder);
    assert.ok(free > 0 && free < blocks * bsize, String(free));
    await assert.rejects(lookForRoom(join(folder, 'nowhere'), []), { code: 'ENOENT' });
  });
});
