/** Text for spreadsheets. */

/** What a spreadsheet would take for a formula, also behind spaces (OWASP, CSV injection). */
const FORMULA = /^[\s\u{feff}]*[=+\-@＝＋－＠]/u;

/** A field of RFC 4180: always in quotes, quotes doubled; a formula becomes text by a leading apostrophe. */
export const csvField = (value: string): string => {
  const text = FORMULA.test(value) || /^[\t\r\n]/.test(value) ? `'${value}` : value;
  return `"${text.replaceAll('"', '""')}"`;
};

/** One record with its line end (RFC 4180 §2.1). */
export const csvLine = (fields: readonly string[]): string => `${fields.map(csvField).join(',')}\r\n`;
