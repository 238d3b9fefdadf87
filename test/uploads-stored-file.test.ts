/** The bytes of an upload as they are read back: in order, whatever the parts were in which they came. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { BytesLost } from '../src/datasets/uploads/interruption.ts';
import { PIECE_BYTES } from '../src/datasets/uploads/limits.ts';
import { createReceiver } from '../src/datasets/uploads/receive.ts';
import { beginUpload } from '../src/datasets/uploads/service.ts';
import { openStoredFile } from '../src/datasets/uploads/stored-file.ts';
import type { CompanyId, UploadId, UserId } from '../src/foundation/ids.ts';
import type { Database } from '../src/store/database.ts';
import { fillTables, markedOnes } from './support/fill-tables.ts';
import { testDatabase, type TestDatabase } from './support/database.ts';

const NOW = Date.UTC(2026, 10, 22, 12);

let store: TestDatabase;
let actor: { readonly company: CompanyId; readonly user: UserId };

before(async () => {
  store = await testDatabase();
  const marked = markedOnes();
  await fillTables(store.superuser, marked);
  await store.superuser('delete from vouchsafe.upload where company_id = $1', [marked.company]);
  actor = { company: marked.company, user: marked.user };
});

/** Bytes that repeat nowhere near the length of a piece. */
const bytesOf = (length: number): Buffer => {
  const bytes = Buffer.alloc(length + 4);
  for (let at = 0; at < length; at += 4) bytes.writeUInt32LE(Math.imul(at, 2_654_435_761) >>> 0, at);
  return bytes.subarray(0, length);
};

const send = async (bytes: Buffer, cuts: readonly number[]): Promise<UploadId> => {
  const order = { length: bytes.length, filename: 'wells.csv', filetype: 'text/csv' };
  const upload = await beginUpload(store.database, actor, order, NOW);
  const { receive } = createReceiver({ database: store.database, clock: { now: () => NOW } });
  let offset = 0;
  for (const cut of [...cuts, bytes.length])
    offset = await receive(actor, upload, { offset, checksum: undefined }, [bytes.subarray(offset, cut)]);
  return upload;
};

const readAll = async (upload: UploadId, length: number, database = store.database): Promise<Buffer> => {
  const pieces: Uint8Array[] = [];
  for await (const piece of openStoredFile(database, actor, upload, length).pieces()) pieces.push(piece);
  return Buffer.concat(pieces);
};

/** What it was asked for, and how much of it was under way at once. */
const watched = (): { readonly database: Database; most: number; asked: number } => {
  let underWay = 0;
  const seen = {
    most: 0,
    asked: 0,
    database: {
      ...store.database,
      as: (async (scope, work) => {
        seen.asked += 1;
        underWay += 1;
        seen.most = Math.max(seen.most, underWay);
        try {
          return await store.database.as(scope, work);
        } finally {
          underWay -= 1;
        }
      }) satisfies Database['as'],
    },
  };
  return seen;
};

/** Cuts at any places, among them whole and half pieces and single bytes; the same ones in each run. */
const someCuts = (length: number, seed: number): number[] => {
  const cuts: number[] = [];
  let [at, state] = [0, seed];
  for (;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const sizes = [
      1,
      PIECE_BYTES / 2,
      PIECE_BYTES,
      PIECE_BYTES + 1,
      2 * PIECE_BYTES,
      (state >>> 3) % PIECE_BYTES,
    ];
    at += Math.max(1, sizes[(state >>> 24) % sizes.length] ?? 1);
    if (at >= length) return cuts;
    cuts.push(at);
  }
};

describe('the bytes of an upload', () => {
  it('come back as they were sent, cut wherever', async () => {
    const bytes = bytesOf(6 * PIECE_BYTES + 4321);
    for (let seed = 1; seed <= 12; seed += 1) {
      const cuts = someCuts(bytes.length, seed);
      const upload = await send(bytes, cuts);
      assert.ok((await readAll(upload, bytes.length)).equals(bytes), `seed ${seed}: ${cuts.join(' ')}`);
      await store.superuser('delete from vouchsafe.upload where id = $1', [upload]);
    }
  });

  it('are asked for once each, one piece at a time, and nothing behind their end', async () => {
    const bytes = bytesOf(8 * PIECE_BYTES);
    const upload = await send(bytes, []);
    const seen = watched();
    assert.ok((await readAll(upload, bytes.length, seen.database)).equals(bytes));
    assert.deepEqual([seen.most, seen.asked], [1, 8]);
  });

  it('that are none are asked for by nobody', async () => {
    const upload = await send(Buffer.alloc(0), []);
    const seen = watched();
    assert.equal((await readAll(upload, 0, seen.database)).length, 0);
    assert.equal(seen.asked, 0);
  });

  it('that are gone, first, in the middle or last, are never passed over', async () => {
    const bytes = bytesOf(5 * PIECE_BYTES);
    for (const gone of [0, 1, 2, 3, 4]) {
      const upload = await send(bytes, []);
      await store.superuser('delete from vouchsafe.upload_part where upload_id = $1 and start = $2', [
        upload,
        gone * PIECE_BYTES,
      ]);
      await assert.rejects(readAll(upload, bytes.length), BytesLost, `piece ${gone}`);
    }
  });

  it('are asked for no further ahead than one piece', async () => {
    const bytes = bytesOf(5 * PIECE_BYTES);
    const upload = await send(bytes, []);
    const seen = watched();
    let read = 0;
    for await (const piece of openStoredFile(seen.database, actor, upload, bytes.length).pieces()) {
      read += piece.length;
      break;
    }
    assert.equal(read, PIECE_BYTES);
    assert.equal(seen.asked, 2, 'the one that was read, and the one behind it');
  });
});
