/** Words that stand for nothing. */

export type IsNullWord = (bytes: Buffer, start: number, end: number) => boolean;

/** Of the words that the uploader named. */
export const nullWordTest = (words: readonly string[]): IsNullWord | undefined => {
  if (words.length === 0) return undefined;
  const wanted = words.map((word) => Buffer.from(word));
  const hasEmpty = words.includes('');
  const longest = Math.max(...wanted.map((word) => word.length));
  const begins = new Uint8Array(256);
  for (const word of wanted) if (word.length > 0) begins[word[0] ?? 0] = 1;
  return (bytes, start, end) => {
    const size = end - start;
    if (size > longest) return false;
    if (size === 0) return hasEmpty;
    if (begins[bytes[start] as number] === 0) return false;
    return wanted.some((word) => word.length === size && bytes.compare(word, 0, size, start, end) === 0);
  };
};

/** What programs write for nothing; they are told, never taken for nothing on our own. */
const USUAL = ['NA', 'N/A', 'n/a', '#N/A', 'null', 'NULL', 'Null', 'None', 'NaN', 'nan', '-', '\\N', '?'];
export const isUsualNullWord: IsNullWord = nullWordTest(USUAL) ?? (() => false);
