/** The whole server as a process: first start, second start, commands beside it, and every way in which it can end. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { ensureLocalCertificate } from '../../src/http/local-ca.ts';
import { postmasterOf, signalAll } from '../support/processes.ts';
import {
  launchServer,
  makeHome,
  runCommand,
  startServer,
  until,
  type Exit,
  type Home,
  type Launched,
  type RunningServer,
  type ServerOptions,
} from '../support/server.ts';

const GEOCODE = '/geocode/v1/json';
const PARIS = `${GEOCODE}?q=Paris,+Texas`;
const STOPPED: Exit = { code: 0, signal: null };

const hasCurl = spawnSync('curl', ['--version'], { stdio: 'ignore' }).status === 0;

/** The home that most tests share, one after another, and the key of its first start. */
let home: Home;
let key = '';

/** Starts a server for one test, and leaves none behind when the test fails. */
const withServer = async <Value>(
  options: ServerOptions,
  work: (server: RunningServer) => Promise<Value>,
): Promise<Value> => {
  const server = await startServer(options);
  try {
    return await work(server);
  } finally {
    if (server.child.exitCode === null && server.child.signalCode === null) await server.kill('everything');
  }
};

const statusOf = async (server: RunningServer, withKey = key): Promise<number> =>
  (await server.request(PARIS, { key: withKey })).status;

/** New connections go to either worker; eight equal answers in a row come from both. */
const untilAlways = (server: RunningServer, status: number, withKey = key, path = PARIS): Promise<void> => {
  let inARow = 0;
  return until(
    `only answers ${status}`,
    async () => {
      inARow = (await server.request(path, { key: withKey })).status === status ? inARow + 1 : 0;
      return inARow >= 8;
    },
    5000,
  );
};

const createKey = async (at: Home): Promise<{ readonly id: string; readonly secret: string }> => {
  const { code, stdout, stderr } = await runCommand(['keys', 'create'], { home: at });
  assert.equal(code, 0, stderr);
  const id = /^key +(key_\w+)$/m.exec(stdout)?.[1];
  const secret = /^secret key +(vs_sk_live_\w+)/m.exec(stdout)?.[1];
  assert.ok(id && secret, stdout);
  return { id, secret };
};

const liftLimits = async (server: RunningServer): Promise<void> => {
  await server.sql("update vouchsafe.project set per_second = 100000 where name = 'Trial project'");
};

/** One line that ends as a sentence does, or with an example. */
const assertOneSentence = (text: string, holds: RegExp): void => {
  assert.match(text, /^[^\n]+\n$/);
  assert.match(text, holds);
  assert.doesNotMatch(text, / at .*:\d+:\d+|node:|Error:/);
};

test('the first start shows one secret and a curl line, and the curl line works as it stands', async (t) => {
  await withServer({}, async (server) => {
    ({ home } = server);
    key = server.trialSecret ?? '';
    const line = /^ {2}(curl .*)$/m.exec(server.stdout())?.[1] ?? '';
    assert.equal(server.stdout().split('vs_sk_live_').length, 3);
    assert.ok(line.includes(key) && line.includes(`${server.url}${GEOCODE}`), line);
    assert.equal(await statusOf(server), 200);
    if (hasCurl) {
      const run = promisify(execFile);
      const { stdout } = await run('sh', ['-c', `${line} --silent`], {
        cwd: home.working,
        env: { PATH: process.env['PATH'] },
      });
      const answer = JSON.parse(stdout) as { status: { code: number }; results: { formatted: string }[] };
      assert.equal(answer.status.code, 200);
      assert.match(answer.results[0]?.formatted ?? '', /Paris.*Texas/);
    } else {
      t.diagnostic('curl is not installed here; the same request was made without it');
    }
    assert.deepEqual(await server.stop(), STOPPED);
  });
  assert.equal(postmasterOf(home.dataDir), undefined);
  assert.deepEqual(readdirSync(home.working), []);
});

test('a second start shows no secret, keeps the key, and both workers answer', async () => {
  const tell = pathToFileURL(join(import.meta.dirname, '..', 'support', 'leaks', 'tell-worker.ts')).href;
  await withServer({ home, imports: [tell] }, async (server) => {
    assert.equal(server.stdout().includes('vs_sk_'), false);
    assert.equal(server.stderr().includes('vs_sk_'), false);
    for (let count = 0; count < 40; count += 1) await server.request('/geocode/v1/ping');
    assert.equal(await statusOf(server), 200);
    const threads = new Set(
      [...server.stdout().matchAll(/taken by thread (\d+)/g)].map(([, thread]) => thread),
    );
    // Elsewhere threads cannot share a port, and one answers.
    const workers = ['linux', 'freebsd'].includes(process.platform) ? 2 : 1;
    assert.equal(threads.size, workers, server.stdout());
    assert.ok((await server.ask('/metrics')).body.includes(`\nvouchsafe_workers ${workers}\n`));
    assert.equal((await server.ask('/ready')).body, 'ready\n');
    await server.stop();
  });
});

