import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { testCluster, testDatabase } from '../../test/support/database.ts';
import { createLogTail } from './log-tail.ts';
import { freshMark, traceForms } from './marks.ts';
import { holdsAny, searchFiles } from './search.ts';

const folder = mkdtempSync(join(tmpdir(), 'vs-search-'));
after(() => rmSync(folder, { recursive: true }));
let counter = 0;
const freshFolder = (): string => {
  const path = join(folder, String((counter += 1)));
  mkdirSync(path);
  return path;
};

describe('the forms of a trace', () => {
  it('are found in whatever stands around them', () => {
    const writings: readonly ((text: string) => Buffer)[] = [
      (text) => Buffer.from(text),
      (text) => Buffer.from(text.toUpperCase()),
      (text) => Buffer.from(text, 'utf16le'),
      (text) => Buffer.from(Buffer.from(text).toString('hex')),
      (text) => Buffer.from(Buffer.from(text).toString('hex').toUpperCase()),
      (text) => Buffer.from(Buffer.from(text).toString('base64')),
      (text) => Buffer.from(Buffer.from(text).toString('base64url')),
    ];
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.constantFrom(...writings), (before, behind, write) => {
        const mark = freshMark();
        assert.ok(holdsAny(write(before + mark + behind), traceForms(mark)));
      }),
      { numRuns: 200 },
    );
  });

  it('are not found where there is no trace', () => {
    const [one, other] = [freshMark(), freshMark()];
    for (const form of traceForms(one)) assert.equal(holdsAny(form, traceForms(other)), false);
  });

  it('are long enough that chance makes none', () => {
    for (const form of traceForms(freshMark())) assert.ok(form.length >= 14);
  });
});

describe('the search through files', () => {
  it('finds a needle wherever it lies, also across slices', async () => {
    const needle = Buffer.from('needle-in-the-haystack');
    const slice = 128 * 1024;
    for (const offset of [0, 1, slice - needle.length, slice - 1, slice, 2 * slice - 3]) {
      const place = freshFolder();
      writeFileSync(join(place, 'file'), Buffer.concat([Buffer.alloc(offset), needle, Buffer.alloc(9)]));
      const { found, bytes, files } = await searchFiles(place, [needle]);
      assert.deepEqual(found, ['file'], `at ${offset}`);
      assert.equal(files, 1);
      assert.ok(bytes >= offset);
    }
  });

  it('counts what it has seen, goes into folders, follows no links, and passes over what it is told to', async () => {
    const place = freshFolder();
    const elsewhere = freshFolder();
    writeFileSync(join(elsewhere, 'secret'), 'needle');
    mkdirSync(join(place, 'a', 'b'), { recursive: true });
    writeFileSync(join(place, 'a', 'b', 'clean'), 'hay');
    writeFileSync(join(place, 'skipped'), 'needle');
    symlinkSync(elsewhere, join(place, 'link'));
    const result = await searchFiles(place, [Buffer.from('needle')], {
      skip: (path) => path === 'skipped',
    });
    assert.deepEqual(result, { files: 1, bytes: 3, unwritten: 0, found: [] });
  });

  it('sees what a table or the log of changes of the database holds', async () => {
    const store = await testDatabase();
    const { socketDirectory } = await testCluster();
    const [mark, other] = [freshMark(), freshMark()];
    await store.superuser('create table public.leak (query text)');
    await store.superuser('insert into public.leak values ($1)', [mark]);
    await store.superuser('delete from public.leak');
    // Test databases do not wait for the disk; ours do.
    await store.superuser('checkpoint');
    const { found } = await searchFiles(dirname(socketDirectory), traceForms(mark));
    assert.ok(
      found.some((path) => path.includes('/pg_wal/')),
      'in the log of changes',
    );
    assert.ok(
      found.some((path) => path.includes('/base/')),
      'in the file of the table, even when the row is deleted',
    );
    assert.deepEqual((await searchFiles(dirname(socketDirectory), traceForms(other))).found, []);
  });

  it('refuses to call clean what it could not read', async () => {
    await assert.rejects(searchFiles(join(folder, 'nowhere'), [Buffer.from('needle')]));
  });
});

describe('the newest log lines', () => {
  it('are passed on and can be read again', () => {
    const passed: string[] = [];
    const tail = createLogTail({ write: (line) => void passed.push(line) });
    tail.write('one');
    const position = tail.position();
    tail.write('two');
    tail.write('three');
    assert.deepEqual(tail.linesSince(position), ['two', 'three']);
    assert.deepEqual(passed, ['one', 'two', 'three']);
  });

  it('are not called clean when some are forgotten', () => {
    const tail = createLogTail({ write: () => undefined }, 10);
    for (let line = 0; line < 35; line += 1) tail.write(String(line));
    assert.equal(tail.position(), 35);
    assert.deepEqual(tail.linesSince(33), ['33', '34']);
    assert.throws(() => tail.linesSince(3));
  });
});
