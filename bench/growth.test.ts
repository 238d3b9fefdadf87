import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachPlace } from '../gazetteer/sources.ts';
import { growthSection } from './growth.ts';
import { measurePoint } from './growth-build.ts';
import { dumpRow, multipliedPlaces } from './multiplied.ts';
import { sectionText } from './report.ts';

test('multiplies places without repeating a number, and the same in every run', () => {
  const ids = new Set<number>();
  let count = 0;
  for (const { geonameId, lat, lng } of multipliedPlaces(450_000)) {
    ids.add(geonameId);
    assert.ok(Math.abs(lat) <= 90 && Math.abs(lng) <= 180);
    count++;
  }
  assert.equal(count, 450_000);
  assert.equal(ids.size, count);
  const real = [...eachPlace()].length;
  const tail = (): string => [...multipliedPlaces(real + 3)].slice(real).map(dumpRow).join('');
  assert.equal(tail(), tail());
  assert.equal(tail().split('\n')[0]?.split('\t').length, 19);
});

test('builds, opens and asks an index of a size that is not the usual one', async () => {
  const point = await measurePoint(3_000, 500);
  assert.equal(point.places, 3_000);
  assert.ok(point.forwardPerSecond > 0 && point.reversePerSecond > 0);
  assert.ok(point.indexBytes > 3_000 * 64);
  assert.match(sectionText(growthSection([point])), /3,000 /u);
});
