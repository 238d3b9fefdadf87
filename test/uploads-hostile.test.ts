/** Files that nobody should send, over HTTP: each is told what is wrong with it, or comes back as it was. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gzipSync, strToU8, zipSync } from 'fflate';
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

let made = 0;
const intoNew = (): Record<string, unknown> => ({
  new: { name: `hostile_${(made += 1)}`, visibility: 'company' },
});
const rowsOf = async ({ dataset }: UploadState): Promise<readonly Record<string, unknown>[]> =>
  (
    await uploader.call('GET', `/v1/companies/${house.company}/datasets/${dataset}/rows?limit=1000`)
  ).json() as unknown as readonly Record<string, unknown>[];
const columnsOf = async (
  path: string,
): Promise<readonly { readonly name: string; readonly type: string }[]> =>
  (
    (await uploader.call('GET', `${path}/plan`)).json() as {
      plan: { columns: { name: string; type: string }[] };
    }
  ).plan.columns;
const rejectedOf = async (path: string): Promise<readonly string[]> =>
  (await uploader.call('GET', `${path}/rejected`)).body.trim().split('\r\n').slice(1);

describe('a column whose type is corrected', () => {
  const BAD: Readonly<Record<string, readonly [good: string, bad: string]>> = {
    int2: ['-32768', '32768'],
    int4: ['2147483647', '2147483648'],
    int8: ['9223372036854775807', '9223372036854775808'],
    numeric: ['1.50', '1.5.0'],
    float8: ['1e308', '1e999'],
    bool: ['true', 'maybe'],
    date: ['2024-02-29', '2023-02-29'],
    timestamptz: ['2024-01-01T00:00:00Z', '2024-01-01T25:00:00Z'],
    uuid: ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000g'],
    jsonb: ['{"a":1}', '{"a":}'],
  };
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

  it('rejects the row of each cell that it cannot hold, by line, column and reason; stops, or leaves it out', async () => {
    const types = Object.keys(BAD);
    // The first row has a line break in it, so that lines and rows differ; each further one has one bad cell.
    const good = types.map((type) => BAD[type]?.[0] ?? '');
    const rows = [
      ['two\nlines', ...good],
      ...types.map((type, at) => [`bad ${type}`, ...good.with(at, BAD[type]?.[1] ?? '')]),
      ['last', ...good],
    ];
    const text = [['note', ...types], ...rows].map((row) => `${row.map(quoted).join(',')}\n`).join('');
    const path = await uploader.send(text, 'corrected.csv');
    const columns = [null, ...types.map((type) => ({ type }))];
    const corrected = await uploader.correct(path, { columns });
    assert.deepEqual([corrected.phase, corrected.failure], ['ready', null]);
    const stopped = await uploader.load(path, intoNew());
    assert.deepEqual(
      [stopped.phase, stopped.failure, stopped.rejected, stopped.dataset],
      ['failed', 'rows_rejected', types.length, null],
    );
    const rejected = await rejectedOf(path);
    assert.deepEqual(
      rejected.map((line) => line.split(',').slice(0, 2)),
      types.map((type, at) => [`"${at + 4}"`, `"${type}"`]),
    );
    for (const [at, line] of rejected.entries()) {
      assert.match(line, /,"[^"]{8,}"$/, 'a reason');
      assert.ok(!line.includes(BAD[types[at] ?? '']?.[1] ?? ''), `it quotes nothing of the cell: ${line}`);
    }
    const skipped = await uploader.load(path, { ...intoNew(), rejected: 'skip' });
    assert.deepEqual([skipped.phase, skipped.rejected], ['loaded', types.length]);
    assert.deepEqual(
      (await rowsOf(skipped)).map((row) => row['note']),
      ['two\nlines', 'last'],
    );
  });
});

describe('a file of another encoding', () => {
  it('is read as it is, or as its uploader says, and never half', async () => {
    const text = 'name,city\nZoë,Kraków\n"Ж, 🦊",東京\n';
    const wide = Buffer.from(`\ufeff${text}`, 'utf16le');
    const cases: readonly (readonly [string, Buffer, unknown, unknown])[] = [
      [
        'utf-16le',
        wide,
        undefined,
        [
          { name: 'Zoë', city: 'Kraków' },
          { name: 'Ж, 🦊', city: '東京' },
        ],
      ],
      [
        'utf-16be',
        Buffer.from(wide).swap16(),
        undefined,
        [
          { name: 'Zoë', city: 'Kraków' },
          { name: 'Ж, 🦊', city: '東京' },
        ],
      ],
      [
        'windows-1252',
        Buffer.from('name,price\nZo\xeb,5 \x80\n', 'latin1'),
        undefined,
        [{ name: 'Zoë', price: '5 €' }],
      ],
      ['utf-8', Buffer.from('name,price\nZo\xeb,5\n', 'latin1'), { encoding: 'utf-8' }, 'invalid_bytes'],
      ['utf-16le', Buffer.from('a,b\n1,2\nx'), { encoding: 'utf-16le' }, 'invalid_bytes'],
    ];
    const check = async ([encoding, bytes, corrections, wanted]: (typeof cases)[number]): Promise<void> => {
      const path = await uploader.send(bytes, 'encoded.csv');
      const state =
        corrections === undefined ? await uploader.settle(path) : await uploader.correct(path, corrections);
      if (typeof wanted === 'string') {
        assert.deepEqual([encoding, state.phase, state.failure], [encoding, 'unreadable', wanted]);
        assert.match(String(state['detail']), /byte/);
        return;
      }
      assert.deepEqual(await rowsOf(await uploader.load(path, intoNew())), wanted, encoding);
    };
    await Promise.all(cases.map(check));
  });
});

describe('a file that is too much', () => {
  it('is refused by what is too much of it, and the next one is taken', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => `c${index}`);
    const cell = 'x'.repeat(50_000_000);
    const workbook = (sheet: string): Uint8Array =>
      zipSync(
        Object.fromEntries(
          Object.entries({
            'xl/workbook.xml':
              '<workbook xmlns:r="r"><sheets><sheet name="One" r:id="i"/></sheets></workbook>',
            'xl/_rels/workbook.xml.rels':
              '<Relationships><Relationship Id="i" Target="worksheets/sheet1.xml"/></Relationships>',
            'xl/worksheets/sheet1.xml': sheet,
          }).map(([name, part]) => [name, strToU8(part)]),
        ),
      );
    const bomb = workbook(`<worksheet><sheetData>${' '.repeat(50_000_000)}</sheetData></worksheet>`);
    assert.ok(bomb.length < 200_000);
    // The same, and says of itself that it is small.
    const liar = Buffer.from(bomb);
    for (let at = liar.indexOf('PK\u0001\u0002'); at >= 0; at = liar.indexOf('PK\u0001\u0002', at + 1))
      if (liar.readUInt32LE(at + 24) > 1_000_000) liar.writeUInt32LE(1000, at + 24);
    const files: readonly (readonly [string, string | Uint8Array, string])[] = [
      ['columns.csv', `${many.join(',')}\n${many.join(',')}\n`, 'too_many_columns'],
      [
        'columns.json',
        JSON.stringify([Object.fromEntries(many.map((name) => [name, 1]))]),
        'too_many_columns',
      ],
      ['columns.ndjson', many.map((name) => `{"${name}":1}\n`).join(''), 'too_many_columns'],
      ['cell.csv', `a,b\n1,${cell}\n`, 'cell_too_long'],
      ['bomb.xlsx', bomb, 'xlsx_too_large'],
      ['liar.xlsx', liar, 'xlsx_invalid'],
      ['deep.json', `${'['.repeat(100_000)}1`, 'too_deep'],
      ['quote.csv', 'a,b\n1,"never ends\n', 'unterminated_quote'],
      ['packed.csv', gzipSync(strToU8('a,b\n1,2\n')), 'unknown_format'],
      ['nothing.csv', '', 'empty_file'],
    ];
    const paths = await Promise.all(files.map(([name, content]) => uploader.send(content, name)));
    for (const [at, path] of paths.entries()) {
      const [name, , code] = files[at] ?? ['', '', ''];
      const { phase, failure } = await uploader.settle(path);
      assert.deepEqual([name, phase, failure], [name, 'unreadable', code]);
      const refused = await uploader.call('POST', `${path}/load`, intoNew());
      assert.equal(refused.status, 409);
    }
    assert.deepEqual(uploader.bugs(), []);
  });

  it('makes no table that PostgreSQL could not fill', async () => {
    const names = Array.from({ length: 1500 }, (_, index) => `c${index}`);
    const row = (text: string): string => names.map(() => text).join(',');
    const wide = await uploader.load(
      await uploader.send(`${names.join(',')}\n${row('1')}\n`, 'wide.csv'),
      intoNew(),
    );
    assert.deepEqual([wide.phase, wide.failure], ['loaded', null]);
    assert.equal(Object.keys((await rowsOf(wide))[0] ?? {}).length, 1500);
    // Fifteen hundred long numbers are more than a page of PostgreSQL holds.
    const heavy = await uploader.load(
      await uploader.send(`${names.join(',')}\n${row('9007199254740993')}\n`, 'heavy.csv'),
      intoNew(),
    );
    assert.deepEqual([heavy.phase, heavy.failure, heavy.dataset], ['failed', 'row_too_large', null]);
    const more = `${names.join(',')},x\n${row('1')},1\n`;
    const over = await uploader.settle(await uploader.send(more, 'over.csv'));
    assert.deepEqual([over.phase, over.failure], ['unreadable', 'too_many_columns']);
    assert.deepEqual(uploader.bugs(), []);
  });
});

describe('headings of strangers', () => {
  it('are names and nothing else', async () => {
    const headings = [
      '"; drop table vouchsafe.dataset; --',
      "'); delete from vouchsafe.company; --",
      'a"b',
      '$1',
      '%I %s',
      '{{7*7}}',
      '__proto__',
      'constructor',
      'select',
      'ctid',
      'vouchsafe:row',
      'VOUCHSAFE:since',
      'same',
      'same',
      '',
      '名前 🦊',
      'x'.repeat(200),
      'é'.repeat(40),
      'null\u0000inside',
      '\u202eturned',
    ];
    const line = (cells: readonly string[]): string =>
      `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')}\n`;
    const cells = headings.map((_, index) => `cell ${index}`);
    const path = await uploader.send(`${line(headings)}${line(cells)}`, 'headings.csv');
    await uploader.correct(path, { dialect: { header: true } });
    const names = (await columnsOf(path)).map(({ name }) => name);
    assert.equal(new Set(names).size, headings.length);
    assert.deepEqual(names.slice(0, 9), headings.slice(0, 9));
    const state = await uploader.load(path, intoNew());
    assert.deepEqual([state.phase, state.failure], ['loaded', null]);
    const [row] = await rowsOf(state);
    assert.deepEqual(
      names.map((name) => (Object.hasOwn(row ?? {}, name) ? row?.[name] : undefined)),
      cells,
    );
    const answer = await uploader.call('PATCH', `${await uploader.send('a,b\n1,2\n', 'x.csv')}/plan`, {
      columns: [{ name: 'vouchsafe:row' }],
    });
    assert.ok(answer.status === 400 || answer.status === 409, answer.body);
    assert.deepEqual(uploader.bugs(), []);
  });
});
