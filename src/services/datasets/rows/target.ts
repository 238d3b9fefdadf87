/** Which dataset, and which of its versions, an address names: `wells`, `wells@3`, `dst_…`, `dst_…@3`. */
import { isId } from '../../../foundation/ids.ts';
import type { Reading } from '../../../store/reader.ts';
import type { Statement } from '../../../store/statement.ts';
import { refuseTable } from '../query/problems.ts';
import { findById, findByName, findVersionById, findVersionByName } from './store.ts';

export interface Target {
  /** A name in the company that asks, or an id. */
  readonly name: string;
  /** Undefined: as it is now. */
  readonly version: number | undefined;
}

const TARGET = /^([a-z][a-z0-9_-]{0,62}|dst_[0-9A-Za-z]{1,60})(?:@([1-9][0-9]{0,8}))?$/;

/** Throws what is said of a dataset that there is not, for what cannot be one. */
export const readTarget = (text: string): Target => {
  const [, name, version] = TARGET.exec(text) ?? [];
  if (name === undefined) throw refuseTable();
  return { name, version: version === undefined ? undefined : Number(version) };
};

/** What opens it: the statement and its values. */
export const doorOf = (
  company: string,
  { name, version }: Target,
): Pick<Reading, 'door' | 'doorValues'> & { readonly door: Statement<unknown, readonly string[]> } => {
  if (isId('dst', name)) {
    return version === undefined
      ? { door: findById, doorValues: [name] }
      : { door: findVersionById, doorValues: [name, String(version)] };
  }
  return version === undefined
    ? { door: findByName, doorValues: [company, name] }
    : { door: findVersionByName, doorValues: [company, name, String(version)] };
};
