/** The rows of an answer as one text that PostgreSQL makes: exact numbers, one row over the wire. */
import { BOUNDS } from './bounds.ts';
import type { Catalogue } from './catalogue.ts';
import type { Media } from './media.ts';
import type { Output } from './render-select.ts';
import { quoteName, type Parameters } from './sql.ts';

/** How the inner query names its columns, and what the outer one makes of a row called `"r"`. */
export interface Answer {
  /** The list behind `select` of the inner query. */
  readonly list: string;
  /** What the columns of that list are called, in quotes. */
  readonly names: readonly string[];
  /**
   * An expression of type text over all rows of the inner query, which the outer one calls `"r"`; null where the rows are longer
   * than an answer may be.
   */
  readonly body: string;
}

/**
 * `text` where the rows that were put together, `whole`, are no longer than an answer may be: a thousand rows may hold gigabytes, and
 * a text of more than 512 MB ends the thread that takes it. Both name the same aggregate, which PostgreSQL computes once; around a
 * select of its own a point read would take a fifth longer. The size is asked of the value as it is: as a text it were a copy.
 */
const renderBounded = (whole: string, text: string, parameters: Parameters): string =>
  `case when coalesce(pg_column_size(${whole}), 0) <= ${parameters.add(String(BOUNDS.answerBytes), 'int8')} then ${text} end`;

/** Names of the catalogue may name members as they are; everything else that callers think up stays a parameter. */
const isKnown = (outputs: readonly Output[], catalogue: Catalogue): boolean =>
  new Set(outputs.map(({ name }) => name)).size === outputs.length &&
  outputs.every(({ name }) => catalogue.column(name) !== undefined);

const byPlace = (outputs: readonly Output[]): string =>
  outputs.map(({ sql }, index) => `${sql} as "${index + 1}"`).join(', ');

const assembleObject = (outputs: readonly Output[], parameters: Parameters): string => {
  if (outputs.length === 0) return `'{}'`;
  const members = outputs.map(({ name }, index) => {
    const key = parameters.add(`${JSON.stringify(name)}:`, 'text');
    return `${key} || coalesce(to_json("r"."${index + 1}")::text, 'null')`;
  });
  return `'{' || array_to_string(array[${members.join(', ')}], ',') || '}'`;
};

/**
 * JSON is an array of objects, `[]` without rows; CSV is an array of arrays of texts, which `writeCsv` turns into
 * lines.
 */
export const renderAnswer = (
  outputs: readonly Output[],
  media: Media,
  { catalogue, parameters }: { readonly catalogue: Catalogue; readonly parameters: Parameters },
): Answer => {
  if (media.form === 'csv') {
    const cells = outputs.map((_, index) => `"r"."${index + 1}"::text`).join(', ');
    const names = outputs.map((_, index) => `"${index + 1}"`);
    const whole = `json_agg(array[${cells}]::text[])`;
    const body = renderBounded(whole, `coalesce(${whole}, '[]')::text`, parameters);
    return { list: byPlace(outputs), names, body };
  }
  const strip = (rows: string): string => (media.stripped ? `json_strip_nulls((${rows})::json)::text` : rows);
  if (outputs.length > 0 && isKnown(outputs, catalogue)) {
    const whole = `json_agg("r".*)`;
    return {
      list: outputs.map(({ sql, name }) => `${sql} as ${quoteName(name)}`).join(', '),
      names: outputs.map(({ name }) => quoteName(name)),
      body: renderBounded(whole, strip(`coalesce(${whole}, '[]')::text`), parameters),
    };
  }
  const whole = `string_agg(${assembleObject(outputs, parameters)}, ',')`;
  return {
    list: byPlace(outputs),
    names: outputs.map((_, index) => `"${index + 1}"`),
    body: renderBounded(whole, strip(`'[' || coalesce(${whole}, '') || ']'`), parameters),
  };
};
