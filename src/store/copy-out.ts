/**
 * Bytes out of PostgreSQL as they are. `pg` takes every value as a text, which bytes are twice as long in, and which costs five times as
 * much on both sides as they do by COPY in its binary format (PostgreSQL manual, COPY, “Binary Format”).
 */
import pg from 'pg';

/** What goes before the first row: a signature, flags, and how long an extension is, which is passed over. */
const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
const HEAD_BYTES = SIGNATURE.length + 8;
/** Fields of what is no row but the end. */
const END = -1;

/** The bytes of each row of one column. Throws RangeError, TypeError where it is no such thing. */
export const rowsOf = (copied: Buffer): readonly Uint8Array[] => {
  if (!copied.subarray(0, SIGNATURE.length).equals(SIGNATURE)) throw new TypeError('this is not COPY');
  const rows: Uint8Array[] = [];
  let at = HEAD_BYTES + copied.readInt32BE(SIGNATURE.length + 4);
  for (;;) {
    const fields = copied.readInt16BE(at);
    if (fields === END) return rows;
    const length = copied.readInt32BE(at + 2);
    const from = at + 6;
    at = from + length;
    if (fields !== 1 || length < 0 || at > copied.length)
      throw new TypeError('this is not one column of bytes');
    rows.push(copied.subarray(from, at));
  }
};

/** As `pg` calls it with each message. */
interface CopyDataMessage {
  readonly chunk: Buffer;
}

/** A query of `pg` that keeps what COPY sends. */
class CopyOut extends pg.Query {
  readonly chunks: Buffer[] = [];
  callback: ((error: Error | null) => void) | undefined;

  handleCopyData({ chunk }: CopyDataMessage): void {
    // It lies in memory that is used for the next message.
    this.chunks.push(Buffer.from(chunk));
  }
}

/** Rows of a query of one column of bytes, none of which is null. @param query without parameters, one of our own constants. */
export const copyOut = (client: pg.ClientBase, query: string): Promise<readonly Uint8Array[]> =>
  new Promise((resolve, reject) => {
    const copying = new CopyOut(`copy (${query}) to stdout (format binary)`);
    copying.callback = (error) => {
      if (error !== null) reject(error);
      else
        try {
          resolve(rowsOf(Buffer.concat(copying.chunks)));
        } catch (broken) {
          reject(broken);
        }
    };
    client.query(copying);
  });
