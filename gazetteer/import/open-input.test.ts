import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { openInput, openInputs, type InputOptions } from './open-input.ts';

const folder = mkdtempSync(join(tmpdir(), 'input-'));
after(() => rmSync(folder, { recursive: true }));

let files = 0;

const save = (bytes: Uint8Array | string): string => {
  files += 1;
  const path = join(folder, `input-${files}`);
  writeFileSync(path, bytes);
  return path;
};

const readAll = async (path: string, options?: InputOptions): Promise<Buffer> => {
  const parts: Uint8Array[] = [];
  const input = await openInput(path, options);
  for await (const part of input.stream) parts.push(part);
  equal(input.position() > 0, true);
  return Buffer.concat(parts);
};

const refused = (message: RegExp) => ({ name: 'ImportError', message });

/** Text that does not repeat itself enough to be taken for a bomb. */
const text = Buffer.from(Array.from({ length: 60_000 }, (_, at) => `line ${at * 7919}\n`).join(''));

test('reads plain, gzipped and zipped files alike, by what they are and not by their names', async () => {
  const zip = zipSync({
    'README.txt': Buffer.from('about'),
    'data/de.txt': text,
    'more.zip': new Uint8Array(3),
  });
  for (const bytes of [
    text,
    gzipSync(text),
    Buffer.concat([gzipSync(text.subarray(0, 9)), gzipSync(text.subarray(9))]),
    zip,
  ])
    deepEqual(await readAll(save(bytes)), text);
  deepEqual(await readAll(save(zipSync({ 'de.txt': [text, { level: 0 }] }))), text);
});

test('says how far it is in bytes of the file, and which member it reads', async () => {
  const path = save(zipSync({ 'de.txt': text }));
  const input = await openInput(path);
  deepEqual([input.member, input.size, input.title], ['de.txt', statSync(path).size, `${path}, de.txt`]);
  equal(input.position(), 0);
  for await (const part of input.stream) ok(part.length > 0);
  ok(input.position() > input.size / 2 && input.position() <= input.size);
});

test('reads every member that fits, and refuses to choose where one is asked for', async () => {
  const path = save(
    zipSync({ 'a.csv': Buffer.from('1'), 'b.csv': Buffer.from('2'), 'c.txt': Buffer.from('3') }),
  );
  const fits = (name: string): boolean => name.endsWith('.csv');
  const read: string[] = [];
  for await (const { member, stream } of openInputs(path, { fits }))
    for await (const part of stream) read.push(`${member} ${Buffer.from(part).toString()}`);
  deepEqual(read, ['a.csv 1', 'b.csv 2']);
  await rejects(openInput(path, { fits }), refused(/holds 2 files that fit; unpack it/u));
  equal((await readAll(path, { fits: (name) => name === 'c.txt' })).toString(), '3');
  await rejects(openInput(path, { fits: () => false }), refused(/holds no file that fits/u));
});

test('does not open archives in archives', async () => {
  const path = save(zipSync({ 'inner.zip': zipSync({ 'a.csv': text }), 'b.csv.gz': gzipSync(text) }));
  await rejects(openInput(path), refused(/archives in archives are not opened/u));
});

test('names the byte near which a gzip file is cut off, damaged or followed by something else', async () => {
  const whole = gzipSync(text);
  for (const cut of [20, whole.length >> 1, whole.length - 1])
    await rejects(
      readAll(save(whole.subarray(0, cut))),
      refused(/, byte \d+: the packed data end too early; download it again\.$/u),
    );
  const damaged = Buffer.from(whole);
  damaged.fill(0xff, whole.length >> 1, (whole.length >> 1) + 40);
  await rejects(readAll(save(damaged)), refused(/, byte \d+: the packed data are damaged/u));
  const sum = Buffer.from(whole);
  sum[sum.length - 6] = (sum[sum.length - 6] ?? 0) ^ 1;
  await rejects(readAll(save(sum)), refused(/the packed data are damaged/u));
  await rejects(
    readAll(save(Buffer.concat([whole, Buffer.from('garbage')]))),
    refused(/damaged|something else follows/u),
  );
  deepEqual(await readAll(save(Buffer.concat([whole, Buffer.alloc(512)]))), text);
});

