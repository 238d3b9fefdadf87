/** What a service was asked, as the log keeps it: declared parameters in one canonical form, and never a credential. */
import type { AnyRoute, Request } from '../http/route.ts';
import { LONGEST_LOGGED_QUERY } from './limits.ts';

/** Parameters that identify, authorise or wrap, and ask nothing. */
const CREDENTIAL = /key|token|secret|passw|auth|credential|signature|^pid$|^jsonp$|^callback$|^no_record$/i;

/** By operation, also the narrower ones that a request may be counted under: the parameters that may be logged, sorted. */
export const parametersByOperation = (
  routes: readonly AnyRoute[],
): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, readonly string[]>();
  for (const { operation, countedAs = [], access, docs, keepsNothing = false } of routes) {
    if (!('secretKey' in access) || keepsNothing) continue;
    const declared = [...Object.keys(docs.path ?? {}), ...Object.keys(docs.query)];
    const names = [...new Set(declared)].filter((name) => !CREDENTIAL.test(name)).sort();
    for (const one of [operation, ...countedAs]) found.set(one, names);
  }
  return found;
};

/** One of our keys, public or secret (`gate/key-format.ts`), with nothing of it left over. */
const WHOLE_KEY = /vs_[ps]k_(?:live|test)_[0-9A-Za-z]{49}(?![0-9A-Za-z])/g;
const CUT = '[key]';

/** How keys begin. */
const BEGINNINGS = ['vs_sk_', 'vs_pk_'] as const;

/** The characters of base64 that a beginning always has, at each of the three places where it can stand (RFC 4648 §4). */
const BASE64 = BEGINNINGS.flatMap((text) =>
  [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]).toString('base64');
    return encoded.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + text.length) * 8) / 6));
  }),
);
const HEX = BEGINNINGS.map((text) => Buffer.from(text).toString('hex'));

/** Undoes percent-encoding once, also where only parts of it make sense. */
const decodeOnce = (text: string): string =>
  text.replaceAll(/%[0-7][0-9a-f]/gi, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)));

/** Encoded again by this many programs on the way, a key is still recognised. */
const MOST_ENCODINGS = 4;

/** Whether something like a part of a key stands in a text: otherwise spelt, spaced, encoded, or cut off. */
const holdsKey = (text: string): boolean => {
  let decoded = text;
  for (let round = 0; round <= MOST_ENCODINGS; round += 1) {
    const plain = decoded.normalize('NFKC').toLowerCase();
    const letters = plain.replaceAll(/[^a-z0-9_]/g, '');
    if (BEGINNINGS.some((beginning) => letters.includes(beginning))) return true;
    if (HEX.some((form) => letters.includes(form))) return true;
    if (BASE64.some((form) => decoded.includes(form))) return true;
    decoded = decodeOnce(decoded);
  }
  return false;
};

/** The value without keys; where more than a whole key is like one, nothing of the value. */
const withoutKeys = (value: string): string => {
  const rest = value.replaceAll(WHOLE_KEY, CUT);
  return holdsKey(rest) ? CUT : rest;
};

const encode = (name: string, value: string): string => new URLSearchParams([[name, value]]).toString();

/** As much of a pair as there is room for, with `…` at its end; empty where there is none. */
const shorten = (name: string, value: string, room: number): string => {
  let kept = value.length;
  while (kept > 0) {
    const begun = value.slice(0, kept).replace(/[\ud800-\udbff]$/, '');
    const pair = encode(name, `${begun}…`);
    if (pair.length <= room) return pair;
    kept = Math.min(kept - 1, Math.floor((kept * room) / pair.length));
  }
  return '';
};

/**
 * `name=value&…` (application/x-www-form-urlencoded), sorted by name, each name once, 2,000 characters at most. Empty where
 * none of the names came. What is not percent-encoded UTF-8 is left out.
 * @param names from `parametersByOperation`.
 */
export const loggedQuery = (names: readonly string[], request: Request): string => {
  const { values } = request.query.expose();
  let text = '';
  for (const name of names) {
    const came = request.params[name] ?? values.get(name);
    if (came === undefined) continue;
    const value = withoutKeys(came);
    const before = text === '' ? '' : `${text}&`;
    const room = LONGEST_LOGGED_QUERY - before.length;
    const pair = encode(name, value);
    if (pair.length <= room) {
      text = before + pair;
      continue;
    }
    const part = shorten(name, value, room);
    return part === '' ? text : before + part;
  }
  return text;
};
