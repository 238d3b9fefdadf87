/**
 * Counts requests for ever, as a worker thread does, until it is killed: `node count-usage.ts <connection as JSON> <caller as
 * JSON>`. Writes `counted N` before each hundred requests, which may or may not be added, and `added N` for what the
 * database has acknowledged.
 */
import { writeSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import type { KeyCaller } from '../../src/foundation/caller.ts';
import { newWriter, parametersOf } from '../../src/metering/batch.ts';
import { createKeyUse } from '../../src/metering/key-use.ts';
import { addUsage } from '../../src/metering/store.ts';
import { createUsage } from '../../src/metering/usage.ts';
import type { Connection } from '../../src/store/connection.ts';
import { createDatabase } from '../../src/store/database.ts';
import { recordingLog } from './log.ts';

const [connection, caller] = process.argv.slice(2).map((text) => JSON.parse(text) as unknown) as [
  Connection,
  KeyCaller,
];
const database = createDatabase({ connection });
const writer = newWriter();
let added = 0;
const usage = createUsage({
  add: async (batch) => {
    await database.run(addUsage, parametersOf(writer, batch));
    for (const { durations } of batch.counts) for (const count of durations) added += count;
    writeSync(1, `added ${added}\n`);
  },
  keyUse: createKeyUse({ touch: async () => undefined, log: recordingLog() }),
  log: recordingLog(),
  flushMs: 20,
});

const OPERATIONS = ['a.b', 'c.d', 'e.f'];
const OUTCOMES = ['ok', 'refused', 'failed'] as const;
for (let counted = 100; ; counted += 100) {
  writeSync(1, `counted ${counted}\n`);
  for (let at = 0; at < 100; at += 1)
    usage.count(caller, OPERATIONS[at % 3] ?? '', OUTCOMES[at % 2] ?? 'ok', at % 13, Date.UTC(2026, 10, 22));
  await turn();
}
