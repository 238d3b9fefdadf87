/** What metering promises: there is no place in which anything but counts could be kept. */
import type { PromiseDefinition } from '../foundation/promise.ts';
import { countWritableElsewhere, listColumns } from '../store/catalog/store.ts';
import { COLUMNS } from '../store/catalog/columns.ts';
import type { Database } from '../store/database.ts';
import type { Clock } from '../foundation/clock.ts';
import { KEPT_MONTHS, keptSince } from './retention.ts';
import { oldestUsageMonth } from './store.ts';

const nameOf = (column: string): string => column.split(' ')[0] ?? column;

const listSome = (columns: readonly string[]): string =>
  columns.length <= 5
    ? columns.join(', ')
    : `${columns.slice(0, 5).join(', ')} and ${columns.length - 5} more`;

/** Months are dropped four times a day. */
const GRACE_MS = 86_400_000;

/** The columns of the schema are exactly the ones that this version ships, and no counter of them could hold a request. */
export const usageCountedNotRecorded = (
  database: Pick<Database, 'run'>,
  clock: Pick<Clock, 'now'>,
): PromiseDefinition => ({
  id: 'usage-counted-not-recorded',
  kind: 'proved by schema',
  sentence: () =>
    `Use is counted, not recorded: one counter per project, key, operation, day and outcome (ok, refused, failed), with how many requests took how long. Counters have no column for a request's address, query, answer or time, and are dropped by whole months after ${KEPT_MONTHS} months.`,
  enforcedBy:
    'The database schema of this version, compared column by column; the server has no right to change it. Months lie in tables of their own, which are dropped whole.',
  check: async () => {
    const rows = await database.run(listColumns, []);
    const found = rows.map(({ relation, name, type }) => `${relation}.${name} ${type}`);
    const shipped = new Set<string>(COLUMNS);
    const further = found.filter((column) => !shipped.has(column)).map(nameOf);
    if (further.length > 0) {
      return {
        state: 'broken',
        evidence: `The schema has columns that this version does not ship: ${listSome(further)}.`,
      };
    }
    const present = new Set(found);
    const missing = COLUMNS.filter((column) => !present.has(column)).map(nameOf);
    if (missing.length > 0) {
      return {
        state: 'broken',
        evidence: `The schema lacks columns that this version ships: ${listSome(missing)}.`,
      };
    }
    const [elsewhere] = await database.run(countWritableElsewhere, []);
    if (elsewhere === undefined || elsewhere.relations > 0) {
      return {
        state: 'broken',
        evidence: "The server's database role can write to tables outside the schema.",
      };
    }
    const [month] = await database.run(oldestUsageMonth, []);
    const oldest = month?.oldest ?? '';
    if (oldest !== '' && oldest < keptSince(clock.now() - GRACE_MS)) {
      return { state: 'broken', evidence: `There are still counters of ${oldest.slice(0, 7)}.` };
    }
    const evidence = `The schema has exactly the ${COLUMNS.length} columns of this version, and the server can write to no table outside of it but to the rows of datasets. The oldest month of counters is ${oldest === '' ? 'none' : oldest.slice(0, 7)}.`;
    return { state: 'kept', evidence };
  },
});
