import { HOUSE, STREET } from './extract-records.ts';
import type { ExtractRecords } from './extract.ts';
import { numberKey, numberValue } from './street-key.ts';

/** Finds house numbers of a street. */
export interface HouseNumbers {
  /** The houses of a number as it was asked for (`12`, `12 a`, `12 14`), or else one whose range holds it. */
  find(street: number, number: string): readonly number[];
}

/** Houses of one value that are looked at. */
const MOST_OF_VALUE = 200;

/** Whether `12 14` holds 14, and 13 only where it is not one side of a street. */
const holdsNumber = (range: string, value: number): boolean => {
  const [, first, last] = /^(\d{1,6}) (\d{1,6})$/u.exec(range) ?? [];
  if (first === undefined || last === undefined) return false;
  const from = Number(first);
  const to = Number(last);
  return value >= from && value <= to && to - from <= 40 && (value - from) % 2 === 0;
};

/** Makes the search of one thread. */
export const createHouseNumbers = (records: ExtractRecords): HouseNumbers => {
  const keyOf = (house: number): string => numberKey(records.text(records.house(house, HOUSE.number)));

  return {
    find(street, number) {
      const wanted = numberKey(number);
      const value = numberValue(wanted);
      const start = records.street(street, STREET.houseStart);
      const end = start + records.street(street, STREET.houseCount);
      const firstOf = (least: number): number => {
        let from = start;
        let to = end;
        while (from < to) {
          const middle = (from + to) >>> 1;
          if (records.house(middle, HOUSE.value) < least) from = middle + 1;
          else to = middle;
        }
        return from;
      };
      const found: number[] = [];
      const first = firstOf(value);
      for (let house = first; house < Math.min(end, first + MOST_OF_VALUE); house++) {
        if (records.house(house, HOUSE.value) !== value) break;
        if (keyOf(house) === wanted) found.push(house);
      }
      if (found.length > 0 || !/^\d+$/u.test(wanted)) return found;
      for (let house = firstOf(value - 40); house < Math.min(end, first + MOST_OF_VALUE); house++) {
        if (records.house(house, HOUSE.value) > value) break;
        if (holdsNumber(keyOf(house), value)) return [house];
      }
      return found;
    },
  };
};
