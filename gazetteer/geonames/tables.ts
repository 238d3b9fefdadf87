/** Which of GeoNames' tables a file is: told by how many columns its first row has. */
import { ImportError } from '../import/import-error.ts';
import { openInputs, type Input } from '../import/open-input.ts';
import { ADMIN_COLUMNS } from './admin-codes.ts';
import { LEAST_ALTERNATE_COLUMNS, MOST_ALTERNATE_COLUMNS } from './alternate-names.ts';
import { PLACE_COLUMNS } from './place-dump.ts';
import { POSTAL_COLUMNS } from './postal-dump.ts';

export type TableKind = 'places' | 'names' | 'admin' | 'postcodes';

/** Members of GeoNames' archives that lie beside the table. */
const BESIDE = /(?:^|\/)(?:iso-languagecodes|readme)[^/]*$/iu;

/** All tables of a file: itself, or the members of an archive. */
export const openTables = (
  path: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Input, void, void> =>
  openInputs(path, { signal, fits: (name) => /\.(?:txt|tsv)$/iu.test(name) && !BESIDE.test(name) });

/** Bytes in which a first row has to end. */
const MOST_HEAD = 65_536;

const kindOf = (columns: number): TableKind | undefined => {
  if (columns === PLACE_COLUMNS) return 'places';
  if (columns === POSTAL_COLUMNS) return 'postcodes';
  if (columns === ADMIN_COLUMNS) return 'admin';
  return columns >= LEAST_ALTERNATE_COLUMNS && columns <= MOST_ALTERNATE_COLUMNS ? 'names' : undefined;
};

/** @throws {ImportError} where the file is no table that is known here. */
export const tableKind = async (path: string, signal: AbortSignal | undefined): Promise<TableKind> => {
  for await (const input of openTables(path, signal)) {
    let head = Buffer.alloc(0);
    for await (const chunk of input.stream) {
      head = Buffer.concat([head, chunk]);
      if (head.includes(0x0a) || head.length > MOST_HEAD) break;
    }
    await input.close();
    const end = head.indexOf(0x0a);
    const row = head.subarray(0, end === -1 ? Math.min(head.length, MOST_HEAD) : end);
    let columns = 1;
    for (const byte of row) if (byte === 0x09) columns++;
    const kind = kindOf(columns);
    if (kind !== undefined) return kind;
    throw new ImportError({
      file: input.title,
      line: 1,
      what: `a first row of ${columns} columns is of no table of GeoNames that is read here`,
      todo: `bring the main table (${PLACE_COLUMNS} columns), alternateNamesV2 (${MOST_ALTERNATE_COLUMNS}), admin codes (${ADMIN_COLUMNS}) or postal codes (${POSTAL_COLUMNS})`,
    });
  }
  throw new ImportError({ file: path, what: 'the archive holds no table', todo: 'download it again' });
};
