/** Takes the marks off that a download with `safe=1` puts before what a spreadsheet would run. */
import { unguardCell } from '../../../services/datasets/export/formula-guard.ts';
import { NOTHING, type Batch } from './batch.ts';

const MARK = 39;

/** In place: a cell without its marks is shorter, and nothing else of the batch moves. */
const takeMarks = (batch: Batch): void => {
  const { bytes, starts, ends, kinds } = batch;
  // Of most files few cells have one: they are found from mark to mark.
  let mark = bytes.indexOf(MARK);
  for (let cell = 0; cell < batch.cells && mark !== -1; cell += 1) {
    const start = starts[cell] ?? 0;
    const end = ends[cell] ?? 0;
    if (mark < start) mark = bytes.indexOf(MARK, start);
    if (mark === -1 || mark >= end || kinds[cell] === NOTHING) continue;
    const text = bytes.toString('utf8', start, end);
    const plain = unguardCell(text);
    if (plain !== text) ends[cell] = start + bytes.write(plain, start, end - start, 'utf8');
  }
};

/** The same batches, whose cells are what they were before `safe=1`. */
export const withoutMarks = async function* (batches: AsyncIterable<Batch>): AsyncGenerator<Batch> {
  for await (const batch of batches) {
    takeMarks(batch);
    yield batch;
  }
};
