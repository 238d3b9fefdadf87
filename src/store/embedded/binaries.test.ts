import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { findBinaries, linkLibraries } from './binaries.ts';

const folder = mkdtempSync(join(tmpdir(), 'vs-binaries-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('the binaries of this platform run with the environment they are given', () => {
  const binaries = findBinaries(join(folder, 'spare'));
  const version = execFileSync(binaries.initdb, ['--version'], {
    encoding: 'utf8',
    env: binaries.environment,
  });
  assert.match(version, /PostgreSQL\) 1[5-9]|PostgreSQL\) [2-9]\d/);
});

test('where the packages cannot be written, the links stand in a folder of ours', () => {
  const { root } = findBinaries(join(folder, 'spare'));
  const copy = join(folder, 'native');
  cpSync(root, copy, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !lstatSync(path).isSymbolicLink(),
  });
  const spare = join(folder, 'links');
  const cannotWrite = (): never => {
    throw Object.assign(new Error('read-only'), { code: 'EROFS' });
  };
  const environment = linkLibraries(copy, spare, cannotWrite);
  assert.equal(readdirSync(spare).length > 0, true);
  const version = execFileSync(join(copy, 'bin', 'initdb'), ['--version'], {
    encoding: 'utf8',
    env: { ...environment },
  });
  assert.match(version, /PostgreSQL/);
});
