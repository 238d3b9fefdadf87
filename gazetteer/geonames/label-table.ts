/** Collects names with their languages, a few bytes each, until it is known which entities they are of. */
import { createGrowing, bytesOf, shortsOf, wordsOf } from '../growing.ts';
import { createNameBlob } from '../name-blob.ts';
import { createNumbering } from '../place-table.ts';

export interface LabelTable {
  readonly length: number;
  /** @param source a row of the places, or that of an area counted on from them. @param rank the least is the best */
  add(source: number, language: string, name: string, rank: number): void;
  /** Calls `visit` with each, the best of each source and language first. */
  each(visit: (source: number, language: string, name: string) => void): void;
}

export const createLabelTable = (): LabelTable => {
  const sources = createGrowing(wordsOf);
  const languages = createGrowing(shortsOf);
  const names = createGrowing(wordsOf);
  const ranks = createGrowing(bytesOf);
  const blob = createNameBlob();
  const tags = createNumbering();
  return {
    get length() {
      return sources.length;
    },
    add(source, language, name, rank) {
      sources.push(source);
      languages.push(tags.numberOf(language));
      names.push(blob.place(name));
      ranks.push(rank);
    },
    each(visit) {
      for (let rank = 0; rank < 3; rank++) {
        for (let at = 0; at < sources.length; at++)
          if (ranks.at(at) === rank)
            visit(sources.at(at), tags.texts[languages.at(at)] ?? '', blob.nameOf(names.at(at)));
      }
    },
  };
};
