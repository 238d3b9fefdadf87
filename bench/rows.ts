/** Rows of datasets over HTTP, beside a server that asks PostgreSQL the same by hand; and pages of ten million rows. */
import { newId } from '../src/foundation/ids.ts';
import { systemClock } from '../src/foundation/clock.ts';
import { connect } from '../src/store/connection.ts';
import { startChild } from './child.ts';
import { format, median, quantile } from './figures.ts';
import type { BenchDatabase, Ground } from './ground.ts';
import {
  closeSide,
  openSide,
  ratioTable,
  tableOf,
  targetsOfContest,
  contestOf,
  type Contest,
  type Side,
} from './http.ts';
import { prepareOurs } from './ours.ts';
import type { Section } from './report.ts';
import type { BeginRows } from './rows-server.ts';

export interface RowsOptions {
  readonly ground: Ground;
  readonly gazetteerPath: string;
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

const ROWS = 10_000_000;
const FEW_ROWS = 500_000;
const CATEGORIES = 20_000;
const PAGE = 50;
const WANTED = 0.7;
const WANTED_MS = 50;
const LOAD_CORE = 0;
const SERVER_CORE = 1;
const NAME = 'measurements';

const COLUMNS = [
  { name: 'id', type: 'int8' },
  { name: 'name', type: 'text' },
  { name: 'category', type: 'int4' },
  { name: 'price', type: 'numeric' },
  { name: 'made', type: 'timestamptz' },
];

/** Makes the dataset as the server would, and gives it an index; the answer is its table, quoted. */
const fill = async (place: BenchDatabase, company: string, rows: number): Promise<string> => {
  const now = systemClock.now();
  const dataset = newId('dst', now);
  const app = await connect(place.app, { name: 'bench' });
  let table = '';
  try {
    await app.query('begin');
    await app.query("select set_config('vouchsafe.company_id', $1, true)", [company]);
    await app.query(
      `insert into vouchsafe.dataset (id, company_id, name, visibility, created_at) values ($1, $2, $3, 'company', $4)`,
      [dataset, company, NAME, new Date(now)],
    );
    const { rows: made } = await app.query<{ number: number }>(
      `select vouchsafe.make_generation($1, $2, '{id}') as number`,
      [dataset, JSON.stringify(COLUMNS)],
    );
    const generation = made[0]?.number ?? 0;
    table = `vouchsafe_data."${dataset}_g${generation}"`;
    await app.query(
      `insert into ${table} (id, name, category, price, made)
       select i, 'Probe ' || md5(i::text), (i::int8 * 7919) % ${CATEGORIES}, (i % 100000) / 100.0, timestamptz '2020-01-01' + i * interval '7 s'
         from generate_series(1, ${rows}) i`,
    );
    await app.query("select vouchsafe.publish_generation($1, $2, 'upload', null)", [dataset, generation]);
    await app.query('commit');
  } finally {
    await app.end();
  }
  const superuser = await connect(place.superuser, { name: 'bench' });
  try {
    await superuser.query(`create index on ${table} (category, id)`);
    await superuser.query(`vacuum analyze ${table}`);
  } finally {
    await superuser.end();
  }
  return table;
};

/** Numbers spread over all rows, the same in every run. */
const spreadOver = (most: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => 1 + ((index * 7_368_787) % most));

/** Milliseconds of each answer, one after the other, in order. */
const timeAnswers = async (
  port: number,
  key: string,
  targets: readonly string[],
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly number[]> => {
  const times: number[] = [];
  for (const [index, target] of targets.entries()) {
    const startedAt = performance.now();
    const reply = await fetch(`http://127.0.0.1:${port}${target}`, {
      headers: { authorization: `Bearer ${key}`, ...headers },
    });
    await reply.arrayBuffer();
    if (reply.status !== 200 && reply.status !== 206)
      throw new Error(`${target} was answered with ${reply.status}`);
    if (index >= targets.length / 10) times.push(performance.now() - startedAt);
  }
  return times.toSorted((a, b) => a - b);
};

/** Fills a table and asks for it; some five minutes, most of which is the filling. */
export const measureRows = async (options: RowsOptions): Promise<Section> => {
  const { ground, quick, say } = options;
  const rows = quick ? FEW_ROWS : ROWS;
  const ours = await prepareOurs(ground, options.gazetteerPath, { projects: 1, keysEach: 1 });
  const [key = ''] = ours.keys;
  say(`rows: filling ${rows.toLocaleString('en')} rows …`);
  const table = await fill(ours.database, ours.companies[0] ?? '', rows);
  const server = startChild('rows-server.ts', SERVER_CORE);
  const bare: Side = {
    server,
    port: await server.ask<number>({
      ask: 'begin',
      connection: ours.database.superuser,
      table,
    } satisfies BeginRows),
    load: startChild('load.ts', LOAD_CORE),
  };
  const served = await openSide(ours.begin, []);
  try {
    const ids = spreadOver(rows, 20_000);
    const categories = ids.map((id) => id % CATEGORIES);
    const time = quick ? { warmUp: 1, round: 1, rounds: 2 } : { warmUp: 4, round: 4, rounds: 3 };
    const field = `authorization: Bearer ${key}`;
    const contests: [string, Contest][] = [];
    for (const [name, mine, theirs] of [
      [
        'one row by its key',
        ids.map((id) => `/datasets/v1/${NAME}?id=eq.${id}`),
        ids.map((id) => `/point?id=${id}`),
      ],
      [
        `a filtered page of ${PAGE} rows`,
        categories.map((id) => `/datasets/v1/${NAME}?category=eq.${id}&order=id&limit=${PAGE}`),
        categories.map((id) => `/page?category=${id}&limit=${PAGE}`),
      ],
    ] as const) {
      say(`rows: ${name} …`);
      contests.push([
        name,
        await contestOf(
          { side: served, targets: mine, fields: [field] },
          { side: bare, targets: theirs, fields: [] },
          time,
        ),
      ]);
    }
    say('rows: pages of the whole …');
    const count = quick ? 40 : 200;
    const some = spreadOver(rows, count);
    const page = await timeAnswers(
      served.port,
      key,
      some.map(
        (id) => `/datasets/v1/${NAME}?"vouchsafe:row"=gt.${id - 1}&order="vouchsafe:row"&limit=${PAGE}`,
      ),
    );
    const filtered = await timeAnswers(
      served.port,
      key,
      some.map((id) => `/datasets/v1/${NAME}?category=eq.${id % CATEGORIES}&order=id&limit=${PAGE}`),
    );
    const estimated = await timeAnswers(
      served.port,
      key,
      some.map((id) => `/datasets/v1/${NAME}?category=eq.${id % CATEGORIES}&limit=1`),
      { prefer: 'count=planned' },
    );
    const line = (name: string, times: readonly number[]): readonly string[] => [
      name,
      format(quantile(times, 0.5)),
      format(quantile(times, 0.99)),
    ];
    return {
      title: 'Rows of datasets over HTTP',
      method: [
        `A dataset of ${rows.toLocaleString('en')} rows with five columns, in the one table that versions and policies have it in. Ours is the whole pipeline, ` +
          'with key, limits, metering, the access check and the query under row-level security, in one transaction. The other server is ' +
          '`node:http` and `pg` with the same number of connections, which asks the same table the same in one prepared statement as the superuser, without any check, and writes JSON.',
        'Both on one core; PostgreSQL works beside them on whatever is left, and takes the most of it.',
      ],
      tables: [
        tableOf(contests),
        ratioTable(contests),
        {
          columns: [
            `of ${rows.toLocaleString('en')} rows, one question after the other`,
            'p50, ms',
            'p99, ms',
          ],
          rows: [
            line(`a page of ${PAGE} anywhere`, page),
            line(`a page of ${PAGE} by a filter on an indexed column`, filtered),
            line('an estimated count', estimated),
          ],
        },
      ],
      targets: [
        ...contests.flatMap((one) => targetsOfContest(one, WANTED)),
        ...(
          [
            ['a page', page],
            ['a filtered page', filtered],
            ['an estimated count', estimated],
          ] as const
        ).map(([what, times]) => ({
          what: `${what} of ${rows.toLocaleString('en')} rows, p50`,
          wanted: WANTED_MS,
          got: median(times),
          sense: 'at most' as const,
          unit: ' ms',
        })),
      ],
    };
  } finally {
    await closeSide(served);
    await closeSide(bare);
  }
};
