/** The block list (NIST SP 800-63B-4 §3.1.1.2): passwords that everybody who guesses tries first. */

export interface CommonPasswords {
  readonly size: number;
  /** Whether a password is on the list, also in another case, spaced, repeated, or with a short tail. */
  has(password: string): boolean;
}

/** A year, "1!" or "123" at the end is what people add when they have to; a longer tail is something of its own. */
const LONGEST_TAIL = 6;
/** Shorter entries are parts of anything, and no password of allowed length is one of them with a short tail. */
const SHORTEST_STEM = 4;

/** Long ones that everybody has read of; the published lists are short of long passwords, and estimators like these. */
const FAMOUS = [
  'correcthorsebatterystaple',
  'tr0ub4dor&3',
  'thisismypassword',
  'thisisapassword',
  'thisisaverylongpassword',
  'thisisalongpassword',
  'mypasswordispassword',
  'averylongpassword',
  'averystrongpassword',
  'letmeinletmeinplease',
  'iloveyouforeverandever',
  'todayisagoodday',
  'maytheforcebewithyou',
  'tobeornottobethatisthequestion',
  'thequickbrownfoxjumpsoverthelazydog',
  'loremipsumdolorsitamet',
  'openthepodbaydoorshal',
];

/** What is left without the digits and signs at the end, where these are few. */
const stemOf = (text: string): string | undefined => {
  const stem = text.replace(/[\p{N}\p{P}\p{S}\s]+$/u, '');
  return stem.length < text.length && text.length - stem.length <= LONGEST_TAIL ? stem : undefined;
};

/** The shortest part that the text is a whole repetition of; the text itself where it is none. */
const unitOf = (text: string): string => text.slice(0, (text + text).indexOf(text, 1));

/** @param words the list, in any case. */
export const createCommonPasswords = (words: Iterable<string>): CommonPasswords => {
  const list = new Set<string>(FAMOUS);
  for (const word of words) list.add(word.normalize('NFKC').toLowerCase());
  const isListed = (text: string | undefined): boolean =>
    text !== undefined && text.length >= SHORTEST_STEM && list.has(text);
  return {
    size: list.size,
    has: (password) => {
      const plain = password.normalize('NFKC').toLowerCase();
      return [plain, plain.replaceAll(/[\s._-]+/gu, '')].some((text) => {
        const stem = stemOf(text);
        return [text, stem, unitOf(text), stem && unitOf(stem)].some(isListed);
      });
    },
  };
};
