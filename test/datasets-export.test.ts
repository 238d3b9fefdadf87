/** Downloads of datasets from PostgreSQL to the socket: every cell as it was, in every format, and no more than may be read. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as requestHttps } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { before, describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parse as parseCsv } from 'csv-parse/sync';
import { unzipSync } from 'fflate';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { newId, type Id } from '../src/foundation/ids.ts';
import type { ContentColumn } from '../src/services/datasets/access/content.ts';
import { unguardCell } from '../src/services/datasets/export/formula-guard.ts';
import { openHouse, type House } from './support/house.ts';
import { makeDataset, publishRows } from './support/make-dataset.ts';
import { signIn, type Visitor } from './support/people.ts';

/** Parquet's texts begin with what they begin with. */
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

let house: House;
let owner: Visitor;
let cells: Id<'dst'>;

const COLUMNS: readonly ContentColumn[] = [
  { name: 'id', type: 'int8' },
  { name: '=text, "x"', type: 'text' },
  { name: 'number', type: 'numeric' },
  { name: 'money', type: 'numeric' },
  { name: 'day', type: 'date' },
  { name: 'moment', type: 'timestamptz' },
  { name: 'bytes', type: 'bytea' },
  { name: 'json', type: 'json' },
  { name: 'yes', type: 'bool' },
  { name: 'float', type: 'float8' },
  { name: 'list', type: 'text[]' },
];

const TEXTS: readonly (string | null)[] = [
  null,
  '',
  ' ',
  '007',
  "'",
  "'=1",
  '=cmd|A1',
  '+1',
  '-1.5',
  '-x',
  '@SUM(1)',
  '＝1',
  '\t=1',
  '\r\n',
  'a\rb\nc\td',
  'comma, "quote"',
  '_x000D_',
  '_x005F_',
  '\u0001\u001f\u007f',
  '<&>]]>',
  'größer 🦊 עברית',
  '\\N',
  'NULL',
  '\ufeffbom',
];
const ROWS = TEXTS.map((text, index) => ({
  id: index === 0 ? '9223372036854775807' : String(index),
  '=text, "x"': text,
  number: index === 1 ? '1234567890123456789012345678901234567890.00100' : index === 2 ? null : `${index}.50`,
  money: `${index - 3}.25`,
  day: index === 3 ? null : `20${String(index).padStart(2, '0')}-02-03`,
  moment: `2024-01-02T03:04:05.0000${String(index).padStart(2, '0')}+02:00`,
  bytes: index === 4 ? null : `\\x00ff${String(index).padStart(2, '0')}`,
  json: index === 5 ? null : { a: [1, '2', null], b: index },
  yes: index === 6 ? null : index % 2 === 0,
  float: index === 7 ? null : index / 3,
  list: index === 8 ? null : ['a', null, text],
}));

