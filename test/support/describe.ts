/** Asks PostgreSQL what a statement takes and gives, without running it: Parse and Describe of the wire protocol. */
import type pg from 'pg';
import type { AnyStatement } from '../../src/store/statement.ts';
import { TYPE_OIDS, type TypeName } from '../../src/store/types.ts';

export interface Description {
  readonly parameters: readonly number[];
  readonly columns: readonly { readonly name: string; readonly type: number }[];
}

interface Fields {
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
}

interface Wire {
  parse(query: object): void;
  describe(what: object): void;
  sync(): void;
  once(
    event: 'parameterDescription',
    listener: (message: { readonly dataTypeIDs: readonly number[] }) => void,
  ): void;
}

/** Rejects with PostgreSQL's own error when it does not understand the text. */
export const describeText = (client: pg.Client, text: string): Promise<Description> => {
  const { promise, resolve, reject } = Promise.withResolvers<Description>();
  let parameters: readonly number[] = [];
  let columns: Description['columns'] = [];
  client.query({
    submit: (connection: unknown) => {
      const wire = connection as Wire;
      wire.once('parameterDescription', (message) => {
        parameters = message.dataTypeIDs;
      });
      wire.parse({ name: '', text, types: [] });
      wire.describe({ type: 'S', name: '' });
      wire.sync();
    },
    handleRowDescription: ({ fields }: Fields) => {
      columns = fields.map(({ name, dataTypeID }) => ({ name, type: dataTypeID }));
    },
    handleError: reject,
    handleReadyForQuery: () => resolve({ parameters, columns }),
  } as unknown as pg.Submittable);
  return promise;
};

const NAMES = new Map(Object.entries(TYPE_OIDS).map(([name, oid]) => [oid, name]));
const nameOf = (oid: number): string => NAMES.get(oid) ?? `type ${oid}`;
const bare = (type: string): TypeName => type.replace(/\?$/, '') as TypeName;

const compare = (what: string, declared: readonly string[], found: readonly string[]): readonly string[] =>
  declared.join() === found.join()
    ? []
    : [`${what} declared (${declared.join(', ')}), found (${found.join(', ')})`];

/** How a declaration differs from what PostgreSQL says about the text; empty when it does not. */
export const differences = async (client: pg.Client, statement: AnyStatement): Promise<readonly string[]> => {
  let found: Description;
  try {
    found = await describeText(client, statement.text);
  } catch (error) {
    return [`${statement.name}: ${(error as Error).message}`];
  }
  return [
    ...compare('parameters', statement.params.map(bare), found.parameters.map(nameOf)),
    ...compare(
      'columns',
      Object.entries(statement.columns).map(([name, type]) => `${name} ${bare(type)}`),
      found.columns.map(({ name, type }) => `${name} ${nameOf(type)}`),
    ),
  ].map((difference) => `${statement.name}: ${difference}`);
};
