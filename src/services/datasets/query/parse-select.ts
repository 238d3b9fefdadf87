/** Reads `select` (renames, casts, JSON paths, aggregates) and `order`. */
import { checkBound } from './bounds.ts';
import { readField, readIdentifier, readName } from './parse-field.ts';
import { refuseEmbedded, refuseRelation } from './problems.ts';
import { END, TextReader } from './text-reader.ts';
import { AGGREGATES, type Aggregate, type OrderTerm, type SelectItem } from './tree.ts';

const endsItem = (reader: TextReader): boolean => {
  reader.expect('","');
  reader.expect(END);
  return reader.atEnd || reader.text[reader.at] === ',';
};

const readAlias = (reader: TextReader): string | undefined => {
  const start = reader.at;
  const name = readName(reader);
  if (name !== '' && reader.text[reader.at] === ':' && reader.text[reader.at + 1] !== ':') {
    reader.at += 1;
    return name;
  }
  reader.at = start;
  return undefined;
};

const readCast = (reader: TextReader): string | undefined => {
  if (!reader.take('::')) return undefined;
  const cast = readIdentifier(reader);
  if (cast !== '') return cast;
  reader.expect('letter');
  reader.expect('digit');
  return reader.fail();
};

const readAggregate = (reader: TextReader): Aggregate | undefined => {
  const start = reader.at;
  if (!reader.take('.')) return undefined;
  const found = AGGREGATES.find((name) => reader.take(`${name}()`, `"${name}"`));
  if (found === undefined) reader.at = start;
  return found;
};

/** `rel(…)`, `rel!hint(…)` and `...rel(…)`: tables to embed, which datasets have not. */
const refuseEmbedding = (reader: TextReader, table: string): void => {
  const start = reader.at;
  reader.take('...');
  readAlias(reader);
  const name = readName(reader);
  const isRelation = name !== '' && /^(?:![^(,]*)?\(/.test(reader.text.slice(reader.at, reader.at + 300));
  reader.at = start;
  if (isRelation) throw refuseRelation(table, name);
};

const readItem = (reader: TextReader, table: string): SelectItem => {
  const start = reader.at;
  if (reader.text[start] === '*') {
    reader.at += 1;
    reader.skipSpace();
    if (endsItem(reader)) return { kind: 'all' };
    return reader.fail();
  }
  const alias = readAlias(reader);
  if (reader.take('count()', '"count()"')) {
    const cast = readCast(reader);
    reader.skipSpace();
    if (endsItem(reader)) return { kind: 'count', ...(alias && { alias }), ...(cast && { cast }) };
    return reader.fail();
  }
  reader.at = start;
  refuseEmbedding(reader, table);
  readAlias(reader);
  const field = readField(reader);
  if (field === undefined) return reader.fail();
  const cast = readCast(reader);
  const aggregate = readAggregate(reader);
  const aggregateCast = aggregate && readCast(reader);
  reader.skipSpace();
  if (!endsItem(reader)) reader.fail();
  return {
    kind: 'field',
    field,
    ...(alias && { alias }),
    ...(cast && { cast }),
    ...(aggregate && { aggregate }),
    ...(aggregateCast && { aggregateCast }),
  };
};

/** The items of `select`; an empty text is all columns. Throws PGRST100, and PGRST200 for a table to embed. */
export const parseSelect = (text: string, table: string): readonly SelectItem[] => {
  const reader = new TextReader(text, 'select parameter');
  const items: SelectItem[] = [];
  reader.skipSpace();
  if (reader.atEnd) return [{ kind: 'all' }];
  do {
    reader.skipSpace();
    items.push(readItem(reader, table));
    checkBound('selectItems', items.length);
  } while (reader.take(','));
  reader.finish();
  return items;
};

const readTerm = (reader: TextReader): OrderTerm => {
  const field = readField(reader);
  if (field === undefined) return reader.fail();
  if (reader.text[reader.at] === '(') throw refuseEmbedded();
  let direction: OrderTerm['direction'];
  let nulls: OrderTerm['nulls'];
  const afterField = reader.at;
  if (reader.take('.', 'delimiter (.)')) {
    if (reader.take('asc')) direction = 'asc';
    else if (reader.take('desc')) direction = 'desc';
    else reader.at = afterField;
  }
  const afterDirection = reader.at;
  if (reader.take('.', 'delimiter (.)')) {
    if (reader.take('nullsfirst')) nulls = 'first';
    else if (reader.take('nullslast')) nulls = 'last';
    else reader.at = afterDirection;
  }
  reader.skipSpace();
  if (!endsItem(reader)) reader.fail();
  return { field, ...(direction && { direction }), ...(nulls && { nulls }) };
};

/** The terms of `order`. Throws PGRST100, and PGRST108 for a term on an embedded table. */
export const parseOrder = (text: string): readonly OrderTerm[] => {
  const reader = new TextReader(text, 'order');
  const terms: OrderTerm[] = [];
  do {
    terms.push(readTerm(reader));
    checkBound('orderTerms', terms.length);
  } while (reader.take(','));
  reader.finish();
  return terms;
};
