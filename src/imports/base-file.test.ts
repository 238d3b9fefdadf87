import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadGazetteerFile } from '../services/geocoding/gazetteer-file.ts';
import { buildGazetteerFile } from './base-file.ts';

const PATIENCE_MS = 60_000;

/** Processes whose command line has a word in it; undefined where the system does not show them as Linux does. */
const processesWith = async (word: string): Promise<readonly string[] | undefined> => {
  const all = await readdir('/proc').catch(() => undefined);
  if (all === undefined || !all.includes('self')) return undefined;
  const lines = await Promise.all(
    all
      .filter((name) => /^\d+$/.test(name))
      .map(async (pid) => ({
        pid,
        line: await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
      })),
  );
  return lines.filter(({ line }) => line.includes(word)).map(({ pid }) => pid);
};

describe('building the index of the installed packages', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vouchsafe-base-file-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('happens in another process, which says how far it is and leaves one whole file', async () => {
    const steps: number[] = [];
    const path = join(folder, 'new', 'gazetteer.idx');
    await buildGazetteerFile(path, (_, fraction) => steps.push(fraction));
    assert.ok((await loadGazetteerFile(path)).byteLength > 10_000_000);
    assert.deepEqual(await readdir(join(folder, 'new')), ['gazetteer.idx']);
    assert.ok(steps.length > 10);
    assert.deepEqual(
      steps,
      steps.toSorted((one, other) => one - other),
    );
    assert.deepEqual((await processesWith(path)) ?? [], []);
  });

  it('says what the file system says', async () => {
    const path = join(folder, 'a-file', 'gazetteer.idx');
    await writeFile(join(folder, 'a-file'), '');
    await assert.rejects(
      buildGazetteerFile(path, () => undefined),
      { code: /EEXIST|ENOTDIR/ },
    );
  });

  it('ends with whoever began it, and leaves nothing', async (t) => {
    if ((await processesWith('node')) === undefined) {
      t.skip('the processes of this system are not shown in /proc');
      return;
    }
    const path = join(folder, 'killed.idx');
    const server = spawn(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `import { buildGazetteerFile } from ${JSON.stringify(new URL('base-file.ts', import.meta.url).href)};
        await buildGazetteerFile(${JSON.stringify(path)}, () => process.stdout.write('.'));`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(server.stdout, 'data');
    server.kill('SIGKILL');
    await once(server, 'exit');
    const end = performance.now() + PATIENCE_MS;
    while ((await processesWith(path))?.length !== 0) {
      assert.ok(performance.now() < end, 'the builder goes on without anybody');
      await sleep(100);
    }
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.startsWith('killed')),
      [],
    );
  });
});
