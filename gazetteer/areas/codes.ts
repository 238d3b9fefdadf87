import { AMENDED_CODES } from './amendments.ts';
import { bareName, skeleton, wholeName } from './names-alike.ts';

/** An entry of ISO 3166-2. */
export interface IsoEntry {
  /** Such as `GB-SWK`. */
  readonly code: string;
  /** Alpha-2 of the country, or the code of the entry that it is part of. */
  readonly parent: string;
  /** In ISO's own spelling, and in English where the Unicode CLDR has it. */
  readonly names: readonly string[];
}

/** Finds entries of one country by name. */
export interface IsoNames {
  has(code: string): boolean;
  /** The one entry that bears the name, exactly but for accents; first-order entries before others. */
  byWholeName(country: string, name: string): string | undefined;
  /** The same without words for kinds of areas. */
  byBareName(country: string, name: string): string | undefined;
  /** The one entry that would be spelled like it in another transcription. */
  bySkeleton(country: string, name: string): string | undefined;
  /** Whether the entry's name could be one of these. */
  isCalled(code: string, names: readonly string[]): boolean;
}

/** Sets names of ISO 3166-2 in order. */
export const createIsoNames = (entries: readonly IsoEntry[]): IsoNames => {
  const byCode = new Map(entries.map((entry) => [entry.code, entry]));
  const finder = (
    fold: (name: string) => string,
  ): ((country: string, name: string) => string | undefined) => {
    const table = new Map<string, Set<IsoEntry>>();
    for (const entry of entries) {
      for (const name of entry.names.flatMap((whole) => [whole, ...whole.split(/[,([]/u)])) {
        const key = `${entry.code.slice(0, 2)} ${fold(name)}`;
        table.set(key, (table.get(key) ?? new Set()).add(entry));
      }
    }
    return (country, name) => {
      const folded = fold(name);
      if (folded === '') return undefined;
      const found = [...(table.get(`${country} ${folded}`) ?? [])];
      const first = found.filter(({ parent }) => parent === country);
      const [only, ...more] = first.length > 0 ? first : found;
      return more.length > 0 ? undefined : only?.code;
    };
  };
  return {
    has: (code) => byCode.has(code),
    byWholeName: finder(wholeName),
    byBareName: finder(bareName),
    bySkeleton: finder(skeleton),
    isCalled: (code, names) => {
      const own = byCode.get(code)?.names ?? [];
      return names.some((name) =>
        own.some(
          (called) =>
            bareName(name) === bareName(called) ||
            (skeleton(name) !== '' && skeleton(name) === skeleton(called)),
        ),
      );
    },
  };
};

/** Countries whose first-order codes in GeoNames are the ISO 3166-2 codes (readme.txt of the GeoNames dump: "ISO codes"). */
const SAME_CODE: ReadonlySet<string> = new Set(['US', 'CH', 'BE', 'ME', 'GB']);

const amended = (state: string): string | undefined => AMENDED_CODES[state];

/** What the polygons say of a state of GeoNames. */
export interface StateEvidence {
  /** The code of the area that is the state: most of its places lie there, and most places there are its. */
  readonly area: string | undefined;
  /** The code of the region that most of its places lie in, by the source's own grouping. */
  readonly region: string | undefined;
}

/**
 * The ISO 3166-2 code of every first-order area of GeoNames that has one, by GeoNames' code. In this order: what has
 * been looked up by hand; GeoNames' own code in countries where that is the code; the same name; the same area on the
 * map; the same name but for what it is called; another transcription. A code that two would have goes to the one
 * with the better reason.
 */
export const joinCodes = (
  states: ReadonlyMap<string, string>,
  iso: IsoNames,
  evidence: (state: string) => StateEvidence,
): Map<string, string> => {
  const found = new Map<string, string>();
  const taken = new Set<string>();
  const steps: ((state: string, country: string, name: string) => string | undefined)[] = [
    amended,
    (state, country) => (SAME_CODE.has(country) ? state.replace('.', '-') : undefined),
    (_, country, name) => iso.byWholeName(country, name),
    (state) => evidence(state).area,
    (_, country, name) => iso.byBareName(country, name),
    (state) => evidence(state).region,
    (_, country, name) => iso.bySkeleton(country, name),
  ];
  for (const step of steps) {
    for (const [state, name] of states) {
      if (found.has(state)) continue;
      const code = step(state, state.slice(0, 2), name);
      if (code === '' && step === amended) found.set(state, '');
      if (code === undefined || code === '' || taken.has(code)) continue;
      // Territories with a code of their own in ISO 3166-1 are listed under their country too; and lists grow old.
      if (!code.startsWith(`${state.slice(0, 2)}-`) || !(step === amended || iso.has(code))) continue;
      found.set(state, code);
      taken.add(code);
    }
  }
  return new Map([...found].filter(([, code]) => code !== ''));
};
