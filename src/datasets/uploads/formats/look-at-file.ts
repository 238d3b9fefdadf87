/** Reads a file from its first to its last row and says what it is, of which types its columns are, and what is odd in it. */
import { cellText, NOTHING, type Batch } from './batch.ts';
import { watchColumn, type ColumnWatch } from './column-watch.ts';
import { correctPlan } from './correct-plan.ts';
import type { ColumnType } from '../../../services/datasets/query/column-types.ts';
import type {
  ByteSource,
  ColumnProfile,
  Corrections,
  FilePlan,
  FileProblem,
  Reading,
  ReadTools,
} from './contract.ts';
import { createMemory } from './distinct-cells.ts';
import { FormatError } from './format-error.ts';
import { columnNames } from './headings.ts';
import { nullWordTest } from './null-words.ts';
import { openRows } from './rows.ts';
import { sniff } from './sniff.ts';

export interface LookAsked extends ReadTools {
  readonly filename?: string;
  readonly corrections?: Corrections;
}

const headingsOf = (batch: Batch): string[] =>
  Array.from({ length: batch.first[1] ?? 0 }, (_, cell) => cellText(batch, cell) ?? '');

/** The type that was found, or the one that the file says it was, where all cells can be read as it. */
const typeOf = ({ found, alternatives }: ColumnProfile, said: string | undefined): ColumnType => {
  if (said === 'int2' && found === 'int4') return 'int2';
  if (said === 'float4' && found === 'float8') return 'float4';
  if (said === 'json' && alternatives.includes('jsonb')) return 'json';
  return alternatives.find((type) => type === said) ?? found;
};

const lookWith = async (source: ByteSource, reading: Reading, tools: ReadTools): Promise<FilePlan> => {
  const opened = await openRows(source, reading);
  const isNullWord = nullWordTest(reading.nullWords);
  const memory = createMemory();
  const watches: ColumnWatch[] = [];
  let headings = opened.headings;
  const grows = reading.format === 'json' || reading.format === 'ndjson';
  const problems: FileProblem[] = [];
  let rows = 0;
  let blank = 0;
  let ragged = 0;
  let firstRagged = 0;
  let faulty = 0;
  let firstFaulty = 0;
  let oddities = false;
  let isPlain = reading.dialect !== undefined && reading.encoding === 'utf-8';
  let good = new Int32Array(4096);
  let hasHeader: boolean | undefined;
  for await (const batch of opened.batches) {
    tools.signal?.throwIfAborted();
    oddities ||= batch.oddities;
    if (batch.mixesEnds || batch.mayHoldNul) isPlain = false;
    let row = 0;
    if (hasHeader === undefined && batch.rows > 0) {
      hasHeader = opened.hasHeader?.(batch) ?? false;
      if (opened.headings === undefined) {
        headings = hasHeader ? headingsOf(batch) : headingsOf(batch).map((_, index) => `column ${index + 1}`);
        if (hasHeader) row = 1;
      }
    }
    const wanted = headings?.length ?? 0;
    while (watches.length < wanted) {
      const column = watches.length;
      const watch = watchColumn({ column, memory, isNullWord, declared: opened.declared?.[column] });
      if (grows) watch.seeNothing(rows);
      watches.push(watch);
    }
    if (good.length < batch.rows) good = new Int32Array(batch.rows * 2);
    let count = 0;
    for (; row < batch.rows; row += 1) {
      const from = batch.first[row] ?? 0;
      const width = (batch.first[row + 1] ?? 0) - from;
      if (width === 1 && wanted > 1 && !grows && batch.kinds[from] === NOTHING) {
        blank += 1;
        continue;
      }
      rows += 1;
      if (batch.faults[row] !== 0) {
        if (faulty === 0) firstFaulty = batch.lines[row] ?? 0;
        faulty += 1;
        continue;
      }
      if (width !== wanted && !grows) {
        if (ragged === 0) firstRagged = batch.lines[row] ?? 0;
        ragged += 1;
        continue;
      }
      good[count] = row;
      count += 1;
    }
    for (const watch of watches) watch.see(batch, good, count);
    tools.onProgress?.(batch.read, rows);
  }
  if (headings === undefined || headings.length === 0)
    throw new FormatError('empty_file', 'the file holds no rows');
  const names = columnNames(headings);
  const profile = watches.map((watch, index) => watch.profile(headings[index] ?? ''));
  const note = (code: string, count: number, message: string, line?: number): void => {
    if (count > 0) problems.push({ code, message, count, ...(line === undefined ? {} : { line }) });
  };
  note('ragged_rows', ragged, 'Some rows have more or fewer cells than there are columns.', firstRagged);
  note('broken_rows', faulty, 'Some rows cannot be understood.', firstFaulty);
  note('blank_lines', blank, 'Some lines are empty; they are no rows.');
  names.forEach((name, index) => {
    if (name !== headings[index])
      problems.push({
        code: 'name_changed',
        column: name,
        message: 'This column has another name than in the file.',
      });
    const better = watches[index]?.withoutWords();
    if (better !== undefined)
      problems.push({
        code: 'null_word',
        column: name,
        count: better.count,
        message: `If ${JSON.stringify(better.word)} stands for nothing, the type is ${better.type}.`,
      });
  });
  return {
    ...reading,
    ...(reading.format === 'xlsx' ? { header: hasHeader ?? false } : {}),
    columns: profile.map((one, index) => ({
      name: names[index] ?? '',
      type: typeOf(one, opened.said?.[index]),
    })),
    profile,
    key: [],
    keyCandidates: names.filter((_, index) => {
      const { unique, nulls, empty, found } = profile[index] ?? {};
      return (
        rows > 0 &&
        unique === 'yes' &&
        nulls === 0 &&
        empty === 0 &&
        found !== 'json' &&
        ragged + faulty === 0
      );
    }),
    rows,
    problems,
    oddities,
    isPlain: isPlain && !oddities && ragged + faulty + blank === 0,
  };
};

/** Throws FormatError where the file cannot be read at all, and what the signal says. */
export const lookAtFile = async (source: ByteSource, asked: LookAsked = {}): Promise<FilePlan> => {
  const { filename = '', corrections = {} } = asked;
  const reading = await sniff(source, filename, corrections);
  const finish = (plan: FilePlan): FilePlan => {
    const { columns, key } = corrections;
    const corrected = correctPlan(plan, {
      ...(columns === undefined ? {} : { columns }),
      ...(key === undefined ? {} : { key }),
    });
    return corrected === 'look' ? plan : corrected;
  };
  try {
    return finish(await lookWith(source, reading, asked));
  } catch (error) {
    const isGuess = corrections.encoding === undefined && reading.encoding === 'utf-8';
    if (!(error instanceof FormatError && error.code === 'invalid_bytes' && isGuess)) throw error;
    const plan = await lookWith(source, { ...reading, encoding: 'windows-1252' }, asked);
    const note = { code: 'not_utf8', message: `Read as windows-1252, for ${error.message}.` };
    return finish({ ...plan, problems: [note, ...plan.problems] });
  }
};
