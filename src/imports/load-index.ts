/** Reads and checks one index file in a thread of its own. */
import { lstat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import type { LayerName } from '../services/visitor/addresses/layer-format.ts';

/** Places of the world, the streets of one extract, or a layer of what is known of addresses. */
export type IndexKind = 'base' | 'extract' | LayerName;

/** One index in memory that all threads share. */
export interface LoadedIndex {
  /** Of this load; a thread knows by it what it has open already. */
  readonly id: number;
  readonly buffer: SharedArrayBuffer;
}

/** Why a file cannot be used, in a word or two: a fault of its format, or the code of the file system. */
export class UnusableIndex extends Error {
  override readonly name = 'UnusableIndex';
  readonly file: string;
  readonly fault: string;
  /** Whether it goes on until the file is another; without memory, open files or threads another try may do. */
  readonly isLasting: boolean;

  constructor(file: string, fault: string, isLasting: boolean) {
    super(`${file} cannot be used: ${fault}`);
    this.file = file;
    this.fault = fault;
    this.isLasting = isLasting;
  }
}

/** What the thread says of a file: its bytes, or why not and whether that is the file's own fault. */
export type LoadReply =
  | { readonly buffer: SharedArrayBuffer }
  | { readonly fault: string; readonly isLasting: boolean };

/** Reads and checks a file in a thread that ends afterwards. @throws {UnusableIndex} */
export const loadInThread = (kind: IndexKind, path: string, file: string): Promise<SharedArrayBuffer> =>
  new Promise((resolve, reject) => {
    const thread = new Worker(new URL('load-thread.ts', import.meta.url), {
      workerData: { kind, path },
      env: {},
    });
    thread.once('message', (reply: LoadReply) => {
      if ('buffer' in reply) resolve(reply.buffer);
      else reject(new UnusableIndex(file, reply.fault, reply.isLasting));
    });
    thread.once('error', () => reject(new UnusableIndex(file, 'cannot be opened', false)));
    thread.once('exit', () => reject(new UnusableIndex(file, 'cannot be opened', false)));
  });

/** Tells one state of a file from another; `absent` where there is none. A link is no file: it may lead anywhere. */
export const stateOf = async (path: string): Promise<string> => {
  try {
    const facts = await lstat(path);
    return facts.isFile() ? `${facts.ino} ${facts.size} ${facts.mtimeMs}` : 'no file';
  } catch {
    return 'absent';
  }
};
