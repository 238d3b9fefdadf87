/** The rows of a company's datasets in its export. */
import type { CompanyId } from '../foundation/ids.ts';
import type { Transaction } from '../store/transaction.ts';
import type { Archive } from './archive.ts';
import { listContent, nextRows, openContent } from './store.ts';

/** One dataset's current rows, as far as an export has room. */
export interface ExportedContent {
  readonly dataset: string;
  /** Of the file; left out where the rows have no room, and have to be downloaded by themselves. */
  readonly file: string | undefined;
  readonly name: string;
  readonly version: number;
  readonly columns: readonly string[];
}

/** Bytes of rows in one export, before compression: an archive stays in memory until it is sent. */
const MOST_BYTES = 80_000_000;

/** Rows that are in memory at once. */
const PAGE = 500;

/** Which datasets there are, in the order of their making; those come in for which there is still room. */
export const chooseContent = async (
  tx: Transaction,
  company: CompanyId,
  most = MOST_BYTES,
): Promise<readonly ExportedContent[]> => {
  let room = most;
  return (await tx.all(listContent, [company, most])).map(({ dataset, name, version, columns, bytes }) => {
    const fits = bytes !== null && bytes <= room;
    if (fits) room -= bytes;
    return { dataset, name, version, columns, file: fits ? `datasets/${name}.ndjson` : undefined };
  });
};

/** Each cell as PostgreSQL writes it, in a text, so that nothing is rounded; the first line names the columns. */
export const writeContent = async (
  tx: Transaction,
  archive: Archive,
  company: CompanyId,
  { dataset, file, columns }: ExportedContent,
): Promise<void> => {
  if (file === undefined) return;
  const opened = await tx.one(openContent, [company, dataset]);
  const lines = archive.open(file);
  await lines.write(`${JSON.stringify(columns)}\n`);
  for (;;) {
    const rows = opened?.rows == null ? [] : await tx.all(nextRows, [opened.rows, PAGE]);
    if (rows.length > 0) await lines.write(rows.map(({ line }) => `${line}\n`).join(''));
    if (rows.length < PAGE) break;
  }
  lines.end();
};
