/** The prepared data directory: made once, copied, and kept for as long as it is used. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { copyPreparedServer } from './prepared-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'vs-prepared-'));
// The account of PostgreSQL passes through.
chmodSync(folder, 0o711);
process.env['TMPDIR'] = folder;
const copies: string[] = [];
after(() => {
  for (const path of [...copies, folder]) rmSync(path, { recursive: true, force: true });
});

const PREFIX = `vouchsafe-test-server-${process.getuid?.() ?? 0}-`;
const LONG_AGO = new Date('2020-01-01');

const copy = async (): Promise<string> => {
  const home = await copyPreparedServer();
  copies.push(home);
  return home;
};

/** One of another schema. */
const leave = (name: string): string => {
  const path = join(folder, PREFIX + name);
  mkdirSync(path);
  writeFileSync(join(path, 'file'), '');
  utimesSync(path, LONG_AGO, LONG_AGO);
  return path;
};

test('is made once, takes the place of old ones, and counts as used with each copy', async () => {
  const old = leave('old');
  const recent = leave('recent');
  utimesSync(recent, new Date(), new Date());
  const first = await copy();
  assert.ok(existsSync(join(first, 'postgres', 'PG_VERSION')));
  assert.ok(!existsSync(old));
  assert.ok(existsSync(recent));
  const made = readdirSync(folder).filter((name) => name.startsWith(PREFIX) && !recent.endsWith(name));
  assert.equal(made.length, 1);
  const place = join(folder, made[0] ?? '');
  const { ino } = statSync(place);
  utimesSync(place, LONG_AGO, LONG_AGO);
  const second = await copy();
  assert.notEqual(second, first);
  assert.equal(statSync(place).ino, ino, 'the same one');
  // Whatever the clock says, it is not what it was set to.
  assert.ok(statSync(place).mtimeMs > LONG_AGO.getTime());
});

test(
  'an old one that cannot be removed is no failure',
  {
    skip: process.getuid?.() === 0 && 'root may remove everything',
  },
  async () => {
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
    const stubborn = leave('stubborn');
    chmodSync(stubborn, 0o500);
    try {
      assert.ok(existsSync(join(await copy(), 'postgres')));
      assert.ok(existsSync(stubborn));
    } finally {
      chmodSync(stubborn, 0o700);
    }
  },
);
