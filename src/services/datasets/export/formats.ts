/** The formats of downloads by name. */
import type { Format } from './asked-download.ts';
import type { FormatKind } from './format-writer.ts';
import { CSV, NDJSON, TSV } from './text-formats.ts';
import { XLSX } from './xlsx.ts';

const KINDS: Readonly<Record<Exclude<Format, 'parquet'>, FormatKind>> = {
  csv: CSV,
  tsv: TSV,
  ndjson: NDJSON,
  xlsx: XLSX,
};

/** How a format is written. Parquet's writer is loaded by the first who asks: each worker would hold it, and few ask. */
export const kindOf = async (format: Format): Promise<FormatKind> =>
  format === 'parquet' ? (await import('./parquet.ts')).PARQUET : KINDS[format];
