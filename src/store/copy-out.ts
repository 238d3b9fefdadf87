/**
 * Bytes out of PostgreSQL as they are. `pg` takes every value as a text, which bytes are twice as long in, and which costs five times as
 * much on both sides as they do by COPY in its binary format (PostgreSQL manual, COPY, “Binary Format”). What COPY sends goes past
 * the parser of `pg` as well, as `pg-copy-streams` has it: that one puts a message together in a buffer that it doubles until it fits, seven
 * megabytes for each that is read.
 */
import type { Duplex } from 'node:stream';
import pg from 'pg';
import { streamOf } from './connection.ts';

/** What goes before the first row, with flags and the length of an extension behind it, which is passed over. */
const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
const HEAD_BYTES = SIGNATURE.length + 8;
/** Fields of what is no row but the end. */
const END = -1;

/** Takes the bytes of one column apart, in whatever pieces they come; every row has memory of its own. */
export class CopiedRows {
  readonly rows: Uint8Array[] = [];
  private stage: 'head' | 'extension' | 'fields' | 'length' | 'row' | 'end' = 'head';
  private wanted = Buffer.alloc(HEAD_BYTES);
  private held = 0;

  /** Throws TypeError where it is no such thing. */
  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.isOver()) throw new TypeError('something comes behind the end');
      const taken = Math.min(bytes.length - at, this.wanted.length - this.held);
      this.wanted.set(bytes.subarray(at, at + taken), this.held);
      this.held += taken;
      at += taken;
      while (this.held === this.wanted.length && !this.isOver()) this.next();
    }
  }

  /** Throws TypeError where rows are missing. */
  end(): readonly Uint8Array[] {
    if (!this.isOver()) throw new TypeError('this ends before its end');
    return this.rows;
  }

  private isOver(): boolean {
    return this.stage === 'end';
  }

  private want(stage: typeof this.stage, bytes: number): void {
    this.stage = stage;
    this.wanted = Buffer.allocUnsafeSlow(bytes);
    this.held = 0;
  }

  private next(): void {
    const got = this.wanted;
    switch (this.stage) {
      case 'head':
        if (!got.subarray(0, SIGNATURE.length).equals(SIGNATURE)) throw new TypeError('this is not COPY');
        this.want('extension', got.readUInt32BE(SIGNATURE.length + 4));
        break;
      case 'fields':
        if (got.readInt16BE() === END) this.stage = 'end';
        else if (got.readInt16BE() === 1) this.want('length', 4);
        else throw new TypeError('this is not one column of bytes');
        break;
      case 'length':
        if (got.readInt32BE() < 0) throw new TypeError('this is not one column of bytes');
        this.want('row', got.readInt32BE());
        break;
      case 'row':
        this.rows.push(got);
        this.want('fields', 2);
        break;
      case 'extension':
        this.want('fields', 2);
        break;
      case 'end':
    }
  }
}

/** Codes of messages (PostgreSQL manual, “Message Formats”) that can come while statements are answered. */
const CODES = new Set(Buffer.from('dcHCDEINASTZnst123'));
const [COPY_DATA, COPY_DONE, ERROR] = Buffer.from('dcE');
const MESSAGE_HEAD = 5;

type Listener = (chunk: Buffer) => void;

/**
 * Stands before the parser of `pg`, from the end of one message on, and takes what COPY sends; all else is passed on. Gives up its
 * place with the end of COPY.
 */
const divert = (stream: Duplex, take: (bytes: Uint8Array) => void): void => {
  const listeners = stream.listeners('data') as Listener[];
  const [pass] = listeners;
  if (pass === undefined || listeners.length > 1) throw new TypeError('somebody else listens');
  const head = Buffer.alloc(MESSAGE_HEAD);
  let held = 0;
  let left = 0;

  const filter: Listener = (chunk) => {
    for (let at = 0; at < chunk.length;) {
      if (left === 0 && held < MESSAGE_HEAD) {
        const taken = chunk.copy(head, held, at, at + MESSAGE_HEAD - held);
        held += taken;
        at += taken;
        if (held < MESSAGE_HEAD) return;
        const [code = 0] = head;
        left = head.readUInt32BE(1) - 4;
        if (!CODES.has(code) || left < 0) {
          stream.destroy(new Error('what the database says cannot be understood'));
          return;
        }
        if (code !== COPY_DATA) pass(Buffer.from(head));
        if (code === COPY_DONE || code === ERROR) {
          stream.off('data', filter).on('data', pass);
          pass(chunk.subarray(at));
          return;
        }
      }
      const bytes = chunk.subarray(at, at + left);
      if (bytes.length > 0) (head[0] === COPY_DATA ? take : pass)(bytes);
      at += bytes.length;
      left -= bytes.length;
      if (left === 0) held = 0;
    }
  };
  stream.off('data', pass).on('data', filter);
};

class CopyOut extends pg.Query {
  callback: ((error: Error | null) => void) | undefined;
}

/**
 * Rows of a query of one column of bytes, none of which is null; nothing else may be under way on the connection.
 * @param query without parameters, one of our own constants.
 */
export const copyOut = (client: pg.ClientBase, query: string): Promise<readonly Uint8Array[]> =>
  new Promise((resolve, reject) => {
    const copied = new CopiedRows();
    let broken: unknown;
    const copying = new CopyOut(`copy (${query}) to stdout (format binary)`);
    copying.callback = (error) => {
      if (error !== null || broken !== undefined) reject(error ?? broken);
      else
        try {
          resolve(copied.end());
        } catch (cut) {
          reject(cut);
        }
    };
    divert(streamOf(client), (bytes) => {
      try {
        if (broken === undefined) copied.push(bytes);
      } catch (other) {
        broken = other;
      }
    });
    client.query(copying);
  });
