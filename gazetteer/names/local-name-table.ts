import type { Sections } from '../../src/services/geocoding/index-format.ts';
import type { LocalNames } from './local-names-file.ts';

type LocalNameSections = Pick<
  Sections,
  'localLanguages' | 'localEntity' | 'localStart' | 'localLength' | 'localText'
>;

/** Collects names by language, and lays them out: for each language its entities in order, and where their names lie. */
export interface LocalNameTable {
  /**
   * Gives an entity a name in a language (BCP 47); only the first one of a language counts. Regional variants are
   * names of the language, a script that is not its usual one keeps them apart (`zh-TW` is `zh-Hant`). English names
   * are left out, for main names are English where there is an English one.
   */
  add(entity: number, language: string, name: string): void;
  layOut(): LocalNameSections;
}

/** Longest name in bytes of JSON; longer ones are left out, as no answer has room for several of them. */
const LONGEST_NAME = 400;

/** The language that a name is kept under; undefined for none, and for what is no tag. */
const languageOf = (tag: string): string | undefined => {
  try {
    const { language, script } = new Intl.Locale(tag).maximize();
    if (language === 'en') return undefined;
    const usual = new Intl.Locale(language).maximize().script;
    return script === usual || script === undefined ? language : `${language}-${script}`;
  } catch {
    return undefined;
  }
};

export const createLocalNameTable = (): LocalNameTable => {
  /** By language: the number of a name by its entity. */
  const byLanguage = new Map<string, Map<number, number>>();
  const languageOfTag = new Map<string, string | undefined>();
  const numbers = new Map<string, number>();
  const texts: Buffer[] = [];

  const numberOf = (name: string): number | undefined => {
    const known = numbers.get(name);
    if (known !== undefined) return known;
    const text = Buffer.from(JSON.stringify(name).slice(1, -1));
    if (text.length === 0 || text.length > LONGEST_NAME) return undefined;
    numbers.set(name, texts.length);
    return texts.push(text) - 1;
  };

  return {
    add(entity, tag, name) {
      if (!languageOfTag.has(tag)) languageOfTag.set(tag, languageOf(tag));
      const language = languageOfTag.get(tag);
      const number = language === undefined ? undefined : numberOf(name);
      if (language === undefined || number === undefined) return;
      let entities = byLanguage.get(language);
      if (entities === undefined) {
        entities = new Map();
        byLanguage.set(language, entities);
      }
      if (!entities.has(entity)) entities.set(entity, number);
    },

    layOut() {
      const starts = new Uint32Array(texts.length);
      texts.reduce((end, text, number) => {
        starts[number] = end;
        return end + text.length;
      }, 0);
      const languages = [...byLanguage.keys()].toSorted();
      const count = languages.reduce((sum, language) => sum + (byLanguage.get(language)?.size ?? 0), 0);
      const localEntity = new Uint32Array(count);
      const localStart = new Uint32Array(count);
      const localLength = new Uint16Array(count);
      let at = 0;
      const localLanguages = languages.map((language) => {
        const from = at;
        const entries = [...(byLanguage.get(language) ?? [])].toSorted(([a], [b]) => a - b);
        for (const [entity, number] of entries) {
          localEntity[at] = entity;
          localStart[at] = starts[number] as number;
          localLength[at] = texts[number]?.length ?? 0;
          at++;
        }
        return { language, from, to: at };
      });
      return { localLanguages, localEntity, localStart, localLength, localText: Buffer.concat(texts) };
    },
  };
};

/**
 * Makes every entity findable by its names in other languages, and puts them into the table.
 * @param keyOf the number of GeoNames for a place, its code for a state, as text; empty where there is neither.
 * @param addKey makes an entity findable by a further name.
 */
export const addLocalNames = (
  table: LocalNameTable,
  names: LocalNames,
  size: number,
  keyOf: (entity: number) => string,
  addKey: (name: string, entity: number) => void,
): void => {
  for (let entity = 0; entity < size; entity++) {
    for (const { language, name } of names.get(keyOf(entity)) ?? []) {
      table.add(entity, language, name);
      addKey(name, entity);
    }
  }
};
