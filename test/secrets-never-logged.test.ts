/**
 * No secret leaves its place: keys, pepper, database passwords and private keys are looked for in all output, every
 * table and file, and in the command lines and environments of all processes, at the most talkative log level.
 */
import assert from 'node:assert/strict';
import { createPrivateKey, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { deriveKey, KEY_PURPOSES } from '../src/foundation/derive.ts';
import { generateKey } from '../src/gate/key-format.ts';
import { accountScenes, liveAccount } from './support/marked-accounts.ts';
import { createMarks, sendScenes } from './support/marked-requests.ts';
import {
  commandLineOf,
  environmentOf,
  familyOf,
  HAS_PROC,
  postmasterOf,
  signalAll,
} from './support/processes.ts';
import {
  launchServer,
  makeHome,
  runCommand,
  startServer,
  until,
  type Home,
  type RunningServer,
  type TableText,
} from './support/server.ts';
import { createScanner, traceDigests, traceText, type Find, type Trace } from './support/traces.ts';

const GEOCODE = '/geocode/v1/json';
const VERBOSE = { LOG_LEVEL: 'debug' };
/** Nobody listens there, so that every mail fails, with these credentials at hand. */
const SMTP_PASSWORD = randomBytes(18).toString('base64url');
const SMTP_URL = `smtp://${randomBytes(9).toString('hex')}:${SMTP_PASSWORD}@127.0.0.1:9`;

interface Printed {
  readonly where: string;
  readonly text: string;
}

let home: Home;
let trialSecret = '';
/** Made, revoked, mistyped and invented keys that were used. */
const otherKeys: string[] = [];
const printed: Printed[] = [];
/** Command lines and environments, of short-lived processes too. */
const processes = new Map<string, Buffer>();
let tables: readonly TableText[] = [];
/** Passwords, codes, cookies, links and secrets of authenticator apps that people used, and marks of what they sent. */
const marks = createMarks();

const watchProcesses = (pid: number): void => {
  const postmaster = postmasterOf(home.dataDir);
  for (const one of [...familyOf(pid), ...(postmaster === undefined ? [] : familyOf(postmaster))]) {
    const words = commandLineOf(one);
    const environment = environmentOf(one);
    processes.set(`command line of ${one}: ${words.toString('latin1').slice(0, 60)}`, words);
    processes.set(`environment of ${one}: ${words.toString('latin1').slice(0, 60)}`, environment);
  }
};

const command = async (...words: string[]): Promise<string> => {
  const { code, stdout, stderr } = await runCommand(words, { home, env: VERBOSE });
  assert.equal(code, 0, stderr);
  printed.push({ where: `standard error of ${words.join(' ')}`, text: stderr });
  return stdout;
};

/** Sends a key in every place where it belongs, and in some where it does not. */
const use = async (server: RunningServer, key: string): Promise<void> => {
  const path = `${GEOCODE}?q=Paris`;
  const basic = `Basic ${Buffer.from(`vs_pk_live_x:${key}`).toString('base64')}`;
  await server.request(path, { key });
  await server.request(path, { headers: { 'x-api-key': key } });
  await server.request(path, { headers: { authorization: basic } });
  await server.request(`${path}&key=${key}`);
  await server.request(`${path}&key=${key}&add_request=1&no_record=0`);
  await server.request(`${GEOCODE}?q=${key}&key=${key}`);
  await server.request(`${GEOCODE}?q=%ff&key=${key}`);
  await server.request(`${GEOCODE}?key=${key}&key=${key}`);
  await server.request(`/${key}`, { method: 'POST', body: key });
  await server.request('/', {
    headers: { cookie: key, [key]: key, referer: `https://x.example/?key=${key}` },
  });
  await server.requestPlainly(`${path}&key=${key}`);
  await server.requestPlainly('/v1/usage', { method: 'POST', key });
  await server.raw(`GET ${path}&key=${key} HTTP/1.1\r\nhost: localhost\r\nno colon ${key}\r\n\r\n`);
  await server.raw(`GET ${path}&key=${key} HTTP/1.1\r\nhost: loc`, { abort: true });
};

/** People use their accounts while mail fails and the database dies: whatever is told of it tells no secret. */
const failEverywhere = async (): Promise<void> => {
  const server = await startServer({
    home,
    env: { ...VERBOSE, SMTP_URL, MAIL_FROM: 'vouchsafe@example.com' },
  });
  await liveAccount(server, marks);
  assert.deepEqual(await sendScenes(server, marks, accountScenes(marks)), []);
  await until('a mail has failed', () => /"operation":"mail[^"]*"[^\n]*"code":"E/.test(server.stderr()));
  const postmaster = postmasterOf(home.dataDir);
  assert.ok(postmaster);
  signalAll([postmaster], 'SIGKILL');
  const reset = () => accountScenes(marks).filter(({ name }) => name === 'reset');
  const wrong = await sendScenes(server, marks, accountScenes(marks));
  assert.ok(
    wrong.some((line) => line.includes(': 503 ')),
    'the database was missed',
  );
  await until('the database is back', async () => (await sendScenes(server, marks, reset())).length === 0);
  tables = [...tables, ...(await server.tables())];
  printed.push({ where: '/metrics, late', text: (await server.ask('/metrics')).body });
  await server.stop();
  printed.push({ where: 'standard output of the third start', text: server.stdout() });
  printed.push({ where: 'standard error of the third start', text: server.stderr() });
};

