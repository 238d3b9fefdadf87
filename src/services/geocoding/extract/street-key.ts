/** Under which spelling names of streets, and house numbers, are kept and looked for. */
import { foldInto } from '../fold.ts';

/**
 * Words of streets and what they are shortened to, by the abbreviations of address-formatting (English, German, French,
 * Spanish, Italian, Portuguese, Catalan, Dutch, Polish) and of US Postal Service publication 28, folded. Names and
 * questions are shortened alike, so that nothing is lost where two words share a short form.
 */
const SHORT_WORDS: Readonly<Record<string, string>> = {
  // English
  alley: 'aly',
  avenue: 'ave',
  av: 'ave',
  boulevard: 'blvd',
  boul: 'blvd',
  bd: 'blvd',
  circle: 'cir',
  court: 'ct',
  crescent: 'cres',
  drive: 'dr',
  esplanade: 'esp',
  expressway: 'expy',
  freeway: 'fwy',
  grove: 'gr',
  heights: 'hts',
  highway: 'hwy',
  lane: 'ln',
  mount: 'mt',
  mountain: 'mtn',
  parkway: 'pkwy',
  road: 'rd',
  square: 'sq',
  street: 'st',
  terrace: 'tce',
  ter: 'tce',
  trail: 'trl',
  saint: 'st',
  sankt: 'st',
  sint: 'st',
  north: 'n',
  south: 's',
  east: 'e',
  west: 'w',
  northeast: 'ne',
  northwest: 'nw',
  southeast: 'se',
  southwest: 'sw',
  // German, Dutch, Nordic
  strasse: 'str',
  straat: 'str',
  platz: 'pl',
  place: 'pl',
  plein: 'pl',
  doktor: 'dr',
  doctor: 'dr',
  professor: 'prof',
  laan: 'ln',
  weg: 'wg',
  burgemeester: 'burg',
  gate: 'g',
  gata: 'g',
  gatan: 'g',
  vei: 'v',
  veien: 'v',
  vagen: 'v',
  // Romance
  rue: 'r',
  cours: 'crs',
  chemin: 'che',
  impasse: 'imp',
  allee: 'all',
  allees: 'all',
  sainte: 'ste',
  faubourg: 'fbg',
  calle: 'c',
  avenida: 'ave',
  avda: 'ave',
  carretera: 'ctra',
  plaza: 'pl',
  praca: 'pl',
  piazza: 'pl',
  pza: 'pl',
  paseo: 'po',
  rua: 'r',
  travessa: 'tv',
  estrada: 'estr',
  carrer: 'c',
  avinguda: 'ave',
  passeig: 'pg',
  viale: 'vle',
  vicolo: 'vlo',
  corso: 'cso',
  via: 'v',
  largo: 'lgo',
  // Polish, Czech, Romanian
  ulica: 'ul',
  ulice: 'ul',
  aleja: 'al',
  aleje: 'al',
  plac: 'pl',
  namesti: 'nam',
  strada: 'str',
  bulevardul: 'blvd',
};

/** Ends of words that are words of their own elsewhere: `Landstrasse`, `Landstr.`, `Dorpsstraat`. */
const SHORT_ENDS: readonly (readonly [string, string])[] = [
  ['strasse', 'str'],
  ['straat', 'str'],
  ['platz', 'pl'],
  ['plein', 'pl'],
];

const SHORT = new Map(Object.entries(SHORT_WORDS));

/** Folding is synchronous, so that one piece of memory serves all calls of a thread. */
const scratch = Buffer.allocUnsafeSlow(1_024);

/** The folded form of a short text, one character for each byte of UTF-8. */
export const foldText = (text: string): string => scratch.toString('latin1', 0, foldInto(text, scratch));

/** One folded word in its short form. */
export const shortenWord = (word: string): string => {
  const short = SHORT.get(word);
  if (short !== undefined) return short;
  if (word.length < 6) return word;
  for (const [end, shortEnd] of SHORT_ENDS)
    if (word.endsWith(end) && word.length > end.length) return word.slice(0, -end.length) + shortEnd;
  return word;
};

/** The folded words of a name, each in its short form; one character for each byte of UTF-8. */
export const streetKey = (name: string): string =>
  foldText(name).replaceAll(',', ' ').split(' ').map(shortenWord).join(' ');

/** German spelling without umlauts; undefined where the name has none. */
const withoutUmlauts = (name: string): string | undefined => {
  const spelt = name.replaceAll(/[äöüÄÖÜ]/gu, (letter) => `${letter.normalize('NFD').charAt(0)}e`);
  return spelt === name ? undefined : spelt;
};

/** `Feldkircher Strasse` is also written `Feldkircherstrasse`, and the other way round. */
const otherwiseJoined = (key: string): string | undefined => {
  if (key.endsWith(' str')) return `${key.slice(0, -4)}str`;
  return key.endsWith('str') && key.length > 6 ? `${key.slice(0, -3)} str` : undefined;
};

/** All keys that a name is found by, its short form first: also as it is written, for those who are still typing. */
export const nameKeys = (name: string): string[] => {
  const keys = new Set<string>();
  const addAll = (spelling: string): void => {
    const short = streetKey(spelling);
    keys.add(short).add(foldText(spelling).replaceAll(',', ' '));
    const joined = otherwiseJoined(short);
    if (joined !== undefined) keys.add(joined);
  };
  addAll(name);
  const spelt = withoutUmlauts(name);
  if (spelt !== undefined) addAll(spelt);
  keys.delete('');
  return [...keys];
};

const DIGITS = /^\d{1,9}$/u;

/** `12 A`, `12a` and `12 a` are `12a`; `12-14`, `12 - 14` and `12/14` are `12 14`. Folded. */
export const numberKey = (number: string): string =>
  DIGITS.test(number)
    ? number
    : foldText(number)
        .replaceAll(',', ' ')
        .replaceAll(/(?<=\d) (?=[a-z]\b)/gu, '');

/** The digits at the beginning of a number, at most 2^31 - 1; 0 where it has none. */
export const numberValue = (number: string): number => {
  const value = Number(/^\d{1,9}/u.exec(number)?.[0] ?? '0');
  return Number.isSafeInteger(value) ? value : 0;
};