test('commands work beside a running server, and both workers follow', async () => {
  await withServer({ home }, async (server) => {
    const { id, secret } = await createKey(home);
    await untilAlways(server, 200, secret);
    const list = await runCommand(['keys', 'list'], { home });
    assert.deepEqual([list.code, list.stdout.includes(id), list.stdout.includes('vs_sk_')], [0, true, false]);

    const revoked = await runCommand(['keys', 'revoke', id], { home });
    assert.deepEqual([revoked.code, revoked.stdout], [0, `${id} is revoked.\n`]);
    await untilAlways(server, 401, secret);
    assert.equal(await statusOf(server), 200, 'the other key still works');

    const projects = await runCommand(['projects', 'list'], { home });
    const project = /^(prj_\w+) .*Trial/m.exec(projects.stdout)?.[1] ?? '';
    const slower = await runCommand(['projects', 'limit', project, '--per-second', '1'], { home });
    assert.equal(slower.code, 0, slower.stderr);
    await until('a request too many', async () => (await statusOf(server)) === 429);
    await runCommand(['projects', 'limit', project, '--per-second', '50'], { home });
    await untilAlways(server, 200);

    const migrated = await runCommand(['migrate'], { home });
    assert.deepEqual([migrated.code, migrated.stdout], [0, 'The database is up to date.\n']);

    const env = { ADMIN_PORT: String(server.adminPort) };
    const verified = await runCommand(['verify'], { home, env });
    assert.match(verified.stdout, /^\d+ kept, 0 broken, 0 unchecked$/m, verified.stdout + verified.stderr);
    assert.equal(verified.code, 0);
    const ca = join(home.dataDir, 'tls', 'ca.pem');
    const outside = await runCommand(
      ['verify', server.url, '--ca', ca, '--http-port', String(server.httpPort)],
      { home },
    );
    assert.equal(outside.code, 0, outside.stdout + outside.stderr);
    await server.stop();
  });
});

test('a daily limit that is lowered below what was used holds within a second', async () => {
  await withServer({ home }, async (server) => {
    assert.equal(await statusOf(server), 200);
    const projects = await runCommand(['projects', 'list'], { home });
    const project = /^(prj_\w+) .*Trial/m.exec(projects.stdout)?.[1] ?? '';
    await runCommand(['projects', 'limit', project, '--per-day', '0'], { home });
    try {
      await untilAlways(server, 402);
    } finally {
      await runCommand(['projects', 'limit', project, '--per-day', '10000'], { home });
    }
    await untilAlways(server, 200);
    await server.stop();
  });
});

test('commands work while the server is stopped, and leave no database running', async () => {
  const { secret } = await createKey(home);
  assert.equal(postmasterOf(home.dataDir), undefined);
  const results = [await runCommand(['keys', 'list'], { home }), await runCommand(['migrate'], { home })];
  assert.deepEqual(
    results.map(({ code }) => code),
    [0, 0],
  );
  assert.equal(postmasterOf(home.dataDir), undefined);
  const verified = await runCommand(['verify'], { home, env: { ADMIN_PORT: '1' } });
  assertOneSentence(verified.stderr, /ADMIN_PORT/);
  assert.equal(verified.code, 2, 'as its help says: nothing answers');
  await withServer({ home }, async (server) => {
    assert.equal(await statusOf(server, secret), 200);
    await server.stop();
  });
});

/** A request whose body has still to come, once the server has said that it goes on with it. */
const openRequest = (server: RunningServer): Promise<{ finish: () => Promise<string> }> =>
  new Promise((resolve, reject) => {
    const socket = connectTls({
      host: '127.0.0.1',
      port: server.port,
      ca: server.ca,
      servername: 'localhost',
    });
    let text = '';
    const ended = new Promise<string>((done) => socket.once('close', () => done(text)));
    socket.once('error', reject);
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text === 'HTTP/1.1 100 Continue\r\n\r\n') {
        resolve({
          finish: () => {
            socket.write('0123456789');
            return ended;
          },
        });
      }
    });
    socket.write(
      `GET ${PARIS} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${key}\r\ncontent-length: 10\r\nexpect: 100-continue\r\n\r\n`,
    );
  });

interface Load {
  readonly statuses: number[];
  /** Answers that began and did not end. */
  cut: number;
  ended: Promise<void>;
}

