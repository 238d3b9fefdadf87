/**
 * A query string, parsed once at the rim.
 * `values` holds the first value of each name; `duplicated` the names that came more than once, so that a
 * contract can refuse what would be ambiguous; `malformed` the names (or values) whose percent-encoding or UTF-8
 * is broken. Nothing in here is ever logged.
 */
export interface Query {
  readonly values: ReadonlyMap<string, string>;
  readonly duplicated: ReadonlySet<string>;
  readonly malformed: ReadonlySet<string>;
  /** True when the string had more parameters than are read; the rest was not looked at. */
  readonly truncated: boolean;
}

/** Parameters read from one query string; our longest contract has twelve. */
export const MAX_PARAMETERS = 64;

const NO_NAMES: ReadonlySet<string> = new Set();

/** What a target without a query string has. */
export const EMPTY_QUERY: Query = {
  values: new Map(),
  duplicated: NO_NAMES,
  malformed: NO_NAMES,
  truncated: false,
};

/** Decodes one name or value; undefined where percent-encoding or UTF-8 is broken. */
const decode = (text: string): string | undefined => {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return undefined;
  }
};

/**
 * Reads the text after `?` as `application/x-www-form-urlencoded` (WHATWG URL §5.1), except that broken encodings
 * are reported instead of repaired. A broken name is listed in `malformed` as it was sent. Never throws.
 */
export const parseQuery = (search: string): Query => {
  if (search === '') return EMPTY_QUERY;
  const values = new Map<string, string>();
  // Made when there is something to put in, which is hardly ever.
  let malformed: Set<string> | undefined;
  let duplicated: Set<string> | undefined;
  let truncated = false;
  let read = 0;
  let equals = -1;
  for (let start = 0; start < search.length;) {
    const ampersand = search.indexOf('&', start);
    const end = ampersand === -1 ? search.length : ampersand;
    if (end > start) {
      if (read === MAX_PARAMETERS) {
        truncated = true;
        break;
      }
      read += 1;
      // Looked for again only once it has been passed, so that a text without any stays linear.
      if (equals < start) {
        equals = search.indexOf('=', start);
        if (equals === -1) equals = search.length;
      }
      const nameEnd = equals < end ? equals : end;
      const rawName = search.slice(start, nameEnd);
      const name = decode(rawName);
      const value = nameEnd === end ? '' : decode(search.slice(nameEnd + 1, end));
      const known = name ?? rawName;
      const seen = values.has(known) || malformed?.has(known) === true;
      if (seen) (duplicated ??= new Set()).add(known);
      if (name === undefined || value === undefined) (malformed ??= new Set()).add(known);
      else if (!seen) values.set(name, value);
    }
    start = end + 1;
  }
  return { values, duplicated: duplicated ?? NO_NAMES, malformed: malformed ?? NO_NAMES, truncated };
};
