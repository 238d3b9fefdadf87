/** Files that PostgreSQL reads itself as we would (COPY, CSV format, manual): their bytes go to it as they are. */
import { bomOf } from './decode.ts';
import type { ByteSource, FilePlan, ReadTools } from './contract.ts';
import type { ColumnType } from '../../../services/datasets/query/column-types.ts';

/** What COPY has to be told. */
export interface CopyCsv {
  readonly delimiter: string;
  readonly quote: string;
  readonly header: boolean;
}

/** Types that take every cell of the one that was found. Of doubles only those that cannot overflow. */
const TAKES: Readonly<Partial<Record<ColumnType, readonly ColumnType[]>>> = {
  int4: ['int8', 'numeric', 'float8'],
  int8: ['numeric', 'float8'],
  date: ['timestamp'],
};

/** Whether the look has proved that every row fits and that PostgreSQL sees the same cells in the same bytes. */
export const canPassThrough = ({ isPlain, dialect, columns, profile, nullWords }: FilePlan): boolean =>
  isPlain === true &&
  dialect !== undefined &&
  dialect.guarded !== true &&
  nullWords.length === 0 &&
  dialect.quote !== '' &&
  dialect.escape === dialect.quote &&
  columns.every(({ type }, index) => {
    const found = profile[index]?.found;
    return (
      found !== undefined && (type === found || type === 'text' || TAKES[found]?.includes(type) === true)
    );
  });

/** Of a plan that may pass. An empty cell without quotes is nothing, as COPY has it where nobody says otherwise. */
export const copyOptionsOf = ({ dialect }: FilePlan): CopyCsv => ({
  delimiter: dialect?.delimiter ?? ',',
  quote: dialect?.quote ?? '"',
  header: dialect?.header ?? true,
});

/** The bytes of the file without a byte order mark. Throws what the signal says. */
export const passThrough = async function* (
  source: ByteSource,
  plan: FilePlan,
  { signal, onProgress }: ReadTools,
): AsyncGenerator<Uint8Array> {
  let read = 0;
  let bom = 0;
  if (source.length > 0) bom = bomOf(await source.read(0, 4), 'utf-8');
  for await (const piece of source.pieces()) {
    signal?.throwIfAborted();
    const cut = Math.min(piece.length, Math.max(0, bom - read));
    read += piece.length;
    if (cut < piece.length) yield piece.subarray(cut);
    // Rows are counted by PostgreSQL; on the way there are about as many as there are bytes.
    onProgress?.(read, Math.floor((plan.rows * read) / source.length));
  }
};
