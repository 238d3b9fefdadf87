/** How an address of some kind is put together, found out by writing one with marks in place of names. */

/** A part of an address: JSON text, or the number of the slot whose name stands there. */
export type Segment = Buffer | number;

export interface Shape {
  readonly segments: readonly Segment[];
  /** Texts that a name must not be, because it would then be left out as written already. */
  readonly taken: readonly Buffer[];
}

/** Two sets of marks, one for each slot: no rule of any country knows them, and none is a part of another. */
const MARKS = [
  ['Qvxaj', 'Wzqok', 'Jxvuq', 'Kqzyw', 'Xjqwov', 'Uvqkx'],
  ['Zjwqib', 'Xqkovud', 'Vqjyz', 'Yxwqe', 'Fwqxz', 'Gqvzjo'],
] as const;

/** Text as it stands within a JSON string. */
export const escapeText = (text: string): Buffer => Buffer.from(JSON.stringify(text).slice(1, -1));

/** Cuts a line at marks; undefined where something has been done to one of them. */
const cut = (text: string, marks: readonly string[]): Segment[] | undefined => {
  const known = marks.filter((mark) => mark !== '');
  if (known.length === 0) return [escapeText(text)];
  const pieces = text.split(new RegExp(`(${known.join('|')})`, 'u')).filter((piece) => piece !== '');
  const isTouched = (piece: string): boolean =>
    !known.includes(piece) &&
    known.some((mark) => piece.toLowerCase().includes(mark.slice(0, 3).toLowerCase()));
  if (pieces.some(isTouched)) return undefined;
  return pieces.map((piece) => (known.includes(piece) ? marks.indexOf(piece) : escapeText(piece)));
};

const areSame = (one: readonly Segment[], other: readonly Segment[]): boolean =>
  one.length === other.length && one.every((segment, at) => String(segment) === String(other[at]));

const takenIn = (lines: readonly string[], marks: readonly string[]): Buffer[] => {
  const pieces = new Set(lines.flatMap((line) => [line, ...line.split(',')]).map((piece) => piece.trim()));
  const hasMark = (piece: string): boolean => marks.some((mark) => mark !== '' && piece.includes(mark));
  return [...pieces].filter((piece) => !hasMark(piece)).map(escapeText);
};

/**
 * Finds a shape out; undefined where what is written depends on more than where names stand.
 * @param slotOf for each slot, the slot whose mark stands for it (slots whose names are one text have one), or -1 where it is empty.
 * @param write the lines of the address with these texts in the slots.
 */
export const drawShape = (
  slotOf: readonly number[],
  write: (textOf: (slot: number) => string) => string[],
): Shape | undefined => {
  const drawn = MARKS.map((marks) => {
    const lines = write((slot) => marks[slotOf[slot] ?? 0] ?? '');
    const used = marks.map((mark, slot) => (slotOf[slot] === slot ? mark : ''));
    return { segments: cut(lines.join(', '), used), taken: takenIn(lines, used) };
  });
  const [first, second] = drawn;
  if (first?.segments === undefined || second?.segments === undefined) return undefined;
  return areSame(first.segments, second.segments)
    ? { segments: first.segments, taken: first.taken }
    : undefined;
};
