/** Letters that occur in names, by blocks of 128 code points: what may be tried in place of a mistyped one. */

const BLOCK = 128;
/** Chinese, Korean and what lies beyond have too many letters to try; Japanese kana come before. */
const END = 0x3100;
/** A letter that occurs less often in all names is not tried. */
const LEAST = 30;

/** Collects the letters beyond ASCII in keys that lie one after the other. @returns texts by number of their block */
export const collectAlphabets = (keyBytes: Buffer): Readonly<Record<string, string>> => {
  const counts = new Uint32Array(END);
  for (let at = 0; at < keyBytes.length; at++) {
    const lead = keyBytes[at] as number;
    // Only the lead of two or three bytes says anything; the rest of each letter is skipped as it stands.
    if (lead < 0xc0 || lead >= 0xf0) continue;
    const second = (keyBytes[at + 1] as number) & 0x3f;
    const code =
      lead < 0xe0
        ? ((lead & 0x1f) << 6) | second
        : ((lead & 0x0f) << 12) | (second << 6) | ((keyBytes[at + 2] as number) & 0x3f);
    if (code < END) counts[code] = (counts[code] as number) + 1;
  }
  const alphabets: Record<string, string> = {};
  for (let code = BLOCK; code < END; code++) {
    if ((counts[code] as number) < LEAST) continue;
    const block = Math.floor(code / BLOCK);
    alphabets[block] = (alphabets[block] ?? '') + String.fromCharCode(code);
  }
  return alphabets;
};
