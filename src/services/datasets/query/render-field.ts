/** A field as SQL: the column by its name from the catalogue, the steps into JSON as parameters. */
import type { Catalogue } from './catalogue.ts';
import { castsDirectly, isJson, typeNamed, type BaseType, type ColumnType } from './column-types.ts';
import { refuseColumn, refuseFunction, refuseType } from './problems.ts';
import { quoteName, type Parameters } from './sql.ts';
import type { Field } from './tree.ts';

/** An expression and what PostgreSQL makes of it. */
export interface Typed {
  readonly sql: string;
  readonly type: ColumnType;
}

/** What rendering needs everywhere: the dataset, the parameters, and by which name the row is called. */
export interface Scope {
  readonly catalogue: Catalogue;
  readonly parameters: Parameters;
  /** `"t".`, or '' where there is only one row to speak of. */
  readonly row: string;
}

/**
 * Throws 42703 for a column that is not there, and 42883 for a step that cannot follow. What is no JSON is looked into
 * through `to_jsonb`, as in PostgREST.
 */
export const renderField = ({ name, path }: Field, { catalogue, parameters, row }: Scope): Typed => {
  const column = catalogue.column(name);
  if (column === undefined) throw refuseColumn(catalogue.name, name);
  let sql = `${row}${quoteName(column.name)}`;
  let { type }: { type: ColumnType } = column;
  if (path.length > 0 && !isJson(type)) {
    sql = `to_jsonb(${sql})`;
    type = 'jsonb';
  }
  for (const { as, key } of path) {
    const step = typeof key === 'number' ? parameters.add(String(key), 'int4') : parameters.add(key, 'text');
    if (!isJson(type))
      throw refuseFunction(
        `operator does not exist: ${type} -> ${typeof key === 'number' ? 'integer' : 'unknown'}`,
      );
    sql = `${sql}${as === 'text' ? '->>' : '->'}${step}`;
    if (as === 'text') type = 'text';
  }
  return { sql: path.length > 0 ? `(${sql})` : sql, type };
};

/** Casts to the type that the request names. Throws 42704 where there is none of that name. */
export const renderCast = ({ sql, type }: Typed, cast: string | undefined): Typed => {
  if (cast === undefined) return { sql, type };
  const to: BaseType | undefined = typeNamed(cast);
  if (to === undefined) throw refuseType();
  return { sql: castsDirectly(type, to) ? `(${sql})::${to}` : `(${sql})::text::${to}`, type: to };
};