interface Got {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

const open = async (path: string, headers: Record<string, string>): Promise<IncomingMessage> => {
  const sent = requestHttps({
    host: '127.0.0.1',
    port: house.port,
    path,
    headers,
    ca: house.ca,
    servername: 'localhost',
    agent: false,
  });
  sent.on('error', () => undefined);
  sent.end();
  const [message] = (await once(sent, 'response')) as [IncomingMessage];
  return message;
};

const keyHeader = (): Record<string, string> => ({ authorization: `Bearer ${house.key.secret.expose()}` });

const get = async (path: string, headers: Record<string, string> = keyHeader()): Promise<Got> => {
  const message = await open(path, headers);
  const body = Buffer.concat(await message.toArray());
  return { status: message.statusCode ?? 0, headers: message.headers, body };
};

const download = (name: string, query = ''): Promise<Got> => get(`/v1/datasets/${name}/download${query}`);
const asMember = (person: Visitor, name: string, query = ''): Promise<Got> =>
  get(`/v1/companies/${house.company}/datasets/${name}/download${query}`, {
    cookie: person.cookie,
    'sec-fetch-site': 'same-origin',
  });

const textOf = ({ body }: Got): string => body.toString('utf8');

/** The cells as PostgreSQL writes them. */
const written = async (column: string): Promise<readonly (string | null)[]> => {
  const table = await house.store.superuser(
    `select 'vouchsafe_data."' || id || '_g' || current_generation || '"' as name from vouchsafe.dataset where id = $1`,
    [cells],
  );
  const name = String(table[0]?.['name']);
  const rows = await house.store.superuser(
    `select "${column.replaceAll('"', '""')}"::text as cell from ${name} order by "vouchsafe:row"`,
    [],
  );
  return rows.map(({ cell }) => cell as string | null);
};

before(async () => {
  house = await openHouse({ perSecond: 1000 });
  await house.store.superuser(
    "update vouchsafe.key set scopes = '{datasets:read,datasets:write}' where company_id = $1",
    [house.company],
  );
  owner = await signIn(house, { memberships: { [house.company]: 'owner' } });
  cells = await makeDataset(house.store, {
    company: house.company,
    name: 'cells',
    columns: COLUMNS,
    rows: ROWS,
  });
});

/** A line's cells, with null for nothing and '' for two quotes. */
const readDelimited = (text: string, delimiter: string): readonly (readonly (string | null)[])[] =>
  parseCsv(text, {
    delimiter,
    record_delimiter: '\n',
    cast: (value, { quoting }) => (value === '' && !quoting ? null : value),
  });

describe('a download', () => {
  it('is one of CSV and of tabs whose every cell is what PostgreSQL wrote, with null and empty told apart', async () => {
    for (const [format, delimiter] of [
      ['csv', ','],
      ['tsv', '\t'],
    ] as const) {
      const got = await download('cells', `?format=${format}`);
      assert.equal(got.status, 200);
      assert.equal(got.headers['content-disposition'], `attachment; filename="cells-v1.${format}"`);
      assert.equal(got.headers['dataset-version'], '1');
      const [header, ...rows] = readDelimited(textOf(got), delimiter);
      assert.deepEqual(
        header,
        COLUMNS.map(({ name }) => name),
      );
      for (const [index, { name }] of COLUMNS.entries())
        assert.deepEqual(
          rows.map((row) => row[index]),
          await written(name),
          `${format} ${name}`,
        );
    }
  });

  it('marks what a spreadsheet would run, for members unless they say no, and the mark can be taken away', async () => {
    const plain = await asMember(owner, 'cells', '?format=csv&safe=0');
    assert.equal(textOf(plain), textOf(await download('cells')));
    for (const got of [await asMember(owner, 'cells'), await download('cells', '?safe=1')]) {
      const [header, ...rows] = readDelimited(textOf(got), ',');
      assert.equal(header?.[1], `'=text, "x"`);
      const marked = rows.map((row) => row[1] ?? null);
      for (const cell of marked) assert.doesNotMatch(cell ?? '', /^[=@＝\t\r\n]|^[+-][^0-9]/);
      assert.deepEqual(
        marked.map((cell) => (cell === null ? null : unguardCell(cell))),
        TEXTS,
      );
      assert.deepEqual(
        rows.map((row) => row[3]),
        await written('money'),
      );
    }
  });

  it('is one of lines of JSON with every digit', async () => {
    const lines = textOf(await download('cells', '?format=ndjson'))
      .trimEnd()
      .split('\n');
    assert.equal(lines.length, ROWS.length);
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as Record<string, unknown>)['=text, "x"']),
      TEXTS,
    );
    assert.match(lines[0]!, /^\{"id":9223372036854775807,/);
    assert.match(lines[1]!, /"number":1234567890123456789012345678901234567890\.00100,"money":-2\.25,/);
    assert.deepEqual((JSON.parse(lines[1]!) as { json: unknown }).json, { a: [1, '2', null], b: 1 });
  });

