/** What the tests of formats share: a file in memory, and what its rows are when PostgreSQL has copied them. */
import assert from 'node:assert/strict';
import type {
  ByteSource,
  Corrections,
  FilePlan,
  Rejection,
} from '../../src/datasets/uploads/formats/contract.ts';
import { FormatError } from '../../src/datasets/uploads/formats/format-error.ts';
import { lookAtFile } from '../../src/datasets/uploads/formats/look-at-file.ts';
import { readRows } from '../../src/datasets/uploads/formats/read-rows.ts';

/** A file in memory that arrives in pieces of `step` bytes. */
export const sourceOf = (content: string | Uint8Array, step = 1 << 20): ByteSource => {
  const bytes = Buffer.from(content as string);
  return {
    length: bytes.length,
    pieces: async function* () {
      for (let at = 0; at < bytes.length; at += step)
        yield await Promise.resolve(bytes.subarray(at, at + step));
    },
    read: (from, to) => Promise.resolve(bytes.subarray(from, to)),
  };
};

/** What came of a file. */
export interface Found {
  readonly plan: FilePlan;
  readonly rows: (string | null)[][];
  readonly rejected: Rejection[];
  readonly copied: string;
}

const LETTERS: Readonly<Record<string, string>> = { b: '\b', t: '\t', n: '\n', v: '\v', f: '\f', r: '\r' };

/** What COPY makes of its text format (PostgreSQL manual, COPY). */
const uncopy = (copied: string): (string | null)[][] =>
  copied
    .split('\n')
    .slice(0, -1)
    .map((line) =>
      line
        .split('\t')
        .map((cell) =>
          cell === '\\N' ? null : cell.replaceAll(/\\(.)/g, (_, c: string) => LETTERS[c] ?? c),
        ),
    );

/** Looks at a file and reads it. */
export const readAll = async (
  content: string | Uint8Array,
  corrections: Corrections = {},
  step?: number,
): Promise<Found> => {
  const source = sourceOf(content, step);
  const plan = await lookAtFile(source, { corrections });
  const rejected: Rejection[] = [];
  const parts: Buffer[] = [];
  for await (const part of readRows(source, plan, { onRejected: (one) => rejected.push(one) }))
    parts.push(part);
  const copied = Buffer.concat(parts).toString();
  return { plan, rows: uncopy(copied), rejected, copied };
};

/** For `assert.rejects`. */
export const failsWith =
  (code: string, message?: RegExp): ((error: unknown) => true) =>
  (error: unknown) => {
    assert.ok(error instanceof FormatError, String(error));
    assert.equal(error.code, code);
    if (message !== undefined) assert.match(error.message, message);
    return true;
  };

/** The types of its columns. */
export const typesOf = ({ plan }: Found): string[] => plan.columns.map(({ type }) => type);
