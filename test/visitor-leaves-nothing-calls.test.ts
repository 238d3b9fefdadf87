/**
 * Of marked visitors, no byte leaves the server but to their own sockets: every call of all threads, and of the database,
 * that can write or connect is traced while they ask. The same trace finds a build that prints, one that writes a file, one
 * that writes a row, and one that tells another machine over TLS. Where strace is absent or not allowed, the searches of files
 * and tables beside this test have to do.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer } from 'node:tls';
import { isUntraced, leadsElsewhere } from './support/connections.ts';
import { leakUrl } from './support/leak.ts';
import { noTracing } from './support/look-inside.ts';
import { startServer, until, type Home, type RunningServer } from './support/server.ts';
import { traceCalls, type Call } from './support/trace-calls.ts';
import { createScanner } from './support/traces.ts';
import {
  browserHeaders,
  newVisitor,
  openSite,
  sendBrokenVisitors,
  sendVisitor,
  sendVisitors,
  VISITOR_ENV,
  visitorScenes,
  type VisitedSite,
  type VisitorOfTest,
} from './support/visitors.ts';

const WRITES: ReadonlySet<string> = new Set(['write', 'writev', 'sendto', 'sendmsg', 'sendmmsg']);

let home: Home;
let site: VisitedSite;

const begin = async (imports: readonly string[] = []): Promise<RunningServer> =>
  startServer({ home, env: VISITOR_ENV, imports: imports.map((name) => leakUrl(name, home.dataDir)) });

/** Whether a call writes to a connection whose other end is this visitor. */
const isToVisitor = ({ name, target }: Call, { address }: VisitorOfTest): boolean =>
  WRITES.has(name) &&
  target.startsWith('TCP') &&
  new RegExp(`->.*[^\\d]${address.replaceAll('.', '\\.')}\\]?:\\d+\\]?$`).test(target);

/** Calls with a mark of a visitor in them, as `write → pipe`. */
const markedCalls = (calls: readonly Call[], visitor: VisitorOfTest): readonly Call[] => {
  const scanner = createScanner(visitor.traces());
  return calls.filter(({ name, bytes }) => scanner.scan(name, bytes).length > 0);
};

const tell = ({ name, target, bytes }: Call): string =>
  `${name} → ${target}: ${bytes
    .toString('latin1')
    .replaceAll(/[^ -~]/g, '·')
    .slice(0, 200)}`;

