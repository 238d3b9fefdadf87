/** Rows of one sheet of a workbook (ECMA-376 part 1, §18): texts as they are, digits as they stand in the file. */
import { HALF_CHARACTER, STRING, type Batch } from './batch.ts';
import {
  LARGEST_ENTRY,
  LARGEST_SHARED_STRINGS,
  LONGEST_CELL,
  LONGEST_ROW,
  MOST_COLUMNS,
  MOST_SHARED_STRINGS,
} from './bounds.ts';
import type { ByteSource } from './contract.ts';
import { FormatError } from './format-error.ts';
import { float8Text } from './printed-forms.ts';
import { createRowWriter } from './row-writer.ts';
import { readXml, type XmlEvents } from './xml-events.ts';
import { openZip, type ZipParts } from './zip-parts.ts';

const invalid = (): FormatError => new FormatError('xlsx_invalid', 'this is no workbook that can be read');

/** Unpacked bytes of the parts that say what is in the workbook and how it looks. */
const LARGEST_ABOUT = 16 * 1024 * 1024;

const readAll = async (
  zip: ZipParts,
  name: string,
  events: Partial<XmlEvents>,
  most = LARGEST_ABOUT,
): Promise<void> => {
  const all = { open: () => undefined, text: () => undefined, close: () => undefined, ...events };
  for await (const read of readXml(zip.open(name), all))
    if (read > most) throw new FormatError('xlsx_too_large', 'a part of the workbook is too large');
};

interface Workbook {
  readonly sheets: ReadonlyMap<string, string>;
  readonly is1904: boolean;
}

const openWorkbook = async (zip: ZipParts): Promise<Workbook> => {
  const targets = new Map<string, string>();
  await readAll(zip, 'xl/_rels/workbook.xml.rels', {
    open: (name, { Id = '', Target = '' }) => {
      if (name === 'Relationship') targets.set(Id, Target.startsWith('/') ? Target.slice(1) : `xl/${Target}`);
    },
  });
  const sheets = new Map<string, string>();
  let is1904 = false;
  await readAll(zip, 'xl/workbook.xml', {
    open: (name, attributes) => {
      if (name === 'workbookPr') is1904 = /^(?:1|true)$/.test(attributes['date1904'] ?? '');
      if (name === 'sheet') sheets.set(attributes['name'] ?? '', targets.get(attributes['r:id'] ?? '') ?? '');
    },
  });
  return { sheets, is1904 };
};

/** In the order of the workbook. Throws FormatError. */
export const sheetNames = async (source: ByteSource): Promise<readonly string[]> => {
  const { sheets } = await openWorkbook(await openZip(source));
  return [...sheets.keys()];
};

/** `_x000D_` is what XML cannot hold (§22.4.2.4). */
const unescape = (text: string): string =>
  text.includes('_x')
    ? text.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      )
    : text;

const tooManyTexts = (): FormatError =>
  new FormatError('xlsx_too_large', 'the workbook has too many texts to be held in memory');

const readSharedStrings = async (zip: ZipParts): Promise<readonly string[]> => {
  const strings: string[] = [];
  const name = 'xl/sharedStrings.xml';
  if (!zip.names.has(name)) return strings;
  let size = 0;
  let parts = '';
  let isText = false;
  let phonetic = 0;
  const events = {
    open: (tag: string) => {
      if (tag === 'si') parts = '';
      if (tag === 'rPh') phonetic += 1;
      isText = tag === 't' && phonetic === 0;
    },
    text: (text: string) => {
      if (!isText) return;
      parts += text;
      size += text.length;
      if (size > LARGEST_SHARED_STRINGS) throw tooManyTexts();
    },
    close: (tag: string) => {
      isText = false;
      if (tag === 'rPh') phonetic -= 1;
      if (tag === 'si' && strings.push(unescape(parts)) > MOST_SHARED_STRINGS) throw tooManyTexts();
    },
  };
  await readAll(zip, name, events, LARGEST_ENTRY);
  return strings;
};

