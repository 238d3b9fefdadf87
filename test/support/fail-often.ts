/** A process of its own that records failed attempts one by one, eight at the same time; what to do comes on standard input. */
import { text } from 'node:stream/consumers';
import { createFailureNotices } from '../../src/keys/failure-notices.ts';
import { enqueueMail } from '../../src/mail/outbox.ts';
import type { Connection } from '../../src/store/connection.ts';
import { createDatabase } from '../../src/store/database.ts';
import { recordingLog } from './log.ts';

const { connection, publicKey, times, at } = JSON.parse(await text(process.stdin)) as {
  readonly connection: Connection;
  readonly publicKey: string;
  readonly times: number;
  readonly at: number;
};
const LANES = 8;
const database = createDatabase({ connection, poolSize: LANES, connectTimeoutMs: 30_000 });
const record = createFailureNotices({ database, enqueueMail, log: recordingLog() });
let left = times;
const lane = async (): Promise<void> => {
  while (left > 0) {
    left -= 1;
    const news = [{ publicKey, steps: [{ kind: 'failed', count: 1, firstAt: at, lastAt: at }] }] as const;
    // A lock that took too long: tried again, as the watch does.
    while ((await record(news)).length > 0);
  }
};
await Promise.all(Array.from({ length: LANES }, lane));
await database.close();
