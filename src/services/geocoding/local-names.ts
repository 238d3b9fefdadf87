/** Names of places and states in other languages than their main names. */
import type { Sections } from './index-format.ts';

/** One language's part of the table, in the `localLanguages` section. */
interface LanguageRange {
  /** BCP 47 tag, such as `de` or `zh-Hant`. */
  readonly language: string;
  readonly from: number;
  readonly to: number;
}

/** No language has names: main names are shown. */
export const MAIN_NAMES = -1;

export interface LocalNames {
  /** How many names there are; their numbers run from 0. */
  readonly size: number;
  /** The names themselves: JSON-escaped UTF-8, ready to be copied. */
  readonly text: Buffer;
  /** Number of a language by its tag, or `MAIN_NAMES`. */
  languageNumber(tag: string): number;
  /** Number of an entity's name in a language, or -1; `next` in line where the first language has none. */
  find(language: number, entity: number): number;
  start(name: number): number;
  length(name: number): number;
}

/** Reads the sections; a lookup is a binary search in one language and allocates nothing. */
export const openLocalNames = (
  sections: Pick<Sections, 'localLanguages' | 'localEntity' | 'localStart' | 'localLength' | 'localText'>,
): LocalNames => {
  const { localEntity, localStart, localLength, localText } = sections;
  const ranges = sections.localLanguages as readonly LanguageRange[];
  const numbers = new Map(ranges.map(({ language }, number) => [language, number]));
  const starts = Uint32Array.from(ranges, ({ from }) => from);
  const ends = Uint32Array.from(ranges, ({ to }) => to);
  return {
    size: localEntity.length,
    text: Buffer.from(localText.buffer, localText.byteOffset, localText.length),
    languageNumber: (tag) => numbers.get(tag) ?? MAIN_NAMES,
    find: (language, entity) => {
      if (language < 0) return -1;
      let low = starts[language] as number;
      const end = ends[language] as number;
      let high = end;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((localEntity[middle] as number) < entity) low = middle + 1;
        else high = middle;
      }
      return low < end && localEntity[low] === entity ? low : -1;
    },
    start: (name) => localStart[name] as number,
    length: (name) => localLength[name] as number,
  };
};