  it('is one of Parquet with exact numbers, days and moments, and texts for what has no type there', async () => {
    const { body } = await download('cells', '?format=parquet');
    const file = body.buffer.slice(body.byteOffset, body.byteOffset + body.length) as ArrayBuffer;
    const { schema } = parquetMetadata(file);
    const money = schema.find(({ name }) => name === 'money');
    assert.deepEqual([money?.converted_type, money?.scale], ['DECIMAL', 2]);
    const rows = await parquetReadObjects({
      file,
      compressors,
      parsers: { stringFromBytes: (bytes: Uint8Array) => UTF8.decode(bytes) },
    });
    assert.deepEqual(
      rows.map((row) => row['=text, "x"']),
      TEXTS,
    );
    assert.equal(rows[0]!['id'], 9_223_372_036_854_775_807n);
    assert.deepEqual(
      rows.map((row) => row['number'] as string | null),
      await written('number'),
    );
    assert.deepEqual(
      rows.map((row) => row['money']),
      ROWS.map(({ money: text }) => Number(text)),
    );
    assert.equal((rows[1]!['day'] as Date).toISOString(), '2001-02-03T00:00:00.000Z');
    assert.equal(rows[3]!['day'], null);
    assert.equal((rows[1]!['moment'] as Date).toISOString(), '2024-01-02T01:04:05.000Z');
    assert.deepEqual(
      rows.map((row) => row['yes']),
      ROWS.map(({ yes }) => yes),
    );
    assert.deepEqual(
      rows.map((row) => row['float']),
      ROWS.map(({ float }) => float),
    );
    assert.deepEqual(
      rows.map((row) => row['list'] as string | null),
      await written('list'),
    );
  });

  it('is one of Parquet whose types are those of the rows that go out, and not of all', async () => {
    await makeDataset(house.store, {
      company: house.company,
      name: 'mixed',
      columns: [
        { name: 'a', type: 'int4' },
        { name: 'money', type: 'numeric' },
      ],
      // The rows that have two digits behind the point come first, and have the largest numbers.
      rows: "select -g, case when g <= 10 then g || '.25' else g || '.125' end::numeric from generate_series(1, 1000) g",
    });
    for (const [query, scale] of [
      ['', undefined],
      ['&limit=10', 2],
      ['&limit=11', undefined],
      ['&offset=10', 3],
      ['&order=a.desc&limit=10', 2],
      ['&order=a&limit=900', 3],
      ['&order=a&limit=900&offset=95', undefined],
      ['&limit=0', 0],
    ] as const) {
      const { status, body } = await download('mixed', `?format=parquet${query}`);
      assert.equal(status, 200, query);
      const { schema } = parquetMetadata(
        body.buffer.slice(body.byteOffset, body.byteOffset + body.length) as ArrayBuffer,
      );
      const money = schema.find(({ name }) => name === 'money');
      assert.deepEqual(
        [money?.converted_type, money?.scale],
        scale === undefined ? ['UTF8', undefined] : ['DECIMAL', scale],
        query,
      );
    }
  });

