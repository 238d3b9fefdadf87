/** Uploads and loads on a disk that is really full: a file system of bounded size, of which a file takes the rest. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gazetteerPath } from '../../src/imports/base-file.ts';
import { testGazetteerPath } from '../support/gazetteer.ts';
import { makeHome, until, type Exit, type Home } from '../support/server.ts';
import { serve } from '../support/served.ts';
import { openTusClient, type TusClient } from '../support/tus-client.ts';

const MEBIBYTE = 1024 * 1024;
const STOPPED: Exit = { code: 0, signal: null };

/** Puts a file system of this size below the home's data until its block ends; undefined where this process may not. */
const bound = (home: Home, megabytes: number): Disposable | undefined => {
  const size = `size=${megabytes}m,mode=711`;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', size, 'vouchsafe-test', home.dataDir], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  let isMounted = true;
  const unmount = (): void => {
    if (isMounted) execFileSync('umount', ['--lazy', home.dataDir], { stdio: 'ignore' });
    isMounted = false;
  };
  process.once('exit', unmount);
  mkdirSync(join(home.dataDir, 'gazetteer'));
  copyFileSync(testGazetteerPath(), gazetteerPath(home.dataDir));
  return { [Symbol.dispose]: unmount };
};

const freeOf = (home: Home): number => {
  const { bavail, bsize } = statfsSync(home.dataDir);
  return bavail * bsize;
};
const ballastOf = (home: Home): string => join(home.dataDir, 'ballast');
/** Leaves this many bytes. */
const fill = (home: Home, left: number): void =>
  writeFileSync(ballastOf(home), Buffer.alloc(Math.max(0, freeOf(home) - left), 1));
/** Cut off before it is removed: a check of the server that is reading it just then would keep the space of what is only removed. */
const empty = (home: Home): void => {
  truncateSync(ballastOf(home));
  rmSync(ballastOf(home));
};

const csvOf = (rows: number, from = 0): Buffer =>
  Buffer.from(
    `id,name\n${Array.from({ length: rows }, (_, index) => `${index + from},"north of ${(index * 7919) % 100_003} and so on, ${'x'.repeat(60)}"`).join('\n')}\n`,
  );

const PART = 4 * MEBIBYTE;
/** Sends from an offset on until the end or a refusal; gives what was answered last. */
const sendFrom = async (
  person: TusClient,
  path: string,
  bytes: Buffer,
  from: number,
): Promise<{ status: number; code: string | undefined }> => {
  let last: { status: number; code: string | undefined } = { status: 204, code: undefined };
  for (let at = from; at < bytes.length && last.status === 204; at += PART)
    last = await person.send(path, at, bytes.subarray(at, at + PART));
  return { status: last.status, code: last.code };
};

const rowsOf = async (person: TusClient, dataset: string): Promise<unknown> => {
  const answer = await person.client.call(
    'GET',
    `/v1/companies/${person.company}/datasets/${dataset}/rows?select=id&order=id&limit=2`,
  );
  return answer.status === 200 ? answer.body : answer.status;
};

test('a full disk ends uploads and loads with a clear word, keeps what was there, and all goes on once there is room', async (t) => {
  const home = await makeHome();
  using disk = bound(home, 640);
  if (disk === undefined) {
    t.skip('this process may not mount a file system of bounded size');
    return;
  }
  await using served = await serve({ home, env: { WORKERS: '1' } });
  const { server } = served;
  const person = await openTusClient(server, 'full@example.com');
  const load = async (path: string, order: object): Promise<Readonly<Record<string, unknown>>> => {
    await person.client.ok('POST', `${path}/load`, order);
    return person.rest(path);
  };
  const small = csvOf(10);
  const first = await person.begin('first.csv', small.length);
  assert.deepEqual(await sendFrom(person, first, small, 0), { status: 204, code: undefined });
  assert.equal((await person.rest(first))['phase'], 'ready');
  const { dataset, version } = await load(first, { new: { name: 'wells', visibility: 'company' } });
  assert.equal(version, 1);
  const there = await rowsOf(person, String(dataset));

  const large = csvOf(500_000, 1000);
  const path = await person.begin('large.csv', large.length);
  fill(home, 24 * MEBIBYTE);
  const refused = await sendFrom(person, path, large, 0);
  const kept = await person.offsetOf(path);
  assert.deepEqual(refused, { status: 507, code: 'disk_full' });
  assert.ok(kept > 0 && kept < large.length, String(kept));
  assert.deepEqual(await rowsOf(person, String(dataset)), there);

  empty(home);
  assert.deepEqual(await sendFrom(person, path, large, kept), { status: 204, code: undefined });
  assert.equal((await person.rest(path))['phase'], 'ready');

  const tables = (): Promise<unknown[]> =>
    server.sql(
      "select relname from pg_class where relnamespace = 'vouchsafe_data'::regnamespace and relkind = 'r' order by 1",
    );
  const earlier = await tables();
  const free = freeOf(home);
  fill(home, 24 * MEBIBYTE);
  const failed = await load(path, { dataset });
  assert.deepEqual([failed['phase'], failed['failure']], ['failed', 'disk_full']);
  assert.deepEqual(await rowsOf(person, String(dataset)), there);
  assert.deepEqual(await tables(), earlier);
  empty(home);
  await until('the space is given back', () => freeOf(home) > free - 40 * MEBIBYTE, 30_000);
  const again = await load(path, { dataset });
  assert.deepEqual([again['phase'], again['version']], ['loaded', 2]);
  assert.deepEqual(await server.stop(), STOPPED);
});
