/** The formats of downloads by name. */
import type { Format } from './asked-download.ts';
import type { FormatKind } from './format-writer.ts';
import { PARQUET } from './parquet.ts';
import { CSV, NDJSON, TSV } from './text-formats.ts';
import { XLSX } from './xlsx.ts';

export const KINDS: Readonly<Record<Format, FormatKind>> = {
  csv: CSV,
  tsv: TSV,
  ndjson: NDJSON,
  parquet: PARQUET,
  xlsx: XLSX,
};
