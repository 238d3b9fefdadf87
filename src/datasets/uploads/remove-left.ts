/** What uploads leave behind when they end, removed in pieces: each a transaction of its own, however large the file was. */
import type { Database } from '../../store/database.ts';
import { MOST_PIECES_REMOVED, MOST_REJECTIONS_REMOVED } from './limits.ts';
import { removeLeftParts, removeLeftRejections, sweepSomeUploads } from './store.ts';

/** How much one statement deletes. */
export interface PieceBounds {
  readonly parts: number;
  readonly rejections: number;
}

const BOUNDS: PieceBounds = { parts: MOST_PIECES_REMOVED, rejections: MOST_REJECTIONS_REMOVED };

/**
 * Removes the bytes of uploads that are gone or loaded, and the rejected rows of those that are gone, until there are none. May run
 * twice, and be broken off anywhere: what is left is found the next time.
 * @param isOver asked between two pieces; true ends it.
 */
export const removeLeft = async (
  database: Database,
  isOver: () => boolean = () => false,
  bounds: PieceBounds = BOUNDS,
): Promise<void> => {
  const removed = async (): Promise<number> => {
    const [parts] = await database.run(removeLeftParts, [bounds.parts]);
    const gone = parts?.removed ?? 0;
    if (gone > 0) return gone;
    const [rejections] = await database.run(removeLeftRejections, [bounds.rejections]);
    return rejections?.removed ?? 0;
  };
  while (!isOver() && (await removed()) > 0);
};

/** Forgets uploads that nothing has happened to since `before`; what they leave is removed by {@link removeLeft}. */
export const sweepUploads = async (database: Database, before: Date): Promise<void> => {
  for (;;) {
    const [row] = await database.run(sweepSomeUploads, [before]);
    if ((row?.swept ?? 0) === 0) return;
  }
};
