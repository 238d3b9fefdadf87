/** Reads what rows must be like: `eq.1`, `not.in.(a,"b,c")`, `or(a.gt.1,and(b.is.null,c.not.like.x*))`. */
import { checkBound } from './bounds.ts';
import { readField, readIdentifier, readQuoted } from './parse-field.ts';
import type { TextReader } from './text-reader.ts';
import {
  COMPARISONS,
  CONTAINERS,
  PATTERNS,
  STATES,
  TEXT_SEARCHES,
  type Condition,
  type Filter,
  type Operation,
  type Quantifier,
} from './tree.ts';

const OPERATOR = 'operator (eq, gt, ...)';
const WORD = /[a-z]+/y;
const DELIMITER = 'delimiter (.)';

const isOneOf = <Word extends string>(words: readonly Word[], word: string): word is Word =>
  (words as readonly string[]).includes(word);

/** How the value ends: where the parameter ends, or before the next condition of a group. */
type ReadValue = (reader: TextReader) => string;

const readToEnd: ReadValue = (reader) => {
  const value = reader.text.slice(reader.at);
  reader.at = reader.text.length;
  return value;
};

const endsElement = (reader: TextReader): boolean =>
  /^[,)]?$/.test(reader.text.slice(reader.at, reader.at + 1));

/** A quoted element counts only where the next thing is a comma or the end of the list; otherwise quotes are text. */
const readElement = (reader: TextReader): string => {
  const start = reader.at;
  const quoted = readQuoted(reader);
  if (quoted !== undefined && endsElement(reader)) return quoted;
  reader.at = start;
  return reader.takeMatch(/[^,)]*/y);
};

const readInGroup: ReadValue = (reader) => {
  const start = reader.at;
  const quoted = readQuoted(reader);
  if (quoted !== undefined && endsElement(reader)) return quoted;
  reader.at = start;
  const array = reader.takeMatch(/\{[^{}]*\}/y);
  return array === '' ? reader.takeMatch(/[^,)]*/y) : array;
};

const readList = (reader: TextReader): readonly string[] => {
  const values: string[] = [];
  reader.skipSpace();
  if (!reader.take('(')) reader.fail();
  reader.skipSpace();
  do {
    values.push(readElement(reader));
    checkBound('listValues', values.length);
  } while (reader.take(','));
  if (!reader.take(')')) reader.fail();
  reader.skipSpace();
  return values;
};

const readState = (reader: TextReader): Operation => {
  const start = reader.at;
  const word = reader.takeMatch(/[a-z_]+/iy).toLowerCase();
  if (isOneOf(STATES, word)) return { kind: 'is', state: word };
  reader.at = start;
  reader.expect('isVal: (null, not_null, true, false, unknown)');
  return reader.fail();
};

const readQuantifier = (reader: TextReader): Quantifier | undefined => {
  if (reader.take('(any)')) return 'any';
  return reader.take('(all)') ? 'all' : undefined;
};

const readLanguage = (reader: TextReader): string | undefined => {
  const start = reader.at;
  if (!reader.take('(')) return undefined;
  const language = readIdentifier(reader);
  if (language !== '' && reader.take(')')) return language;
  reader.at = start;
  return undefined;
};

/** Reads the operation whose name is `word`, from behind the name; undefined where it is none. */
const readNamed = (reader: TextReader, word: string, readValue: ReadValue): Operation | undefined => {
  if (isOneOf(COMPARISONS, word) || isOneOf(PATTERNS, word)) {
    if (word === 'neq') {
      return reader.take('.', DELIMITER)
        ? { kind: 'compare', operator: word, value: readValue(reader) }
        : undefined;
    }
    const quantifier = readQuantifier(reader);
    if (!reader.take('.', DELIMITER)) return undefined;
    const value = readValue(reader);
    if (word === 'match' || word === 'imatch') checkBound('patternLength', value.length);
    return { kind: 'compare', operator: word, ...(quantifier && { quantifier }), value };
  }
  if (isOneOf(TEXT_SEARCHES, word)) {
    const language = readLanguage(reader);
    if (!reader.take('.', DELIMITER)) return undefined;
    return { kind: 'search', operator: word, ...(language && { language }), value: readValue(reader) };
  }
  if (!isOneOf(CONTAINERS, word) && !['in', 'is', 'isdistinct'].includes(word)) return undefined;
  if (!reader.take('.', DELIMITER)) return undefined;
  if (isOneOf(CONTAINERS, word)) return { kind: 'contain', operator: word, value: readValue(reader) };
  if (word === 'in') return { kind: 'in', values: readList(reader) };
  if (word === 'is') return readState(reader);
  return { kind: 'isdistinct', value: readValue(reader) };
};

const readOperation = (
  reader: TextReader,
  readValue: ReadValue,
): { readonly negated: boolean; readonly operation: Operation } => {
  const negated = reader.take('not.', '"not"');
  const start = reader.at;
  const operation = readNamed(reader, reader.takeMatch(WORD), readValue);
  if (operation !== undefined) return { negated, operation };
  reader.at = start;
  reader.expect(OPERATOR);
  return reader.fail();
};

/** What stands after `=` of a filter, to its end. Throws PGRST100. */
export const readFilterValue = (reader: TextReader): Pick<Filter, 'negated' | 'operation'> => {
  const read = readOperation(reader, readToEnd);
  reader.finish();
  return read;
};

const readFilter = (reader: TextReader): Filter | undefined => {
  const start = reader.at;
  const field = readField(reader);
  if (field !== undefined && reader.take('.', DELIMITER)) {
    const afterDot = reader.at;
    const word = reader.takeMatch(WORD);
    reader.at = afterDot;
    // `not.and(…)` begins like a filter on a column named not.
    const isGroup = field.name === 'not' && field.path.length === 0 && /^(?:and|or)$/.test(word);
    if (!isGroup) return { kind: 'filter', field, ...readOperation(reader, readInGroup) };
  }
  reader.at = start;
  return undefined;
};

/** One condition of a group, at `depth` levels below the parameter. `count` counts the conditions of all of them. */
export const readCondition = (reader: TextReader, depth: number, count: { of: number }): Condition => {
  checkBound('depth', depth);
  count.of += 1;
  checkBound('conditions', count.of);
  const filter = readFilter(reader);
  if (filter !== undefined) return filter;
  reader.skipSpace();
  const negated = reader.take('not.', 'negation operator (not)');
  let kind: 'and' | 'or';
  if (reader.take('and', 'logic operator (and, or)')) kind = 'and';
  else if (reader.take('or', 'logic operator (and, or)')) kind = 'or';
  else return reader.fail();
  reader.skipSpace();
  if (!reader.take('(')) reader.fail();
  const conditions: Condition[] = [];
  do {
    reader.skipSpace();
    conditions.push(readCondition(reader, depth + 1, count));
    reader.skipSpace();
  } while (reader.take(','));
  if (!reader.take(')')) reader.fail();
  reader.skipSpace();
  return { kind, negated, conditions };
};
