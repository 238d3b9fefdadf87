/** Short spellings of long names: `Frankfurt/Main` and `Frankfurt a. M.` for `Frankfurt am Main`, `N. Las Vegas`. */

/** Words that stand for each other at any place in a name. */
const SAME_WORDS: readonly (readonly [string, string])[] = [
  ['st', 'saint'],
  ['ste', 'sainte'],
  ['mt', 'mount'],
  ['ft', 'fort'],
];

/** Words that are shortened to a letter where they begin a name. */
const FIRST_WORDS: Readonly<Record<string, string>> = { north: 'n', south: 's', east: 'e', west: 'w' };

const SHORTENED = /^(?:north|south|east|west) |\b(?:st|ste|mt|ft|saint|sainte|mount|fort)\b/u;

const variantsOnce = (key: string): string[] => {
  const words = key.split(' ');
  const replaced = (from: string, to: string): string[] =>
    words.includes(from) ? [words.map((word) => (word === from ? to : word)).join(' ')] : [];
  return SAME_WORDS.flatMap(([short, long]) => replaced(short, long).concat(replaced(long, short)));
};

/** A folded key with abbreviated words written out, or the other way round; the key itself is not among them. */
export const variantsOf = (key: string): string[] => {
  if (!SHORTENED.test(key)) return [];
  const once = variantsOnce(key);
  const space = key.indexOf(' ');
  const letter = space === -1 ? undefined : FIRST_WORDS[key.slice(0, space)];
  if (letter === undefined) return once;
  return [...once, ...[key, ...once].map((one) => letter + one.slice(space))];
};

/** `am Main`, `an der Oder`, `ob der Tauber`, `im Breisgau`: what tells German towns of one name apart. */
const GERMAN =
  /^(.+?)[ -](am|an der|an dem|auf der|bei|im|in der|in|ob der|unter|vor der|vor|bei der) (.+)$/u;
const GERMAN_COUNTRIES: ReadonlySet<string> = new Set(['DE', 'AT', 'CH', 'LI', 'IT']);

/** `Burton upon Trent`, `Burton-on-Trent`: which of the two is right few people know. */
const ENGLISH = /^(.+[ -])(upon|on)([ -].+)$/iu;
const CZECH = /^(.+?) (nad|pod|u) (.+)$/u;
const DUTCH = /^(.+?) aan (?:den|de) (.+)$/u;

/** A name with its link shortened to a letter, and then also the place: `Ústí n. Labem`, `Ústí n. L.`. */
const shortened = (name: string, form: RegExp): string[] => {
  const [, head, link = '', place = ''] = form.exec(name) ?? [];
  if (head === undefined) return [];
  return [`${head} ${link.slice(0, 1)} ${place}`, `${head} ${link.slice(0, 1)} ${place.slice(0, 1)}`];
};

/**
 * Other ways to write the part of a name that tells where it lies, as names before folding: all that is common in
 * German (`Frankfurt/Main`, `a. M.`, `a.M.`, `a. Main`), in French (`Neuilly s/ Seine`), English (`Burton on Trent`), Czech
 * and Slovak (`Ústí n. L.`) and Dutch (`Alphen a/d Rijn`).
 */
export const locatedSpellings = (name: string, country: string): string[] => {
  if (country === 'FR' || country === 'BE') {
    const shorter = name.replace(/([ -])(?:sur|sous)([ -])/u, '$1s$2');
    return shorter === name ? [] : [shorter];
  }
  if (country === 'GB' || country === 'IE')
    return ENGLISH.test(name)
      ? [name.replace(ENGLISH, (_, head, link, place) => `${head}${link === 'on' ? 'upon' : 'on'}${place}`)]
      : [];
  if (country === 'CZ' || country === 'SK') return shortened(name, CZECH);
  if (country === 'NL') return DUTCH.test(name) ? [name.replace(DUTCH, '$1 a d $2')] : [];
  const parts = GERMAN_COUNTRIES.has(country) ? GERMAN.exec(name) : null;
  if (parts === null) return [];
  const [, head = '', link = '', place = ''] = parts;
  const initials = link.split(' ').map((word) => word.slice(0, 1));
  const first = place.slice(0, 1);
  return [
    `${head} ${place}`,
    `${head} ${initials.join(' ')} ${place}`,
    `${head} ${initials.join('')} ${place}`,
    `${head} ${initials.join(' ')} ${first}`,
    `${head} ${initials.join('')}${first}`,
    ...(place === 'Breisgau' ? [`${head} i Br`, `${head} iBr`] : []),
  ];
};
