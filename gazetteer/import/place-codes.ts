/** Postcodes of small places: where nearly all houses of one have the same, so have the others. */

/** Pairs of a place and a postcode that are counted. */
const MOST_PAIRS = 500_000;
/** Houses that it takes, and the share of them that has to agree. */
const LEAST_HOUSES = 3;
const SHARE = 0.95;
/** What has no postcode in a place of more than these is not found by one. */
const FEW_CODES = 20;

/** Counts of postcodes by place. */
export interface PlaceCodes {
  note(place: string, code: string): void;
  /** The postcode of a place; empty where it has several or none is known. */
  readonly of: (place: string) => string;
  /** All postcodes of a place, where it has few. */
  readonly all: (place: string) => readonly string[];
}

/** Counts nothing yet. */
export const createPlaceCodes = (): PlaceCodes => {
  const places = new Map<string, Map<string, number>>();
  let pairs = 0;
  return {
    note(place, code) {
      let codes = places.get(place);
      if (codes === undefined) {
        if (pairs >= MOST_PAIRS) return;
        codes = new Map();
        places.set(place, codes);
      }
      const count = codes.get(code) ?? 0;
      if (count === 0) {
        if (pairs >= MOST_PAIRS) return;
        pairs += 1;
      }
      codes.set(code, count + 1);
    },
    all(place) {
      const codes = places.get(place);
      return codes === undefined || codes.size > FEW_CODES ? [] : [...codes.keys()];
    },
    of(place) {
      const codes = places.get(place);
      if (codes === undefined) return '';
      let all = 0;
      let best = '';
      let most = 0;
      for (const [code, count] of codes) {
        all += count;
        if (count <= most) continue;
        most = count;
        best = code;
      }
      return most >= LEAST_HOUSES && most >= SHARE * all ? best : '';
    },
  };
};
