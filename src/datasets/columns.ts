/** Which columns a dataset can have: the same rules as `check_content_columns` of migration 0017, with the field that is at fault. */
import { MOST_COLUMNS, MOST_KEY_COLUMNS, type ContentColumn } from '../services/datasets/access/content.ts';
import { COLUMN_TYPES } from '../services/datasets/query/column-types.ts';
import {
  columnNameInvalid,
  columnTwice,
  columnTypeInvalid,
  datasetKeyInvalid,
  tooManyColumns,
} from './problems.ts';

/** PostgreSQL cuts longer names (NAMEDATALEN), which would let two be equal. */
export const LONGEST_NAME_BYTES = 63;
/** Columns that every table of PostgreSQL has (manual §5.6). */
const SYSTEM_COLUMNS: ReadonlySet<string> = new Set(['tableoid', 'ctid', 'xmin', 'xmax', 'cmin', 'cmax']);

/** The name with a space for each run of control characters. */
export const withoutControls = (name: string): string =>
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  name.replaceAll(/[\u0000-\u001f\u007f]+/g, ' ');

/** Whether a dataset can have a column of this name. */
export const isColumnName = (name: string): boolean =>
  name !== '' &&
  name.isWellFormed() &&
  Buffer.byteLength(name) <= LONGEST_NAME_BYTES &&
  withoutControls(name) === name &&
  !name.toLowerCase().startsWith('vouchsafe:') &&
  !SYSTEM_COLUMNS.has(name);

/** Types whose values PostgreSQL cannot compare, or that no person would look a row up by. */
const NO_KEY = new Set(['json', 'json[]', 'tsvector']);

interface Wanted {
  readonly name: string;
  readonly type: string;
  readonly label?: string | undefined;
}

/**
 * The columns as they are stored. Names are kept as they came: case, spaces and accents count.
 * @throws too_many_columns, column_name_invalid, column_twice, column_type_invalid, dataset_key_invalid (400).
 */
export const checkColumns = (
  columns: readonly Wanted[],
  key: readonly string[],
): readonly ContentColumn[] => {
  if (columns.length > MOST_COLUMNS) throw tooManyColumns();
  const types = new Map<string, string>();
  const checked = columns.map(({ name, type, label }, index): ContentColumn => {
    if (!isColumnName(name)) throw columnNameInvalid(index);
    if (types.has(name)) throw columnTwice(index);
    const known = COLUMN_TYPES.find((one) => one === type);
    if (known === undefined) throw columnTypeInvalid(index);
    types.set(name, type);
    return { name, type: known, ...(label === undefined ? {} : { label }) };
  });
  const isKey =
    key.length <= MOST_KEY_COLUMNS &&
    new Set(key).size === key.length &&
    key.every((name) => types.has(name) && !NO_KEY.has(types.get(name) ?? 'json'));
  if (!isKey) throw datasetKeyInvalid();
  return checked;
};
