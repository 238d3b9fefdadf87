import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { buildIndex, createPlaceReader } from './index-builder.ts';
import type { RunOptions } from './key-runs.ts';
import { eachPlace, installedSources, readAdminNames } from './sources.ts';

let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vouchsafe-builder-'));
});

after(() => rm(folder, { recursive: true, force: true }));

/** An index of every fiftieth place, as one number. */
const build = (runs: RunOptions): number => {
  const reader = createPlaceReader({ states: readAdminNames(1), counties: readAdminNames(2) }, runs);
  let row = 0;
  for (const place of eachPlace()) if (row++ % 50 === 0) reader.add(place);
  const pieces = buildIndex({
    draft: reader.draft,
    runs: reader.close(),
    further: runs,
    sources: installedSources(),
    report: () => undefined,
  });
  return pieces.reduce((crc, piece) => crc32(piece, crc), 0);
};

test('builds the same index, to the last bit, from names sorted on the disk in small boxes and in memory in one', async () => {
  const inMemory = build({});
  assert.equal(build({ folder, most: 1_000 }), inMemory);
  assert.ok((await readdir(folder)).length > 20);
});
