/** Everything that is kept of a person or a company, as files that people and programs can read. */
import { csvLine } from '../audit/csv.ts';
import { recordAudit } from '../audit/record.ts';
import type { CompanyId, UserId } from '../foundation/ids.ts';
import type { Database } from '../store/database.ts';
import type { Transaction } from '../store/transaction.ts';
import { createArchive, ARCHIVE_LIMITS, type Archive, type ArchiveLimits } from './archive.ts';
import { enterToExport, listExported, writeContent, type ExportedContent } from './content.ts';
import { exportsBusy } from './problems.ts';
import { writeReadme } from './readme.ts';
import { beginSnapshot, listColumns, nextRows, openRows } from './store.ts';
import { isHidden, storeName } from './stores.ts';

/** Whose data, and when, in milliseconds since the Unix epoch. A company's export is written into its log. */
export type ExportOrder =
  | { readonly kind: 'user'; readonly user: UserId; readonly now: number }
  | { readonly kind: 'company'; readonly company: CompanyId; readonly by: UserId; readonly now: number };

/** One table as an export shows it. */
interface ExportedStore {
  readonly table: string;
  readonly name: string;
  readonly columns: readonly string[];
  readonly hidden: readonly string[];
}

/** What `open_rows` puts beside the ids of a membership. */
const BESIDE_MEMBERSHIPS = { company: ['email', 'name'], user: ['company_name'] } as const;

const storesOf = async (tx: Transaction, kind: ExportOrder['kind']): Promise<readonly ExportedStore[]> => {
  const tables = await tx.all(listColumns, []);
  return tables
    .filter(({ of_company: ofCompany, of_user: ofUser }) => (kind === 'company' ? ofCompany : ofUser))
    .map(({ store: table, columns, types }) => {
      const isSecret = (column: string, index: number): boolean =>
        isHidden(table, column, types[index] ?? '');
      return {
        table,
        name: storeName(table),
        columns: [
          ...columns.filter((column, index) => !isSecret(column, index)),
          ...(table === 'member' ? BESIDE_MEMBERSHIPS[kind] : []),
        ],
        hidden: columns.filter(isSecret),
      };
    });
};

/** A cell of a table; lists and objects stay JSON. */
const cellOf = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** Rows that are in memory at once, each some hundred bytes and ten thousand at the most. */
const PAGE = 500;

const writeStore = async (
  tx: Transaction,
  archive: Archive,
  order: ExportOrder,
  store: ExportedStore,
): Promise<void> => {
  const { table, name, columns, hidden } = store;
  const [json, csv] = [archive.open(`${name}.json`), archive.open(`${name}.csv`)];
  const id = order.kind === 'company' ? order.company : order.user;
  const opened = await tx.one(openRows, [order.kind, id, table, hidden]);
  if (opened === undefined) throw new Error('a store could not be read');
  await csv.write(csvLine(columns));
  let separator = '[\n';
  for (;;) {
    const rows = await tx.all(nextRows, [opened.rows, PAGE]);
    let [objects, lines] = ['', ''];
    for (const { line } of rows) {
      const row = JSON.parse(line) as Readonly<Record<string, unknown>>;
      objects +=
        separator +
        JSON.stringify(Object.fromEntries(columns.map((column) => [column, row[column] ?? null])));
      lines += csvLine(columns.map((column) => cellOf(row[column])));
      separator = ',\n';
    }
    await json.write(objects);
    await csv.write(lines);
    if (rows.length < PAGE) break;
  }
  await json.write(separator === '[\n' ? '[]\n' : '\n]\n');
  await json.end();
  await csv.end();
};

/** Makes exports, so many at a time as there is memory for. */
export interface Exporter {
  /**
   * A zip file that shows one moment, as it is made: what can be refused is refused before it is given. It has to be read, or
   * ended by its `return`. @throws export_too_large (422), exports_busy (503), company_not_found (404), forbidden (403).
   */
  stream(order: ExportOrder): Promise<AsyncGenerator<Uint8Array, void, undefined>>;
  /** The same as a whole, for what is small. */
  run(order: ExportOrder): Promise<Buffer>;
}

/** At a time in one worker: archives of `mostCompressed`, and the pages and parts under way. */
const MOST_AT_ONCE = 2;

/** A reader who left before the head was written never begins; its place is then taken back by the clock. */
const BEGIN_MS = 30_000;

/** All stores but the rows of datasets, in one snapshot that ends with them; gives what is still to be written. */
const writeStores = (
  database: Pick<Database, 'system'>,
  archive: Archive,
  order: ExportOrder,
): Promise<readonly ExportedContent[]> =>
  database.system(async (tx) => {
    await tx.all(beginSnapshot, []);
    if (order.kind === 'company') {
      const { company, by, now } = order;
      await enterToExport(tx, order);
      await recordAudit(tx, { company, actor: by, action: 'companies.export', target: company, at: now });
    }
    const stores = await storesOf(tx, order.kind);
    const content = order.kind === 'company' ? await listExported(tx, order.company) : [];
    const readme = archive.open('README.txt');
    const names = stores.map(({ name }) => name);
    await readme.write(writeReadme(order.kind, names, order.now, content));
    await readme.end();
    for (const store of stores) await writeStore(tx, archive, order, store);
    return content;
  });

/** One for each worker. */
export const createExporter = (
  database: Pick<Database, 'system'>,
  limits: ArchiveLimits = ARCHIVE_LIMITS,
): Exporter => {
  let underWay = 0;

  const take = (): (() => void) => {
    if (underWay >= MOST_AT_ONCE) throw exportsBusy();
    underWay += 1;
    let isBack = false;
    return () => {
      if (!isBack) underWay -= 1;
      isBack = true;
    };
  };

  async function* written(
    archive: Archive,
    order: ExportOrder,
    content: readonly ExportedContent[],
    giveBack: () => void,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* archive.take();
      if (order.kind === 'company') yield* writeContent(database, archive, order, content);
      archive.finish();
      yield* archive.take();
    } finally {
      archive.drop();
      giveBack();
    }
  }

  const stream = async (order: ExportOrder): Promise<AsyncGenerator<Uint8Array, void, undefined>> => {
    const giveBack = take();
    const archive = createArchive(order.now, limits);
    try {
      const content = await writeStores(database, archive, order);
      const patience = setTimeout(giveBack, BEGIN_MS).unref();
      return written(archive, order, content, () => {
        clearTimeout(patience);
        giveBack();
      });
    } catch (error) {
      archive.drop();
      giveBack();
      throw error;
    }
  };

  return {
    stream,
    run: async (order) => {
      const pieces: Uint8Array[] = [];
      for await (const piece of await stream(order)) pieces.push(piece);
      return Buffer.concat(pieces);
    },
  };
};
