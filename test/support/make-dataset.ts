/** Makes datasets with content for tests, through the functions that the server has. */
import { newId, type CompanyId, type Id, type UserId } from '../../src/foundation/ids.ts';
import { inScope } from '../../src/services/datasets/access/actor.ts';
import { makeGeneration, publishGeneration } from '../../src/services/datasets/access/store.ts';
import { contentTable, type ContentColumn } from '../../src/services/datasets/access/content.ts';
import { renderedStatement } from '../../src/store/rendered.ts';
import type { TestDatabase } from './database.ts';

export interface DatasetDraft {
  readonly company: CompanyId;
  /** Left out: nobody's, and the company's. */
  readonly owner?: UserId;
  readonly name: string;
  /** `company` where left out. */
  readonly visibility?: 'company' | 'private';
  readonly sharedOutside?: boolean;
  readonly columns: readonly ContentColumn[];
  readonly key?: readonly string[];
  /** A JSON array of objects, or SQL that selects the columns. */
  readonly rows?: readonly Readonly<Record<string, unknown>>[] | string;
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Puts rows into a new generation of a dataset and publishes it; gives its version. */
export const publishRows = async (
  store: Pick<TestDatabase, 'database'>,
  dataset: Id<'dst'>,
  draft: DatasetDraft,
): Promise<number> => {
  const { company, owner, columns, key = [], rows = [] } = draft;
  const actor = owner === undefined ? { company } : { company, user: owner };
  return inScope(store.database, actor, async (tx) => {
    const made = await tx.one(makeGeneration, [dataset, columns, key]);
    const generation = made?.generation ?? 0;
    const names = columns.map(({ name }) => quote(name)).join(', ');
    const typed = columns.map(({ name, type }) => `${quote(name)} ${type}`).join(', ');
    const source =
      typeof rows === 'string' ? rows : `select ${names} from json_to_recordset($1::json) as r(${typed})`;
    await tx.rendered(
      renderedStatement(
        `insert into vouchsafe_data.${quote(contentTable(dataset, generation))} (${names}) ${source}`,
        typeof rows === 'string' ? [] : [JSON.stringify(rows)],
      ),
      60_000,
    );
    const published = await tx.one(publishGeneration, [dataset, generation, 'upload', null]);
    return published?.version ?? 0;
  });
};

/** A dataset with one version. */
export const makeDataset = async (
  store: Pick<TestDatabase, 'database' | 'superuser'>,
  draft: DatasetDraft,
): Promise<Id<'dst'>> => {
  const { company, owner, name, visibility = 'company', sharedOutside = false } = draft;
  const id = newId('dst', Date.now());
  await store.superuser(
    `insert into vouchsafe.dataset (id, company_id, name, owner_id, visibility, shared_outside, created_at)
     values ($1, $2, $3, $4, $5, $6, now())`,
    [id, company, name, owner ?? null, visibility, sharedOutside],
  );
  await publishRows(store, id, draft);
  return id;
};
