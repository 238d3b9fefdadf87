/** The name by which an entity is shown: that of the language asked for, else its main name. */
import type { Gazetteer } from './gazetteer.ts';
import type { CountryTexts } from './languages.ts';

/** Says that an entity is shown by its main name. */
export const MAIN_NAME = -1;

/** Entities by slot, the numbers of their names, and where those lie. */
export interface NameParts {
  readonly entity: Int32Array;
  readonly name: Int32Array;
  readonly source: Buffer[];
  readonly from: Int32Array;
  readonly length: Int32Array;
}

export interface ShownNames {
  /** How many names there are besides main names. */
  readonly localSize: number;
  /** Number of the name in the language of the texts, or `MAIN_NAME`. */
  find(texts: CountryTexts, nation: number, entity: number): number;
  /** Says where the name in a slot lies, as JSON-escaped UTF-8. */
  point(parts: NameParts, slot: number): void;
  /** The name, no longer escaped. */
  text(entity: number, name: number): string;
}

/** Both kinds of names of an open index; nothing but `text` allocates. */
export const createShownNames = ({
  sections,
  records,
  localNames,
}: Pick<Gazetteer, 'sections' | 'records' | 'localNames'>): ShownNames => {
  const main = Buffer.from(sections.names.buffer, sections.names.byteOffset, sections.names.length);
  return {
    localSize: localNames.size,
    find: (texts, nation, entity) => localNames.find(texts.placeLanguage[nation] as number, entity),
    point: ({ entity, name, source, from, length }, slot) => {
      const number = name[slot] as number;
      const id = entity[slot] as number;
      source[slot] = number < 0 ? main : localNames.text;
      from[slot] = number < 0 ? records.nameStart(id) : localNames.start(number);
      length[slot] = number < 0 ? records.nameLength(id) : localNames.length(number);
    },
    text: (entity, name) => {
      const bytes = name < 0 ? main : localNames.text;
      const start = name < 0 ? records.nameStart(entity) : localNames.start(name);
      const length = name < 0 ? records.nameLength(entity) : localNames.length(name);
      return JSON.parse(`"${bytes.toString('utf8', start, start + length)}"`) as string;
    },
  };
};
