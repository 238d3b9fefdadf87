/** The rows of a company's datasets in its export: read part by part, so that neither they nor a connection are held. */
import { companyNotFound, roleForbids } from '../audit/problems.ts';
import { ROLES, type Role } from '../foundation/caller.ts';
import type { CompanyId, UserId } from '../foundation/ids.ts';
import { may } from '../policy/roles.ts';
import type { Database } from '../store/database.ts';
import { StoreError } from '../store/errors.ts';
import type { Transaction } from '../store/transaction.ts';
import type { Archive } from './archive.ts';
import { enterCompany, listContent, readContent, readRole } from './store.ts';

/** One dataset's rows, of the version that was the newest when the export began. */
export interface ExportedContent {
  readonly dataset: string;
  /** Of the file. */
  readonly file: string;
  readonly name: string;
  readonly version: number;
  readonly columns: readonly string[];
}

/** Whose export, and who may be handed it. */
export interface ContentReader {
  readonly company: CompanyId;
  readonly by: UserId;
}

/** What `read_content` of migration 0017 raises where there is no such version any more. */
const NO_VERSION = 'VD011';

/** Rows and bytes of one part; a row more may come, however long it is. */
const [PART_ROWS, PART_BYTES] = [5000, 1_000_000];

const isRole = (text: string): text is Role => (ROLES as readonly string[]).includes(text);

/**
 * Turns the transaction to the company, where the user may export it.
 * @throws company_not_found (404), forbidden (403).
 */
export const enterToExport = async (tx: Transaction, { company, by }: ContentReader): Promise<void> => {
  await tx.one(enterCompany, [company]);
  const actor = await tx.one(readRole, [company, by]);
  if (actor === undefined) throw companyNotFound();
  if (!isRole(actor.role) || !may(actor.role, 'company.export')) throw roleForbids();
};

/** Which datasets there are, also private ones, in the order of their making. */
export const listExported = async (
  tx: Transaction,
  company: CompanyId,
): Promise<readonly ExportedContent[]> =>
  (await tx.all(listContent, [company])).map(({ dataset, name, version, columns }) => ({
    dataset,
    name,
    version,
    columns,
    file: `datasets/${name}.ndjson`,
  }));

/**
 * Lines of a dataset, a part at a time, each in a transaction that asks anew whether they may be handed out; a version never
 * changes, so that the parts fit together. Ends early, and says so, where the dataset was deleted meanwhile.
 */
async function* readLines(
  database: Pick<Database, 'system'>,
  reader: ContentReader,
  { dataset, version }: ExportedContent,
): AsyncGenerator<string, 'whole' | 'gone', undefined> {
  for (let after = -1; ;) {
    let rows;
    try {
      rows = await database.system(async (tx) => {
        await enterToExport(tx, reader);
        return tx.all(readContent, [reader.company, dataset, version, after, PART_ROWS, PART_BYTES]);
      });
    } catch (error) {
      if (error instanceof StoreError && error.code === NO_VERSION) return 'gone';
      throw error;
    }
    const last = rows.at(-1);
    if (last === undefined) return 'whole';
    after = last.number;
    yield rows.map(({ line }) => `${line}\n`).join('');
  }
}

/**
 * Writes all of them into the archive and gives its bytes as they come. Each cell as PostgreSQL writes it, in a text, so that
 * nothing is rounded; the first line names the columns. What was deleted meanwhile is named in a file of its own.
 */
export async function* writeContent(
  database: Pick<Database, 'system'>,
  archive: Archive,
  reader: ContentReader,
  content: readonly ExportedContent[],
): AsyncGenerator<Uint8Array, void, undefined> {
  const gone: string[] = [];
  for (const one of content) {
    const file = archive.open(one.file);
    await file.write(`${JSON.stringify(one.columns)}\n`);
    const parts = readLines(database, reader, one);
    let part = await parts.next();
    for (; part.done !== true; part = await parts.next()) {
      await file.write(part.value);
      yield* archive.take();
    }
    if (part.value === 'gone') gone.push(`${one.name} (${one.dataset}), version ${one.version}\n`);
    await file.end();
    yield* archive.take();
  }
  if (gone.length === 0) return;
  const note = archive.open('DELETED-MEANWHILE.txt');
  await note.write(
    `These datasets were deleted while this archive was written; their rows are not whole.\n\n`,
  );
  await note.write(gone.join(''));
  await note.end();
}
