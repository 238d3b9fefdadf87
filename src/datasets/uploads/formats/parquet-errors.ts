/** What is said of a Parquet file that is not read. */
import { FormatError } from './format-error.ts';

/** For whatever is broken in it. */
export const invalidParquet = (): FormatError =>
  new FormatError('parquet_invalid', 'this is no Parquet file that can be read');

/** @param what which bound, and how the file is to be written to keep within it. */
export const parquetTooLarge = (what: string): FormatError => new FormatError('parquet_too_large', what);
