/** Where in the words of a question a street and its number may stand, and which of its areas have to hold. */
import type { AddressWords } from './address-words.ts';
import type { Area } from './area-words.ts';
import { numberValue } from './street-key.ts';

/** Where in the words a street and its number stand. */
export interface Reading {
  readonly from: number;
  readonly to: number;
  readonly numberFrom: number;
  readonly numberTo: number;
}

/** Whether a word belongs to the number before it: `12 a`, `12 14`. */
const goesOn = (number: string, next: string): boolean => {
  if (/^[a-z]$/u.test(next)) return true;
  const ahead = /^\d{1,4}(?=[a-z]?$)/u.exec(next)?.[0];
  return (
    ahead !== undefined && Number(ahead) > numberValue(number) && Number(ahead) < numberValue(number) + 100
  );
};

/** Where the number of a street at from..to may stand: behind it, then before it. */
export const numberReadings = ({ words, parts }: AddressWords, from: number, to: number): Reading[] => {
  const found: Reading[] = [];
  const add = (at: number, most: number): void => {
    const first = words[at] ?? '';
    if (!/^\d/u.test(first)) return;
    const next = at + 2 <= most && parts[at] === parts[at + 1] ? (words[at + 1] ?? '') : '';
    if (goesOn(first, next)) found.push({ from, to, numberFrom: at, numberTo: at + 2 });
    if (at + 1 === most || most > to) found.push({ from, to, numberFrom: at, numberTo: at + 1 });
  };
  add(to, words.length);
  if (from > 1) add(from - 2, from);
  if (from > 0) add(from - 1, from);
  return found;
};

const isCode = (area: Area): boolean => 'isPostcode' in area && area.isPostcode;

/** Areas that must hold, and postcodes, which may be wrong where a name says where it is as well. */
export const partAreas = (areas: readonly Area[]): { hard: readonly Area[]; soft: readonly Area[] } => {
  const hard = areas.filter((area) => !isCode(area));
  const isNamed = hard.some((area) => !('country' in area));
  return isNamed ? { hard, soft: areas.filter(isCode) } : { hard: areas, soft: [] };
};
