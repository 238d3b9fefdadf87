/** Everything that is kept of a person or a company, as files that people and programs can read. */
import { csvLine } from '../audit/csv.ts';
import { companyNotFound, roleForbids } from '../audit/problems.ts';
import { recordAudit } from '../audit/record.ts';
import { ROLES, type Role } from '../foundation/caller.ts';
import type { CompanyId, UserId } from '../foundation/ids.ts';
import { may } from '../policy/roles.ts';
import type { Database } from '../store/database.ts';
import type { Transaction } from '../store/transaction.ts';
import { createArchive, ARCHIVE_LIMITS, type Archive, type ArchiveLimits } from './archive.ts';
import { chooseContent, writeContent } from './content.ts';
import { exportsBusy } from './problems.ts';
import { writeReadme } from './readme.ts';
import { beginSnapshot, enterCompany, listColumns, nextRows, openRows, readRole } from './store.ts';
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

const isRole = (text: string): text is Role => (ROLES as readonly string[]).includes(text);

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
  json.end();
  csv.end();
};

/** Makes exports, so many at a time as there is memory for. */
export interface Exporter {
  /** A zip file that shows one moment. @throws export_too_large (422), exports_busy (503). */
  run(order: ExportOrder): Promise<Buffer>;
}

/** At a time in one worker: two archives of `mostCompressed` and the pages under way. */
const MOST_AT_ONCE = 2;

/** One for each worker. */
export const createExporter = (
  database: Pick<Database, 'system'>,
  limits: ArchiveLimits = ARCHIVE_LIMITS,
): Exporter => {
  let underWay = 0;

  const write = (order: ExportOrder): Promise<Buffer> =>
    database.system(async (tx) => {
      await tx.all(beginSnapshot, []);
      const archive = createArchive(order.now, limits);
      if (order.kind === 'company') {
        const { company, by, now } = order;
        await tx.one(enterCompany, [company]);
        const actor = await tx.one(readRole, [company, by]);
        if (actor === undefined) throw companyNotFound();
        if (!isRole(actor.role) || !may(actor.role, 'company.export')) throw roleForbids();
        await recordAudit(tx, { company, actor: by, action: 'companies.export', target: company, at: now });
      }
      const stores = await storesOf(tx, order.kind);
      const content =
        order.kind === 'company' ? await chooseContent(tx, order.company, limits.mostContent) : [];
      const readme = archive.open('README.txt');
      await readme.write(
        writeReadme(
          order.kind,
          stores.map(({ name }) => name),
          order.now,
          content,
        ),
      );
      readme.end();
      for (const store of stores) await writeStore(tx, archive, order, store);
      if (order.kind === 'company')
        for (const one of content) await writeContent(tx, archive, order.company, one);
      return archive.finish();
    });

  return {
    run: async (order) => {
      if (underWay >= MOST_AT_ONCE) throw exportsBusy();
      underWay += 1;
      try {
        return await write(order);
      } finally {
        underWay -= 1;
      }
    },
  };
};
