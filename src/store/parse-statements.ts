/** Has PostgreSQL parse statements without running them, to see what it makes of their texts. */
import type pg from 'pg';
import { connect, type Connection } from './connection.ts';

/** What PostgreSQL says about one text: how many parameters it has, or the SQLSTATE of its refusal. */
export type Parsed = { readonly parameters: number } | { readonly refusal: string };

interface ParameterDescription {
  readonly dataTypeIDs: readonly number[];
}

/** The part of the extended protocol up to Describe (PostgreSQL manual §54.2.3); several commands in one text fail. */
class ParseOnly implements pg.Submittable {
  readonly done = Promise.withResolvers<Parsed>();
  readonly #text: string;
  #parsed: Parsed = { refusal: 'unknown' };

  constructor(text: string) {
    this.#text = text;
  }

  submit(connection: pg.Connection): void {
    connection.once('parameterDescription', ({ dataTypeIDs }: ParameterDescription) => {
      this.#parsed = { parameters: dataTypeIDs.length };
    });
    const wire = connection as unknown as {
      parse(query: object): void;
      describe(what: object): void;
      sync(): void;
    };
    wire.parse({ name: '', text: this.#text, types: [] });
    wire.describe({ type: 'S', name: '' });
    wire.sync();
  }

  handleRowDescription(): void {
    // Only the parameters are asked for.
  }

  handleError(error: { readonly code?: string }, connection: pg.Connection): void {
    connection.removeAllListeners('parameterDescription');
    // A lost connection says nothing about the text.
    if (error.code?.length === 5) this.#parsed = { refusal: error.code };
    else this.done.reject(new Error('the connection was lost while a statement was parsed'));
    this.done.resolve(this.#parsed);
  }

  handleReadyForQuery(): void {
    this.done.resolve(this.#parsed);
  }
}

/** Parses each text as the role of this connection, in order, on a connection of its own; nothing is executed. */
export const parseStatements = async (
  connection: Connection,
  texts: readonly string[],
): Promise<readonly Parsed[]> => {
  const client = await connect(connection, { name: 'vouchsafe parse', statementTimeoutMs: 10_000 });
  try {
    const parsed: Parsed[] = [];
    for (const text of texts) parsed.push(await client.query(new ParseOnly(text)).done.promise);
    return parsed;
  } finally {
    await client.end();
  }
};
