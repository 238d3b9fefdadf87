import type { Clock } from '../../foundation/clock.ts';
import type { Database } from '../../store/database.ts';
import type { Reader } from '../../store/reader.ts';
import type { Service } from '../service.ts';
import { inScope } from './access/actor.ts';
import { noteUse } from './access/note-use.ts';
import { createDownload } from './export/download.ts';
import { exportRoutes } from './export/routes.ts';
import type { IndexUse } from './look/index-use.ts';
import { createLookTurns } from './look/places.ts';
import { lookRoutes } from './look/routes.ts';
import { createSearch } from './look/search.ts';
import { createStatistics } from './look/statistics.ts';
import { createChangeRows } from './rows/change-rows.ts';
import { createReadNotes } from './rows/note-reads.ts';
import { createReadRows } from './rows/read-rows.ts';
import { rowRoutes, WIRE_PREFIX, type RowParts } from './rows/routes.ts';
import { createTableMemory } from './rows/tables.ts';
import { wireErrors } from './rows/wire-errors.ts';

/** What datasets are read from and written to. */
export interface DatasetParts {
  readonly database: Database;
  readonly reader: Reader;
  /** Connections for what may take long, so that rows never wait behind it; those of `database` where left out. */
  readonly slow?: Database;
  /** Counts what indexes would serve; nothing is counted where left out. */
  readonly use?: IndexUse;
}

/** For a table of routes that is only looked at. */
const nowhere: RowParts = {
  readRows: () => Promise.reject(new TypeError('There is no database here.')),
  changeRows: () => Promise.reject(new TypeError('There is no database here.')),
};

const partsOf = ({ database, reader, use }: DatasetParts): RowParts => {
  const memory = createTableMemory();
  const readRows = createReadRows({
    reader,
    database,
    memory,
    ...(use !== undefined && { use }),
    noteRead: createReadNotes(async ({ actor, key, now }, dataset) => {
      await inScope(database, actor, (tx) =>
        noteUse(tx, { dataset, action: 'datasets.read', at: now, ...(key !== undefined && { key }) }),
      );
    }),
  });
  return { readRows, changeRows: createChangeRows({ database, memory }) };
};

const noDatabase = (): Promise<never> => Promise.reject(new TypeError('There is no database here.'));

/**
 * The dataset service as the house takes it: rows on PostgREST's wire, downloads, statistics and search.
 * @param parts undefined where the table of routes is only looked at.
 */
export const createDatasetService = (parts: DatasetParts | undefined, clock: Clock): Service => {
  const slow = parts?.slow ?? parts?.database;
  const turns = createLookTurns();
  const statistics = slow && createStatistics(slow, () => clock.monotonic());
  const search = slow && createSearch(slow, parts?.use);
  return {
    name: 'datasets',
    prefixes: [WIRE_PREFIX],
    routes: [
      ...rowRoutes(parts === undefined ? nowhere : partsOf(parts)),
      ...exportRoutes(slow === undefined ? noDatabase : createDownload(slow, () => clock.monotonic())),
      ...lookRoutes({
        statistics:
          statistics === undefined
            ? noDatabase
            : (asked) => turns(asked.actor.company, () => statistics(asked)),
        search:
          search === undefined ? noDatabase : (asked) => turns(asked.actor.company, () => search(asked)),
      }),
    ],
    errors: wireErrors,
  };
};
