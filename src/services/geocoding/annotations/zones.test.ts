import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import tzLookup from '@photostructure/tz-lookup';
import fc from 'fast-check';
import { openTestGazetteer } from '../../../../test/support/gazetteer.ts';
import type { AnnotationData } from './annotation-data.ts';
import { createZones } from './zones.ts';

const { zones } = JSON.parse(
  readFileSync(new URL('annotation-data.json', import.meta.url), 'utf8'),
) as AnnotationData;

interface Shown {
  name: string;
  now_in_dst: number;
  offset_sec: number;
  offset_string: string;
  short_name: string;
}

const shown = (zone: string, now: number, at = createZones(zones)): Shown =>
  (JSON.parse(`{${at(zone, now).bytes.toString()}}`) as { timezone: Shown }).timezone;

let inUse: readonly string[];
before(async () => {
  const { sections } = await openTestGazetteer();
  inUse = (sections.timezones as readonly string[]).filter((zone) => zone !== '');
});

test('shows the clocks of the contract’s published answers', () => {
  const london = { name: 'Europe/London', now_in_dst: 1, offset_sec: 3_600, offset_string: '+0100' };
  assert.deepEqual(shown('Europe/London', 1_759_444_227_000), { ...london, short_name: 'BST' });
  assert.deepEqual(shown('Europe/Berlin', 1_708_764_146_000), {
    name: 'Europe/Berlin',
    now_in_dst: 0,
    offset_sec: 3_600,
    offset_string: '+0100',
    short_name: 'CET',
  });
  assert.deepEqual(shown('America/Los_Angeles', 1_725_488_088_000), {
    name: 'America/Los_Angeles',
    now_in_dst: 1,
    offset_sec: -25_200,
    offset_string: '-0700',
    short_name: 'PDT',
  });
});

test('knows zones with half hours, without letters, at sea, and with summer the other way round', () => {
  const july = Date.UTC(2026, 6, 1);
  const january = Date.UTC(2026, 0, 15);
  const brief = (zone: string, now: number): string => {
    const { short_name: short, offset_string: offset, now_in_dst: summer } = shown(zone, now);
    return `${short} ${offset} ${summer}`;
  };
  assert.equal(brief('Asia/Kolkata', july), 'IST +0530 0');
  assert.equal(brief('Asia/Kathmandu', july), '+0545 +0545 0');
  assert.equal(brief('Asia/Bangkok', july), '+07 +0700 0');
  assert.equal(brief('America/Sao_Paulo', july), '-03 -0300 0');
  assert.equal(brief('America/St_Johns', july), 'NDT -0230 1');
  assert.equal(brief('Europe/Dublin', july), 'IST +0100 1');
  assert.equal(brief('Europe/Dublin', january), 'GMT +0000 0');
  assert.equal(brief('Australia/Sydney', july), 'AEST +1000 0');
  assert.equal(brief('Australia/Sydney', january), 'AEDT +1100 1');
  assert.equal(brief('Australia/Lord_Howe', january), '+11 +1100 1');
  assert.equal(brief('Asia/Tokyo', july), 'JST +0900 0');
  assert.equal(brief('Etc/GMT+5', july), '-05 -0500 0');
  assert.equal(brief('Etc/GMT', july), 'GMT +0000 0');
});

test('knows every zone of the index and every zone that a coordinate can have', () => {
  const at = createZones(zones);
  const found = new Set(inUse);
  for (let lat = -90; lat <= 90; lat += 1.5) {
    for (let lng = -180; lng <= 180; lng += 1.5) found.add(tzLookup(lat, lng));
  }
  assert.ok(found.size > 400);
  for (const zone of found) {
    const { name, offset_sec: offset, short_name: short } = shown(zone, Date.UTC(2026, 3, 1), at);
    assert.equal(name, zone);
    assert.ok(Math.abs(offset) <= 14 * 3600);
    assert.match(short, /^(?:[A-Za-z]{2,5}|[+-]\d{2}(?:\d{2})?)$/u);
  }
});

test('what is remembered is never another time than the zone has', () => {
  const at = createZones(zones);
  const offsetOf = (zone: string, now: number): number => createZones(zones)(zone, now).offset;
  // Quarter by quarter over the hours at which clocks change, then back again.
  const changes: [string, number][] = [
    ['Europe/London', Date.UTC(2026, 2, 29, 1)],
    ['America/New_York', Date.UTC(2026, 10, 1, 6)],
    ['Australia/Lord_Howe', Date.UTC(2026, 3, 4, 15)],
    ['Pacific/Chatham', Date.UTC(2026, 3, 4, 14)],
  ];
  for (const [zone, change] of changes) {
    const seen = new Set<number>();
    for (const step of [-100, -8, -4, -3, -2, -1, 0, 1, 2, 3, 4, 8, 100, -1, 0, -100]) {
      const now = change + step * 900_000 + 1;
      const { offset } = at(zone, now);
      assert.equal(offset, offsetOf(zone, now), `${zone} ${step}`);
      seen.add(offset);
    }
    assert.equal(seen.size, 2);
  }
  fc.assert(
    fc.property(fc.constantFrom(...inUse), fc.integer({ min: 0, max: 366 * 96 }), (zone, quarter) => {
      const now = Date.UTC(2026, 0, 1) + quarter * 900_000 + 17;
      assert.equal(at(zone, now).offset, offsetOf(zone, now));
    }),
    { numRuns: 400 },
  );
});
