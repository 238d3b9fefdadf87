import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { lockHolder, takeLock } from './lock.ts';
import { processToken } from './process-identity.ts';

const folder = mkdtempSync(join(tmpdir(), 'vs-lock-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('is held by one at a time, and free again when released', () => {
  const path = join(folder, 'one');
  const first = takeLock(path, 'serve');
  assert.ok(first.ok);
  const second = takeLock(path, 'command');
  assert.ok(!second.ok);
  assert.deepEqual([second.holder.pid, second.holder.purpose], [process.pid, 'serve']);
  first.release();
  assert.equal(lockHolder(path), undefined);
  assert.ok(takeLock(path, 'command').ok);
  assert.deepEqual(readdirSync(folder), ['one'], 'nothing else is left lying about');
});

test('a lock of a dead process, of another process with the same id, or of nonsense binds nobody', () => {
  const path = join(folder, 'stale');
  const token = processToken(process.pid);
  for (const text of [
    JSON.stringify({ pid: 4_194_304, token, purpose: 'serve' }),
    JSON.stringify({ pid: process.pid, token: `${token}0`, purpose: 'serve' }),
    JSON.stringify({ pid: 4_194_304, purpose: 'serve' }).slice(0, -4),
    '',
  ]) {
    writeFileSync(path, text);
    const attempt = takeLock(path, 'serve');
    assert.ok(attempt.ok, text);
    attempt.release();
  }
});

test('a release leaves the lock of a successor alone', () => {
  const path = join(folder, 'successor');
  const attempt = takeLock(path, 'serve');
  assert.ok(attempt.ok);
  const other = JSON.stringify({ pid: process.pid, token: processToken(process.pid), purpose: 'command' });
  writeFileSync(path, other);
  attempt.release();
  assert.equal(lockHolder(path)?.purpose, 'command');
});
