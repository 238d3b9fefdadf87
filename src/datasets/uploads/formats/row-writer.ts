/** Fills batches from texts, for the formats whose cells are no ranges of the file. */
import { addCell, addRow, BARE, clearBatch, createBatch, NOTHING, type Batch } from './batch.ts';
import { BATCH_BYTES } from './bounds.ts';

/** Cells of nothing hold no bytes, but places. */
const BATCH_CELLS = 64 * 1024;

export interface RowWriter {
  /** `null` is nothing. */
  cell(text: string | null, kind?: number): void;
  row(line: number, offset: number, fault?: number): void;
  /** Whether it is time to hand it on. */
  isFull(): boolean;
  /** The rows so far; over when the next cell is written. */
  take(read: number): Batch;
}

export const createRowWriter = (): RowWriter => {
  const batch = createBatch();
  let bytes = Buffer.allocUnsafe(BATCH_BYTES * 2);
  let used = 0;
  let isTaken = true;
  const begin = (): void => {
    if (!isTaken) return;
    isTaken = false;
    // What one long row needed is given back.
    if (bytes.length > BATCH_BYTES * 8) bytes = Buffer.allocUnsafe(BATCH_BYTES * 2);
    used = 0;
    clearBatch(batch, bytes);
    batch.mayHoldNul = true;
  };
  return {
    cell: (text, kind = BARE) => {
      begin();
      if (text === null) {
        addCell(batch, used, used, NOTHING);
        return;
      }
      const most = text.length * 3;
      if (used + most > bytes.length) {
        const grown = Buffer.allocUnsafe(Math.max(bytes.length * 2, used + most));
        bytes.copy(grown, 0, 0, used);
        bytes = grown;
        batch.bytes = bytes;
      }
      const end = used + bytes.write(text, used);
      addCell(batch, used, end, kind);
      used = end;
    },
    row: (line, offset, fault = 0) => {
      begin();
      addRow(batch, line, offset, fault);
    },
    isFull: () =>
      !isTaken && (used >= BATCH_BYTES || batch.cells >= BATCH_CELLS || batch.rows >= BATCH_CELLS),
    take: (read) => {
      begin();
      isTaken = true;
      batch.read = read;
      return batch;
    },
  };
};
