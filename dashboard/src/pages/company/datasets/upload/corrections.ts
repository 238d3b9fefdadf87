/** What somebody changed about how a file is read, as the server wants it: only what is different. */
import type { Body } from '../../../../api/client.ts';
import type { FilePlan, PlannedColumn } from './shapes.ts';

export const DELIMITERS = [
  { value: ',', label: 'Comma' },
  { value: ';', label: 'Semicolon' },
  { value: '\t', label: 'Tab' },
  { value: '|', label: 'Bar' },
] as const;

export const QUOTES = [
  { value: '"', label: 'Double quotes' },
  { value: "'", label: 'Single quotes' },
  { value: '', label: 'Nothing' },
] as const;

export const DECIMALS = [
  { value: '.', label: 'Point: 1.5' },
  { value: ',', label: 'Comma: 1,5' },
] as const;

export const ENCODINGS = [
  { value: 'utf-8', label: 'UTF-8' },
  { value: 'utf-16le', label: 'UTF-16, little end first' },
  { value: 'utf-16be', label: 'UTF-16, big end first' },
  { value: 'windows-1252', label: 'Windows-1252' },
  { value: 'iso-8859-1', label: 'ISO 8859-1' },
] as const;

/** Fields of the form; those that a format does not have are empty. */
export interface Wanted {
  readonly columns: readonly PlannedColumn[];
  readonly delimiter: string;
  readonly quote: string;
  readonly decimal: string;
  readonly header: boolean;
  readonly guarded: boolean;
  readonly encoding: string;
  readonly sheet: string;
  /** Words with commas between them. */
  readonly nullWords: string;
  readonly key: string;
}

/** As it was found. */
export const wantedOf = (plan: FilePlan): Wanted => ({
  columns: plan.columns,
  delimiter: plan.dialect?.delimiter ?? '',
  quote: plan.dialect?.quote ?? '',
  decimal: plan.dialect?.decimal ?? '',
  header: plan.dialect?.header ?? plan.header ?? true,
  guarded: plan.dialect?.guarded ?? false,
  encoding: plan.encoding ?? '',
  sheet: plan.sheet ?? '',
  nullWords: (plan.nullWords ?? []).join(', '),
  key: (plan.key ?? []).join(', '),
});

/** `a, b` as its words. */
export const wordsIn = (text: string): readonly string[] =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

type Columns = readonly ({ readonly name?: string; readonly type?: string } | null)[];

/** By place; null for a column that stays as it was found. */
const columnsBetween = (found: readonly PlannedColumn[], wanted: readonly PlannedColumn[]): Columns =>
  found.map(({ name, type }, index) => {
    const column = wanted[index];
    if (column === undefined || (column.name === name && column.type === type)) return null;
    return {
      ...(column.name === name ? {} : { name: column.name }),
      ...(column.type === type ? {} : { type: column.type }),
    };
  });

/** Empty where nothing is different. */
export const correctionsBetween = (plan: FilePlan, wanted: Wanted): Body<'dataset-uploads.correct'> => {
  const found = wantedOf(plan);
  const isOther = (name: Exclude<keyof Wanted, 'columns'>): boolean => found[name] !== wanted[name];
  const dialect = {
    ...(isOther('delimiter') ? { delimiter: wanted.delimiter } : {}),
    ...(isOther('quote') ? { quote: wanted.quote } : {}),
    ...(isOther('decimal') ? { decimal: wanted.decimal } : {}),
    ...(isOther('header') && plan.dialect !== undefined ? { header: wanted.header } : {}),
    ...(isOther('guarded') ? { guarded: wanted.guarded } : {}),
  };
  const columns = columnsBetween(plan.columns, wanted.columns);
  // Texts here are those of the choices above, or what the server itself said of the file.
  return {
    ...(Object.keys(dialect).length === 0 ? {} : { dialect }),
    ...(isOther('header') && plan.dialect === undefined ? { header: wanted.header } : {}),
    ...(isOther('encoding') ? { encoding: wanted.encoding } : {}),
    ...(isOther('sheet') ? { sheet: wanted.sheet } : {}),
    ...(isOther('nullWords') ? { nullWords: wordsIn(wanted.nullWords) } : {}),
    ...(isOther('key') ? { key: wordsIn(wanted.key) } : {}),
    ...(columns.every((column) => column === null) ? {} : { columns }),
  } as Body<'dataset-uploads.correct'>;
};
