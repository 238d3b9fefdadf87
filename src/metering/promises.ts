/** What metering promises: there is no place in which anything but counts could be kept. */
import type { PromiseDefinition } from '../foundation/promise.ts';
import { countWritableElsewhere, listColumns } from '../store/catalog/store.ts';
import { COLUMNS } from '../store/catalog/columns.ts';
import type { Database } from '../store/database.ts';

const nameOf = (column: string): string => column.split(' ')[0] ?? column;

const listSome = (columns: readonly string[]): string =>
  columns.length <= 5
    ? columns.join(', ')
    : `${columns.slice(0, 5).join(', ')} and ${columns.length - 5} more`;

/** The columns of the schema are exactly the ones that this version ships, and none of them could hold a request. */
export const usageCountedNotRecorded = (database: Pick<Database, 'run'>): PromiseDefinition => ({
  id: 'usage-counted-not-recorded',
  kind: 'proved by schema',
  sentence: () =>
    "Use is counted per project, operation, day and outcome (ok, refused, failed), and not recorded: no table has a column for a request's address, query, answer or time.",
  enforcedBy:
    'The database schema of this version, compared column by column; the server has no right to change it.',
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
    const evidence = `The schema has exactly the ${COLUMNS.length} columns of this version, and the server can write to no table outside of it.`;
    return { state: 'kept', evidence };
  },
});
