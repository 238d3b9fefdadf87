import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createZones } from './time-zones.ts';

const JULY = Date.UTC(2026, 6, 1, 12, 0, 5);
const JANUARY = Date.UTC(2026, 0, 1, 12, 0, 5);
interface Told {
  readonly id: string;
  readonly abbreviation: string;
  readonly utc_offset_seconds: number;
  readonly local_time: string;
  readonly is_dst: boolean;
}
const zones = createZones();
const at = (zone: string, now: number): Told | undefined => {
  const found = zones(zone, now);
  return found === undefined ? undefined : (JSON.parse(found.json) as Told);
};

describe('what clocks show', () => {
  it('is told with offset, letters and whether it is summer time', () => {
    assert.deepEqual(at('Europe/Berlin', JULY), {
      id: 'Europe/Berlin',
      abbreviation: 'CEST',
      utc_offset_seconds: 7200,
      local_time: '2026-07-01T14:00:05+02:00',
      is_dst: true,
    });
    assert.deepEqual(at('America/New_York', JANUARY), {
      id: 'America/New_York',
      abbreviation: 'EST',
      utc_offset_seconds: -18_000,
      local_time: '2026-01-01T07:00:05-05:00',
      is_dst: false,
    });
    for (const [zone, now, abbreviation, isSummer] of [
      ['Europe/Dublin', JULY, 'IST', true],
      ['Europe/Dublin', JANUARY, 'GMT', false],
      ['Asia/Kolkata', JULY, 'IST', false],
      ['Australia/Sydney', JANUARY, 'AEDT', true],
      ['America/Sao_Paulo', JULY, '-03:00', false],
      ['Asia/Kathmandu', JULY, '+05:45', false],
      ['Etc/UTC', JULY, 'UTC', false],
    ] as const) {
      const told = at(zone, now);
      assert.deepEqual([told?.abbreviation, told?.is_dst], [abbreviation, isSummer], zone);
    }
  });

  it('is nothing in a zone that there is not', () => {
    for (let round = 0; round < 2; round += 1) assert.equal(at('Europe/Nowhere', JULY), undefined);
    assert.equal(at('"},"x":{"', JULY), undefined);
  });

  it('changes with the second in which clocks are put forward', () => {
    const change = Date.UTC(2026, 2, 29, 1);
    assert.match(at('Europe/Berlin', change - 1)?.local_time ?? '', /T01:59:59\+01:00$/);
    assert.match(at('Europe/Berlin', change)?.local_time ?? '', /T03:00:00\+02:00$/);
    assert.deepEqual(
      [at('Europe/Berlin', change - 1)?.is_dst, at('Europe/Berlin', change)?.is_dst],
      [false, true],
    );
  });

  it('names the very moment in every zone, in whatever order moments come', () => {
    const names = Intl.supportedValuesOf('timeZone');
    assert.ok(names.length > 400);
    const moment = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2035, 0, 1) });
    fc.assert(
      fc.property(fc.constantFrom(...names), moment, (zone, now) => {
        const told = at(zone, now);
        assert.equal(Date.parse(told?.local_time ?? ''), now - (now % 1000));
        const clock = new Date(now).toLocaleTimeString('en-GB', { timeZone: zone, hour12: false });
        assert.ok(told?.local_time.includes(`T${clock}`), `${zone} ${clock}`);
      }),
      { numRuns: 400 },
    );
  });
});
