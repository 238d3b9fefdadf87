/** XLSX (ECMA-376) as it is made: one sheet, texts inline, in a zip that is never held whole. */
import { Zip, ZipDeflate, strToU8 } from 'fflate';
import type { Cells, DownloadColumn, FormatKind } from './format-writer.ts';

/** Rows of a sheet, its first line included, and UTF-16 units of a cell (Excel's specifications and limits). */
export const MOST_SHEET_ROWS = 1_048_576;
export const LONGEST_SHEET_CELL = 32_767;

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const TYPES = 'http://schemas.openxmlformats.org/package/2006/content-types';
const RELATIONS = 'http://schemas.openxmlformats.org/package/2006/relationships';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const SHEET = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const KIND = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** Parts that are the same in every file. */
const PARTS: readonly (readonly [string, string])[] = [
  [
    '[Content_Types].xml',
    `${HEAD}<Types xmlns="${TYPES}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${KIND}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${KIND}.worksheet+xml"/></Types>`,
  ],
  [
    '_rels/.rels',
    `${HEAD}<Relationships xmlns="${RELATIONS}"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  ],
  [
    'xl/workbook.xml',
    `${HEAD}<workbook xmlns="${SHEET}" xmlns:r="${OFFICE}"><sheets><sheet name="Data" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  ],
  [
    'xl/_rels/workbook.xml.rels',
    `${HEAD}<Relationships xmlns="${RELATIONS}"><Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
  ],
];

const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * What XML cannot hold, or would change, is written `_x000D_` (ECMA-376 part 1, §22.4.2.4 `ST_Xstring`), and so is the
 * beginning of what looks like that.
 */
const escape = (text: string): string =>
  text
    .replaceAll(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replaceAll(
      // oxlint-disable-next-line no-control-regex -- they are what is looked for
      /[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g,
      (letter) => `_x${letter.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`,
    )
    .replaceAll(/[&<>]/g, (letter) => NAMED[letter] ?? letter);

const NUMBERS: ReadonlySet<string> = new Set(['int2', 'int4', 'int8', 'numeric', 'float4', 'float8']);
/** Spreadsheets compute with fifteen digits; a number that has more, or zeros that mean something, stays a text. */
const SHORT_NUMBER = /^-?(?:0|[1-9][0-9]{0,14})$|^-?(?=[0-9.]{3,16}$)(?:0|[1-9][0-9]*)\.[0-9]*[1-9]$/;

const writeCell = ({ type }: DownloadColumn, cell: string | null): string => {
  // It has a place, so that the cells behind it keep theirs.
  if (cell === null) return '<c/>';
  if (cell.length > LONGEST_SHEET_CELL) throw new RangeError('A cell is longer than a sheet can hold.');
  if (type === 'bool') return `<c t="b"><v>${cell === 'true' ? 1 : 0}</v></c>`;
  if (NUMBERS.has(type) && SHORT_NUMBER.test(cell)) return `<c><v>${cell}</v></c>`;
  return `<c t="inlineStr"><is><t xml:space="preserve">${escape(cell)}</t></is></c>`;
};

const BATCH_BYTES = 256 * 1024;
/** The fastest that still makes a file of texts a tenth of its size. */
const LEVEL = 1;

/** A zip without 64-bit fields says in four bytes how long a part is, and where the next one begins; the tables at its end come to it. */
const MOST_BYTES = 2 ** 32 - 1 - 1024 * 1024;

/** @param mostBytes of the sheet's XML and of the whole file; a sheet that would be longer throws before it is whole. */
export const sheetUpTo = (mostBytes: number): FormatKind => ({
  contentType: `${KIND}.sheet`,
  cells: 'text',
  batchBytes: BATCH_BYTES,
  open: (columns) => {
    let made: Uint8Array[] = [];
    let [ofSheet, ofFile] = [0, 0];
    const zip = new Zip((error, chunk) => {
      if (error !== null) throw error;
      ofFile += chunk.length;
      made.push(chunk);
    });
    const sheet = new ZipDeflate('xl/worksheets/sheet1.xml', { level: LEVEL });
    let written = 0;
    // What was estimated before the first byte may be less than what is written.
    const push = (text: string, isLast = false): void => {
      const bytes = Buffer.from(text);
      ofSheet += bytes.length;
      if (ofSheet > mostBytes || ofFile > mostBytes)
        throw new RangeError('The sheet is longer than its file can hold.');
      sheet.push(bytes, isLast);
    };
    const take = (): Uint8Array => {
      const bytes = made.length === 1 ? made[0] : Buffer.concat(made);
      made = [];
      return bytes ?? new Uint8Array(0);
    };
    const line = (cells: Cells, of: readonly DownloadColumn[]): string => {
      written += 1;
      if (written > MOST_SHEET_ROWS) throw new RangeError('There are more rows than a sheet can hold.');
      return `<row>${cells.map((cell, index) => writeCell(of[index] ?? TEXT, cell)).join('')}</row>`;
    };
    return {
      begin: () => {
        for (const [name, text] of PARTS) {
          const part = new ZipDeflate(name, { level: LEVEL });
          zip.add(part);
          part.push(strToU8(text), true);
        }
        zip.add(sheet);
        const names = line(
          columns.map(({ name }) => name),
          columns.map(() => TEXT),
        );
        push(`${HEAD}<worksheet xmlns="${SHEET}"><sheetData>${names}`);
        return take();
      },
      write: (rows) => {
        push(rows.map((cells) => line(cells, columns)).join(''));
        return take();
      },
      end: () => {
        push('</sheetData></worksheet>', true);
        zip.end();
        return take();
      },
    };
  },
});

export const XLSX = sheetUpTo(MOST_BYTES);

const TEXT: DownloadColumn = { name: '', type: 'text' };
