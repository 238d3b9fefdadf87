/**
 * Nothing of a request is kept: requests of every kind, marked wherever a caller can put something, then a search of
 * every file, table and line of output for the marks. The same search finds four deliberate leaks, so it can fail.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freshLoopbackAddress } from '../src/promises/marks.ts';
import { accountScenes, liveAccount, type Consented } from './support/marked-accounts.ts';
import { lookAt, outputOf, searchAll, type Seen } from './support/everything-kept.ts';
import {
  createMarks,
  markedHeaders,
  markedScenes,
  rawScenes,
  sendRawScenes,
  sendScenes,
  type Marks,
} from './support/marked-requests.ts';
import { leakUrl } from './support/leak.ts';
import { postmasterOf, signalAll } from './support/processes.ts';
import { startServer, until, type Home, type RunningServer } from './support/server.ts';
import { createScanner, traceAddress, traceText, type Find, type Scanner } from './support/traces.ts';

const GEOCODE = '/geocode/v1/json';

/** Not the installation's own project, by which it checks its promises meanwhile. */
const TRIAL = "where name = 'Trial project'";

/** Built from packages and only read by the server; a first pass below shows that it holds no mark. */
const isGazetteer = (path: string): boolean =>
  path === 'data/gazetteer/places.idx' || /^data\/visitor\/\w+\.idx$/.test(path);

const keyOf = (server: RunningServer): string => {
  assert.ok(server.trialSecret, 'the first start shows a secret');
  return server.trialSecret;
};

const readUsage = (server: RunningServer): Promise<{ operation: string; outcome: string; count: string }[]> =>
  server.sql(`select operation, outcome, sum(count)::text as count from vouchsafe.usage_day u
              join vouchsafe.company c on c.id = u.company_id where c.name = 'Trial company'
              group by operation, outcome order by operation, outcome`);

const totalUsage = async (server: RunningServer): Promise<number> =>
  (await readUsage(server)).reduce((sum, { count }) => sum + Number(count), 0);

const look = async (server: RunningServer): Promise<Seen[]> => {
  const seen = await lookAt(server);
  assert.ok(
    seen.some(
      ({ where, content }) => where.endsWith('usage_day') && String(content).includes('geocoding.forward'),
    ),
  );
  return seen;
};

const search = (scanner: Scanner, home: Home, seen: readonly Seen[]): Find[] =>
  searchAll(scanner, home, seen, isGazetteer);

/** Asks until eight answers in a row have the status, so that both workers have given it; returns how often it asked. */
const untilEveryWorkerSays = async (
  server: RunningServer,
  path: string,
  key: string,
  status: number,
): Promise<number> => {
  let sent = 0;
  let inARow = 0;
  await until(`status ${status} from every worker`, async () => {
    sent += 1;
    inARow = (await server.request(path, { key })).status === status ? inARow + 1 : 0;
    return inARow >= 8;
  });
  return sent;
};

interface Told {
  readonly server: RunningServer;
  readonly marks: Marks;
  readonly key: string;
  readonly usage: readonly object[];
  readonly seen: readonly Seen[];
  readonly consented: readonly Consented[];
}

/** All that a first run does, up to the stop: the same for any marks and addresses. */
const run = async (): Promise<Told> => {
  const server = await startServer({ env: { LOG_LEVEL: 'debug' } });
  const key = keyOf(server);
  const marks = createMarks();
  const [from = ''] = marks.addresses;
  const headers = (): Record<string, string> => ({ ...markedHeaders(marks), authorization: `Bearer ${key}` });
  const path = (place: string): string => `${GEOCODE}?q=${marks.make(place)}`;
  // A quick machine would be refused in the middle by the trial's rate; the quota lasts for what is answered first.
  await server.sql(`update vouchsafe.project set per_second = 100000, per_day = 40 ${TRIAL}`);

  // A client that is too slow is told so after ten seconds, during which the others go on.
  const slow = server.raw(
    `GET ${path('slow')} HTTP/1.1\r\nhost: localhost\r\nx-slow: ${marks.make('slowheader')}`,
    { from },
  );

  const scenes = [...markedScenes(marks, key, false), ...markedScenes(marks, key, true)];
  assert.deepEqual(await sendScenes(server, marks, scenes), []);
  let keyed = scenes.filter((scene) => scene.keyed === true).length;
  await until('every keyed request is counted', async () => (await totalUsage(server)) === keyed);
  const usage = await readUsage(server);

  // What strangers send to the endpoints of people, and what somebody does who has an account.
  assert.deepEqual(await sendScenes(server, marks, accountScenes(marks)), []);
  const consented = await liveAccount(server, marks);

  // Ends that the quota, the key and the rate bring about: 402, 403, 429.
  keyed += await untilEveryWorkerSays(server, path('nothingleft'), key, 402);
  await server.sql(`update vouchsafe.project set per_day = null, per_second = 1 ${TRIAL}`);
  await server.sql("update vouchsafe.key set scopes = '{}' where name = 'Trial key'");
  await until('a request without the scope', async () => {
    keyed += 1;
    const { status } = await server.request(path('noscope'), { headers: headers(), from });
    if (status === 403) return true;
    await sleep(300);
    return false;
  });
  await server.sql("update vouchsafe.key set scopes = '{geocoding:read}' where name = 'Trial key'");
  await until('a request too many', async () => {
    keyed += 1;
    return (await server.request(path('toomany'), { headers: headers(), from })).status === 429;
  });
  await until(
    'every keyed request is counted, refused ones too',
    async () => (await totalUsage(server)) === keyed,
  );

  // Bytes that are no requests, breaks, and plain HTTP, also with the key: it is exposed then, and that is noted.
  assert.deepEqual(await sendRawScenes(server, rawScenes(marks)), []);
  await server.requestPlainly(path('plain'), { headers: headers(), from });
  await until('the exposed key is marked', async () => {
    const [row] = await server.sql<{ exposed: string }>(
      'select count(*)::text as exposed from vouchsafe.key where exposed_at is not null',
    );
    return row?.exposed === '1';
  });
  await server.raw(
    `GET ${path('left')} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${key}\r\n\r\n`,
    { abort: true, from },
  );
  assert.match(await slow, /^HTTP\/1\.1 408 /);
  assert.equal((await server.ask('/promises/check', 'POST')).status, 200);

  const seen = await look(server);
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
  return { server, marks, key, usage, consented, seen: [...seen, ...outputOf(server)] };
};

