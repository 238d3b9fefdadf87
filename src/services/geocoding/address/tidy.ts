/** Takes out of the lines of an address what missing components leave behind, and what stands in it twice. */

/** Cities whose name is also that of what they lie in, and is written twice. */
const WRITTEN_TWICE = 'new york';

const tidyPiece = (piece: string): string => piece.trim().replace(/[ \t]{2,}/g, ' ');

/** Each line with each of its pieces once; empty ones are gone. */
export const tidyLines = (lines: readonly string[]): string[] => {
  const tidied: string[] = [];
  for (const line of lines) {
    const kept = line.includes(',') ? tidyPieces(line) : tidyPiece(line);
    const bare = kept.startsWith('- ') ? kept.slice(2).trim() : kept;
    if (bare === '' || bare === '-') continue;
    if (!tidied.includes(bare) || bare.toLowerCase() === WRITTEN_TWICE) tidied.push(bare);
  }
  return tidied;
};

const tidyPieces = (line: string): string => {
  const pieces: string[] = [];
  for (const one of line.split(',')) {
    const piece = tidyPiece(one);
    if (piece === '') continue;
    if (!pieces.includes(piece) || piece.toLowerCase() === WRITTEN_TWICE) pieces.push(piece);
  }
  return pieces.join(', ');
};