before(async () => {
  home = await makeHome();
  const starting = await launchServer({ home, env: VERBOSE });
  // The programs that set the database up live for moments only.
  const watch = setInterval(() => watchProcesses(starting.pid), 20);
  try {
    await until('the first start is ready', () => starting.stdout().includes('Ready at '), 60_000);
  } finally {
    clearInterval(watch);
  }
  trialSecret = /^\s+(vs_sk_live_\w+)$/m.exec(starting.stdout())?.[1] ?? '';
  starting.child.kill('SIGTERM');
  await starting.exited;
  printed.push({ where: 'standard output of the first start', text: starting.stdout() });
  printed.push({ where: 'standard error of the first start', text: starting.stderr() });

  const server = await startServer({ home, env: VERBOSE });
  const created = await command('keys', 'create', '--name', 'Second');
  const id = /key_\w+/.exec(created)?.[0] ?? '';
  const second = /vs_sk_live_\w+/.exec(created)?.[0] ?? '';
  assert.ok(id && second, created);
  otherKeys.push(second, generateKey('sk', 'live').expose(), `${trialSecret.slice(0, -1)}!`);
  for (const key of [trialSecret, ...otherKeys]) await use(server, key);
  printed.push({ where: 'keys revoke', text: await command('keys', 'revoke', id) });
  await use(server, second);
  printed.push({ where: 'keys list', text: await command('keys', 'list') });
  printed.push({ where: '/metrics', text: (await server.ask('/metrics')).body });
  await server.ask('/promises/check', 'POST');
  printed.push({ where: '/security.json', text: (await server.request('/security.json')).body });
  watchProcesses(server.pid);
  tables = await server.tables();
  await server.stop();
  await failEverywhere();
  printed.push({ where: 'standard output of the second start', text: server.stdout() });
  printed.push({ where: 'standard error of the second start', text: server.stderr() });
});

const secretFile = (...path: string[]): Buffer => readFileSync(join(home.dataDir, ...path));

/** A key file as it lies there and as bytes. */
const traceKeyFile = (...path: string[]): Trace[] => {
  const pem = secretFile(...path).toString();
  const der = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
  const lines = pem.split('\n').filter((line) => line.length > 20 && !line.startsWith('---'));
  return [
    { what: `private key ${path.join('/')}`, bytes: der },
    // The last bytes are the key itself, whatever container they stand in.
    { what: `private key ${path.join('/')}`, bytes: der.subarray(-24) },
    ...lines.map((line) => ({
      what: `private key ${path.join('/')}`,
      bytes: Buffer.from(line.slice(0, 60)),
    })),
  ];
};

const traceBytes = (what: string, secret: Buffer): Trace[] => {
  const hex = secret.toString('hex');
  return [
    secret,
    Buffer.from(hex),
    Buffer.from(hex.toUpperCase()),
    Buffer.from(secret.toString('base64').slice(0, 42)),
    Buffer.from(secret.toString('base64url').slice(0, 42)),
  ].map((bytes) => ({ what, bytes }));
};

/** The master, and the keys that come out of it. */
const traceMaster = (): Trace[] => {
  const master = secretFile('secrets', 'master');
  return [
    ...traceBytes('the master', master),
    ...KEY_PURPOSES.flatMap((label) => {
      const key = deriveKey(master, label).export();
      return traceBytes(`the key for ${label}`, key);
    }),
  ];
};

const tracePassword = ([role, password]: readonly [string, string]): Trace[] => [
  ...traceText(`password of ${role}`, password),
  ...traceDigests(`password of ${role}`, password),
  { what: `password of ${role}`, bytes: Buffer.from(password, 'hex') },
];

const tracePasswords = (): Trace[] =>
  Object.entries(
    JSON.parse(secretFile('secrets', 'database.json').toString()) as Record<string, string>,
  ).flatMap(tracePassword);

/** The whole key, or so much of its random part that the rest could be guessed. */
const traceKey = (what: string, key: string): Trace[] => [
  ...traceText(what, key.slice('vs_sk_live_'.length, -8)),
  ...traceDigests(what, key),
];