/** Asks on new connections, one after another, until nobody listens any more. */
const startLoad = (server: RunningServer): Load => {
  const load: Load = { statuses: [], cut: 0, ended: Promise.resolve() };
  const ask = async (): Promise<void> => {
    for (;;) {
      try {
        const { status, body } = await server.request(PARIS, { key });
        JSON.parse(body);
        load.statuses.push(status);
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        // A connection that was never taken is no broken word.
        if (error instanceof SyntaxError || message === 'aborted') load.cut += 1;
        if (code === 'ECONNREFUSED' || server.child.exitCode !== null) return;
      }
    }
  };
  load.ended = ask();
  return load;
};

test('SIGTERM lets requests under way finish, cuts no answer off, and takes the database along', async () => {
  await withServer({ home }, async (server) => {
    await liftLimits(server);
    await untilAlways(server, 200);
    const open = await Promise.all(Array.from({ length: 30 }, () => openRequest(server)));
    const loads = Array.from({ length: 20 }, () => startLoad(server));
    await until('every client has been answered', () => loads.every(({ statuses }) => statuses.length > 1));
    const stopping = server.stop();
    await until('the server says that it stops', () => server.stdout().includes('Stopping'));
    await sleep(100);
    const answers = await Promise.all(open.map(({ finish }) => finish()));
    for (const answer of answers) {
      const [head = '', body = ''] = answer.replace('HTTP/1.1 100 Continue\r\n\r\n', '').split('\r\n\r\n');
      assert.match(head, /^HTTP\/1\.1 200 .*\r\n(?:.*\r\n)*connection: close/i);
      assert.equal((JSON.parse(body) as { status: { code: number } }).status.code, 200);
    }
    await Promise.all(loads.map(({ ended }) => ended));
    assert.equal(
      loads.reduce((sum, { cut }) => sum + cut, 0),
      0,
    );
    assert.deepEqual([...new Set(loads.flatMap(({ statuses }) => statuses))], [200]);
    assert.deepEqual(await stopping, STOPPED);
    assert.equal(postmasterOf(home.dataDir), undefined);
    assert.doesNotMatch(
      server.stderr(),
      /"level":(?:40|50)/,
      'a stop that was asked for is no reason to warn',
    );
  });
});

test('a kill right after a key was created loses neither the key nor more than a moment of usage', async () => {
  const usageOf = async (server: RunningServer): Promise<number> => {
    const [row] = await server.sql<{ count: string }>(
      `select coalesce(sum(u.count), 0)::text as count from vouchsafe.usage_day u
       join vouchsafe.company c on c.id = u.company_id where c.name = 'Trial company'`,
    );
    return Number(row?.count);
  };
  let secret = '';
  let flushed = 0;
  await withServer({ home }, async (server) => {
    const before = await usageOf(server);
    for (let count = 0; count < 20; count += 1) await statusOf(server);
    await until('what was used is in the database', async () => (await usageOf(server)) === before + 20);
    flushed = before + 20;
    for (let count = 0; count < 5; count += 1) await statusOf(server);
    ({ secret } = await createKey(home));
    server.child.kill('SIGKILL');
    await server.exited;
    assert.notEqual(postmasterOf(home.dataDir), undefined, 'the database is orphaned');
  });
  // The orphan is dealt with, and then everything dies at once.
  await withServer({ home }, async (server) => {
    assert.equal(await statusOf(server, secret), 200);
    const found = await usageOf(server);
    assert.ok(found >= flushed && found <= flushed + 6, `${found} of ${flushed} and five more`);
    ({ secret } = await createKey(home));
    await server.kill('everything');
    assert.equal(postmasterOf(home.dataDir), undefined);
  });
  await withServer({ home }, async (server) => {
    assert.equal(await statusOf(server, secret), 200);
    assert.deepEqual(await server.stop(), STOPPED);
  });
});

test('when PostgreSQL is killed, requests get 200 or 503 until it is back by itself', async () => {
  await withServer({ home }, async (server) => {
    await liftLimits(server);
    const postmaster = postmasterOf(home.dataDir);
    assert.ok(postmaster);
    signalAll([postmaster], 'SIGKILL');
    const statuses = new Set<number>();
    let inARow = 0;
    await until(
      'the database is back',
      async () => {
        const status = await statusOf(server);
        statuses.add(status);
        inARow = status === 200 && (postmasterOf(home.dataDir) ?? postmaster) !== postmaster ? inARow + 1 : 0;
        return inARow >= 20;
      },
      20_000,
    );
    assert.deepEqual(
      [...statuses].filter((status) => status !== 200 && status !== 503),
      [],
    );
    const { secret } = await createKey(home);
    await untilAlways(server, 200, secret);
    assert.deepEqual(await server.stop(), STOPPED);
  });
});

test('a second server on the same data directory is refused with a sentence', async () => {
  await withServer({ home }, async (server) => {
    const second = await launchServer({ home });
    assert.deepEqual(await second.exited, { code: 1, signal: null });
    assertOneSentence(second.stderr(), new RegExp(`Another Vouchsafe \\(process ${server.pid}\\).*DATA_DIR`));
    assert.equal(await statusOf(server), 200);
    await server.stop();
  });
});

