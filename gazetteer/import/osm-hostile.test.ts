import { equal, match, ok } from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { PbfWriter } from 'pbf';
import { drawMap, headerBlob, rawBlob, type MapSketch } from '../../test/support/osm-file.ts';
import { ImportError } from './import-error.ts';
import { openInputFile } from './input-file.ts';
import { indexBlobs } from './osm-blobs.ts';
import { openOsm } from './osm-source.ts';

const folder = mkdtempSync(join(tmpdir(), 'osm-'));
after(() => rmSync(folder, { recursive: true }));

const fixture = join(import.meta.dirname, '../fixtures/liechtenstein.osm.pbf');
const path = join(folder, 'hostile.osm.pbf');
const work = join(folder, 'work');

/** Reads a file to its end: what came of it, as one line. Anything but an `ImportError` fails the test. */
const outcome = async (bytes: Uint8Array): Promise<string> => {
  writeFileSync(path, bytes);
  rmSync(work, { recursive: true, force: true });
  const source = openOsm(path, { work: mkdtempSync(`${work}-`) });
  const counts: Record<string, number> = {};
  try {
    for await (const batch of source.features({}))
      for (const { kind } of batch) counts[kind] = (counts[kind] ?? 0) + 1;
    return `${JSON.stringify(counts)} skipped ${source.skips.total}`;
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    return error.message;
  }
};

/** The same numbers every time: xorshift of a seed. */
const createNumbers = (seed: number): ((below: number) => number) => {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
};

const town: MapSketch = {
  nodes: Array.from({ length: 40 }, (_, at) => ({
    id: 10 + 3 * at,
    lat: 47 + at / 1000,
    lng: 9 + (at % 7) / 1000,
    ...(at % 4 === 0 ? { tags: { 'addr:housenumber': String(at), 'addr:street': 'Hauptstraße' } } : {}),
  })),
  ways: Array.from({ length: 9 }, (_, at) => ({
    id: 100 + at,
    refs: [10 + 9 * at, 13 + 9 * at, 16 + 9 * at],
    tags: { highway: 'residential', name: `Gasse ${at}` },
  })),
  relations: [
    {
      id: 1,
      tags: { type: 'boundary', boundary: 'administrative', admin_level: '8', name: 'Dorf' },
      members: [{ kind: 'way', id: 100, role: 'outer' }],
    },
  ],
};

test('names the byte when the extract is cut off in the middle of any blob', async () => {
  const whole = readFileSync(fixture);
  const file = await openInputFile(fixture);
  const { offsets, sizes } = await indexBlobs(file, undefined);
  await file.close();
  for (const [at, offset] of offsets.entries())
    for (const cut of [offset - 2, offset + 1, offset + (sizes[at] ?? 0) - 1])
      match(
        await outcome(whole.subarray(0, cut)),
        /, byte \d+: the file ends in the middle of a blob; download it again\.$/u,
      );
});

test('says that something is missing when the extract is cut off between two blobs', async () => {
  const whole = readFileSync(fixture);
  const file = await openInputFile(fixture);
  const { offsets, sizes } = await indexBlobs(file, undefined);
  await file.close();
  // The last blob has the relations; without it nothing is lost but areas, which is counted.
  for (const [at, offset] of offsets.slice(0, -1).entries()) {
    const said = await outcome(whole.subarray(0, offset + (sizes[at] ?? 0)));
    ok(/it holds no ways/u.test(said) || /skipped [1-9]/u.test(said), said);
  }
  match(await outcome(whole.subarray(0, offsets[0] ?? 0)), /ends in the middle|holds no map data/u);
  match(await outcome(headerBlob()), /holds no map data/u);
});

test('finds out one flipped bit, or gives all that it gives otherwise, in 500 of them', async () => {
  const bytes = Buffer.concat(drawMap(town));
  const right = await outcome(bytes);
  equal(right, '{"house":10,"street":9} skipped 1');
  const next = createNumbers(20_261_122);
  let found = 0;
  for (let round = 0; round < 500; round += 1) {
    const damaged = Buffer.from(bytes);
    const at = next(damaged.length);
    const bit = 1 << next(8);
    damaged[at] = (damaged[at] ?? 0) ^ bit;
    const said = await outcome(damaged);
    if (said === right) continue;
    found += 1;
    const isCounted = /skipped ([2-9]|\d\d)/u.test(said);
    ok(said.startsWith(path) || isCounted, `bit ${bit} of byte ${at} gives: ${said}`);
  }
  ok(found > 400, `only ${found} of 500 were noticed`);
});

test('survives whatever is written over raw blobs, 300 times', async () => {
  const bytes = Buffer.concat(drawMap({ ...town, packing: 'raw' }));
  const next = createNumbers(77);
  const outcomes = new Set<string>();
  for (let round = 0; round < 300; round += 1) {
    const damaged = Buffer.from(bytes);
    for (let count = 1 + next(8); count > 0; count -= 1) damaged[next(damaged.length)] = next(256);
    outcomes.add(await outcome(damaged));
  }
  ok(outcomes.size > 20);
});