const trialTraces = (): Trace[] => traceKey('the trial secret', trialSecret);

const internalTraces = (): Trace[] => [
  ...traceBytes('the pepper', secretFile('secrets', 'pepper')),
  ...traceMaster(),
  ...tracePasswords(),
  ...traceKeyFile('secrets', 'signing-key.pem'),
  ...traceKeyFile('tls', 'ca.key.pem'),
  ...traceKeyFile('tls', 'localhost.key.pem'),
];

/** Not looked for in environments, where the operator put the one of SMTP. */
const personalTraces = (): Trace[] => [
  ...marks.traces(),
  ...traceText('the password of SMTP', SMTP_PASSWORD),
  ...traceDigests('the password of SMTP', SMTP_PASSWORD),
];

const allTraces = (): Trace[] => [
  ...trialTraces(),
  ...otherKeys.flatMap((key, index) => traceKey(`key ${index}`, key)),
  ...internalTraces(),
];

test('no output holds a secret, but for the trial secret, twice, on the standard output of the first start', () => {
  const scanner = createScanner([...allTraces(), ...personalTraces()]);
  const finds = printed.flatMap(({ where, text }) => scanner.scan(where, text));
  const lines = (printed.find(({ where }) => where === 'standard output of the first start')?.text ?? '')
    .split('\n')
    .filter((line) => line.includes(trialSecret));
  assert.equal(lines.length, 2);
  assert.equal(lines[0], `  ${trialSecret}`);
  assert.match(lines[1] ?? '', /^ {2}curl .*-H "Authorization: Bearer vs_sk_live_\w+" "https:/);
  const allowed = finds.filter(
    ({ where, what }) => where === 'standard output of the first start' && what === 'the trial secret',
  );
  assert.equal(allowed.length, 2);
  assert.deepEqual(
    finds.filter((find) => !allowed.includes(find)),
    [],
  );
  assert.ok(
    printed.some(({ text }) => text.includes('"level":20')),
    'the log is as talkative as it can be',
  );
});

test('no table holds a secret, nor a digest of a key that is not under the pepper', () => {
  const scanner = createScanner([...allTraces(), ...personalTraces()]);
  assert.deepEqual(
    tables.flatMap(({ name, text }) => scanner.scan(name, text)),
    [],
  );
  assert.ok(
    tables.some(({ name, text }) => /(?:^|\.)key$/.test(name) && text.includes('Second')),
    'the keys were seen',
  );
});

test('no file holds a key, and no file but its own holds another secret', () => {
  const secretFiles = new Set([
    'data/secrets/pepper',
    'data/secrets/master',
    'data/secrets/database.json',
    'data/secrets/signing-key.pem',
    'data/tls/ca.key.pem',
    'data/tls/localhost.key.pem',
  ]);
  const scanner = createScanner([...allTraces(), ...personalTraces()]);
  const finds = scanner.scanFolder(home.folder, (path) => path === 'data/gazetteer/places.idx');
  const own = (find: Find): boolean => secretFiles.has(find.where) && !/key \d|trial/.test(find.what);
  assert.deepEqual(
    finds.filter((find) => !own(find)),
    [],
  );
  // The search would see a secret: it sees each one in its own file.
  assert.deepEqual(new Set(finds.map(({ where }) => where)), secretFiles);
});

test(
  'no command line or environment holds a secret, and PostgreSQL inherits nothing',
  { skip: !HAS_PROC && 'there is no /proc here' },
  () => {
    const scanner = createScanner(allTraces());
    assert.deepEqual(
      [...processes].flatMap(([where, content]) => scanner.scan(where, content)),
      [],
    );
    const names = [...processes.keys()];
    for (const program of ['main.ts', 'initdb', '--single', 'bin/postgres']) {
      const wanted = [...processes].some(
        ([where, content]) => where.startsWith('command') && content.includes(program),
      );
      assert.ok(wanted, `${program} was seen among ${names.length}`);
    }
    for (const [where, content] of processes) {
      const ofPostgres = where.startsWith('environment') && /bin\/(?:postgres|initdb)/.test(where);
      if (ofPostgres) assert.equal(content.includes('DATA_DIR='), false, where);
    }
  },
);

test(
  'files with secrets can be read by their owner only',
  { skip: process.platform === 'win32' && 'modes are POSIX' },
  () => {
    for (const folder of ['secrets', 'tls']) {
      assert.equal(statSync(join(home.dataDir, folder)).mode & 0o777, 0o700, folder);
      const files = readdirSync(join(home.dataDir, folder));
      assert.ok(files.length >= 3, folder);
      for (const file of files)
        assert.equal(statSync(join(home.dataDir, folder, file)).mode & 0o777, 0o600, `${folder}/${file}`);
    }
  },
);

after(() => processes.clear());
