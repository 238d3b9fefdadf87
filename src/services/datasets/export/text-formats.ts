/** CSV (RFC 4180), tab-separated values and lines of JSON. */
import type { ColumnType } from '../query/column-types.ts';
import type { Cells, DownloadColumn, FormatKind } from './format-writer.ts';
import { guardCell } from './formula-guard.ts';

const BATCH_BYTES = 512 * 1024;

/** What may hold any text. What PostgreSQL writes for other types is no formula: numbers, times, words and brackets. */
const HOLDS_TEXT = /^(?:text|varchar|bpchar|json|jsonb|tsvector)(?:\[\])?$/;
const holdsText = (type: ColumnType): boolean => HOLDS_TEXT.test(type);

/** Whatever any spreadsheet may take for the end of a cell; in quotes it is one for fewer of them. */
const ENDS = /["\r\n;\t,|]/;

/** A null is nothing at all, an empty text is `""` (decision 28), so that both come back as they were. */
const delimited = (contentType: string, delimiter: string): FormatKind => {
  const own = new RegExp(`["\\r\\n${delimiter}]`);
  return {
    contentType,
    cells: 'text',
    batchBytes: BATCH_BYTES,
    open: (columns, isSafe) => {
      const isGuarded = columns.map(({ type }) => isSafe && holdsText(type));
      const special = isSafe ? ENDS : own;
      const quote = (cell: string): string =>
        cell === '' || special.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
      const line = (cells: Cells): string => {
        let text = '';
        for (let index = 0; index < cells.length; index += 1) {
          if (index > 0) text += delimiter;
          const cell = cells[index];
          if (typeof cell === 'string') text += quote(isGuarded[index] === true ? guardCell(cell) : cell);
        }
        return `${text}\n`;
      };
      return {
        begin: () => `${columns.map(({ name }) => quote(isSafe ? guardCell(name) : name)).join(delimiter)}\n`,
        write: (rows) => rows.map(line).join(''),
        end: () => '',
      };
    },
  };
};

export const CSV = delimited('text/csv; charset=utf-8; header=present', ',');
export const TSV = delimited('text/tab-separated-values; charset=utf-8', '\t');

/** A raw line break stands in JSON between values only, where a space means the same. */
const oneLine = (json: string): string => (/[\r\n]/.test(json) ? json.replaceAll(/[\r\n]/g, ' ') : json);

/** Every value as PostgreSQL writes it, so that no digit of a number is lost. */
export const NDJSON: FormatKind = {
  contentType: 'application/x-ndjson; charset=utf-8',
  cells: 'json',
  batchBytes: BATCH_BYTES,
  open: (columns: readonly DownloadColumn[]) => {
    const keys = columns.map(({ name }, index) => `${index === 0 ? '' : ','}${JSON.stringify(name)}:`);
    return {
      begin: () => '',
      write: (rows) => {
        let text = '';
        for (const cells of rows) {
          text += '{';
          for (let index = 0; index < cells.length; index += 1)
            text += `${keys[index] ?? ''}${oneLine(cells[index] ?? 'null')}`;
          text += '}\n';
        }
        return text;
      },
      end: () => '',
    };
  },
};
