/** One connection for reads: several statements in one implicit transaction, sent together, prepared by their text. */
import type pg from 'pg';
import { connect, type Connection, type SessionOptions } from './connection.ts';
import type { RenderedStatement } from './rendered.ts';

/** Texts of one row's columns, in their order, as PostgreSQL writes them. */
export type TextRow = readonly (string | null)[];

/** What became of a batch: rows of each statement that was run, and what the first that failed says. */
export interface BatchResult {
  readonly rows: readonly (readonly TextRow[])[];
  /** What `pg` gives; undefined where none failed. The statements behind it were not run. */
  readonly failure: unknown;
}

export interface ReadLine {
  /** Resolves with what became of it; never rejects. One batch at a time. */
  run(statements: readonly RenderedStatement[], mostMs: number): Promise<BatchResult>;
  isLost(): boolean;
  close(): Promise<void>;
}

/** The part of pg's connection that writes messages of the extended protocol (PostgreSQL manual §54.2.3). */
interface Wire {
  readonly stream: { cork(): void; uncork(): void; destroy(): void };
  parse(what: { readonly name: string; readonly text: string; readonly types: readonly number[] }): void;
  bind(what: { readonly statement: string; readonly values: readonly (string | null)[] }): void;
  execute(what: { readonly rows: number }): void;
  close(what: { readonly type: 'S'; readonly name: string }): void;
  sync(): void;
}

/** Texts that one connection keeps prepared, and texts of which it knows that they came once. */
const MOST_PREPARED = 100;
const MOST_SEEN = 400;
/** Longer ones are of wide tables, whose plans take more memory than planning takes time. */
const LONGEST_PREPARED = 16_384;

/** Which texts are prepared here under which names. A text is prepared when it comes for the second time. */
interface Prepared {
  /** The name to run it under, '' for none, and whether it has to be parsed first. */
  take(text: string): { readonly name: string; readonly isNew: boolean };
  /** Names that are of no use any more, once. */
  takeEvicted(): readonly string[];
  /** What was just taken as new may not have been parsed. */
  doubt(texts: readonly string[]): void;
}

const createPrepared = (): Prepared => {
  const names = new Map<string, string>();
  const seen = new Set<string>();
  let evicted: string[] = [];
  let last = 0;
  const evict = (text: string): void => {
    const name = names.get(text);
    if (name !== undefined) evicted.push(name);
    names.delete(text);
  };
  return {
    take: (text) => {
      const known = names.get(text);
      if (known !== undefined) {
        names.delete(text);
        names.set(text, known);
        return { name: known, isNew: false };
      }
      if (text.length > LONGEST_PREPARED) return { name: '', isNew: true };
      if (!seen.delete(text)) {
        seen.add(text);
        for (const oldest of seen) {
          if (seen.size <= MOST_SEEN) break;
          seen.delete(oldest);
        }
        return { name: '', isNew: true };
      }
      last += 1;
      const name = `read_${last}`;
      names.set(text, name);
      for (const oldest of names.keys()) {
        if (names.size <= MOST_PREPARED) break;
        evict(oldest);
      }
      return { name, isNew: true };
    },
    takeEvicted: () => {
      const gone = evicted;
      if (gone.length > 0) evicted = [];
      return gone;
    },
    doubt: (texts) => {
      for (const text of texts) evict(text);
    },
  };
};

class Batch implements pg.Submittable {
  readonly done = Promise.withResolvers<BatchResult>();
  readonly #statements: readonly RenderedStatement[];
  readonly #prepared: Prepared;
  readonly #rows: TextRow[][] = [[]];
  readonly #parsed: string[] = [];

  constructor(statements: readonly RenderedStatement[], prepared: Prepared) {
    this.#statements = statements;
    this.#prepared = prepared;
  }

  submit(connection: pg.Connection): void {
    const wire = connection as unknown as Wire;
    wire.stream.cork();
    for (const name of this.#prepared.takeEvicted()) wire.close({ type: 'S', name });
    for (const { text, values } of this.#statements) {
      const { name, isNew } = this.#prepared.take(text);
      if (isNew) {
        wire.parse({ name, text, types: [] });
        if (name !== '') this.#parsed.push(text);
      }
      wire.bind({ statement: name, values });
      wire.execute({ rows: 0 });
    }
    wire.sync();
    wire.stream.uncork();
  }

  handleDataRow({ fields }: { readonly fields: TextRow }): void {
    this.#rows.at(-1)?.push(fields);
  }

  handleCommandComplete(): void {
    this.#rows.push([]);
  }

  handleError(error: unknown): void {
    this.#prepared.doubt(this.#parsed);
    this.done.resolve({ rows: this.#rows.slice(0, -1), failure: error });
  }

  handleReadyForQuery(): void {
    this.done.resolve({ rows: this.#rows.slice(0, -1), failure: undefined });
  }
}

/** Whether nothing follows: SQLSTATEs of a connection that ends, or none at all. */
const isEnd = (failure: unknown): boolean => {
  const { code } = (failure ?? {}) as { readonly code?: unknown };
  return typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || /^(?:08|57P)/.test(code);
};

/** Opens a connection. Rejects with what `pg` says. */
export const openReadLine = async (connection: Connection, session: SessionOptions): Promise<ReadLine> => {
  const client = await connect(connection, session);
  let isLost = false;
  const noteLoss = (): void => {
    isLost = true;
  };
  client.on('error', noteLoss);
  client.on('end', noteLoss);
  const prepared = createPrepared();
  return {
    run: async (statements, mostMs) => {
      // For a server that is gone without a word; its own limits end a statement before.
      const timer = setTimeout(() => {
        isLost = true;
        (client as unknown as { readonly connection: Wire }).connection.stream.destroy();
      }, mostMs);
      try {
        const result = await client.query(new Batch(statements, prepared)).done.promise;
        // The server's last words come before the end of the connection.
        if (result.failure !== undefined && isEnd(result.failure)) isLost = true;
        return result;
      } finally {
        clearTimeout(timer);
      }
    },
    isLost: () => isLost,
    close: () => client.end(),
  };
};
