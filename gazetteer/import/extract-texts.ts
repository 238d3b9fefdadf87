import type { SectionWriter } from './extract-file.ts';

/** Texts that are remembered, so that the next equal one is not written again. */
const MOST_REMEMBERED = 200_000;

/** Longest text in bytes: a `MOST_TEXT` of the longest characters. */
const MOST_BYTES = 800;

/** Writes texts and says where they stand: two bytes of length, then UTF-8. */
export const createTexts = (section: SectionWriter): ((text: string | undefined) => number) => {
  const known = new Map<string, number>();
  // Reference 0 means that there is none.
  section.bytes(Buffer.alloc(2));
  return (text) => {
    if (text === undefined || text === '') return 0;
    const found = known.get(text);
    if (found !== undefined) return found;
    const bytes = Buffer.from(text).subarray(0, MOST_BYTES);
    const at = section.length;
    if (at + bytes.length > 0xffff_ff00)
      throw new RangeError('the texts of one extract are larger than 4 GB');
    const length = Buffer.alloc(2);
    length.writeUInt16LE(bytes.length);
    section.bytes(length);
    section.bytes(bytes);
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(text, at);
    return at;
  };
};
