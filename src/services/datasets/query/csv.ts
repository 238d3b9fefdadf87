/** Writes an answer as CSV (RFC 4180), lines ended as PostgREST ends them: by `\n`, none after the last. */

/** A null is nothing at all, an empty text is `""`, so that both come back as they were. */
const writeCell = (cell: string | null): string => {
  if (cell === null) return '';
  return cell === '' || /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
};

/** @param body an array of arrays of texts and nulls, as JSON. */
export const writeCsv = (header: readonly string[], body: string): string => {
  const rows = JSON.parse(body) as readonly (readonly (string | null)[])[];
  return [header, ...rows].map((cells) => cells.map(writeCell).join(',')).join('\n');
};
