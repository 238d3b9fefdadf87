/** Words that stand for nothing. */

export type IsNullWord = (bytes: Buffer, start: number, end: number) => boolean;

/** Of the words that the uploader named. */
export const nullWordTest = (words: readonly string[]): IsNullWord | undefined => {
  if (words.length === 0) return undefined;
  const wanted = words.map((word) => Buffer.from(word));
  const longest = Math.max(...wanted.map((word) => word.length));
  return (bytes, start, end) =>
    end - start <= longest &&
    wanted.some(
      (word) => word.length === end - start && bytes.compare(word, 0, word.length, start, end) === 0,
    );
};

/** What programs write for nothing; they are told, never taken for nothing on our own. */
const USUAL = ['NA', 'N/A', 'n/a', '#N/A', 'null', 'NULL', 'Null', 'None', 'NaN', 'nan', '-', '\\N', '?'];
export const isUsualNullWord: IsNullWord = nullWordTest(USUAL) ?? (() => false);
