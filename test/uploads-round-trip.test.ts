/** Files in every format, from the client through PostgreSQL and back: every cell byte for byte. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { XLSX } from '../src/services/datasets/export/xlsx.ts';
import { openHouse, type House } from './support/house.ts';
import { signIn } from './support/people.ts';
import { openUploader, type Uploader, type UploadState } from './support/uploader.ts';

let house: House;
let uploader: Uploader & { close(): Promise<void> };

before(async () => {
  house = await openHouse();
  uploader = openUploader(house, await signIn(house, { memberships: { [house.company]: 'owner' } }));
});
after(() => uploader.close());

type Cells = readonly (string | null)[];
type Row = Readonly<Record<string, unknown>>;

const NAMES = ['id', 'long', 'price', 'code', 'moment', 'text', '"; drop table vouchsafe.dataset; --'];
const TYPES = ['int4', 'int8', 'numeric', 'text', 'text', 'text', 'bool'];

const TEXTS: Cells = [
  '',
  null,
  ' two  spaces ',
  'null',
  'NULL',
  '\\N',
  '\\',
  '\\.',
  'a\tb',
  'a\nb',
  'a\r\nb\rc',
  'he said "no", twice',
  "it's",
  '=1+1',
  'größer 🦊 עברית नमस्ते',
  'e\u0301 is not é',
  '\u202eturned',
  '\u0001\u001f\u007f',
  '\ufeffmark',
  '_x000D_',
  '<&>]]>',
];

const rowOf = (text: string | null, index: number): Cells => [
  String(index + 1),
  ['9007199254740993', '-9223372036854775808', '9223372036854775807', null][index % 4] ?? null,
  ['0.10', '12345678901234567890123456789012345678.000000000000000001', '-1.00', null][index % 4] ?? null,
  ['007', '00', '0x1F', '1e5', '+1', '', null][index % 7] ?? null,
  ['2024-03-31T02:30:00+05:30', '2024-03-31T02:30:00Z', '2024-03-31 02:30:00.120-03', null][index % 4] ??
    null,
  text,
  ['true', 'false', null][index % 3] ?? null,
];
const ROWS: readonly Cells[] = TEXTS.map(rowOf);

/** Numbers and truths are written as such where the format has them. */
const isBare = (column: number): boolean => column < 3 || column === 6;

const delimited = (delimiter: string): string => {
  const cell = (text: string | null): string => (text === null ? '' : `"${text.replaceAll('"', '""')}"`);
  return [NAMES, ...ROWS].map((row) => `${row.map(cell).join(delimiter)}\n`).join('');
};
const objects = (): readonly string[] =>
  ROWS.map((row) => {
    const members = row.map((cell, column) => {
      const value = cell === null ? 'null' : isBare(column) ? cell : JSON.stringify(cell);
      return `${JSON.stringify(NAMES[column])}:${value}`;
    });
    return `{${members.join(',')}}`;
  });
const parquet = (): Uint8Array => {
  const column = <Value>(at: number, make: (text: string) => Value): (Value | null)[] =>
    ROWS.map((row) => (row[at] == null ? null : make(row[at])));
  const kinds = ['INT32', 'INT64', 'STRING', 'STRING', 'STRING', 'STRING', 'BOOLEAN'] as const;
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: NAMES.map((name, at) => {
        const type = kinds[at] ?? 'STRING';
        if (type === 'INT32') return { name, type, data: column(at, Number) };
        if (type === 'INT64') return { name, type, data: column(at, BigInt) };
        if (type === 'BOOLEAN') return { name, type, data: column(at, (text) => text === 'true') };
        return { name, type, data: column(at, String) };
      }),
    }),
  );
};
const xlsx = (): Uint8Array => {
  const columns = NAMES.map((name, at) => ({ name, type: (TYPES[at] ?? 'text') as 'text' }));
  const writer = XLSX.open(columns, false);
  return Buffer.concat(
    [writer.begin(), writer.write(ROWS), writer.end()].map((part) => Buffer.from(part as string)),
  );
};

const FILES: Readonly<Record<string, () => string | Uint8Array>> = {
  csv: () => delimited(','),
  tsv: () => delimited('\t'),
  json: () => `[${objects().join(',\n')}]`,
  ndjson: () => `${objects().join('\n')}\n`,
  parquet,
  xlsx,
};

/** With every number as it is written. */
const parseExactly = (json: string): readonly Row[] =>
  JSON.parse(json, (_key, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' ? context?.source : typeof value === 'boolean' ? String(value) : value,
  ) as readonly Row[];
const asRows = (rows: readonly Cells[]): readonly Row[] =>
  rows.map((row) => Object.fromEntries(row.map((cell, column) => [NAMES[column] ?? '', cell])));
const datasets = (): string => `/v1/companies/${house.company}/datasets`;
const rowsOf = async ({ dataset }: UploadState): Promise<readonly Row[]> =>
  parseExactly((await uploader.call('GET', `${datasets()}/${dataset}/rows?limit=1000`)).body);

/** hyparquet-writer has texts for decimals, and our workbooks for what a spreadsheet would round. */
const typesIn = (format: string): readonly string[] =>
  TYPES.map((type, at) =>
    (format === 'parquet' && at === 2) || (format === 'xlsx' && (at === 1 || at === 2)) ? 'text' : type,
  );

describe('a file that is uploaded', () => {
  for (const [format, make] of Object.entries(FILES))
    it(`comes back cell by cell from ${format}, by rows and by its own download`, async () => {
      const path = await uploader.send(make(), `wells.${format}`);
      await uploader.settle(path);
      const { plan } = (await uploader.call('GET', `${path}/plan`)).json() as {
        plan: { format: string; columns: { name: string; type: string }[] };
      };
      assert.equal(plan.format, format);
      assert.deepEqual(
        plan.columns,
        NAMES.map((name, at) => ({ name, type: typesIn(format)[at] })),
      );
      const state = await uploader.load(path, { new: { name: `first_${format}`, visibility: 'company' } });
      assert.deepEqual([state.phase, state.failure, state.rejected], ['loaded', null, 0]);
      assert.deepEqual(await rowsOf(state), asRows(ROWS));
      // Nothing is downloaded as JSON; the rows above are it.
      if (format === 'json') return;
      const query = `format=${format}&safe=0`;
      const file = await uploader.download(`${datasets()}/${state.dataset}/download?${query}`);
      const back = await uploader.send(file, `again.${format}`);
      const again = await uploader.load(back, { new: { name: `again_${format}`, visibility: 'company' } });
      assert.deepEqual([again.phase, again.failure], ['loaded', null]);
      assert.deepEqual(await rowsOf(again), asRows(ROWS));
      assert.deepEqual(uploader.bugs(), []);
    });
});
