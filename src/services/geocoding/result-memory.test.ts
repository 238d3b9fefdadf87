import assert from 'node:assert/strict';
import { once } from 'node:events';
import { before, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { openTestGazetteer } from '../../../test/support/gazetteer.ts';
import { COUNTY, NONE } from './entity.ts';
import type { Gazetteer } from './gazetteer.ts';
import { createJsonWriter } from './json-writer.ts';
import { createLanguages } from './languages.ts';
import { createResultWriter, MOST_RESULT_BYTES, type Look } from './render.ts';
import { createResultBuffer, openResultMemory, type ResultMemory } from './result-memory.ts';

const MINUTE = 60_000;

/** Memory of one's own. */
const createResultMemory = (ringBytes?: number, slots?: number): ResultMemory =>
  openResultMemory(createResultBuffer(ringBytes, slots), 1, slots);

/** What is found, as text; a stroke where a distance goes. */
const read = (memory: ResultMemory, entity: number, postcode = NONE, look = 0): string | undefined =>
  memory.find(entity, postcode, look)
    ? `${memory.page.toString('latin1', memory.start, memory.split)}|${memory.page.toString('latin1', memory.split, memory.end)}`
    : undefined;

const keep = (
  memory: ResultMemory,
  entity: number,
  first: string,
  second: string,
  { postcode = NONE, look = 0 } = {},
): void => {
  const page = Buffer.from(`before${first}distance${second}behind`);
  const split = 'before'.length + first.length;
  const resume = split + 'distance'.length;
  const bytes = { page, from: 'before'.length, split, resume, to: resume + second.length };
  memory.keep({ entity, postcode, look }, bytes);
};

test('finds what was kept, without what stands between its halves, and nothing else', () => {
  const memory = createResultMemory();
  keep(memory, 7, '{"a"', '"b"}');
  assert.equal(read(memory, 7), '{"a"|"b"}');
  assert.equal(read(memory, 8), undefined);
  assert.equal(read(memory, 7, 8), undefined);
  assert.equal(read(memory, 7, NONE, 1), undefined);
});

test('never gives bytes of another result, however small it is and in whatever order it is used', () => {
  let found = 0;
  const step = fc.record({
    entity: fc.nat(12),
    look: fc.nat(2),
    size: fc.integer({ min: 1, max: 200 }),
    isKept: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 100, maxLength: 400 }), (steps) => {
      const memory = createResultMemory(1_024, 16);
      const last = new Map<string, string>();
      for (const [turn, { entity, look, size, isKept }] of steps.entries()) {
        const name = `${entity} ${look}`;
        if (isKept) {
          const first = `${name}:${turn}:`;
          const second = 'z'.repeat(size);
          last.set(name, `${first}|${second}`);
          keep(memory, entity, first, second, { look });
          assert.equal(read(memory, entity, NONE, look), last.get(name));
        } else {
          const text = read(memory, entity, NONE, look);
          if (text === undefined) continue;
          found += 1;
          assert.equal(text, last.get(name));
        }
      }
    }),
  );
  assert.ok(found > 100);
});

test('keeps what is asked for again and again while a thousand others pass', () => {
  const memory = createResultMemory(16 * 1_024, 512);
  keep(memory, 1, 'often', 'asked');
  for (let other = 2; other < 1_000; other += 1) {
    keep(memory, other, 'rarely', 'asked'.repeat(20));
    // Its slot may go to another; its bytes may not.
    const text = read(memory, 1);
    if (text === undefined) keep(memory, 1, 'often', 'asked');
    else assert.equal(text, 'often|asked');
  }
  assert.equal(read(memory, 1), 'often|asked');
  assert.equal(read(memory, 2), undefined);
});

test('leaves out a result that is longer than all of it', () => {
  const memory = createResultMemory(64, 16);
  keep(memory, 1, 'a', 'b'.repeat(100));
  assert.equal(read(memory, 1), undefined);
});

test('is shared by all that open it, and written by one at a time', () => {
  const buffer = createResultBuffer(16 * 1_024, 512);
  const [one, other] = [openResultMemory(buffer, 1, 512), openResultMemory(buffer, 2, 512)];
  keep(one, 7, 'first', 'second');
  assert.equal(read(other, 7), 'first|second');
  assert.equal(one.numberOf('en'), 0);
  assert.equal(other.numberOf('de'), 1);
  assert.deepEqual([one.numberOf('de'), other.numberOf('en')], [1, 0]);
  // As a thread leaves it that ends while it writes.
  const control = new Int32Array(buffer);
  Atomics.store(control, 0, 2);
  keep(one, 8, 'not', 'kept');
  assert.equal(one.numberOf('fr'), undefined);
  assert.equal(read(one, 8), undefined);
  assert.equal(read(one, 7), 'first|second', 'what is there is read on');
  openResultMemory(buffer, 3, 512);
  keep(one, 8, 'not', 'kept');
  assert.equal(read(one, 8), undefined, 'another thread may still be at it');
  openResultMemory(buffer, 2, 512);
  keep(one, 8, 'now', 'kept');
  assert.equal(read(other, 8), 'now|kept');
});

test('says of what was found whether it still stands', () => {
  const buffer = createResultBuffer(4 * 1_024, 64);
  const [reader, writer] = [openResultMemory(buffer, 1, 64), openResultMemory(buffer, 2, 64)];
  keep(writer, 1, 'a', 'b');
  assert.equal(reader.find(1, NONE, 0), true);
  assert.equal(reader.isStill(), true);
  for (let other = 2; other < 60; other += 1) keep(writer, other, 'x'.repeat(50), 'y'.repeat(50));
  assert.equal(reader.isStill(), false);
  assert.equal(reader.find(1, NONE, 0), false);
});

