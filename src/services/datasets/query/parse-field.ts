/** Reads names and JSON paths: `settings->foo->>bar`, `"a.dotted name"`. */
import { checkBound } from './bounds.ts';
import type { TextReader } from './text-reader.ts';
import type { Field, JsonStep } from './tree.ts';

const FIELD_NAME = 'field name (* or [a..z0..9_$])';
const KEY_NAME = 'any non reserved character different from: .,>()';
const IDENTIFIER = /[\p{L}0-9_ $]+/uy;
const KEY = /[^(\-:.,>)]+/uy;
const INDEX = /-?[0-9]+/y;
/** `->` indexes by int4. */
const LARGEST_INDEX = 2_147_483_647;

/** Reads `"…"` with backslashes before what stands for itself; undefined, and nothing read, where it is not whole. */
export const readQuoted = (reader: TextReader): string | undefined => {
  if (reader.text[reader.at] !== '"') return undefined;
  let value = '';
  for (let at = reader.at + 1; at < reader.text.length; at += 1) {
    const unit = reader.text[at];
    if (unit === '"') {
      reader.at = at + 1;
      return value;
    }
    if (unit === '\\') {
      at += 1;
      if (at >= reader.text.length) return undefined;
    }
    value += reader.text[at] ?? '';
  }
  return undefined;
};

/** Words of letters, digits, `_`, `$` and spaces, without spaces around; '' where none comes. */
export const readIdentifier = (reader: TextReader): string => {
  const found = reader.takeMatch(IDENTIFIER);
  checkBound('nameLength', found.length);
  if (found !== '') {
    reader.expect('letter');
    reader.expect('digit');
  }
  return found.trim();
};

const readDashed = (reader: TextReader, pattern: RegExp): string => {
  const parts: string[] = [];
  for (;;) {
    const part = reader.takeMatch(pattern);
    if (part === '') {
      if (parts.length > 0) reader.at -= 1;
      break;
    }
    parts.push(part.trim());
    if (reader.text[reader.at] !== '-' || reader.text[reader.at + 1] === '>') {
      reader.expect('"-"');
      break;
    }
    reader.at += 1;
  }
  return parts.join('-');
};

/** A name, quoted or plain; '' and an expectation where none comes. */
export const readName = (reader: TextReader): string => {
  const start = reader.at;
  const name = readQuoted(reader) ?? readDashed(reader, IDENTIFIER);
  checkBound('nameLength', name.length);
  if (name === '') {
    reader.at = start;
    reader.expect(FIELD_NAME);
  }
  return name;
};

const readIndex = (reader: TextReader): number | undefined => {
  const start = reader.at;
  const digits = reader.takeMatch(INDEX);
  const rest = reader.text.slice(reader.at, reader.at + 2);
  if (
    digits !== '' &&
    (rest === '' || rest.startsWith('.') || rest.startsWith(',') || /^(?:->|::)/.test(rest))
  ) {
    const index = Number(digits);
    if (Math.abs(index) > LARGEST_INDEX) {
      reader.at = start;
      reader.expect('an index of at most 2147483647');
      reader.fail();
    }
    return index === 0 ? 0 : index;
  }
  reader.at = start;
  if (reader.text[start] === '-') {
    reader.at = start + 1;
    reader.takeMatch(/[0-9]+/y);
    reader.expect('digit');
    reader.at = start;
  }
  return undefined;
};

const readKey = (reader: TextReader): string => {
  const start = reader.at;
  const key = readQuoted(reader) ?? readDashed(reader, KEY);
  checkBound('nameLength', key.length);
  if (key === '') {
    reader.at = start;
    reader.expect('"-"');
    reader.expect('digit');
    reader.expect(KEY_NAME);
    reader.fail();
  }
  return key;
};

/** The steps after a name, perhaps none. */
export const readJsonPath = (reader: TextReader): readonly JsonStep[] => {
  const path: JsonStep[] = [];
  for (;;) {
    let as: JsonStep['as'];
    if (reader.take('->>')) as = 'text';
    else if (reader.take('->')) as = 'json';
    else return path;
    path.push({ as, key: readIndex(reader) ?? readKey(reader) });
    checkBound('jsonSteps', path.length);
  }
};

/** A name with its path, and the spaces around; undefined, and nothing read, where no name comes. */
export const readField = (reader: TextReader): Field | undefined => {
  const start = reader.at;
  reader.skipSpace();
  const name = readName(reader);
  if (name === '') {
    reader.at = start;
    return undefined;
  }
  const path = readJsonPath(reader);
  reader.skipSpace();
  return { name, path };
};

/** A list of names between commas, as `columns` and `on_conflict` have it. Throws PGRST100. */
export const readNames = (reader: TextReader): readonly string[] => {
  const names: string[] = [];
  do {
    reader.skipSpace();
    const name = readName(reader);
    if (name === '') reader.fail();
    names.push(name);
    checkBound('selectItems', names.length);
    reader.skipSpace();
  } while (reader.take(','));
  reader.finish();
  return names;
};
