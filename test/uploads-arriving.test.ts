/** A part of an upload while it arrives: one piece is stored while the next one comes, and no more than that. */
import assert from 'node:assert/strict';
import { before, beforeEach, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { PIECE_BYTES } from '../src/datasets/uploads/limits.ts';
import { createReceiver } from '../src/datasets/uploads/receive.ts';
import { beginUpload, showUpload, takeUploadBack } from '../src/datasets/uploads/service.ts';
import { openStoredFile } from '../src/datasets/uploads/stored-file.ts';
import type { CompanyId, UploadId, UserId } from '../src/foundation/ids.ts';
import { Problem } from '../src/foundation/problem.ts';
import type { Database } from '../src/store/database.ts';
import { StoreError } from '../src/store/errors.ts';
import { fillTables, markedOnes } from './support/fill-tables.ts';
import { testDatabase, type TestDatabase } from './support/database.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const CHUNK = 64 * 1024;
const CHUNKS_OF_PIECE = PIECE_BYTES / CHUNK;
const clock = { now: () => NOW };

let store: TestDatabase;
let actor: { readonly company: CompanyId; readonly user: UserId };

before(async () => {
  store = await testDatabase();
  const marked = markedOnes();
  await fillTables(store.superuser, marked);
  await store.superuser('delete from vouchsafe.upload where company_id = $1', [marked.company]);
  actor = { company: marked.company, user: marked.user };
});

let sent: Buffer;
let upload: UploadId;

/** Of a size that no piece and no chunk divides, and no two chunks of it alike. */
beforeEach(async () => {
  sent = Buffer.alloc(5 * PIECE_BYTES + 12_345);
  for (let at = 0; at + 4 <= sent.length; at += 4) sent.writeUInt32LE(Math.imul(at, 2_654_435_761) >>> 0, at);
  upload = await beginUpload(
    store.database,
    actor,
    { length: sent.length, filename: 'wells.csv', filetype: 'text/csv' },
    NOW,
  );
});

/** The database of a receiver whose transactions wait for `turn`, which is told how many there were earlier. */
const heldDatabase = (turn: (earlier: number) => Promise<void>): Database => {
  let count = 0;
  return {
    ...store.database,
    as: async (scope, work) => {
      const earlier = count;
      count += 1;
      await turn(earlier);
      return store.database.as(scope, work);
    },
  };
};

const chunksOf = function* (bytes: Buffer, onChunk: (taken: number) => void = () => undefined) {
  let taken = 0;
  for (let at = 0; at < bytes.length; at += CHUNK) {
    taken += 1;
    onChunk(taken);
    // A source has memory of its own, which it may use again.
    yield Buffer.from(bytes.subarray(at, at + CHUNK));
  }
};

const storedBytes = async (length: number): Promise<Buffer> => {
  const pieces: Uint8Array[] = [];
  for await (const piece of openStoredFile(store.database, actor, upload, length).pieces())
    pieces.push(piece);
  return Buffer.concat(pieces);
};

const WHOLE = { offset: 0, checksum: undefined };
/** The first transaction looks the upload up; the second stores the first piece. */
const FIRST_PIECE = 1;

describe('a part of an upload', () => {
  it('goes on arriving while a piece of it is stored, for one piece and no more', async () => {
    const nextCame = Promise.withResolvers<void>();
    let taken = 0;
    let takenWhileHeld = 0;
    const database = heldDatabase(async (earlier) => {
      if (earlier !== FIRST_PIECE) return;
      // Where nothing goes on while a piece is stored, nothing but the pause ends this.
      await Promise.race([nextCame.promise, pause(2_000)]);
      for (let turn = 0; turn < 500; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      takenWhileHeld = taken;
    });
    const bytes = chunksOf(sent, (count) => {
      taken = count;
      if (count === 2 * CHUNKS_OF_PIECE) nextCame.resolve();
    });
    const at = await createReceiver({ database, clock }).receive(actor, upload, WHOLE, bytes);
    assert.equal(takenWhileHeld, 2 * CHUNKS_OF_PIECE);
    assert.equal(at, sent.length);
    assert.ok((await storedBytes(sent.length)).equals(sent));
    assert.equal((await showUpload(store.database, actor, upload)).phase, 'looking');
  });

  it('that breaks off keeps all that had come, also while a piece was being stored', async () => {
    const gone = new Error('gone');
    const came = 2 * PIECE_BYTES + 777;
    const broken = function* (): Generator<Buffer> {
      yield* chunksOf(sent.subarray(0, came));
      throw gone;
    };
    const database = heldDatabase(() => pause(20));
    await assert.rejects(createReceiver({ database, clock }).receive(actor, upload, WHOLE, broken()), gone);
    assert.equal((await showUpload(store.database, actor, upload)).at, came);
    assert.ok((await storedBytes(came)).equals(sent.subarray(0, came)));
  });

  it('that breaks off with a checksum leaves nothing, also of a piece that was being stored', async () => {
    const gone = new Error('gone');
    const broken = function* (): Generator<Buffer> {
      yield* chunksOf(sent.subarray(0, 3 * PIECE_BYTES));
      throw gone;
    };
    const order = { offset: 0, checksum: { algorithm: 'sha256', digest: Buffer.alloc(32) } } as const;
    const database = heldDatabase(() => pause(20));
    await assert.rejects(createReceiver({ database, clock }).receive(actor, upload, order, broken()), gone);
    assert.equal((await showUpload(store.database, actor, upload)).at, 0);
  });

  it('is not read on where a piece of it could not be stored', async () => {
    const full = new Problem(503, 'unavailable', 'no room', { cause: new StoreError('x', '53100') });
    const failed = Promise.withResolvers<void>();
    let taken = 0;
    const database = heldDatabase(async (earlier) => {
      if (earlier !== FIRST_PIECE) return;
      queueMicrotask(() => failed.resolve());
      throw full;
    });
    const bytes = async function* (): AsyncGenerator<Buffer> {
      for (const chunk of chunksOf(sent)) {
        taken += 1;
        if (taken === CHUNKS_OF_PIECE + 1) {
          await failed.promise;
          await new Promise((resolve) => setImmediate(resolve));
        }
        yield chunk;
      }
    };
    await assert.rejects(createReceiver({ database, clock }).receive(actor, upload, WHOLE, bytes()), {
      code: 'disk_full',
    });
    assert.equal(taken, CHUNKS_OF_PIECE + 1, 'the sender is told with the next chunk');
    assert.equal((await showUpload(store.database, actor, upload)).at, 0);
  });

  it('of an upload that is taken back in the middle is not found any more', async () => {
    const database = heldDatabase(async (earlier) => {
      if (earlier === FIRST_PIECE + 1) await takeUploadBack(store.database, actor, upload);
    });
    await assert.rejects(createReceiver({ database, clock }).receive(actor, upload, WHOLE, chunksOf(sent)), {
      code: 'upload_not_found',
    });
  });

  it('that is longer than was announced is kept up to the end, and says so', async () => {
    const longer = Buffer.concat([sent, Buffer.alloc(CHUNK)]);
    await assert.rejects(
      createReceiver({ database: store.database, clock }).receive(actor, upload, WHOLE, chunksOf(longer)),
      { code: 'upload_too_long' },
    );
    assert.ok((await storedBytes(sent.length)).equals(sent));
  });
});
