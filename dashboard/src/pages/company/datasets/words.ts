/** Numbers, rights and sizes of datasets in words. */
import type { Right, Visibility } from './shapes.ts';

const NUMBER = new Intl.NumberFormat('en-GB');

export const sayCount = (count: number): string => NUMBER.format(count);

/** "one row", "1,200 rows". */
export const sayRows = (count: number): string => (count === 1 ? 'one row' : `${NUMBER.format(count)} rows`);

const RIGHTS: Readonly<Record<Right, string>> = {
  read: 'Can read',
  modify: 'Can modify',
  manage: 'Can manage',
};

export const sayRight = (right: Right): string => RIGHTS[right];

export const sayVisibility = (visibility: Visibility): string =>
  visibility === 'company' ? 'Whole company' : 'Private';

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** "1.4 GB", by thousands. */
export const saySize = (bytes: number): string => {
  const power = bytes < 1_000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const digits = power === 0 ? 0 : 1;
  return `${(bytes / 1_000 ** power).toFixed(digits)} ${UNITS[power] ?? ''}`;
};
