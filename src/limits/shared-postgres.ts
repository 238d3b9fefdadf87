/** The nodes meet in PostgreSQL: one row a node in a table that is not logged. */
import type { Connection } from '../store/connection.ts';
import { createDatabase } from '../store/database.ts';
import type { Exchange } from './shared-exchange.ts';
import { swapRates } from './store.ts';

/** A swap takes a millisecond or two; one that takes longer than this is worth less than the next. */
const PATIENCE_MS = 1000;

/** One connection of its own, so that no transaction of others is waited for. Connects when first used. */
export const openPostgresExchange = (connection: Connection): Exchange => {
  const database = createDatabase({
    connection,
    poolSize: 1,
    statementTimeoutMs: PATIENCE_MS,
    connectTimeoutMs: PATIENCE_MS,
  });
  return {
    swap: async ({ node, beat, state }) => {
      const rows = await database.run(swapRates, [node, beat, Buffer.from(state)]);
      return rows.map((row) => ({ node: row.other, beat: row.other_beat, state: row.other_state }));
    },
    close: () => database.close(),
  };
};
