import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ensurePeers, PEERS } from './peers.ts';

interface Lock {
  readonly packages: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const readLock = (path: string): Lock => JSON.parse(readFileSync(path, 'utf8')) as Lock;

describe('the packages that the bench compares with', () => {
  it('are locked to exact versions and digests, and to no host', () => {
    const { packages } = readLock(join(PEERS, 'package-lock.json'));
    for (const [name, entry] of Object.entries(packages)) {
      if (name === '') continue;
      assert.equal(entry['resolved'], undefined, name);
      assert.match(String(entry['integrity']), /^sha512-|^sha1-/, name);
      assert.match(String(entry['version']), /^\d+\.\d+\.\d+/, name);
    }
    const { dependencies } = JSON.parse(readFileSync(join(PEERS, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    for (const version of Object.values(dependencies)) assert.match(version, /^\d+\.\d+\.\d+$/);
  });

  it('are fetched when they are not there, and said to be missing where that fails', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vouchsafe-peers-'));
    try {
      const name = 'vouchsafe-there-is-no-such-package';
      const entry = { version: '1.0.0', integrity: 'sha512-AA==' };
      const dependencies = { [name]: '1.0.0' };
      const lock = {
        name: 'a',
        lockfileVersion: 3,
        packages: { '': { name: 'a', dependencies }, [`node_modules/${name}`]: entry },
      };
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'a', dependencies }));
      writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock));
      // As on a machine without a network.
      writeFileSync(join(folder, '.npmrc'), `offline=true\ncache=${join(folder, 'cache')}\n`);
      const said: string[] = [];
      const reason = await ensurePeers((line) => said.push(line), folder);
      assert.match(reason ?? '', /npm error|npm ended|ENOENT/);
      assert.match(said.join('\n'), /npm ci.*\n.*could not be installed, so nothing is compared with them: /);

      mkdirSync(join(folder, 'node_modules'), { recursive: true });
      const installed = join(folder, 'node_modules', '.package-lock.json');
      const { '': _root, ...there } = lock.packages;
      writeFileSync(installed, JSON.stringify({ ...lock, packages: there }));
      assert.equal(await ensurePeers((line) => said.push(line), folder), undefined);
      assert.equal(said.length, 2, 'what is there is not fetched again');
      const older = { ...there, [`node_modules/${name}`]: { ...entry, version: '0.9.0' } };
      writeFileSync(installed, JSON.stringify({ ...lock, packages: older }));
      assert.notEqual(await ensurePeers(() => undefined, folder), undefined, 'another version is none');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
