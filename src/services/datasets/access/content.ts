/** How the rows of datasets lie in PostgreSQL; the calls of migration 0017 that make, edit and open them are in `store`. */
import type { ColumnType } from '../query/column-types.ts';

/** A column as `dataset_generation.columns` has it. */
export interface ContentColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** As people call it, where that is no name for a column. */
  readonly label?: string;
}

/** The schema in which content lies, and nothing else. */
export const CONTENT_SCHEMA = 'vouchsafe_data';

/** What a table of content has besides the columns of its users, none of which begins with `vouchsafe:`. */
export const ROW_COLUMN = 'vouchsafe:row';

/** Columns of one dataset at most: PostgreSQL has 1600 in a table, of which some are ours. */
export const MOST_COLUMNS = 1500;

/** Columns of one key at most. */
export const MOST_KEY_COLUMNS = 8;

/** The SQLSTATEs that the functions of migration 0017 raise. */
export const CONTENT_ERRORS = {
  notAllowed: 'VD001',
  versionMoved: 'VD002',
  columnName: 'VD003',
  columnType: 'VD004',
  columnCount: 'VD005',
  columnTwice: 'VD006',
  key: 'VD007',
  generation: 'VD008',
  noContent: 'VD009',
  notEditing: 'VD010',
  noVersion: 'VD011',
  otherColumns: 'VD012',
  tooLargeToCompare: 'VD013',
} as const;

/** The table of a generation; what is written goes there. */
export const contentTable = (dataset: string, generation: number): string => `${dataset}_g${generation}`;

/** What is read: `now` the rows as they are, `at` those of the version that the setting `vouchsafe.at_version` names. */
export const contentView = (dataset: string, generation: number, when: 'now' | 'at'): string =>
  `${dataset}_g${generation}_${when}`;
