/** A large dataset out of the whole server: in each format, in the export of its company, and back to an old version. */
import { mkdtempSync, rmSync } from 'node:fs';
import { request as requestHttps } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../src/store/connection.ts';
import { DATABASE_NAME } from '../src/store/embedded/initialise.ts';
import { readPasswords } from '../src/store/embedded/passwords.ts';
import { SOCKET_PORT, socketDirectoryOf } from '../src/store/embedded/socket-directory.ts';
import {
  askToSignUp,
  confirmSignUp,
  mailedToken,
  openAccountClient,
} from '../test/support/account-client.ts';
import { format } from './figures.ts';
import type { Section } from './report.ts';
import { makeDataDir, startServer, stopServer } from './start.ts';
import { memoryOf, runningOf, type Running } from './uploads.ts';

export interface DownloadsOptions {
  readonly gazetteerPath: string;
  /** A tenth of the rows. */
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

const ROWS = 1_000_000;
const QUICK_ROWS = 100_000;
const FORMATS = ['csv', 'tsv', 'ndjson', 'parquet', 'xlsx'] as const;
const MOST_MB = 100;
const SAMPLE_MS = 100;
const PATIENCE_MS = 500;
const EMAIL = 'bench@example.com';

const COLUMNS = [
  ['id', 'int4'],
  ['name', 'text'],
  ['price', 'numeric'],
  ['made', 'timestamptz'],
  ['is_open', 'bool'],
  ['note', 'text'],
].map(([name, type]) => ({ name, type }));

const connectTo = ({ dataDir }: Running): ReturnType<typeof connect> =>
  connect(
    {
      host: socketDirectoryOf(dataDir),
      port: SOCKET_PORT,
      user: 'vouchsafe_superuser',
      password: readPasswords(dataDir)?.vouchsafe_superuser,
      database: DATABASE_NAME,
      role: undefined,
      tls: false,
    },
    { name: 'bench' },
  );

/** A generation of this many rows, published. */
const fill = async (
  client: Awaited<ReturnType<typeof connect>>,
  dataset: string,
  rows: number,
): Promise<void> => {
  const made = await client.query<{ number: number }>(
    'select vouchsafe.make_generation($1, $2, $3) as number',
    [dataset, JSON.stringify(COLUMNS), ['id']],
  );
  const number = made.rows[0]?.number ?? 0;
  await client.query(
    `insert into vouchsafe_data."${dataset}_g${number}" (id, name, price, made, is_open, note)
     select i, 'Probe ' || i::int8 * 7919, (i % 100000) + 0.25, timestamptz '2020-01-01Z' + i * interval '7 s', i % 2 = 0,
            'drilled at ' || (i::int8 * 7919) % 100003 || case when i % 10 = 0 then ', "north"' else '' end
       from generate_series(1, ${rows}) as i`,
  );
  await client.query("select vouchsafe.publish_generation($1, $2, 'upload', null)", [dataset, number]);
};

interface Taken {
  readonly seconds: number;
  readonly bytes: number;
  /** Most of what the server's process had more than before. */
  readonly peakMb: number;
}

const measure = async (server: Running, work: () => Promise<number>): Promise<Taken> => {
  await sleep(2000);
  const idle = memoryOf([server.pid]);
  let peak = idle;
  const sampling = setInterval(() => {
    peak = Math.max(peak, memoryOf([server.pid]));
  }, SAMPLE_MS);
  const start = performance.now();
  try {
    const bytes = await work();
    return { seconds: (performance.now() - start) / 1000, bytes, peakMb: peak - idle };
  } finally {
    clearInterval(sampling);
  }
};

const take = (
  server: Running,
  cookie: string,
  method: string,
  path: string,
  body?: string,
): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = requestHttps(
      {
        host: '127.0.0.1',
        port: server.port,
        ca: server.ca,
        servername: 'localhost',
        method,
        path,
        headers: {
          cookie,
          'sec-fetch-site': 'same-origin',
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': body.length }),
        },
      },
      (message) => {
        let bytes = 0;
        message.on('data', (chunk: Buffer) => (bytes += chunk.length));
        message.on('end', () =>
          message.statusCode === 200 ? resolve(bytes) : reject(new Error(`answered ${message.statusCode}`)),
        );
        message.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });

/** Takes everything out once, and brings a version back. */
export const measureDownloads = async ({ gazetteerPath, quick, say }: DownloadsOptions): Promise<Section> => {
  const rows = quick ? QUICK_ROWS : ROWS;
  const folder = mkdtempSync(join(tmpdir(), 'vouchsafe-bench-'));
  const dataDir = makeDataDir(folder, gazetteerPath);
  const { process: child, lines } = await startServer(dataDir);
  child.stdout?.resume();
  try {
    const server = runningOf(child.pid ?? 0, dataDir, lines.join('\n'));
    const jar = new Map<string, string>();
    const client = openAccountClient(server, jar);
    await askToSignUp(client, EMAIL);
    const { company } = await confirmSignUp(client, EMAIL, await mailedToken(server as never, EMAIL));
    const base = `/v1/companies/${company}/datasets`;
    const made = (await client.ok('POST', base, { name: 'wells', visibility: 'company' })) as { id: string };
    const sql = await connectTo(server);
    const { rows: people } = await sql.query<{ id: string }>('select id from vouchsafe.user_account');
    await sql.query(
      "select set_config('vouchsafe.company_id', $1, false), set_config('vouchsafe.user_id', $2, false)",
      [company, people[0]?.id],
    );
    say(`\ndownloads: ${rows} rows in each format`);
    await fill(sql, made.id, rows);
    const cookie = [...jar.values()].join('; ');
    const table: string[][] = [];
    const peaks: number[] = [];
    const add = (what: string, { seconds, bytes, peakMb }: Taken): void => {
      peaks.push(peakMb);
      const line = [
        what,
        `${format(bytes / 1e6)} MB`,
        `${format(seconds)} s`,
        `${format(bytes / 1e6 / seconds)} MB/s`,
        `${format(peakMb)} MB`,
      ];
      say(line.join('  '));
      table.push(line);
    };
    // The first of a process also pays for code that is read and compiled.
    await take(server, cookie, 'GET', `${base}/wells/download?format=csv&limit=20000`);
    for (const one of FORMATS)
      add(
        one,
        await measure(server, () => take(server, cookie, 'GET', `${base}/wells/download?format=${one}`)),
      );
    // Another table with one row, so that all has to be copied.
    await fill(sql, made.id, 1);
    await sql.end();
    const restored = await measure(server, async () => {
      const begun = (await client.ok('POST', `${base}/wells/versions/1/restore`, {})) as {
        id?: string;
        phase?: string;
      };
      for (let phase = begun.phase; phase !== undefined && phase !== 'restored';) {
        if (phase === 'failed') throw new Error('a version could not be restored');
        await sleep(PATIENCE_MS);
        ({ phase = 'failed' } = (await client.ok('GET', `${base}/wells/restorations/${begun.id ?? ''}`)) as {
          phase?: string;
        });
      }
      return 0;
    });
    say(`restored in ${format(restored.seconds)} s`);
    add(
      'export of the company (zip)',
      await measure(server, () => take(server, cookie, 'POST', `/v1/companies/${company}/export`, '{}')),
    );
    return {
      title: 'Downloads: a dataset out of the server',
      method: [
        `${rows} rows of six columns (number, text, decimal, time, truth value, text) out of the whole server with its embedded PostgreSQL on the same machine, over HTTPS, one download after the other, and the export of the company, whose rows they are. Memory is the proportional set size of the server's process, without PostgreSQL, at most, less what it was before each.`,
        `An old version of these rows is brought back in ${format(restored.seconds)} s.`,
      ],
      tables: [{ columns: ['what', 'size', 'time', 'rate', 'memory above idle'], rows: table }],
      targets: [
        {
          what: 'memory above idle',
          wanted: MOST_MB,
          got: Math.max(...peaks),
          sense: 'at most',
          unit: ' MB',
        },
      ],
    };
  } finally {
    await stopServer(child);
    rmSync(folder, { recursive: true, force: true });
  }
};
