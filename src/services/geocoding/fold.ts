/** Folding: the one spelling under which a name is kept and looked for. */

const COMMA = 0x2c;
const SPACE = 0x20;

/** Marks that are left out: Latin, Greek and Cyrillic accents, Hebrew points, Arabic vowels. Signs of Indic scripts are letters and stay. */
const MARKS = /[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670]/gu;

/** Letters that Unicode does not decompose but people type without. */
const LETTERS: ReadonlyMap<number, string> = new Map(
  Object.entries({
    ß: 'ss',
    ẞ: 'ss',
    ø: 'o',
    æ: 'ae',
    œ: 'oe',
    ł: 'l',
    đ: 'd',
    ð: 'd',
    þ: 'th',
    ı: 'i',
    ħ: 'h',
    ŋ: 'n',
    ŧ: 't',
    ə: 'e',
  }).map(([letter, plain]) => [letter.charCodeAt(0), plain]),
);

/** Nothing, a space or a comma: what an ASCII character that is no letter or digit becomes. */
const asciiClass = (code: number): 'drop' | 'space' | 'comma' => {
  if (code === COMMA || code === 0x3b || code === 0x0a) return 'comma';
  return code === 0x27 || code === 0x60 ? 'drop' : 'space';
};

const CLASS_DROP = 1;
const CLASS_SPACE = 2;
const CLASS_COMMA = 3;
const CLASS_DOT = 4;

/** For each ASCII code: its folded letter or digit, or one of the classes above. */
const ASCII = new Uint8Array(128).map((_, code) => {
  if ((code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x7a)) return code;
  if (code >= 0x41 && code <= 0x5a) return code + 32;
  if (code === 0x2e) return CLASS_DOT;
  const kind = asciiClass(code);
  if (kind === 'comma') return CLASS_COMMA;
  return kind === 'drop' ? CLASS_DROP : CLASS_SPACE;
});

const otherClass = (code: number): number => {
  // Modifier apostrophes, typographic quotes, zero-width signs, variation selectors.
  if ((code >= 0x2b0 && code <= 0x2ff) || (code >= 0x2018 && code <= 0x201b) || code === 0x2032)
    return CLASS_DROP;
  if (code === 0xb4 || code === 0xad || (code >= 0x200b && code <= 0x200f) || code >= 0xfe00)
    return CLASS_DROP;
  // The Arabic tatweel only stretches a word.
  if (code === 0x640) return CLASS_DROP;
  if (code === 0x3001 || code === 0x60c) return CLASS_COMMA;
  if (code <= 0xbf || code === 0xd7 || code === 0xf7) return CLASS_SPACE;
  if ((code >= 0x2010 && code <= 0x206f) || (code >= 0x3000 && code <= 0x303f) || code === 0x30fb)
    return CLASS_SPACE;
  return code >= 0xe000 && code <= 0xf8ff ? CLASS_DROP : 0;
};

const NON_ASCII = /[^\0-\u007f]/u;

const normalise = (text: string): string =>
  text.normalize('NFKD').replace(MARKS, '').toLowerCase().replace(MARKS, '').normalize('NFC');

/**
 * Writes the folded form of a text as UTF-8 and returns its length: lower case without accents, words separated by
 * one space, parts separated by one comma, neither at an end. What does not fit into `out` is left out.
 */
export const foldInto = (raw: string, out: Uint8Array): number => {
  const text = NON_ASCII.test(raw) ? normalise(raw) : raw;
  const room = out.length - 4;
  let length = 0;
  /** Where the word began, or its last dot was left out. */
  let initialStart = 0;
  /** The separator to write before the next letter; 0 for none. */
  let pending = 0;
  for (let at = 0; at < text.length && length < room; at++) {
    let code = text.charCodeAt(at);
    let kind = code < 128 ? (ASCII[code] as number) : otherClass(code);
    if (kind === CLASS_DOT) {
      // `U.S.A.` is one word, `St.Louis` two.
      const isInitial = length - initialStart === 1 && pending === 0;
      kind = isInitial ? CLASS_DROP : CLASS_SPACE;
      initialStart = length;
    }
    if (kind === CLASS_DROP) continue;
    if (kind === CLASS_SPACE || kind === CLASS_COMMA) {
      if (length > 0 && pending !== COMMA) pending = kind === CLASS_COMMA ? COMMA : SPACE;
      continue;
    }
    if (pending !== 0) {
      out[length++] = pending;
      initialStart = length;
      pending = 0;
    }
    if (kind !== 0) {
      out[length++] = kind;
      continue;
    }
    const plain = LETTERS.get(code);
    if (plain !== undefined) {
      for (let letter = 0; letter < plain.length; letter++) out[length++] = plain.charCodeAt(letter);
      continue;
    }
    if (code >= 0xd800 && code <= 0xdbff && at + 1 < text.length) {
      code = text.codePointAt(at) ?? code;
      if (code > 0xffff) at++;
    }
    length = writeCodePoint(out, length, code);
  }
  return length;
};

const writeCodePoint = (out: Uint8Array, at: number, code: number): number => {
  let length = at;
  if (code < 0x800) out[length++] = 0xc0 | (code >> 6);
  else if (code < 0x10000) {
    out[length++] = 0xe0 | (code >> 12);
    out[length++] = 0x80 | ((code >> 6) & 0x3f);
  } else {
    out[length++] = 0xf0 | (code >> 18);
    out[length++] = 0x80 | ((code >> 12) & 0x3f);
    out[length++] = 0x80 | ((code >> 6) & 0x3f);
  }
  out[length++] = 0x80 | (code & 0x3f);
  return length;
};

/** The folded form of a short text as a string with one character for each byte, as the index's keys are made. */
export const foldKey = (text: string): string => {
  const scratch = Buffer.allocUnsafe(1_024);
  return scratch.toString('latin1', 0, foldInto(text, scratch));
};