/** Built-in formats of dates and times (§18.8.30), and any own one with a day, a month, a year or an hour in it. */
const isDateFormat = (id: number, code: string | undefined): boolean =>
  code === undefined
    ? (id >= 14 && id <= 22) || (id >= 45 && id <= 47)
    : /[dmyhs]/i.test(code.replaceAll(/"[^"]*"|\\.|\[[^\]]*\]|_.|General/g, ''));

const readDateStyles = async (zip: ZipParts): Promise<readonly boolean[]> => {
  const styles: boolean[] = [];
  const codes = new Map<number, string>();
  let isCells = false;
  if (zip.names.has('xl/styles.xml'))
    await readAll(zip, 'xl/styles.xml', {
      open: (tag, attributes) => {
        const id = Number(attributes['numFmtId'] ?? 0);
        if (tag === 'numFmt') codes.set(id, attributes['formatCode'] ?? '');
        if (tag === 'cellXfs') isCells = true;
        if (tag === 'xf' && isCells) styles.push(isDateFormat(id, codes.get(id)));
      },
      close: (tag) => {
        if (tag === 'cellXfs') isCells = false;
      },
    });
  return styles;
};

const DAY_MS = 86_400_000;
/** Day 0; those before the first of March of 1900 are one off, for 1900 was no leap year (§18.17.4.1). */
const EPOCH = Date.UTC(1899, 11, 30);
const EPOCH_1904 = Date.UTC(1904, 0, 1);

const dateText = (serial: number, is1904: boolean): string | undefined => {
  if (!(serial >= (is1904 ? 0 : 1) && serial < 2_958_466)) return undefined;
  const shift = !is1904 && serial < 60 ? 1 : 0;
  const ms = Math.round((serial + shift) * DAY_MS) + (is1904 ? EPOCH_1904 : EPOCH);
  const [day = '', clock = ''] = new Date(ms).toISOString().replace('Z', '').split('T');
  return Number.isInteger(serial)
    ? day
    : `${day} ${clock.replace(/\.?0+$/, (end) => (end.startsWith('.') ? '' : end))}`;
};

const columnIndex = (reference: string): number => {
  let index = 0;
  for (const letter of /^[A-Z]{1,3}/.exec(reference)?.[0] ?? '')
    index = index * 26 + letter.charCodeAt(0) - 64;
  return index - 1;
};

/** Throws FormatError xlsx_invalid, xlsx_too_large, no_such_sheet, too_many_columns, cell_too_long. */
export const openSheet = async (source: ByteSource, sheet: string): Promise<AsyncIterable<Batch>> => {
  const zip = await openZip(source);
  const { sheets, is1904 } = await openWorkbook(zip);
  const path = sheets.get(sheet);
  if (path === undefined) throw new FormatError('no_such_sheet', 'the workbook has no such sheet');
  if (!zip.names.has(path)) throw invalid();
  const strings = await readSharedStrings(zip);
  const dates = await readDateStyles(zip);
  return sheetRows(zip.open(path), { strings, dates, is1904 });
};

interface SheetParts {
  readonly strings: readonly string[];
  readonly dates: readonly boolean[];
  readonly is1904: boolean;
}

const sheetRows = async function* (
  pieces: AsyncIterable<Uint8Array>,
  { strings, dates, is1904 }: SheetParts,
): AsyncGenerator<Batch> {
  const writer = createRowWriter();
  type Cells = ({ readonly text: string; readonly kind: number } | undefined)[];
  let row: Cells = [];
  /** Rows of the piece that is read. Texts of the workbook are only pointed to: one may stand in thousands of cells. */
  let waiting: { readonly line: number; readonly cells: Cells; readonly width: number }[] = [];
  let size = 0;
  let line = 0;
  let width = 0;
  let column = -1;
  let type = 'n';
  let style = 0;
  let parts = '';
  let isText = false;
  let hasValue = false;

  const valueOf = (): { text: string; kind: number } => {
    if (type === 's') return { text: strings[Number(parts)] ?? '', kind: STRING };
    if (type === 'inlineStr' || type === 'str' || type === 'e')
      return { text: unescape(parts), kind: STRING };
    if (type === 'b') return { text: parts === '1' ? 'true' : 'false', kind: 0 };
    if (type === 'd') return { text: parts, kind: 0 };
    if (dates[style] === true) return { text: dateText(Number(parts), is1904) ?? parts, kind: 0 };
    return { text: /e/i.test(parts) ? float8Text(Number(parts)) : parts, kind: 0 };
  };

  const events: XmlEvents = {
    open: (tag, attributes) => {
      if (tag === 'row') {
        line = Number(attributes['r'] ?? line + 1);
        row = [];
        size = 0;
        column = -1;
      } else if (tag === 'c') {
        column = attributes['r'] === undefined ? column + 1 : columnIndex(attributes['r']);
        if (column >= MOST_COLUMNS)
          throw new FormatError('too_many_columns', `the sheet has more than ${MOST_COLUMNS} columns`, {
            line,
          });
        type = attributes['t'] ?? 'n';
        style = Number(attributes['s'] ?? 0);
        parts = '';
        hasValue = false;
      } else if (tag === 'v' || tag === 't') {
        isText = true;
        hasValue = true;
      } else if (tag === 'rPh') isText = false;
    },
    text: (text) => {
      if (!isText) return;
      parts += text;
      if (parts.length > LONGEST_CELL)
        throw new FormatError('cell_too_long', `a cell is longer than ${LONGEST_CELL} bytes`, {
          line,
          column: column + 1,
        });
    },
    close: (tag) => {
      if (tag === 'v' || tag === 't') isText = false;
      else if (tag === 'c' && hasValue && column >= 0) {
        const value = valueOf();
        size += value.text.length;
        if (size > LONGEST_ROW)
          throw new FormatError('row_too_long', `a row is longer than ${LONGEST_ROW} bytes`, { line });
        row[column] = value;
      } else if (tag === 'row') {
        width = Math.max(width, row.length, column + 1);
        waiting.push({ line, cells: row, width });
      }
    },
  };
  for await (const read of readXml(pieces, events)) {
    const rows = waiting;
    waiting = [];
    for (const { line: number, cells, width: wide } of rows) {
      for (let at = 0; at < wide; at += 1) {
        const cell = cells[at];
        writer.cell(cell?.text.toWellFormed() ?? null, cell?.kind ?? 0);
      }
      writer.row(number, 0, cells.some((cell) => cell?.text.isWellFormed() === false) ? HALF_CHARACTER : 0);
      if (writer.isFull()) yield writer.take(read);
    }
    yield writer.take(read);
  }
};