describe('what the server writes while visitors ask', { skip: await noTracing() }, () => {
  before(async () => {
    const server = await startServer({ env: VISITOR_ENV });
    site = await openSite(server);
    await server.sql('update vouchsafe.project set log_days = 7, log_queries = true where id = $1', [
      site.project,
    ]);
    await server.stop();
    ({ home } = server);
  });

  it('goes to their own sockets, as far as it holds anything of them', async () => {
    const server = await begin();
    const visitors = [newVisitor(), newVisitor()];
    const calls = await traceCalls(server);
    for (const visitor of visitors) {
      assert.deepEqual(await sendVisitors(server, visitor, visitorScenes(site, visitor)), []);
      await sendBrokenVisitors(server, site, visitor);
    }
    // What was counted and logged is written down meanwhile.
    await sleep(2500);
    const made = await calls.stop();
    assert.equal(
      (await sendVisitor(server, newVisitor(), { name: '', path: `/api/?pid=${site.project}`, status: 200 }))
        .status,
      200,
    );
    await server.stop();

    for (const visitor of visitors) {
      const marked = markedCalls(made, visitor);
      assert.deepEqual(marked.filter((call) => !isToVisitor(call, visitor)).map(tell), []);
      // Over TLS they get ciphertext; the redirect of plain HTTP says their own address line back to them.
      assert.ok(marked.length > 0, 'a marked write to the visitor was seen');
      assert.ok(
        made.filter((call) => isToVisitor(call, visitor)).length >= visitorScenes(site, visitor).length / 2,
      );
    }
    // The trace saw the database and the log at work, and nothing went past it.
    assert.ok(made.some(({ name, target }) => name === 'pwrite64' && target.includes('/postgres/')));
    assert.ok(made.some(({ name, target }) => WRITES.has(name) && target.startsWith('UNIX')));
    assert.deepEqual(made.filter((call) => isUntraced(call)).map(tell), []);
    const shared = made.filter(
      ({ name, bytes }) =>
        name === 'mmap' && /PROT_WRITE.*MAP_SHARED.*\d+<\/(?!dev\/shm\/)/.test(bytes.toString('latin1')),
    );
    assert.deepEqual(shared.map(tell), []);
    // Of ciphertext no mark is seen; so nothing may go to where no visitor has come from.
    assert.ok(made.some(({ name }) => name === 'connect'));
    assert.deepEqual(made.filter(leadsElsewhere(server)).map(tell), []);
  });

  it('is seen where it goes elsewhere: to the log, to a file, to the database', async () => {
    const server = await begin(['print-urls', 'keep-user-agents', 'store-addresses']);
    const visitor = newVisitor();
    const calls = await traceCalls(server);
    const path = `/api/?pid=${site.project}&${visitor.marks.make('q')}=1`;
    assert.equal((await sendVisitor(server, visitor, { name: '', path, status: 200 })).status, 200);
    await until(
      'the leak has written to its table',
      async () =>
        (await server.sql<{ name: string }>('select name from vouchsafe.project limit 1'))[0]?.name.includes(
          'last seen',
        ) === true,
    );
    const marked = markedCalls(await calls.stop(), visitor).filter((call) => !isToVisitor(call, visitor));
    await server.stop();
    const isIn = (target: RegExp): boolean => marked.some((call) => target.test(call.target));
    assert.ok(
      marked.some(({ descriptor }) => descriptor === '2'),
      'the printed address line',
    );
    assert.ok(isIn(/\/data\/agents\.txt$/), 'the kept user agent');
    if (visitor.marks.hasOwnAddresses) {
      assert.ok(
        marked.some(({ descriptor, target }) => descriptor !== '2' && target.startsWith('UNIX')),
        'the stored address, on its way to the database',
      );
      assert.ok(isIn(/\/postgres\/(?:base|pg_wal)\//), 'the stored address, on its way to the disk');
    }
  });

  it('is seen where it goes to another machine, though nobody can read it there', async (t) => {
    const visitor = newVisitor();
    const tls = join(home.dataDir, 'tls');
    const certificate = {
      cert: readFileSync(join(tls, 'localhost.pem')),
      key: readFileSync(join(tls, 'localhost.key.pem')),
    };
    let heard = '';
    const listener = createServer(certificate, (socket) => {
      socket.on('error', () => undefined);
      socket.setEncoding('utf8').on('data', (text: string) => (heard += text));
    }).listen(0, '127.0.0.1');
    t.after(() => listener.close());
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    const server = await startServer({
      home,
      env: VISITOR_ENV,
      imports: [leakUrl('dial-out', String(port))],
    });
    const calls = await traceCalls(server);
    const path = `/api/?pid=${site.project}`;
    assert.equal((await sendVisitor(server, visitor, { name: '', path, status: 200 })).status, 200);
    const agent = browserHeaders(visitor)['user-agent'] ?? '';
    await until('the other machine has been told', () => heard.includes(agent));
    const elsewhere = (await calls.stop()).filter(leadsElsewhere(server));
    await server.stop();
    const isThere = ({ target, bytes }: Call): boolean =>
      target.endsWith(`:${port}]`) || bytes.toString('latin1').includes(`htons(${port})`);
    assert.ok(elsewhere.some((call) => call.name === 'connect' && isThere(call)));
    assert.ok(elsewhere.some((call) => WRITES.has(call.name) && isThere(call)));
    assert.deepEqual(elsewhere.filter((call) => !isThere(call)).map(tell), []);
    assert.deepEqual(markedCalls(elsewhere, visitor), [], 'which a search for marks would not have told');
  });
});
