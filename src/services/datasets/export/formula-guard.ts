/**
 * Cells that spreadsheets would take for formulas (OWASP, "CSV Injection"). A mark before them makes them text; it is put
 * before every cell that could be taken for a marked one too, so that taking it away gives back what was there.
 */

/** Beginnings of formulas, in their full-width forms too, behind any number of marks. */
const DANGEROUS = /^'*[=+\-@\t\r\n＝＋－＠]/;
const MARKED = /^'+[=+\-@\t\r\n＝＋－＠]/;
/** A signed number is what it looks like. */
const NUMBER = /^[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

/** Puts a `'` before what could be run. */
export const guardCell = (cell: string): string =>
  DANGEROUS.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell;

/** Gives back what `guardCell` was given. */
export const unguardCell = (cell: string): string => (MARKED.test(cell) ? cell.slice(1) : cell);
