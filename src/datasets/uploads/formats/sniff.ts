/** What a file is, from its first bytes. */
import { isUtf8 } from 'node:buffer';
import { HEAD_BYTES } from './bounds.ts';
import type { ByteSource, Corrections, Encoding, Format, Reading } from './contract.ts';
import { bomOf, cutOf, decodePieces } from './decode.ts';
import { sniffDialect } from './dialect.ts';
import { FormatError } from './format-error.ts';
import { sheetNames } from './xlsx.ts';

const isWide = (head: Uint8Array, zeros: 0 | 1): boolean => {
  let found = 0;
  const pairs = Math.min(head.length >> 1, 512);
  for (let pair = 0; pair < pairs; pair += 1)
    if (head[pair * 2 + zeros] === 0 && head[pair * 2 + 1 - zeros] !== 0) found += 1;
  return pairs > 1 && found * 2 > pairs;
};

const encodingOf = (head: Uint8Array, isWhole: boolean): Encoding => {
  for (const encoding of ['utf-8', 'utf-16le', 'utf-16be'] as const)
    if (bomOf(head, encoding) > 0) return encoding;
  if (isWide(head, 1)) return 'utf-16le';
  if (isWide(head, 0)) return 'utf-16be';
  return isUtf8(head.subarray(0, head.length - (isWhole ? 0 : cutOf(head)))) ? 'utf-8' : 'windows-1252';
};

const textFormat = (text: string, filename: string): Format => {
  const name = filename.toLowerCase();
  if (name.endsWith('.csv')) return 'csv';
  if (name.endsWith('.tsv') || name.endsWith('.tab')) return 'tsv';
  const start = text.trimStart();
  if (/\.(?:ndjson|jsonl)$/.test(name)) return 'ndjson';
  if (start.startsWith('[') && /^\[\s*(?:[{[\]"\d-]|true|false|null)/.test(start)) return 'json';
  if (/^\{\s*(?:"|\})/.test(start)) {
    const [first = ''] = start.split('\n');
    return /\}\s*$/.test(first) && !name.endsWith('.json') ? 'ndjson' : 'json';
  }
  return 'csv';
};

const decodeHead = async (head: Uint8Array, isWhole: boolean, encoding: Encoding): Promise<Buffer> => {
  const cut = isWhole ? 0 : encoding === 'utf-8' ? cutOf(head) : head.length % 2;
  const pieces = (async function* () {
    yield await Promise.resolve(head.subarray(0, head.length - cut));
  })();
  const parts: Buffer[] = [];
  for await (const { text } of decodePieces(pieces, encoding)) parts.push(text);
  return Buffer.concat(parts);
};

/** Throws FormatError empty_file, invalid_bytes, unknown_format and those of workbooks. */
export const sniff = async (source: ByteSource, filename = '', said: Corrections = {}): Promise<Reading> => {
  if (source.length === 0) throw new FormatError('empty_file', 'the file is empty');
  const nullWords = said.nullWords ?? [];
  const isWhole = source.length <= HEAD_BYTES;
  const head = await source.read(0, Math.min(HEAD_BYTES, source.length));
  const magic = Buffer.from(head.subarray(0, 4)).toString('latin1');
  const packed = magic === 'PAR1' ? 'parquet' : magic === 'PK\u0003\u0004' ? 'xlsx' : undefined;
  const wanted = said.format ?? packed;
  if (wanted === 'parquet') return { format: 'parquet', nullWords };
  if (wanted === 'xlsx') {
    const sheets = await sheetNames(source);
    const sheet = said.sheet ?? sheets[0];
    if (sheet === undefined || !sheets.includes(sheet))
      throw new FormatError('no_such_sheet', 'the workbook has no such sheet');
    const header = said.header;
    return { format: 'xlsx', sheets, sheet, nullWords, ...(header === undefined ? {} : { header }) };
  }
  // oxlint-disable-next-line no-control-regex -- the magic numbers of packed files hold some
  if (/^(?:\u001f\u008b|\u00d0\u00cf\u0011\u00e0|%PDF|BZh|\u0028\u00b5\u002f\u00fd)/.test(magic))
    throw new FormatError('unknown_format', 'the file is packed, or of a format that is no table');
  const encoding = said.encoding ?? encodingOf(head, isWhole);
  const text = await decodeHead(head, isWhole, encoding);
  if (text.length === 0) throw new FormatError('empty_file', 'the file holds no text');
  const format = wanted ?? textFormat(text.toString('utf8', 0, 65_536), filename);
  if (format === 'json' || format === 'ndjson') return { format, encoding, nullWords };
  const dialect = sniffDialect(text, isWhole, {
    ...(format === 'tsv' ? { delimiter: '\t' } : {}),
    ...said.dialect,
  });
  return {
    format: dialect.delimiter === '\t' && said.format === undefined ? 'tsv' : format,
    encoding,
    dialect,
    nullWords,
  };
};