let runs: readonly [Told, Told];

test('of marked requests over every path, nothing is found in any file, table or line of output', async () => {
  runs = await Promise.all([run(), run()]);
  for (const { server, marks, seen } of runs) {
    const scanner = createScanner(marks.traces());
    assert.deepEqual(search(scanner, server.home, seen), []);
    // A search that saw little would find nothing.
    assert.ok(scanner.seen.files > 900 && scanner.seen.bytes > 20_000_000, JSON.stringify(scanner.seen));
    assert.deepEqual(readdirSync(server.home.working), [], 'nothing is written to the working directory');
    assert.match(server.stderr(), /"code":"key_exposed"/, 'the log is on, and was searched');
  }
});

test('what people put into their accounts stands in its own tables, and nowhere else', () => {
  for (const { server, consented, seen } of runs) {
    const scanner = createScanner(consented.flatMap(({ traces }) => traces));
    const finds = search(scanner, server.home, seen);
    for (const { what, tables } of consented) {
      const places = new Set(
        finds.filter((find) => find.what === `consented ${what}`).map(({ where }) => where),
      );
      // The database's own files hold what its tables hold.
      const others = [...places].filter((where) => !/^data\/postgres\/(?:base|pg_wal)\//.test(where));
      assert.deepEqual(
        others.filter((where) => !tables.some((table) => where === `table ${table}`)),
        [],
        what,
      );
      assert.ok(places.has(`table ${tables[0]}`), `${what} was seen`);
    }
  }
});

test('the same requests from other visitors leave the same counters', () => {
  const [one, other] = runs;
  assert.deepEqual(one.usage, other.usage);
  assert.ok(one.usage.length >= 3, JSON.stringify(one.usage));
});

/** Requests that break something, each with everything marked; returns their statuses, 0 where none came. */
const sendBreaking = async (
  server: RunningServer,
  marks: Marks,
  key: string,
  word: string,
): Promise<number> => {
  const headers = { ...markedHeaders(marks), authorization: `Bearer ${key}` };
  const from = marks.addresses[1] ?? '';
  const path = `${GEOCODE}?q=${marks.make(word)}+${word}+%C3%A9&${marks.make('name')}=${marks.make('value')}`;
  try {
    return (await server.request(path, { headers, from })).status;
  } catch {
    return 0;
  }
};

/** The same to the endpoints of people: in a name, and in a password, which another thread looks at. */
const sendBreakingPerson = async (server: RunningServer, marks: Marks, word: string): Promise<number[]> => {
  const secret = marks.note('password', `${marks.make('secret')} ${word} juggles`);
  const email = `${marks.make('mail')}@example.com`;
  const statuses: number[] = [];
  for (const [path, body] of [
    ['/v1/sign-ups', { email, company_name: `${marks.make('company')} ${word}` }],
    ['/v1/sessions', { email, password: secret }],
    ['/v1/sign-ups', { email, company_name: 'X', password: secret }],
  ] as const) {
    const headers = {
      ...markedHeaders(marks),
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/json',
    };
    const call = { method: 'POST', headers, from: marks.addresses[2] ?? '', body: JSON.stringify(body) };
    statuses.push((await server.request(path, call)).status);
  }
  return statuses;
};

test('bugs that quote the request, threads that die of it and killed processes leave nothing behind', async () => {
  const [{ server: before, key }] = runs;
  const { home } = before;
  const marks = createMarks();
  const breaking = { home, env: { LOG_LEVEL: 'debug' }, imports: [leakUrl('break-on-words')] };
  const server = await startServer(breaking);
  await server.sql(`update vouchsafe.project set per_second = 100000 ${TRIAL}`);
  const answers = (status: number): Promise<void> =>
    until(
      `an answer ${status}`,
      async () => (await sendBreaking(server, marks, key, 'afterwards')) === status,
      20_000,
    );

  await answers(200);
  assert.equal(await sendBreaking(server, marks, key, 'breakhandler'), 500);
  assert.equal(await sendBreaking(server, marks, key, 'breakreworded'), 500);
  for (const word of ['breakhandler', 'breakreworded'])
    for (const status of await sendBreakingPerson(server, marks, word))
      assert.ok(status === 500 || status === 503, `${word} ${status}`);
  await sendBreaking(server, marks, key, 'breakthread');
  await until('the death of a thread is told', () => server.stderr().includes('a worker died'));
  await answers(200);
  await sendBreaking(server, marks, key, 'breakpromise');
  await until('both deaths are told', () => server.stderr().split('a worker died').length === 3);
  await until('both threads are replaced', () => server.stderr().split('has been replaced').length === 3);

  const postmaster = postmasterOf(home.dataDir);
  assert.ok(postmaster);
  signalAll([postmaster], 'SIGKILL');
  await answers(503);
  await answers(200);

  await sendBreaking(server, marks, key, 'justbefore');
  await server.kill('everything');
  const again = await startServer({ home, env: { LOG_LEVEL: 'debug' } });
  assert.equal((await again.request(`${GEOCODE}?q=${marks.make('again')}`, { key })).status, 200);
  const seen = [...(await look(again)), ...outputOf(server)];
  await again.stop();
  assert.deepEqual(search(createScanner(marks.traces()), home, [...seen, ...outputOf(again)]), []);
});

test('a log that is on holds what was asked where that was ticked, in its own column, and nothing else', async () => {
  const [{ server: before, key }] = runs;
  const { home } = before;
  const server = await startServer({ home, env: { LOG_LEVEL: 'debug' } });
  const [hidden, asked] = [createMarks(), createMarks()];
  const bearer = { ...markedHeaders(hidden), authorization: `Bearer ${key}` };
  const [from = ''] = hidden.addresses;
  const logged = async (): Promise<string[]> =>
    (
      await server.sql<{ query: string }>(
        "select coalesce(query, '') as query from vouchsafe.request_log order by at, id",
      )
    ).map(({ query }) => query);
  const setLog = async (settings: string): Promise<void> => {
    await server.sql(`update vouchsafe.project set ${settings} ${TRIAL}`);
    await sleep(1500);
  };
  assert.deepEqual(await logged(), [], 'nothing was logged of all that was sent before');

  await setLog('log_days = 7');
  const scenes = markedScenes(hidden, key, false);
  assert.deepEqual(await sendScenes(server, hidden, scenes), []);
  await until('rows without queries', async () => (await logged()).length > 5);
  await sleep(1500);
  assert.ok((await logged()).every((query) => query === ''));

  await setLog('log_queries = true');
  const end = `&${hidden.make('param')}=${hidden.make('value')}`;
  for (const [asking, headers] of [
    [`?q=${asked.make('plain')}${end}`, bearer],
    [`?q=${asked.make('byurl')}&key=${key}${end}`, markedHeaders(hidden)],
    [`?q=${hidden.make('norecord')}&no_record=1${end}`, bearer],
    [`?q=${hidden.make('twice')}&no_record=0&no_record=1${end}`, bearer],
    [`?q=${hidden.make('header')}${end}`, { ...bearer, 'x-no-record': '1' }],
    [`?q=${hidden.make('secret')}+${key}x${end}`, bearer],
  ] as const)
    await server.request(GEOCODE + asking, { headers, from });
  await until('both queries', async () => (await logged()).filter((query) => query !== '').length === 3);
  assert.equal((await logged()).at(-1), 'q=%5Bkey%5D');
  const seen = await look(server);
  assert.deepEqual(await server.stop(), { code: 0, signal: null });

  const all = [...seen, ...outputOf(server)];
  assert.deepEqual(search(createScanner([...hidden.traces(), ...traceText('the key', key)]), home, all), []);
  const finds = search(createScanner(asked.traces()), home, all);
  assert.ok(finds.some(({ where }) => where.startsWith('table request_log')));
  assert.deepEqual(
    finds.filter(
      ({ where }) => !/^(?:table (?:request_log|pg_)\w*|data\/postgres\/(?:base|pg_wal)\/.*)$/.test(where),
    ),
    [],
  );
});

test('the same search finds a printed address line, a kept user agent, a stored address and a hashed one', async () => {
  const [, { server: before, key }] = runs;
  const { home } = before;
  const marks = createMarks();
  const leaks = ['print-urls', 'keep-user-agents', 'store-addresses', 'hash-addresses'];
  const server = await startServer({ home, imports: leaks.map((name) => leakUrl(name, home.dataDir)) });
  const [from = ''] = marks.addresses;
  const headers = { ...markedHeaders(marks), authorization: `Bearer ${key}` };
  await server.request(`${GEOCODE}?q=${marks.make('q')}`, { headers, from });
  const nameOf = async (): Promise<string> =>
    (await server.sql<{ name: string }>('select name from vouchsafe.project limit 1'))[0]?.name ?? '';
  await until('the leak has written to its table', async () => (await nameOf()).includes('last seen')).catch(
    (error: unknown) => {
      throw new Error(server.stderr().slice(-2000), { cause: error });
    },
  );
  const seen = await look(server);
  await server.stop();

  const finds = search(createScanner(marks.traces()), home, [...seen, ...outputOf(server)]);
  const foundIn = (place: RegExp, what: RegExp): boolean =>
    finds.some((find) => place.test(find.where) && what.test(find.what));
  assert.ok(foundIn(/^stderr$/, /^the mark$/), 'the printed address line');
  assert.ok(foundIn(/^data\/agents\.txt$/, /^the mark$/), 'the kept user agent');
  if (marks.hasOwnAddresses) {
    assert.ok(foundIn(/^table project$/, /^address 127/), 'the stored address, in its table');
    assert.ok(
      foundIn(/^data\/postgres\/(?:base|pg_wal)\//, /^address 127/),
      'the stored address, in the database’s files',
    );
    assert.ok(foundIn(/^data\/visitors\.bin$/, /^digest of address 127/), 'the hashed address');
  }
  // And nothing else: what a dependency prints in a worker does not come out.
  const expected =
    /^(?:stderr|data\/agents\.txt|data\/visitors\.bin|table (?:project|pg_\w+)|data\/postgres\/.*)$/;
  assert.deepEqual(
    finds.filter(({ where }) => !expected.test(where)),
    [],
  );
  assert.equal(server.stdout().includes('printed in a worker'), false);
});

test('every form of a trace is found where it lies', () => {
  const marks = createMarks();
  const mark = marks.make('');
  const [address, another] = [freshLoopbackAddress(), freshLoopbackAddress()];
  const coordinate = marks.makeCoordinate(51);
  const bytes = Buffer.from(address.split('.').map(Number));
  const double = Buffer.alloc(8);
  double.writeDoubleLE(Number(coordinate));
  const visitors = [address, another].flatMap((one) => traceAddress('address', one));
  const scanner = createScanner([...marks.traces(), ...visitors]);
  const samples: readonly (readonly [string, Buffer | string])[] = [
    ['text', `x${mark}y`],
    ['upper case', mark.toUpperCase()],
    ['UTF-16', Buffer.from(`x${mark}`, 'utf16le')],
    ['hex', Buffer.from(`?${mark}?`).toString('hex')],
    ['percent-encoding', Buffer.from(mark).toString('hex').replaceAll(/../g, '%$&')],
    ...[0, 1, 2].map(
      (shift) => ['base64', Buffer.from(`${'-'.repeat(shift)}${mark}--`).toString('base64')] as const,
    ),
    ['base64url', Buffer.from(mark).toString('base64url')],
    ['address', `::ffff:${address}`],
    ['address in hex', bytes.toString('hex')],
    ['mapped address', Buffer.concat([Buffer.alloc(10), Buffer.from([255, 255]), bytes])],
    [
      'two addresses as numbers',
      Buffer.concat([bytes, Buffer.from(another.split('.').map(Number)).reverse()]),
    ],
    ['coordinate', coordinate],
    ['coordinate as a double', double],
    ...['md5', 'sha1', 'sha256'].flatMap((algorithm) => {
      const digest = createHash(algorithm).update(address).digest();
      return [digest, digest.toString('hex'), digest.toString('base64')].map(
        (form) => [algorithm, form] as const,
      );
    }),
    ['digest of the bytes', createHash('sha256').update(bytes).digest()],
  ];
  for (const [what, sample] of samples) assert.ok(scanner.scan('sample', sample).length > 0, what);
  assert.deepEqual(
    scanner.scan('sample', Buffer.concat([Buffer.alloc(64), bytes])),
    [],
    'four bytes alone prove nothing',
  );
  assert.deepEqual(scanner.scan('sample', 'nothing of the kind'), []);
});
