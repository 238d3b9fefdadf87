/**
 * Cells that spreadsheets would take for formulas (OWASP, "CSV Injection"). A mark before them makes them text; it is put
 * before every cell that could be taken for a marked one too, so that taking it away gives back what was there.
 */

/**
 * Beginnings of formulas, in their full-width forms too, behind any number of marks and quotes: at the beginning of a cell,
 * and behind what a spreadsheet may take for the end of one. Where `;` parts cells, as in countries whose numbers have a comma,
 * a quote that follows a comma is none, so that neither `;` nor a line break is kept together by it. A signed number is what
 * it looks like.
 */
const DANGEROUS =
  /(?<=^|[;\t,|\r\n])(?!(?:[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)(?:[;\t,|\r\n]|$))(?=['"]*[=+\-@\t\r\n＝＋－＠])/g;
const MARKED = /(?<=^|[;\t,|\r\n])'(?=['"]*[=+\-@\t\r\n＝＋－＠])/g;

/** Puts a `'` before what could be run. */
export const guardCell = (cell: string): string => cell.replaceAll(DANGEROUS, "'");

/** Gives back what `guardCell` was given. */
export const unguardCell = (cell: string): string => cell.replaceAll(MARKED, '');