test('a certificate of one’s own is used, and no local authority is made', async () => {
  const own = await makeHome();
  const { caPath, certPath, keyPath } = await ensureLocalCertificate(join(own.folder, 'own'), {
    now: Date.now(),
  });
  const env = { TLS_CERT: certPath, TLS_KEY: keyPath };
  await withServer({ home: own, env, caPath }, async (server) => {
    assert.equal(await statusOf(server, server.trialSecret), 200);
    assert.equal(existsSync(join(own.dataDir, 'tls')), false);
    assert.doesNotMatch(server.stdout(), /local CA|--cacert/);
    await server.stop();
  });
});

const occupy = async <Value>(work: (port: number) => Promise<Value>): Promise<Value> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  try {
    return await work((server.address() as AddressInfo).port);
  } finally {
    server.close();
  }
};

for (const name of ['PORT', 'HTTP_PORT', 'ADMIN_PORT']) {
  test(`a taken ${name} ends the start with a sentence that names it`, async () => {
    await occupy(async (port) => {
      const server = await launchServer({ home, env: { [name]: String(port) } });
      const exit = await server.exited;
      assertOneSentence(server.stderr(), new RegExp(`\\b${port}\\b.*\\b${name}=\\d+`));
      assert.deepEqual(exit, { code: 1, signal: null });
    });
    assert.equal(postmasterOf(home.dataDir), undefined);
  });
}

test('a wrong configuration ends the start with one sentence', async () => {
  const wrong: readonly (readonly [name: string, value: string])[] = [
    ['PORT', 'geheim'],
    ['WORKERS', '0'],
    ['PUBLIC_URL', 'http://geheim.example'],
    ['LOG_LEVEL', 'geheim'],
    ['TLS_CERT', '/geheim.pem'],
    ['DATABASE_URL', 'mysql://geheim'],
  ];
  const starts = await Promise.all(
    wrong.map(([name, value]) => launchServer({ home, env: { [name]: value } })),
  );
  for (const [index, start] of starts.entries()) {
    const [name = ''] = wrong[index] ?? [];
    assert.deepEqual(await start.exited, { code: 2, signal: null }, name);
    assertOneSentence(start.stderr(), /^(\w+) must be .+, for example \w+=/);
    assert.match(start.stderr(), name === 'TLS_CERT' ? /TLS_KEY/ : new RegExp(`^${name} `));
    assert.doesNotMatch(start.stderr(), /geheim/);
    assert.equal(start.stdout(), '');
  }
});

test('a first start that fails at its end does not use the secret up', async () => {
  const fresh = await makeHome();
  await occupy(async (port) => {
    const failed = await launchServer({ home: fresh, env: { ADMIN_PORT: String(port) } });
    assert.equal((await failed.exited).code, 1);
  });
  await withServer({ home: fresh }, async (server) => {
    assert.ok(server.trialSecret, 'the secret, which nobody has seen yet, is shown');
    assert.equal(await statusOf(server, server.trialSecret), 200);
    await server.stop();
  });
});

/** Kills a first start at some moment; the next one has to bring everything up. */
const interrupt = async (when: string, moment: (starting: Launched) => Promise<void>): Promise<void> => {
  const fresh = await makeHome();
  const starting = await launchServer({ home: fresh });
  await moment(starting);
  starting.child.kill('SIGKILL');
  await starting.exited;
  const told = /vs_sk_live_\w+/.exec(starting.stdout())?.[0];
  const next = await startServer({ home: fresh }).catch((error: unknown) => {
    throw new Error(`killed ${when}`, { cause: error });
  });
  const usable = told ?? next.trialSecret ?? (await createKey(fresh)).secret;
  assert.equal(await statusOf(next, usable), 200, `killed ${when}`);
  assert.deepEqual(await next.stop(), STOPPED, `killed ${when}`);
};

test('a first start that is killed while the database is being made does not hinder the next', async () => {
  // Files by the thousand come then, from a process that does not end with its parent.
  for (const pause of [0, 60, 180]) {
    await interrupt(`${pause} ms after initdb had begun`, async ({ home: { dataDir } }) => {
      const isMaking = (): boolean =>
        readdirSync(dataDir).some(
          (name) => name.startsWith('postgres.') && existsSync(join(dataDir, name, 'base')),
        );
      await until('initdb has begun', isMaking);
      await sleep(pause);
    });
  }
});

test('a first start that is killed at any moment does not hinder the next', async () => {
  for (let count = 0; count < 3; count += 1) {
    const pause = randomInt(200, 3000);
    await interrupt(`after ${pause} ms`, () => sleep(pause));
  }
});