  it('is one of XLSX whose texts are texts, and whose numbers are numbers where a sheet holds them exactly', async () => {
    const { body, headers } = await download('cells', '?format=xlsx');
    assert.match(String(headers['content-type']), /spreadsheetml\.sheet$/);
    const sheet = Buffer.from(unzipSync(body)['xl/worksheets/sheet1.xml']!).toString();
    assert.doesNotMatch(sheet, /<f>/);
    const unescape = (text: string): string =>
      text
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&amp;', '&')
        .replaceAll(/_x([0-9A-F]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
    const rows = [...sheet.matchAll(/<row>(.*?)<\/row>/gs)].map(([, row = '']) =>
      [...row.matchAll(/<c\/>|<c[^>]*>(.*?)<\/c>/gs)].map(([whole, inner = '']) =>
        whole === '<c/>' ? null : unescape(inner.replaceAll(/<[^>]+>/g, '')),
      ),
    );
    assert.deepEqual(
      rows[0],
      COLUMNS.map(({ name }) => name),
    );
    assert.deepEqual(
      rows.slice(1).map((row) => row[1]),
      TEXTS,
    );
    assert.deepEqual(
      rows.slice(1).map((row) => row[2]),
      await written('number'),
    );
    assert.match(sheet, /<c t="inlineStr"><is><t xml:space="preserve">9223372036854775807<\/t>/);
    assert.match(sheet, /<c><v>-2\.25<\/v><\/c>/);
  });

  it('takes filters, select, order, limit and offset, also on columns that are called as its own parameters', async () => {
    await makeDataset(house.store, {
      company: house.company,
      name: 'named',
      columns: [
        { name: 'format', type: 'text' },
        { name: 'version', type: 'int4' },
      ],
      rows: 'select g::text, g from generate_series(1, 1000) g',
    });
    const got = await download(
      'named',
      '?format=csv&version=1&select=version&format=neq.csv&version=gt.10&order=version.desc&limit=300&offset=5',
    );
    const lines = textOf(got).trimEnd().split('\n');
    assert.deepEqual(lines, ['version', ...Array.from({ length: 300 }, (_, index) => String(995 - index))]);
    const part = await download('named', '?select=version&limit=700&offset=250');
    assert.deepEqual(
      textOf(part).trimEnd().split('\n').slice(1),
      Array.from({ length: 700 }, (_, index) => String(251 + index)),
    );
    assert.equal(textOf(await download('named', '?version=gt.5000')), 'format,version\n');
  });

  it('gives the version that is asked for, also after others came', async () => {
    const columns = [{ name: 'a', type: 'int4' }] as const;
    const draft = { company: house.company, name: 'versions', columns } as const;
    const id = await makeDataset(house.store, { ...draft, rows: [{ a: 1 }] });
    await publishRows(house.store, id, { ...draft, rows: [{ a: 2 }] });
    assert.equal(textOf(await download('versions')), 'a\n2\n');
    assert.equal(textOf(await download('versions', '?version=1')), 'a\n1\n');
    assert.equal(textOf(await download('versions@1')), 'a\n1\n');
    assert.equal((await download('versions', '?version=3')).status, 404);
  });

  it('says what is wrong before anything goes out', async () => {
    for (const [query, status, code] of [
      ['?format=pdf', 400, 'unknown_format'],
      ['?nothing=eq.1', 400, '42703'],
      ['?select=id.sum()', 400, 'PGRST123'],
      ['?id=eq.x', 400, '22P02'],
      ['?id=x', 400, 'PGRST100'],
    ] as const) {
      const got = await download('cells', query);
      assert.equal(got.status, status, query);
      assert.match(textOf(got), new RegExp(`"code":"${code}"`), query);
    }
    await makeDataset(house.store, {
      company: house.company,
      name: 'long',
      columns: [{ name: 'a', type: 'text' }],
      rows: "select repeat('x', 32768)",
    });
    // Counted as the sheet counts: an emoji is two.
    await makeDataset(house.store, {
      company: house.company,
      name: 'pictures',
      columns: [{ name: 'a', type: 'text' }],
      rows: 'select repeat(chr(128512), 20000)',
    });
    for (const name of ['long', 'pictures']) {
      const got = await download(name, '?format=xlsx');
      assert.deepEqual([got.status, /"code":"too_large_for_format"/.test(textOf(got))], [422, true], name);
    }
    assert.equal((await download('long', '?format=csv')).body.length, 32_768 + 3);
  });

  it('is nobody’s who may not read it, and leaves a trace with the owner of what was read', async () => {
    const stranger = await signIn(house, { memberships: {} });
    assert.ok([403, 404].includes((await asMember(stranger, 'cells')).status));
    assert.equal((await download(newId('dst', 1))).status, 404);
    await makeDataset(house.store, {
      company: house.company,
      owner: owner.user,
      name: 'private',
      visibility: 'private',
      columns: [{ name: 'a', type: 'int4' }],
    });
    assert.equal((await download('private')).status, 404);
    assert.equal((await asMember(owner, 'private')).status, 200);
    const events = await house.store.superuser(
      "select details from vouchsafe.audit_event where company_id = $1 and action = 'datasets.export'",
      [house.company],
    );
    assert.ok(events.length > 10);
    for (const { details } of events)
      assert.deepEqual(Object.keys(details as object).toSorted(), ['filtered', 'format', 'version']);
  });
});

describe('a long download', () => {
  const LENGTH = 200_000;

  before(async () => {
    await makeDataset(house.store, {
      company: house.company,
      name: 'large',
      columns: [
        { name: 'id', type: 'int4' },
        { name: 'text', type: 'text' },
      ],
      rows: `select g, repeat(md5(g::text), 10) from generate_series(1, ${LENGTH}) g`,
    });
  });

  it('needs a few megabytes, however long it is', async () => {
    await download('large', '?limit=20000');
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const held = (): number => {
      // What the first one frees of buffers is counted off in the background, which the second one waits for.
      collect();
      collect();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    const start = held();
    for (const [format, least, step] of [
      ['csv', 60_000_000, 10_000_000],
      ['parquet', 10_000_000, 2_000_000],
      ['xlsx', 5_000_000, 1_000_000],
    ] as const) {
      const message = await open(`/v1/datasets/large/download?format=${format}`, keyHeader());
      let [bytes, seen, most] = [0, 0, 0];
      for await (const chunk of message as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes - seen < step) continue;
        seen = bytes;
        most = Math.max(most, held() - start);
      }
      assert.equal(message.complete, true);
      assert.ok(bytes > least, `${format}: ${bytes}`);
      // A group of Parquet is held while it is collected; what is held of a text would be 65 MB.
      assert.ok(most < 40 * 1024 * 1024, `${format}: ${Math.round(most / 1024 / 1024)} MB more`);
    }
  });

  it('stops without its last chunk when the right is taken away in the middle', async () => {
    const id = await makeDataset(house.store, {
      company: house.company,
      name: 'revoked',
      columns: [{ name: 'text', type: 'text' }],
      rows: `select repeat(md5(g::text), 30) from generate_series(1, 100000) g`,
    });
    const message = await open('/v1/datasets/revoked/download', keyHeader());
    await once(message, 'readable');
    await house.store.superuser("update vouchsafe.dataset set visibility = 'private' where id = $1", [id]);
    const ended = once(message, 'error');
    message.resume();
    await ended;
    assert.equal(message.complete, false);
  });

  it('goes on where a connection is lost in the middle', async () => {
    const id = await makeDataset(house.store, {
      company: house.company,
      name: 'interrupted',
      columns: [{ name: 'text', type: 'text' }],
      rows: `select repeat(md5(g::text), 30) from generate_series(1, 40000) g`,
    });
    const message = await open('/v1/datasets/interrupted/download', keyHeader());
    await once(message, 'readable');
    const [found] = await house.store.superuser(
      "select oid::int from pg_class where relkind = 'r' and relname ~ ($1 || '[0-9]+$')",
      [`${id}_g`],
    );
    // Holds the table until a part waits for it, and ends the session of that part.
    const cut = house.store.superuser(`do $$ declare cut boolean; begin
      execute format('lock table %s in access exclusive mode', ${Number(found!['oid'])}::regclass);
      loop
        select pg_terminate_backend(pid) into cut from pg_locks
         where relation = ${Number(found!['oid'])} and not granted limit 1;
        exit when cut;
        perform pg_sleep(0.01);
      end loop;
    end $$`);
    const text = Buffer.concat(await message.toArray()).toString();
    await cut;
    assert.equal(message.complete, true);
    assert.equal(text.trimEnd().split('\n').length, 40_001);
  });

  it('gives its version although the rows are changed meanwhile', async () => {
    const draft = {
      company: house.company,
      name: 'moving',
      columns: [
        { name: 'id', type: 'int4' },
        { name: 'text', type: 'text' },
      ],
      key: ['id'],
    } as const;
    await makeDataset(house.store, {
      ...draft,
      rows: `select g, repeat('x', 500) from generate_series(1, 60000) g`,
    });
    const message = await open('/v1/datasets/moving/download?select=id', keyHeader());
    await once(message, 'readable');
    const change = await house.get('/datasets/v1/moving?id=gt.30000', {
      method: 'DELETE',
      headers: keyHeader(),
    });
    assert.equal(change.status, 204);
    const text = Buffer.concat(await message.toArray()).toString();
    assert.equal(text.trimEnd().split('\n').length, 60_001);
  });

  it('lets go of its place when its reader leaves, so that others can come', async () => {
    for (let round = 0; round < 3; round += 1) {
      const readers = await Promise.all(
        Array.from({ length: 3 }, () => open('/v1/datasets/large/download', keyHeader())),
      );
      assert.deepEqual(
        readers.map(({ statusCode }) => statusCode),
        [200, 200, 200],
      );
      const fourth = await download('large');
      assert.deepEqual([fourth.status, /too_many_downloads/.test(textOf(fourth))], [429, true]);
      assert.match(String(fourth.headers['retry-after']), /^[1-3]?[0-9]$/);
      // The last place of a company is for another in it.
      assert.equal((await asMember(owner, 'large', '?limit=1')).status, 200);
      for (const reader of readers) reader.destroy();
      while ((await download('large', '?limit=1')).status === 429)
        await new Promise((resolve) => setTimeout(resolve, 20));
      // All of its places, not only one.
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  });
});
