/** SQL as data: each statement is one constant with a name, its text, and the types of what goes in and comes out. */
import type { ColumnType, ValueOf } from './types.ts';

export type ColumnTypes = Readonly<Record<string, ColumnType>>;

/** A row as its columns are declared. */
export type RowOf<Columns extends ColumnTypes> = { readonly [Name in keyof Columns]: ValueOf<Columns[Name]> };

/** The values of `$1`, `$2`, … as they are declared. */
export type ParametersOf<Types extends readonly ColumnType[]> = {
  readonly [Index in keyof Types]: ValueOf<Types[Index]>;
};

declare const rowType: unique symbol;
declare const parametersType: unique symbol;

/** The role of the server that a statement is for: `app` on every thread, `jobs` for the queue and the outbox. */
export type StatementRole = 'app' | 'jobs';

export interface Statement<Row, Parameters extends readonly unknown[]> {
  /** `feature.verb`; also the name under which the server prepares it, once a connection. */
  readonly name: string;
  readonly text: string;
  readonly params: readonly ColumnType[];
  readonly columns: ColumnTypes;
  /** `app` where left out. */
  readonly role?: StatementRole;
  /** For the compiler only. */
  readonly [rowType]?: Row;
  readonly [parametersType]?: Parameters;
}

export type AnyStatement = Statement<unknown, readonly unknown[]>;

export interface StatementDefinition<Types extends readonly ColumnType[], Columns extends ColumnTypes> {
  readonly name: string;
  /** A literal; values go into `params`, never into the text. */
  readonly text: string;
  /** PostgreSQL types of `$1`, `$2`, …; `?` at the end allows null. Left out: none. */
  readonly params?: Types;
  /** PostgreSQL types of the result's columns by name, in their order; `?` at the end allows null. Left out: none. */
  readonly columns?: Columns;
  /** `app` where left out. */
  readonly role?: StatementRole;
}

const registry = new Map<string, AnyStatement>();
const declaredObjects = new WeakSet<object>();

/** PostgreSQL cuts longer names of prepared statements silently (NAMEDATALEN), which would let two collide. */
const LONGEST_NAME = 63;

/**
 * Declares a statement; call it at the top level of a `store.ts` only. `test/every-statement.test.ts` compares each
 * declaration with what PostgreSQL says about the text. Throws when the name is taken or has the wrong form.
 */
export const statement = <
  const Types extends readonly ColumnType[] = readonly [],
  const Columns extends ColumnTypes = Readonly<Record<string, never>>,
>(
  definition: StatementDefinition<Types, Columns>,
): Statement<RowOf<Columns>, ParametersOf<Types>> => {
  const { name, text, params = [], columns = {}, role = 'app' } = definition;
  if (!/^[a-z]+(?:[.-][a-z]+)+$/.test(name) || name.length > LONGEST_NAME) {
    throw new TypeError(`The statement name ${name} is not of the form feature.verb.`);
  }
  const known = registry.get(name);
  // The same module may be loaded twice under different addresses; the same name for another text may not.
  if (known !== undefined && known.text !== text) throw new TypeError(`Two statements are named ${name}.`);
  const declared = Object.freeze({ name, text, params, columns, role });
  registry.set(name, declared);
  declaredObjects.add(declared);
  return declared;
};

/** Every statement declared in modules loaded so far. */
export const registeredStatements = (): readonly AnyStatement[] => [...registry.values()];

/** Whether this very object came out of `statement()`; the database layer sends no other. */
export const isDeclared = (candidate: object): boolean => declaredObjects.has(candidate);
