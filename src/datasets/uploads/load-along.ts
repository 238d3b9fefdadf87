/**
 * Looks at a file and loads it in one reading, while it comes: PostgreSQL copies it by what its beginning promises, and the
 * look proves at its end that this was right. Where it was not, nothing is kept of it.
 */
import { isDeepStrictEqual } from 'node:util';
import type { ContentColumn } from '../../services/datasets/access/content.ts';
import type { FilePlan } from './formats/contract.ts';
import { FormatError } from './formats/format-error.ts';
import { canPassThrough, copyOptionsOf, passThrough } from './formats/pass-through.ts';
import { NotOurs } from './interruption.ts';
import { GUESSED_BYTES, LEAST_FOLLOWED } from './limits.ts';
import { fill, inLoading, type LoadWork } from './load.ts';
import { lookAt } from './look.ts';
import type { StoredFile } from './stored-file.ts';

export type AlongWork = Omit<LoadWork, 'rejections'> & {
  /** Waits until all bytes are said to be there, their checksum included; throws `Stalled`. */
  readonly whole: () => Promise<void>;
};

/** What it held later is not what its beginning promised. */
class OtherThanGuessed extends Error {}

const LINE_FEED = 10;

/** What the first lines make likely; undefined where PostgreSQL could not copy such a file as it is. */
const guess = async ({ file, found, signal }: AlongWork): Promise<FilePlan | undefined> => {
  const head = await file.read(0, GUESSED_BYTES);
  const lines = head.subarray(0, head.lastIndexOf(LINE_FEED) + 1);
  if (lines.length === 0) return undefined;
  const beginning: StoredFile = {
    length: lines.length,
    read: (from, to) => Promise.resolve(lines.subarray(from, to)),
    pieces: async function* () {
      yield await Promise.resolve(lines);
    },
  };
  try {
    const plan = await lookAt({
      found,
      file: beginning,
      progress: { bytes: 0, rows: 0, rejected: 0 },
      signal,
    });
    return canPassThrough(plan) ? plan : undefined;
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
};

interface ForTwo {
  readonly first: StoredFile;
  readonly second: StoredFile;
  /** Ends what the first reader reads, where there is no second one any more. */
  abandon(): Promise<void>;
}

/** The file for two readers: what the first one takes comes to the second one as well, and neither is far ahead. */
const forTwo = (file: StoredFile): ForTwo => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>(undefined, { highWaterMark: 1 });
  const writer = writable.getWriter();
  // Of no consequence where it was read to its end. Else nobody may think that it was.
  const abandon = (): Promise<void> => writer.abort(new OtherThanGuessed()).catch(() => undefined);
  let isTaken = false;
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    // Who begins anew reads it otherwise than it was guessed.
    if (isTaken) throw new OtherThanGuessed();
    isTaken = true;
    try {
      for await (const piece of file.pieces()) {
        // Rejects where the second reader has left.
        await writer.ready;
        writer.write(piece).catch(() => undefined);
        yield piece;
      }
      await writer.close();
    } finally {
      await abandon();
    }
  };
  return { first: { ...file, pieces }, second: { ...file, pieces: () => readable }, abandon };
};

/** Whether rows that were copied by the guess are what they had become by what was found. */
const isProven = (
  guessed: FilePlan,
  proven: FilePlan,
  columns: readonly ContentColumn[],
  appends: boolean,
): boolean =>
  canPassThrough({ ...proven, columns }) &&
  isDeepStrictEqual(copyOptionsOf(guessed), copyOptionsOf(proven)) &&
  isDeepStrictEqual(
    proven.columns.map(({ name, type }) => (appends ? name : `${type} ${name}`)),
    columns.map(({ name, type }) => (appends ? name : `${type} ${name}`)),
  );

/**
 * Gives whether it is loaded. Where it is not, nothing is left of it, and the file has to be looked at and loaded in the usual way, which
 * also finds out what is wrong with it. Throws NotOurs, and what the signal says.
 */
export const loadAlong = async (work: AlongWork): Promise<boolean> => {
  const { file, found, signal } = work;
  if (file.length < LEAST_FOLLOWED) return false;
  try {
    const guessed = await guess(work);
    if (guessed === undefined) return false;
    const appends = found.mode === 'append';
    await inLoading(work, async (tx) => {
      const { first, second, abandon } = forTwo(file);
      const looked = lookAt({ ...work, file: first });
      looked.catch(() => undefined);
      try {
        await fill(work, tx, {
          plan: guessed,
          rows: (planned) => {
            if (!canPassThrough(planned)) throw new OtherThanGuessed();
            return passThrough(second, planned, { signal });
          },
          prove: async (columns) => {
            const proven = await looked;
            if (!isProven(guessed, proven, columns, appends)) throw new OtherThanGuessed();
            await work.whole();
            return proven;
          },
        });
      } finally {
        await abandon();
        // Nobody else may read meanwhile: both would say how far they are.
        await looked.catch(() => undefined);
      }
    });
    return true;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof NotOurs) throw error;
    return false;
  }
};
