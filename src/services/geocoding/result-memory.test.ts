import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { openTestGazetteer } from '../../../test/support/gazetteer.ts';
import { COUNTY, NONE } from './entity.ts';
import type { Gazetteer } from './gazetteer.ts';
import { createJsonWriter } from './json-writer.ts';
import { createLanguages } from './languages.ts';
import { createResultWriter, MOST_RESULT_BYTES, type Look } from './render.ts';
import { createResultMemory, type ResultMemory } from './result-memory.ts';

const MINUTE = 60_000;

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
