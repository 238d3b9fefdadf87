/**
 * Nothing of a visitor is kept: marked requests over every path of visitor lookup, errors, breaks and killed processes
 * included, with a request log that is on, then a search of every file, table and line of output. The same search finds
 * deliberate leaks.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { lookAt, outputOf, searchAll, type Seen } from './support/everything-kept.ts';
import { leakUrl } from './support/leak.ts';
import { postmasterOf, signalAll } from './support/processes.ts';
import { startServer, until, type Home, type RunningServer } from './support/server.ts';
import { createScanner } from './support/traces.ts';
import {
  newVisitor,
  openSite,
  sendBrokenVisitors,
  sendVisitor,
  sendVisitors,
  VISITOR_ENV,
  visitorScenes,
  type VisitedSite,
  type VisitorOfTest,
  type VisitorScene,
} from './support/visitors.ts';

/** Data that is shipped and only read: not searched, for it is full of addresses, but the same before and after. */
const isShipped = (path: string): boolean => /^data\/(?:gazetteer|visitor)\/\w+\.idx$/.test(path);

const shippedOf = (home: Home): string[] =>
  ['gazetteer', 'visitor'].flatMap((name) => {
    const folder = join(home.dataDir, name);
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((file) => file.endsWith('.idx'))
      .sort()
      .map(
        (file) =>
          `${file} ${createHash('sha256')
            .update(readFileSync(join(folder, file)))
            .digest('hex')}`,
      );
  });

let home: Home;
let site: VisitedSite;

const setProject = (server: RunningServer, settings: string): Promise<unknown> =>
  server.sql(`update vouchsafe.project set ${settings} where id = $1`, [site.project]);

/** Asks until so many answers in a row have the status, so that both workers have given it. */
const untilStatus = (
  server: RunningServer,
  visitor: VisitorOfTest,
  scene: Omit<VisitorScene, 'name' | 'status'>,
  status: number,
): Promise<void> => {
  let inARow = 0;
  return until(
    `status ${status}`,
    async () => {
      const got = await sendVisitor(server, visitor, { ...scene, name: '', status }).catch(() => undefined);
      inARow = got?.status === status ? inARow + 1 : 0;
      return inARow >= 4;
    },
    30_000,
  );
};

const breaking = (visitor: VisitorOfTest): Record<string, string> => ({
  'user-agent': `Mozilla/5.0 breakreader ${visitor.marks.make('breaking')}`,
});

test('of marked visitors nothing is found in any file, table or line of output, whatever became of their requests', async (t) => {
  const visitors = [newVisitor(), newVisitor()];
  const [visitor] = visitors as [VisitorOfTest];
  const seen: Seen[] = [];

  const server = await startServer({ env: VISITOR_ENV });
  ({ home } = server);
  site = await openSite(server);
  const shipped = shippedOf(home);
  await setProject(server, 'log_days = 7, log_queries = true');
  for (const one of visitors) {
    assert.deepEqual(await sendVisitors(server, one, visitorScenes(site, one)), []);
    await sendBrokenVisitors(server, site, one);
  }
  const path = `/api/?pid=${site.project}&${visitor.marks.make('late')}=1`;
  await setProject(server, 'per_day = 0');
  await untilStatus(server, visitor, { path }, 402);
  await setProject(server, 'per_day = null, per_second = 1, burst = 1');
  await until(
    'a request too many',
    async () => (await sendVisitor(server, visitor, { path, name: '', status: 429 })).status === 429,
  );
  await setProject(server, 'per_second = 100000, burst = 100000');
  await sleep(1500);
  seen.push(...(await lookAt(server, (text) => t.diagnostic(text))));
  assert.ok(
    seen.some(
      ({ where, content }) => where.includes('usage_day') && String(content).includes('visitor.contract'),
    ),
  );
  assert.ok(
    seen.some(
      ({ where, content }) => where.includes('request_log') && String(content).includes('visitor.own'),
    ),
  );
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
  seen.push(...outputOf(server));

  // A bug that quotes the user agent, a database that dies, and a server that does, in the middle of requests.
  const broken = await startServer({ home, env: VISITOR_ENV, imports: [leakUrl('break-on-agents')] });
  assert.equal((await sendVisitor(broken, visitor, { path, name: '', status: 200 })).status, 200);
  const failed = await sendVisitor(broken, visitor, {
    path,
    name: '',
    status: 500,
    headers: breaking(visitor),
  });
  assert.equal(failed.status, 500);
  assert.equal(failed.body, '{"status":500,"result":"Internal error"}');
  await until('the bug in the log', () => /a request ended in a bug/.test(broken.stderr()));
  const postmaster = postmasterOf(home.dataDir);
  assert.ok(postmaster);
  signalAll([postmaster], 'SIGKILL');
  const asking = Array.from({ length: 20 }, () =>
    sendVisitor(broken, visitor, { path, name: '', status: 0 }).catch(() => undefined),
  );
  await broken.kill('everything');
  await Promise.all(asking);
  seen.push(...outputOf(broken));

  const again = await startServer({ home, env: VISITOR_ENV });
  assert.equal((await sendVisitor(again, visitor, { path, name: '', status: 200 })).status, 200);
  seen.push(...(await lookAt(again, (text) => t.diagnostic(text))));
  await again.stop();
  seen.push(...outputOf(again));

  const scanner = createScanner(visitors.flatMap((one) => one.traces()));
  assert.deepEqual(searchAll(scanner, home, seen, isShipped), []);
  // A search that saw little would find nothing.
  assert.ok(scanner.seen.files > 900 && scanner.seen.bytes > 20_000_000, JSON.stringify(scanner.seen));
  assert.deepEqual(shippedOf(home), shipped);
  assert.deepEqual(readdirSync(home.working), [], 'nothing is written to the working directory');
});

test('the same search finds a printed address line, a kept user agent, a stored address and a hashed one', async (t) => {
  const visitor = newVisitor();
  const leaks = ['print-urls', 'keep-user-agents', 'store-addresses', 'hash-addresses'];
  const server = await startServer({
    home,
    env: VISITOR_ENV,
    imports: leaks.map((name) => leakUrl(name, home.dataDir)),
  });
  const path = `/api/?pid=${site.project}&${visitor.marks.make('q')}=1`;
  assert.equal((await sendVisitor(server, visitor, { path, name: '', status: 200 })).status, 200);
  const nameOf = async (): Promise<string> =>
    (await server.sql<{ name: string }>('select name from vouchsafe.project limit 1'))[0]?.name ?? '';
  await until('the leak has written to its table', async () => (await nameOf()).includes('last seen'));
  const seen = await lookAt(server, (text) => t.diagnostic(text));
  await server.stop();

  const finds = searchAll(createScanner(visitor.traces()), home, [...seen, ...outputOf(server)], isShipped);
  const foundIn = (place: RegExp, what: RegExp): boolean =>
    finds.some((find) => place.test(find.where) && what.test(find.what));
  assert.ok(foundIn(/^stderr$/, /^the mark$/), 'the printed address line');
  assert.ok(foundIn(/^data\/agents\.txt$/, /^the mark$/), 'the kept user agent');
  if (visitor.marks.hasOwnAddresses) {
    assert.ok(foundIn(/^table project$/, /^the peer/), 'the stored address, in its table');
    assert.ok(foundIn(/^data\/postgres\/(?:base|pg_wal)\//, /^the peer/), 'and in the database’s files');
    assert.ok(foundIn(/^data\/visitors\.bin$/, /^digest of the peer/), 'the hashed address');
  }
});
