import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordingLog } from '../../test/support/log.ts';
import { newId } from '../foundation/ids.ts';
import { createDomainUse, type DomainCount } from './domain-use.ts';

const NOON = Date.UTC(2026, 10, 22, 12);
const DAY_MS = 86_400_000;
const [a, b] = [newId('dom', 1), newId('dom', 2)];

test('calls are added up by domain and day, and written once', async () => {
  const written: [readonly DomainCount[], number][] = [];
  const use = createDomainUse({
    add: async (counts, at) => void written.push([structuredClone(counts), at]),
    log: recordingLog(),
    flushMs: 1e9,
  });
  for (const [domain, at] of [
    [a, NOON],
    [a, NOON + 1],
    [b, NOON + 2],
    [a, NOON + DAY_MS],
    [a, NOON + 3],
  ] as const)
    use.count(domain, at);
  await use.flush();
  await use.flush();
  await use.close();
  assert.deepEqual(written, [
    [
      [
        { domain: a, day: '2026-11-22', count: 3 },
        { domain: b, day: '2026-11-22', count: 1 },
        { domain: a, day: '2026-11-23', count: 1 },
      ],
      NOON + DAY_MS,
    ],
  ]);
});

test('what cannot be written is kept and written later, with what came meanwhile', async () => {
  let isDown = true;
  const written: DomainCount[] = [];
  const use = createDomainUse({
    add: async (counts) => {
      if (isDown) {
        use.count(a, NOON);
        throw new Error('down');
      }
      written.push(...structuredClone(counts));
    },
    log: recordingLog(),
    flushMs: 1e9,
  });
  use.count(a, NOON);
  use.count(b, NOON);
  await use.flush();
  isDown = false;
  await use.close();
  assert.deepEqual(written, [
    { domain: a, day: '2026-11-22', count: 2 },
    { domain: b, day: '2026-11-22', count: 1 },
  ]);
});
