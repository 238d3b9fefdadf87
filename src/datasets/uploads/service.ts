/** What uploaders do before anything is loaded: begin an upload, see it, take it back. */
import { newId, type UploadId } from '../../foundation/ids.ts';
import { inScope, type KeyedActor } from '../../services/datasets/access/actor.ts';
import type { Database } from '../../store/database.ts';
import type { Transaction } from '../../store/transaction.ts';
import { GUESSED_BYTES, LEAST_FOLLOWED, MOST_BYTES_OF_COMPANY, MOST_UPLOADS } from './limits.ts';
import type { UploadOrder } from './metadata.ts';
import { tooManyUploads, uploadNotFound } from './problems.ts';
import { holdUploader } from './uploader.ts';
import {
  countUploads,
  insertUpload,
  listUploads,
  queueUpload,
  readUpload,
  removeUnfilledDatasets,
  removeUpload,
  setLooking,
} from './store.ts';

/** One upload as its uploader sees it. */
export interface Upload {
  readonly id: string;
  readonly filename: string;
  /** A media type, or empty. */
  readonly filetype: string;
  /** Bytes that were announced, and of them those that are there. */
  readonly length: number;
  readonly at: number;
  readonly phase: string;
  readonly corrections: unknown;
  readonly plan: unknown;
  readonly dataset_id: string | null;
  readonly makes_dataset: boolean;
  readonly mode: string | null;
  readonly expected_version: number | null;
  readonly skips_rejected: boolean;
  /** Loaded as soon as it is there and looked at. */
  readonly ordered: boolean;
  /** How far it is looked at or loaded. */
  readonly bytes_read: number;
  readonly rows_read: number;
  readonly rejected: number;
  readonly version: number | null;
  readonly failure: string | null;
  /** A sentence that says where. */
  readonly failure_detail: string | null;
  readonly created_at: Date;
  readonly touched_at: Date;
}

/** One of the actor's own. @throws upload_not_found (404), also for those of others. */
export const findOwnUpload = async (
  tx: Transaction,
  { company }: KeyedActor,
  upload: UploadId,
): Promise<Upload> => {
  const found = await tx.one(readUpload, [company, upload]);
  if (found === undefined) throw uploadNotFound();
  // Bytes are gone after a crash of the database: then they have to be sent again, whatever had become of them.
  const isLost = found.at < found.length && found.phase !== 'loaded' && found.phase !== 'loading';
  return isLost ? { ...found, phase: 'arriving' } : found;
};

/** Whether there is enough of it for somebody to follow what comes: it is ordered, and its beginning is there. */
export const canFollow = ({ ordered, length }: Pick<Upload, 'ordered' | 'length'>, at: number): boolean =>
  ordered && length >= LEAST_FOLLOWED && at >= GUESSED_BYTES;

/** @throws upload_not_found (404). */
export const showUpload = (database: Database, actor: KeyedActor, upload: UploadId): Promise<Upload> =>
  inScope(database, actor, (tx) => findOwnUpload(tx, actor, upload));

/** The actor's own, the newest first; at most a hundred, which is more than a company may have. */
export const listOwnUploads = (database: Database, actor: KeyedActor): Promise<readonly Upload[]> =>
  inScope(database, actor, (tx) => tx.all(listUploads, [actor.company]));

/**
 * Begins an upload of so many bytes; one of none is there at once.
 * @throws too_many_uploads (409) where the company has no more room, invalid_key (401).
 */
export const beginUpload = (
  database: Database,
  actor: KeyedActor,
  { length, filename, filetype }: UploadOrder,
  now: number,
): Promise<UploadId> =>
  inScope(database, actor, async (tx) => {
    const { company, user = null, key = null } = actor;
    await holdUploader(tx, actor);
    const use = await tx.one(countUploads, []);
    if ((use?.uploads ?? 0) >= MOST_UPLOADS || (use?.bytes ?? 0) + length > MOST_BYTES_OF_COMPANY)
      throw tooManyUploads();
    const id = newId('upl', now);
    const at = new Date(now);
    await tx.all(insertUpload, [id, company, user, key, filename, filetype, length, at]);
    if (length === 0) {
      await tx.one(setLooking, [company, id, {}, at]);
      await tx.one(queueUpload, [id]);
    }
    return id;
  });

/**
 * Takes an upload back. Its bytes and its rejected rows are nobody's any more, and the upkeep removes them. A load that is
 * under way ends within a second or so and leaves nothing. @throws upload_not_found (404).
 */
export const takeUploadBack = (database: Database, actor: KeyedActor, upload: UploadId): Promise<void> =>
  inScope(database, actor, async (tx) => {
    const removed = await tx.one(removeUpload, [actor.company, upload]);
    if (removed === undefined) throw uploadNotFound();
    // One that a load still holds is left to the load.
    if (removed.makes_dataset) await tx.one(removeUnfilledDatasets, []);
  });