test('survives flipped bytes in the real extract', async () => {
  const bytes = readFileSync(fixture);
  const right = await outcome(bytes);
  const next = createNumbers(5);
  for (let round = 0; round < 40; round += 1) {
    const damaged = Buffer.from(bytes);
    const at = next(damaged.length);
    damaged[at] = (damaged[at] ?? 0) ^ (1 + next(255));
    const said = await outcome(damaged);
    ok(said === right || said.startsWith(path) || /skipped (?!22$)/u.test(said), said);
  }
});

const inBlob = (write: (pbf: PbfWriter) => void): Buffer => {
  const pbf = new PbfWriter();
  write(pbf);
  return Buffer.concat([headerBlob(), rawBlob(pbf.finish())]);
};

test('refuses lengths that reach beyond their message, at once', async () => {
  const huge = (pbf: PbfWriter): void => {
    pbf.writeBytesField(1, new Uint8Array(0));
    pbf.writeTag(2, 2);
    pbf.writeVarint(2 ** 52);
  };
  match(await outcome(inBlob(huge)), /a block is damaged \(a part reaches beyond its message\)/u);
  const dense = (pbf: PbfWriter): void => {
    pbf.writeBytesField(1, new Uint8Array(0));
    const group = new PbfWriter();
    group.writeTag(2, 2);
    group.writeVarint(6);
    group.writeTag(1, 2);
    group.writeVarint(2 ** 31);
    pbf.writeBytesField(2, group.finish());
    const way = new PbfWriter();
    way.writeBytesField(3, Buffer.from([8, 1]));
    pbf.writeBytesField(2, way.finish());
  };
  match(await outcome(inBlob(dense)), /a block is damaged/u);
});

test('refuses a block of more things than any program writes', async () => {
  const many = (pbf: PbfWriter): void => {
    pbf.writeBytesField(1, Buffer.from([10, 0]));
    const dense = new PbfWriter();
    const zeros = new Uint8Array(1_000_000);
    for (const field of [1, 8, 9]) dense.writeBytesField(field, zeros.fill(field === 1 ? 2 : 0));
    const group = new PbfWriter();
    group.writeBytesField(2, dense.finish());
    pbf.writeBytesField(2, group.finish());
    const way = new PbfWriter();
    way.writeBytesField(3, Buffer.from([8, 1]));
    pbf.writeBytesField(2, way.finish());
  };
  match(await outcome(inBlob(many)), /it has too many things/u);
});

test('stops at blobs that unpack to more than they say, more than is allowed, or two hundredfold', async () => {
  const blob = (rawSize: number, data: Uint8Array): Buffer => {
    const body = new PbfWriter();
    body.writeVarintField(2, rawSize);
    body.writeBytesField(3, data);
    const bytes = body.finish();
    const head = new PbfWriter();
    head.writeStringField(1, 'OSMData');
    head.writeVarintField(3, bytes.length);
    const header = head.finish();
    const length = Buffer.alloc(4);
    length.writeUInt32BE(header.length);
    return Buffer.concat([length, header, bytes]);
  };
  const zeros = new Uint8Array(33 * 1024 * 1024);
  match(
    await outcome(Buffer.concat([headerBlob(), blob(1000, deflateSync(zeros))])),
    /does not unpack to what it says/u,
  );
  match(
    await outcome(Buffer.concat([headerBlob(), blob(zeros.length, deflateSync(zeros))])),
    /more than the format allows/u,
  );
  // An unknown field of 30 MB in each of many blobs: the block itself is in order.
  const pbf = new PbfWriter();
  pbf.writeBytesField(1, Buffer.from([10, 0]));
  pbf.writeBytesField(99, new Uint8Array(30 * 1024 * 1024));
  const bomb = pbf.finish();
  const packed = blob(bomb.length, deflateSync(bomb));
  match(
    await outcome(Buffer.concat([headerBlob(), ...Array.from({ length: 20 }, () => packed)])),
    /unpacks to more than 200 times its size/u,
  );
});

test('refuses text, noise and other formats, without repeating them', async () => {
  match(await outcome(Buffer.from('<?xml version="1.0"?><osm>')), /byte 0: it is no OpenStreetMap PBF file/u);
  const next = createNumbers(9);
  for (let round = 0; round < 100; round += 1)
    match(
      await outcome(Buffer.from(Array.from({ length: 1 + next(300) }, () => next(256)))),
      /hostile\.osm\.pbf/u,
    );
});

test('has done all of this in less than 512 MB', () => {
  ok(process.resourceUsage().maxRSS < 512 * 1024);
});
