/** Datasets and their versions as the API shows them. */
import type { CompanyId, UserId } from '../foundation/ids.ts';
import { checkAccess, listAccessible } from '../services/datasets/access/store.ts';
import type { Database } from '../store/database.ts';
import type { Transaction } from '../store/transaction.ts';
import { findDataset, type FoundDataset } from './find.ts';
import { DATASETS_PAGE, VERSIONS_PAGE } from './limits.ts';
import { datasetNotFound, versionNotFound } from './problems.ts';
import type { ShownDataset, ShownSummary, ShownVersion, ShownVersionDetail } from './schemas.ts';
import { listVersions, showDatasets } from './store.ts';

/** Who looks, in which of their companies. */
export interface Reader {
  readonly company: CompanyId;
  readonly user: UserId;
}

type Store = Pick<Database, 'as'>;

export interface PageOf<Item> {
  readonly items: Item[];
  /** Null at the end. */
  readonly next: string | null;
}

interface Access {
  readonly right: string;
  readonly reason: string;
}

type DatasetRow = NonNullable<Awaited<ReturnType<typeof readRow>>>;

const readRow = async (tx: Transaction, company: string, id: string) => tx.one(showDatasets, [company, [id]]);

const summarise = (row: DatasetRow, { right, reason }: Access, company: string): ShownSummary => ({
  id: row.id,
  name: row.name,
  title: row.title,
  visibility: row.visibility as ShownSummary['visibility'],
  company: row.company_id === company ? null : { id: row.company_id, name: row.company_name },
  owner:
    row.owner_id === null || row.owner_name === null ? null : { user: row.owner_id, name: row.owner_name },
  right: right as ShownSummary['right'],
  reason: reason as ShownSummary['reason'],
  may_be_shared_outside: row.may_be_shared_outside,
  version: row.current_version,
  rows: row.rows,
  column_count: row.column_count,
  created_at: row.created_at.toISOString(),
  changed_at: row.changed_at.toISOString(),
});

/** What the user sees in this company, oldest first. @param after the id before the page. */
export const listDatasets = (
  database: Store,
  reader: Reader,
  now: number,
  after = '',
  limit = DATASETS_PAGE,
): Promise<PageOf<ShownSummary>> =>
  database.as(reader, async (tx) => {
    const { company, user } = reader;
    const seen = await tx.all(listAccessible, [user, company, new Date(now), after, limit + 1]);
    const page = seen.slice(0, limit);
    const rights = new Map(page.map((one) => [one.id, one]));
    const rows = page.length === 0 ? [] : await tx.all(showDatasets, [company, [...rights.keys()]]);
    const items = rows.flatMap((row) => {
      const access = rights.get(row.id);
      return access === undefined ? [] : [summarise(row, access, company)];
    });
    return { items, next: seen.length > limit ? (page.at(-1)?.id ?? null) : null };
  });

/** @throws dataset_not_found (404). */
export const readDataset = async (
  tx: Transaction,
  { company, user }: Reader,
  found: FoundDataset,
  now: number,
): Promise<ShownDataset> => {
  const row = await readRow(tx, company, found.id);
  const access = await tx.one(checkAccess, [user, company, found.id, new Date(now)]);
  if (row === undefined || access === undefined) throw datasetNotFound();
  return {
    ...summarise(row, access, company),
    description: row.description,
    columns: [...found.columns],
    key: [...found.key],
  };
};

/** @throws dataset_not_found (404). */
export const showDataset = (
  database: Store,
  reader: Reader,
  dataset: string,
  now: number,
): Promise<ShownDataset> =>
  database.as(reader, async (tx) =>
    readDataset(tx, reader, await findDataset(tx, reader.company, dataset, 'read'), now),
  );

const readVersions = async (
  tx: Transaction,
  company: string,
  dataset: string,
  before: number,
  most: number,
): Promise<ShownVersion[]> =>
  (await tx.all(listVersions, [dataset, before, most, company])).map((row) => ({
    number: row.number,
    kind: row.kind as ShownVersion['kind'],
    made_at: row.made_at.toISOString(),
    made_by:
      row.user_name === null && row.key_name === null
        ? null
        : { user: row.user_id, key: row.key_id, name: row.user_name ?? row.key_name ?? '' },
    rows: row.rows,
    added: row.added,
    changed: row.changed,
    removed: row.removed,
  }));

/** One more than any version's number. */
const BEHIND_ALL = 2_147_483_647;

/** Newest first. @param before numbers below this. @throws dataset_not_found (404). */
export const listVersionsOf = (
  database: Store,
  reader: Reader,
  dataset: string,
  before = BEHIND_ALL,
  limit = VERSIONS_PAGE,
): Promise<PageOf<ShownVersion>> =>
  database.as(reader, async (tx) => {
    const { id } = await findDataset(tx, reader.company, dataset, 'read');
    const rows = await readVersions(tx, reader.company, id, before, limit + 1);
    const items = rows.slice(0, limit);
    return { items, next: rows.length > limit ? String(items.at(-1)?.number) : null };
  });

/** With the columns that it had. @throws dataset_not_found, version_not_found (404). */
export const readVersion = async (
  tx: Transaction,
  { company }: Reader,
  found: FoundDataset,
): Promise<ShownVersionDetail> => {
  const [version] = await readVersions(tx, company, found.id, found.version + 1, 1);
  if (version === undefined) throw versionNotFound();
  return { ...version, columns: [...found.columns], key: [...found.key] };
};

/** @throws dataset_not_found, version_not_found (404). */
export const showVersion = (
  database: Store,
  reader: Reader,
  dataset: string,
  number: number,
): Promise<ShownVersionDetail> =>
  database.as(reader, async (tx) =>
    readVersion(tx, reader, await findDataset(tx, reader.company, dataset, 'read', number)),
  );
