/**
 * Two runs of visitor lookup with entirely different visitors leave the same: from two copies of one installation, with the
 * requests of other people, come tables and files that are equal byte for byte. A build that keeps a number made of the
 * visitors, in which no search would find anybody, is told apart.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { utcDay } from '../src/foundation/clock.ts';
import { leakUrl } from './support/leak.ts';
import { makeHome, startServer, until, type Home, type RunningServer } from './support/server.ts';
import { dumpTables, type Incomparable, type TableDump } from './support/table-dump.ts';
import {
  newVisitor,
  openSite,
  sendVisitors,
  VISITOR_ENV,
  visitorScenes,
  type VisitedSite,
  type VisitorScene,
} from './support/visitors.ts';

/** Time and chance, neither of which a visitor has a hand in. */
const INCOMPARABLE: Incomparable = {
  // The quarter of an hour of the last call.
  domain_day: ['last_called_at'],
  key_use: ['used_at'],
  // How long answers took; `count` says how many there were.
  usage_day: ['durations'],
  // A random name of each worker thread, and how often it has written.
  usage_writer: ['writer', 'batch', 'written_at'],
  rate_node: ['node', 'beat', 'written_at'],
  request_log: ['id', 'at', 'duration_us'],
  request_log_upkeep: ['ran_at'],
  _private_known_crontabs: ['known_since', 'last_execution'],
};

interface Left {
  readonly tables: TableDump;
  /** Of every file but the database's own: its path, and a digest of what is in it. */
  readonly files: readonly string[];
}

let base: Home;
let site: VisitedSite;
let company: string;

/** Files that are not the database's, which are compared as tables: they hold numbers of transactions and times as well. */
const filesOf = (folder: string, relative = ''): string[] =>
  readdirSync(join(folder, relative))
    .map((name) => (relative === '' ? name : `${relative}/${name}`))
    .filter((path) => path !== 'data/postgres')
    .flatMap((path) => {
      const stats = lstatSync(join(folder, path));
      if (stats.isDirectory()) return filesOf(folder, path);
      if (!stats.isFile()) return [path];
      return [
        `${path} ${createHash('sha256')
          .update(readFileSync(join(folder, path)))
          .digest('hex')}`,
      ];
    })
    .sort();

/** Of the installation's own company, whose canaries are other ones at each start, and of the checks nothing is compared. */
const isCanarys = (table: string, row: Readonly<Record<string, unknown>>): boolean =>
  table === 'promise_check' ||
  // Of processes that live, or did a minute ago, that they live.
  (table === 'rate_node' && row['state'] === '\\x') ||
  (table === 'company' ? row['id'] !== company : 'company_id' in row && row['company_id'] !== company);

const hasChecked = async (server: RunningServer): Promise<boolean> => {
  const { promises } = JSON.parse((await server.request('/security.json')).body) as {
    promises: { checkedAt: string | null }[];
  };
  return promises.every(({ checkedAt }) => checkedAt !== null);
};

/** What is counted of visitors, and written into the request log; workers write it down a little later. */
interface Counts {
  readonly calls: number;
  readonly callsOfPages: number;
  readonly logged: number;
}

const readCounts = async (server: RunningServer): Promise<Counts> => {
  const [counts] = await server.sql<Counts>(
    `select (select coalesce(sum(count), 0)::float8 from vouchsafe.usage_day
              where operation like 'visitor.%' and company_id = $1) as calls,
            (select coalesce(sum(count), 0)::float8 from vouchsafe.domain_day where company_id = $1) as "callsOfPages",
            (select count(*)::float8 from vouchsafe.request_log where company_id = $1) as logged`,
    [company],
  );
  if (counts === undefined) throw new Error('nothing was counted');
  return counts;
};

/** What is refused before anybody is known behind it is counted for nobody. */
const isCounted = ({ name, status }: VisitorScene): boolean =>
  status === 200 || /^(?:wrong fields|no address|no batch|no JSON)$/.test(name);

const isOfPage = ({ headers = {} }: VisitorScene): boolean => headers['authorization'] === undefined;

