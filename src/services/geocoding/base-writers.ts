/** What is made once of each base index in a thread, and shared by everything that writes answers from it. */
import type { Atlas } from './atlas.ts';
import type { Gazetteer } from './gazetteer.ts';
import { createLanguages, type Languages } from './languages.ts';
import { createResultWriter, type ResultWriter } from './render.ts';

/** Both are used in one go, from the beginning of a result to its end, so that several users never meet. */
export interface BaseWriters {
  readonly results: ResultWriter;
  readonly languages: Languages;
}

const made = new WeakMap<Gazetteer, BaseWriters>();

/** Takes some 40 ms the first time: an extract that comes to a base that stays costs a thread nothing of it. */
export const writersOf = ({ base: gazetteer, results: memory }: Atlas): BaseWriters => {
  const known = made.get(gazetteer);
  if (known !== undefined) return known;
  const results = createResultWriter(gazetteer, memory);
  const languages = createLanguages(gazetteer.countries, gazetteer.localNames);
  const writers = { results, languages };
  made.set(gazetteer, writers);
  return writers;
};
