/** The rows of a file of any format, in batches. */
import type { Batch } from './batch.ts';
import type { ByteSource, Reading } from './contract.ts';
import { csvRows } from './csv-rows.ts';
import { decodePieces } from './decode.ts';
import { FormatError } from './format-error.ts';
import type { FoundType } from './found-type.ts';
import { jsonRows } from './json-rows.ts';
import { openParquet } from './parquet.ts';
import { looksLikeHeader } from './dialect.ts';
import { withoutMarks } from './without-marks.ts';
import { openSheet } from './xlsx.ts';

/** A file that is open. */
export interface OpenRows {
  batches: AsyncIterable<Batch>;
  /** Where the format itself names its columns: known before the rows, or growing with them (JSON). */
  readonly headings?: readonly string[];
  /** What the format says of its columns' types. */
  readonly declared?: readonly (FoundType | undefined)[];
  /** Types that the file says its columns had where they came from; where nothing in them speaks against it, they have them again. */
  readonly said?: readonly (string | undefined)[];
  /** Whether the first row names the columns; said by the first batch where nobody has said it yet. */
  hasHeader?(first: Batch): boolean;
}

/** @param headings of JSON, from a look before: members in their order. Throws FormatError. */
export const openRows = async (
  source: ByteSource,
  reading: Reading,
  headings: readonly string[] = [],
): Promise<OpenRows> => {
  const { format, encoding = 'utf-8', dialect } = reading;
  switch (format) {
    case 'csv':
    case 'tsv': {
      if (dialect === undefined) throw new FormatError('unknown_format', 'the dialect is not known');
      const batches = csvRows(decodePieces(source.pieces(), encoding), dialect);
      return {
        batches: dialect.guarded === true ? withoutMarks(batches) : batches,
        hasHeader: () => dialect.header,
      };
    }
    case 'json':
    case 'ndjson': {
      const names = [...headings];
      return { batches: jsonRows(decodePieces(source.pieces(), encoding), names), headings: names };
    }
    case 'parquet':
      return openParquet(source);
    case 'xlsx':
      break;
  }
  return {
    batches: await openSheet(source, reading.sheet ?? ''),
    hasHeader: (first) => reading.header ?? looksLikeHeader(first),
  };
};
