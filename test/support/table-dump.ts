/** What the database holds, as text that two installations can be compared by. */
import type { RunningServer } from './server.ts';

/** By table, the columns that time or chance alone fill; their values are not compared. */
export type Incomparable = Readonly<Record<string, readonly string[]>>;

/** One line a row, sorted, each column by its name. */
export type TableDump = ReadonlyMap<string, readonly string[]>;

type Row = Readonly<Record<string, unknown>>;

/**
 * Every row of every table that is not the database's own, partitions by themselves.
 * @param isLeftOut rows that are of no interest.
 */
export const dumpTables = async (
  server: RunningServer,
  incomparable: Incomparable,
  isLeftOut: (table: string, row: Row) => boolean,
): Promise<TableDump> => {
  const tables = await server.sql<{ name: string; table: string }>(
    `select c.oid::regclass::text as name, c.relname as table
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and c.relpersistence <> 't'
        and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') order by 1`,
  );
  const dump = new Map<string, readonly string[]>();
  for (const { name, table } of tables) {
    const rows = await server.sql<{ row: Row }>(`select to_jsonb(t) as row from ${name} as t`);
    // Partitions are called after their table and a day or month.
    const blank = incomparable[table.replace(/(?:_\d+)+$/, '')] ?? [];
    const lines = rows
      .filter(({ row }) => !isLeftOut(table, row))
      .map(({ row }) =>
        JSON.stringify(
          Object.fromEntries(
            Object.entries(row).map(([column, value]) => [column, blank.includes(column) ? '…' : value]),
          ),
        ),
      );
    dump.set(name, lines.sort());
  }
  return dump;
};
