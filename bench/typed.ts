/** Forward lookups of what people type: names with a typing error, and names that are not typed to their end. */
import { COUNTY, SUBURB } from '../src/services/geocoding/entity.ts';
import type { Gazetteer } from '../src/services/geocoding/gazetteer.ts';
import { createSeededRandom, format, median, spread } from './figures.ts';
import type { Section } from './report.ts';

const SEED = 20_261_123;
/** Countries, states and counties come before, postcodes after the kinds of places. */
const isPlace = (type: number): boolean => type > COUNTY && type <= SUBURB;
const LIMIT = 10;
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz';
const SHORTEST = 4;

interface Asked {
  readonly text: string;
  /** The name that was meant. */
  readonly name: string;
}

/** Names of places drawn evenly, with one random error each: a letter left out, put in, changed, or two swapped. */
export const drawTypos = (gazetteer: Gazetteer, count: number): Asked[] => {
  const random = createSeededRandom(SEED);
  const below = (end: number): number => Math.floor(random() * end);
  return drawNames(gazetteer, count, random).map((name) => {
    const letters = Array.from(name);
    const at = below(letters.length);
    const letter = ALPHABET.charAt(below(ALPHABET.length));
    const kind = below(4);
    if (kind === 0) letters.splice(at, 1);
    else if (kind === 1) letters.splice(at, 0, letter);
    else if (kind === 2 || at + 1 === letters.length) letters[at] = letter;
    else letters.splice(at, 2, letters[at + 1]!, letters[at]!);
    return { text: letters.join(''), name };
  });
};

const drawNames = (gazetteer: Gazetteer, count: number, random: () => number): string[] => {
  const { type } = gazetteer.records;
  const names: string[] = [];
  while (names.length < count) {
    const id = Math.floor(random() * gazetteer.size);
    if (!isPlace(type(id))) continue;
    const { name } = gazetteer.entity(id);
    if (Array.from(name).length >= SHORTEST) names.push(name);
  }
  return names;
};

/** The first six tenths of names, at least two letters. */
const drawPrefixes = (gazetteer: Gazetteer, count: number): Asked[] =>
  drawNames(gazetteer, count, createSeededRandom(SEED + 1)).map((name) => {
    const letters = Array.from(name);
    return { text: letters.slice(0, Math.max(2, Math.ceil(letters.length * 0.6))).join(''), name };
  });

type Look = (text: string) => readonly number[];

/** The share of questions with a place of the meant name among the answers. */
export const recallOf = (gazetteer: Gazetteer, asked: readonly Asked[], look: Look): number =>
  asked.filter(({ text, name }) => look(text).some((id) => gazetteer.entity(id).name === name)).length /
  asked.length;

const ratesOf = (texts: readonly string[], look: Look, rounds: number): number[] =>
  Array.from({ length: rounds }, () => {
    const startedAt = performance.now();
    for (const text of texts) look(text);
    return (texts.length * 1_000) / (performance.now() - startedAt);
  });

const slowest = (texts: readonly string[], look: Look): { p50: number; p99: number } => {
  const times = texts
    .map((text) => {
      const startedAt = performance.now();
      look(text);
      return (performance.now() - startedAt) * 1_000;
    })
    .sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
};

/** Measures typing errors and prefixes in this process, in one thread. */
export const measureTyped = (gazetteer: Gazetteer, quick: boolean): Section => {
  const count = quick ? 2_000 : 10_000;
  const rounds = quick ? 3 : 5;
  const typos = drawTypos(gazetteer, count);
  const prefixes = drawPrefixes(gazetteer, count);
  const forgive: Look = (text) => gazetteer.forward({ text, limit: LIMIT, fuzzy: true });
  const complete: Look = (text) => gazetteer.suggest({ text, limit: LIMIT });
  const kinds = [
    { what: 'one typing error (`fuzzy=1`)', asked: typos, look: forgive },
    {
      what: 'written right, with `fuzzy=1`',
      asked: typos.map(({ name }) => ({ text: name, name })),
      look: forgive,
    },
    { what: 'the first six tenths (prefix)', asked: prefixes, look: complete },
    {
      what: 'the first two letters',
      asked: prefixes.map(({ text, name }) => ({ text: Array.from(text).slice(0, 2).join(''), name })),
      look: complete,
    },
  ];
  const measured = kinds.map(({ what, asked, look }) => {
    const texts = asked.map(({ text }) => text);
    const recall = recallOf(gazetteer, asked, look);
    return { what, recall, rates: ratesOf(texts, look, rounds), times: slowest(texts, look) };
  });
  const [errors] = measured;
  return {
    title: 'Forward lookups of names with a typing error, and of beginnings of names',
    method: [
      `${count.toLocaleString('en')} names of places, drawn evenly, of four letters and more. An error is a letter left out, put in or ` +
        'changed, or two swapped, anywhere in the name. Recall: a place of the meant name is among the first ten. ' +
        'Of a beginning many names are longer, so its recall says how often the meant one is among the ten most important.',
    ],
    tables: [
      {
        columns: ['', 'lookups/s', 'recall@10', 'p50', 'p99'],
        rows: measured.map(({ what, recall, rates, times }) => [
          what,
          spread(rates),
          `${format(recall * 100)} %`,
          `${format(times.p50)} µs`,
          `${format(times.p99)} µs`,
        ]),
      },
    ],
    targets: [
      {
        what: 'one typing error, lookups/s',
        wanted: 15_000,
        got: median(errors?.rates ?? [0]),
        sense: 'at least',
        unit: '/s',
      },
      {
        what: 'one typing error, recall@10',
        wanted: 95,
        got: (errors?.recall ?? 0) * 100,
        sense: 'at least',
        unit: ' %',
      },
    ],
  };
};