test('refuses zip archives that are cut off, damaged, encrypted, split or packed otherwise', async () => {
  const whole = Buffer.from(zipSync({ 'de.txt': text }));
  for (const cut of [10, whole.length >> 1, whole.length - 1])
    await rejects(readAll(save(whole.subarray(0, cut))), refused(/the zip archive is cut off or damaged/u));
  const central = whole.lastIndexOf(Buffer.from('PK\u0001\u0002'));
  const end = whole.lastIndexOf(Buffer.from('PK\u0005\u0006'));
  const change = (at: number, value: number): string => {
    const changed = Buffer.from(whole);
    changed[at] = value;
    return save(changed);
  };
  await rejects(readAll(change(central + 8, 1)), refused(/it is encrypted; unpack it by hand/u));
  await rejects(readAll(change(central + 10, 12)), refused(/packed by method 12/u));
  await rejects(readAll(change(end + 4, 1)), refused(/one part of a split archive/u));
  await rejects(readAll(change(central, 0)), refused(/table of contents/u));
  await rejects(readAll(change(0 + 26, 0xff)), refused(/header in the archive|damaged|too early/u));
  await rejects(
    readAll(change(central + 16, (whole[central + 16] ?? 0) ^ 1)),
    refused(/its checksum is wrong/u),
  );
  await rejects(
    readAll(change(central + 24, (whole[central + 24] ?? 0) ^ 1)),
    refused(/its size is not what the archive says/u),
  );
  await rejects(readAll(change(200, (whole[200] ?? 0) ^ 0xff)), refused(/damaged|checksum|size|too early/u));
});

test('stops bombs, however they are packed', { timeout: 120_000 }, async () => {
  const zeros = new Uint8Array(150 * 1024 * 1024);
  const drain = async (path: string): Promise<number> => (await readAll(path)).length;
  await rejects(drain(save(gzipSync(zeros))), refused(/more than 200 times its size, as a zip bomb does/u));
  const halves = { 'a.txt': zeros.subarray(0, zeros.length / 2), 'b.txt': zeros.subarray(zeros.length / 2) };
  const both = async (path: string): Promise<void> => {
    for await (const { stream } of openInputs(path)) for await (const part of stream) ok(part.length > 0);
  };
  await rejects(both(save(zipSync(halves))), refused(/more than 200 times its size/u));
});

test('lets no more out than it may', async () => {
  for (const bytes of [text, gzipSync(text), zipSync({ 'de.txt': text })])
    await rejects(
      readAll(save(bytes), { mostBytes: 100_000 }),
      refused(/more than 100000 bytes come out of it/u),
    );
});

test('refuses what is no file, without waiting for it', async () => {
  const path = join(folder, 'nothing');
  await rejects(openInput(path), refused(/nothing: there is no such file; check the path\.$/u));
  mkdirSync(join(folder, 'folder'));
  await rejects(openInput(join(folder, 'folder')), refused(/it is a folder; name a file/u));
  await rejects(openInput(save('')), refused(/it is empty/u));
  await rejects(openInput('/dev/null'), refused(/it is not a regular file/u));
  const pipe = join(folder, 'pipe');
  equal(spawnSync('sh', ['-c', 'mkfifo "$0"', pipe]).status, 0);
  await rejects(openInput(pipe), refused(/it is not a regular file/u));
});

test('says so when a file may not be read', async () => {
  const path = save('secret');
  chmodSync(path, 0);
  // Who may read everything reads this too.
  if (process.getuid?.() === 0) equal((await readAll(path)).toString(), 'secret');
  else await rejects(openInput(path), refused(/it may not be read; give the user/u));
});

test('refuses other packings by name', async () => {
  await rejects(openInput(save('BZh91AY&SY')), refused(/packed in a way that is not read here/u));
  await rejects(openInput(save(Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a]))), refused(/not read here/u));
});

test('notices a file that becomes shorter or longer while it is read', async () => {
  const bytes = Buffer.concat(Array.from({ length: 8 }, () => text));
  for (const change of [
    (path: string) => truncateSync(path, 300_000),
    (path: string) => appendFileSync(path, 'more'),
  ]) {
    const path = save(bytes);
    const reading = async (): Promise<void> => {
      let isFirst = true;
      for await (const part of (await openInput(path)).stream) {
        ok(part.length > 0);
        if (isFirst) change(path);
        isFirst = false;
      }
    };
    await rejects(reading(), refused(/it became (?:shorter|longer) while it was read/u));
  }
});

test('stops with the signal’s reason', async () => {
  for (const bytes of [text, gzipSync(text), zipSync({ 'de.txt': [text, { level: 0 }] })]) {
    const stop = new AbortController();
    const path = save(bytes);
    const reading = async (): Promise<void> => {
      for await (const { stream } of openInputs(path, { signal: stop.signal })) {
        stop.abort(new Error('enough'));
        for await (const part of stream) ok(part.length > 0);
      }
    };
    await rejects(reading(), /enough/u);
  }
});
