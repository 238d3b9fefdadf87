import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { unzipSync } from 'fflate';
import yauzl from 'yauzl';
import { createArchive } from './archive.ts';
import { centralDirectory, dataDescriptor, localHeader } from './zip.ts';

const NOW = Date.UTC(2026, 10, 22, 12, 30, 58);

const textOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();

test('whatever is written into files that are open side by side comes out of each', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat({ max: 2 }), fc.string({ unit: 'grapheme', maxLength: 2000 })), {
        maxLength: 20,
      }),
      async (writes) => {
        const archive = createArchive(NOW);
        const files = ['a.txt', 'ä/b.txt', 'c'].map((name) => ({ name, file: archive.open(name), text: '' }));
        const pieces: Uint8Array[] = [];
        for (const [index, text] of writes) {
          const one = files[index] ?? files[0];
          await one?.file.write(text);
          if (one !== undefined) one.text += text;
          pieces.push(...archive.take());
        }
        for (const { file } of files.toReversed()) await file.end();
        archive.finish();
        const unzipped = unzipSync(Buffer.concat([...pieces, ...archive.take()]));
        assert.deepEqual(
          Object.keys(unzipped),
          files.map(({ name }) => name),
        );
        for (const { name, text } of files)
          assert.equal(textOf(unzipped[name]), Buffer.from(text).toString());
      },
    ),
    { numRuns: 40 },
  );
});

test('what is held is bounded until it is taken', async () => {
  const archive = createArchive(NOW, { mostBytes: 1000, mostCompressed: 1_000_000 });
  const file = archive.open('a');
  await file.write('x'.repeat(900));
  await assert.rejects(file.write('x'.repeat(101)), { code: 'export_too_large' });
  archive.take();
  await file.write('x'.repeat(2000));
  archive.drop();
});

test('sizes and places beyond 32 bits are found by a reader of 64-bit zip files', async () => {
  const entries = [
    { name: Buffer.from('small'), crc: 1, compressed: 10, size: 20, offset: 0 },
    { name: Buffer.from('large'), crc: 2, compressed: 4_294_967_296, size: 9_000_000_000, offset: 50 },
    { name: Buffer.from('behind'), crc: 3, compressed: 5, size: 5, offset: 4_294_967_400 },
  ];
  const start = 4_294_967_500;
  const directory = centralDirectory(entries, start, NOW);
  // A file of this size of which only the end is there.
  class Tail extends yauzl.RandomAccessReader {
    override _readStreamForRange(from: number, to: number): never {
      throw new Error(`${from} ${to}`);
    }
    override read(
      buffer: Buffer,
      offset: number,
      length: number,
      position: number,
      callback: (error: Error | null) => void,
    ): void {
      const from = Math.max(0, start - position);
      directory.copy(buffer, offset + from, position + from - start, position - start + length);
      setImmediate(callback, null);
    }
  }
  const found = await new Promise<unknown[]>((resolve, reject) => {
    yauzl.fromRandomAccessReader(new Tail(), start + directory.length, {}, (error, zip) => {
      if (error !== null) return reject(error);
      const seen: unknown[] = [];
      zip.on('entry', (entry) =>
        seen.push([
          entry.fileName,
          entry.crc32,
          entry.compressedSize,
          entry.uncompressedSize,
          entry.relativeOffsetOfLocalHeader,
        ]),
      );
      zip.on('end', () => resolve(seen)).on('error', reject);
    });
  });
  assert.deepEqual(
    found,
    entries.map(({ name, crc, compressed, size, offset }) => [
      name.toString(),
      crc,
      compressed,
      size,
      offset,
    ]),
  );
  assert.equal(dataDescriptor(entries[0] as never).length, 16);
  assert.equal(dataDescriptor(entries[1] as never).readBigUInt64LE(16), 9_000_000_000n);
});

test('times are those of the export, to two seconds', async () => {
  const header = localHeader(Buffer.from('a'), NOW);
  const [time, day] = [header.readUInt16LE(10), header.readUInt16LE(12)];
  assert.deepEqual(
    [(day >> 9) + 1980, (day >> 5) & 15, day & 31, time >> 11, (time >> 5) & 63, (time & 31) * 2],
    [2026, 11, 22, 12, 30, 58],
  );
});