test('forgets everything before positions no longer fit, and goes on', () => {
  const buffer = createResultBuffer(4 * 1_024, 64);
  const memory = openResultMemory(buffer, 1, 64);
  keep(memory, 1, 'before', '');
  Atomics.store(new Int32Array(buffer), 1, 0x7000_0001);
  keep(memory, 2, 'after', '');
  assert.equal(read(memory, 1), undefined);
  assert.equal(read(memory, 2), 'after|');
});

test('has numbers for 256 languages, and none for what is no tag', () => {
  const buffer = createResultBuffer(4 * 1_024, 64);
  const memory = openResultMemory(buffer, 1, 64);
  const numbers = Array.from({ length: 300 }, (_, at) => memory.numberOf(`x${at}`));
  assert.deepEqual(numbers, [
    ...Array.from({ length: 256 }, (_, at) => at),
    ...Array.from({ length: 44 }, () => undefined),
  ]);
  assert.equal(memory.numberOf('x255'), 255);
  assert.equal(memory.numberOf(''), undefined);
  assert.equal(memory.numberOf('x'.repeat(36)), undefined);
});

/** Keeps and reads results that are made of their key, as fast as it can. */
const HAMMER = `
  import { parentPort, workerData } from 'node:worker_threads';
  const { openResultMemory } = await import(workerData.module);
  const memory = openResultMemory(workerData.buffer, workerData.thread, workerData.slots);
  const copy = Buffer.alloc(8192);
  const textOf = (entity) => (String(entity) + ':').repeat(10 + (entity * 37) % 90);
  let [found, torn, wrong] = [0, 0, 0];
  let seed = workerData.thread * 7919;
  const end = performance.now() + workerData.milliseconds;
  while (performance.now() < end) {
    for (let turn = 0; turn < 500; turn += 1) {
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
      const entity = (seed >>> 8) % workerData.entities;
      const text = textOf(entity);
      if (memory.find(entity, -1, 0)) {
        const [start, stop] = [memory.start, memory.end];
        memory.page.copy(copy, 0, start, stop);
        if (!memory.isStill()) torn += 1;
        else if (copy.latin1Slice(0, stop - start) === text) found += 1;
        else wrong += 1;
      } else {
        const page = Buffer.from(text);
        const half = page.length >> 1;
        memory.keep({ entity, postcode: -1, look: 0 }, { page, from: 0, split: half, resume: half, to: page.length });
      }
    }
  }
  parentPort.postMessage({ found, torn, wrong });`;

test('gives whole results only, however many threads write beside each other', async () => {
  // A ring of some forty results for two hundred: it is overwritten all the time.
  const slots = 4_096;
  const buffer = createResultBuffer(16 * 1_024, slots);
  const module = new URL('result-memory.ts', import.meta.url).href;
  const counts = await Promise.all(
    [1, 2, 3, 4].map(async (thread) => {
      const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(HAMMER)}`), {
        workerData: { buffer, module, thread, slots, entities: 200, milliseconds: 1_500 },
      });
      const [count] = (await once(worker, 'message')) as [{ found: number; wrong: number }];
      await worker.terminate();
      return count;
    }),
  );
  assert.equal(
    counts.reduce((sum, { wrong }) => sum + wrong, 0),
    0,
  );
  for (const { found } of counts) assert.ok(found > 100, String(found));
});

let gazetteer: Gazetteer;
before(async () => {
  gazetteer = await openTestGazetteer();
});

test('a remembered result reads like one that is written anew, at any time and in any look', () => {
  const { choose } = createLanguages(gazetteer.countries, gazetteer.localNames);
  const remembering = createResultWriter(gazetteer);
  // Too small for any result.
  const forgetful = createResultWriter(gazetteer, createResultMemory(16, 16));
  const writer = createJsonWriter();
  const write = (
    results: typeof remembering,
    id: number,
    look: Look,
    metres: number | undefined,
    postcode: number,
  ): string => {
    writer.begin();
    writer.room(MOST_RESULT_BYTES);
    results.write(writer, id, look, metres, postcode);
    return writer.end().toString();
  };
  const ids = Array.from({ length: 60 }, (_, at) => Math.floor((at * gazetteer.size) / 60));
  // Through the end of summer time in Europe and the ends of days in all zones.
  const start = Date.UTC(2026, 9, 24, 12);
  let checked = 0;
  for (let minutes = 0; minutes < 3 * 1_440; minutes += 37) {
    for (const [at, id] of ids.entries()) {
      const look: Look = {
        texts: choose(['en', 'de', 'ja'][at % 3], undefined),
        abbreviate: at % 5 === 0,
        annotations: at % 4 === 0 ? 'none' : at % 7 === 0 ? 'roadinfo' : 'all',
        now: start + minutes * MINUTE + at * 1_003,
      };
      const metres = (at + minutes) % 2 === 0 ? undefined : minutes;
      const { type, country } = gazetteer.records;
      const postcode =
        type(id) > COUNTY && at % 2 === 0 ? gazetteer.postcodeAt(...placeOf(id), country(id)) : NONE;
      assert.equal(
        write(remembering, id, look, metres, postcode),
        write(forgetful, id, look, metres, postcode),
      );
      checked += 1;
    }
  }
  assert.ok(checked > 5_000);
});

const placeOf = (id: number): [number, number] => {
  const { lat, lng } = gazetteer.entity(id);
  return [lat, lng];
};