/** A copy of the installation, three visitors of its own, and what is there afterwards. */
const live = async (leak?: string): Promise<Left> => {
  const home = await makeHome();
  rmSync(home.dataDir, { recursive: true });
  // With the owners of the files: the database's may be another account's.
  execFileSync('cp', ['-a', base.dataDir, home.dataDir]);
  const imports = leak === undefined ? [] : [leakUrl(leak, home.dataDir)];
  const server = await startServer({ home, env: VISITOR_ENV, imports });
  await until('every promise has been checked', () => hasChecked(server), 120_000);
  const sent: VisitorScene[] = [];
  for (const visitor of [newVisitor(), newVisitor(), newVisitor()]) {
    const scenes = visitorScenes(site, visitor);
    assert.deepEqual(await sendVisitors(server, visitor, scenes), []);
    sent.push(...scenes);
  }
  const counted = sent.filter(isCounted);
  const expected: Counts = {
    calls: counted.length,
    callsOfPages: counted.filter(isOfPage).length,
    logged: counted.length,
  };
  let counts: Counts | undefined;
  await until(
    'everything is counted and logged',
    async () => {
      counts = await readCounts(server);
      return isDeepStrictEqual(counts, expected);
    },
    30_000,
  ).catch((error: unknown) => assert.deepEqual(counts, expected, String(error)));
  const tables = await dumpTables(server, INCOMPARABLE, isCanarys);
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
  return { tables, files: filesOf(home.folder) };
};

/** Two runs of one UTC day: what is counted by day would differ where midnight has passed in one of them. */
const liveTwice = async (leak?: string): Promise<readonly [Left, Left]> => {
  const day = utcDay(Date.now());
  const both = [await live(leak), await live(leak)] as const;
  return day === utcDay(Date.now()) ? both : [await live(leak), await live(leak)];
};

before(async () => {
  const server = await startServer({ env: VISITOR_ENV });
  site = await openSite(server);
  // The most that an owner can have kept: a log of every request, with what was asked.
  await server.sql(
    "update vouchsafe.project set log_days = 7, log_queries = true where name in ('Trial project', 'Bare')",
  );
  company =
    (
      await server.sql<{ id: string }>("select company_id as id from vouchsafe.project where name = 'Bare'")
    )[0]?.id ?? '';
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
  base = server.home;
});

test('runs with entirely different visitors leave byte-identical tables and files', async () => {
  const [one, other] = await liveTwice();
  assert.deepEqual([...one.tables.keys()], [...other.tables.keys()]);
  for (const [table, rows] of one.tables)
    assert.equal(rows.join('\n'), other.tables.get(table)?.join('\n'), table);
  assert.deepEqual(one.files, other.files);
  // What is compared is there.
  const usage = [...one.tables].filter(([name]) => name.includes('usage_day')).flatMap(([, rows]) => rows);
  for (const operation of ['visitor.contract', 'visitor.own', 'visitor.lookup', 'visitor.batch'])
    assert.ok(
      usage.some((row) => row.includes(operation)),
      operation,
    );
  const logged = [...one.tables]
    .filter(([name]) => name.includes('request_log_2'))
    .flatMap(([, rows]) => rows);
  assert.ok(logged.length >= 60, `${logged.length} rows in the request log`);
  assert.ok(
    logged.every((row) => /"query":(?:null|"")/.test(row)),
    logged.find((row) => !/"query":(?:null|"")/.test(row)),
  );
  assert.ok(one.files.length > 5);
});

test('a build that keeps a number made of its visitors is told apart, in its table and in its file', async () => {
  const [one, other] = await liveTwice('count-visitors');
  const differing = [...one.tables].filter(
    ([name, rows]) => rows.join('\n') !== other.tables.get(name)?.join('\n'),
  );
  assert.deepEqual(
    differing.map(([name]) => name.replace(/^vouchsafe\./, '')),
    ['project'],
  );
  const files = one.files.filter((file) => !other.files.includes(file));
  assert.deepEqual(
    files.map((file) => file.split(' ')[0]),
    ['data/visitors.txt'],
  );
});
