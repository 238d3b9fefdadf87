/** Imports by the real command beside a real server with two workers: under load, killed, refused, damaged, removed. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { writeAtomically } from '../../gazetteer/write-atomically.ts';
import {
  launchCommand,
  makeHome,
  runCommand,
  startServer,
  until,
  type Exit,
  type Home,
  type Launched,
  type RunningServer,
} from '../support/server.ts';
import { PROJECT_ROOT } from '../support/sources.ts';

const FIXTURE = join(PROJECT_ROOT, 'gazetteer', 'fixtures', 'liechtenstein.osm.pbf');
const IMPORT = ['gazetteer', 'import', FIXTURE];
const PATH = '/geocode/v1/json';
/** A street of the extract, which the base does not know. */
const STREET = `${PATH}?q=${encodeURIComponent('Landstrasse, Schaan')}&no_annotations=1&limit=1`;
const DONE: Exit = { code: 0, signal: null };

interface Result {
  readonly components: Readonly<Record<string, string>>;
}

let home: Home;
let server: RunningServer;
let key = '';

const folderOf = (): string => join(home.dataDir, 'gazetteer');
const extractFiles = (): string[] => {
  const folder = join(folderOf(), 'extracts');
  return existsSync(folder) ? readdirSync(folder) : [];
};
const manifest = (): { extracts: { name: string; file: string }[] } => {
  const path = join(folderOf(), 'manifest.json');
  return existsSync(path)
    ? (JSON.parse(readFileSync(path, 'utf8')) as { extracts: { name: string; file: string }[] })
    : { extracts: [] };
};

/** What one answer says, without its time and what is left of the quota. */
const substanceOf = (body: string): string => {
  const { results } = JSON.parse(body) as { results: readonly Result[] };
  return JSON.stringify(results);
};

const knowsStreet = async (): Promise<boolean> => {
  const { status, body } = await server.request(STREET, { key });
  assert.equal(status, 200);
  return (JSON.parse(body) as { results: readonly Result[] }).results.some(
    ({ components }) => components['road'] !== undefined,
  );
};

/** New connections go to either worker; so many equal answers in a row come from both. */
const untilAll = (knows: boolean): Promise<void> => {
  let inARow = 0;
  return until(
    `every worker ${knows ? 'knows' : 'has forgotten'} the street`,
    async () => {
      inARow = (await knowsStreet()) === knows ? inARow + 1 : 0;
      return inARow >= 12;
    },
    20_000,
  );
};

const gauge = async (name: string): Promise<number> => {
  const { body } = await server.ask('/metrics');
  return Number(new RegExp(`^${name} (.*)$`, 'm').exec(body)?.[1]);
};

const runImport = async (
  ...words: string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> =>
  runCommand([...IMPORT, ...words], { home });

/** Asks on one connection, one question after another, until it is told to stop. */
const hammer = (path: string, until_: AbortSignal): Promise<{ answers: string[]; failures: string[] }> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: server.ca });
  const answers: string[] = [];
  const failures: string[] = [];
  const once = (): Promise<void> =>
    new Promise((resolve) => {
      const headers = { authorization: `Bearer ${key}` };
      const sent = request(
        { host: '127.0.0.1', servername: 'localhost', port: server.port, path, agent, headers },
        (message) => {
          const chunks: Buffer[] = [];
          message.on('data', (chunk: Buffer) => chunks.push(chunk));
          message.on('end', () => {
            if (message.statusCode !== 200) failures.push(`status ${message.statusCode}`);
            const substance = substanceOf(Buffer.concat(chunks).toString());
            if (answers.at(-1) !== substance) answers.push(substance);
            resolve();
          });
        },
      );
      sent.on('error', (error) => {
        failures.push(String(error));
        resolve();
      });
      sent.end();
    });
  const run = async (): Promise<{ answers: string[]; failures: string[] }> => {
    while (!until_.aborted) await once();
    agent.destroy();
    return { answers, failures };
  };
  return run();
};

before(async () => {
  home = await makeHome();
  const endWorker = pathToFileURL(join(import.meta.dirname, '..', 'support', 'leaks', 'end-worker.ts')).href;
  server = await startServer({ home, imports: [endWorker] });
  key = server.trialSecret ?? '';
  await server.sql(
    "update vouchsafe.project set per_second = 100000, per_day = null where name = 'Trial project'",
  );
});

describe('an import beside a running server', () => {
  it('takes over under load without a failed answer, and without one that is half old', async () => {
    assert.equal(await knowsStreet(), false);
    const stop = new AbortController();
    const questions = [
      STREET,
      `${PATH}?q=47.1412,9.5215&no_annotations=1`,
      `${PATH}?q=Vaduz&no_annotations=1`,
      `${PATH}?q=Paris,+Texas`,
    ];
    const hammering = [...questions, ...questions].map((path) => hammer(path, stop.signal));
    const { code, stdout, stderr } = await runImport();
    assert.equal(code, 0, stderr);
    await untilAll(true);
    stop.abort();
    const streams = await Promise.all(hammering);
    assert.deepEqual(
      streams.flatMap(({ failures }) => failures),
      [],
    );
    // Each connection belongs to one worker: it saw the old answer, then perhaps the new one, and never the old again.
    for (const [index, { answers }] of streams.entries())
      assert.ok(
        answers.length === 1 || answers.length === 2,
        `${questions[index % 4]}: ${answers.length} answers`,
      );
    assert.equal(streams[0]?.answers.length, 2, 'the street was not known, and then it was');
    assert.deepEqual(streams[0].answers, streams[4]?.answers);
    assert.match(
      stdout,
      /^liechtenstein: [\d,]+ rows, [\d,]+ skipped, in [\d.]+ s; it is at .*\. Running servers/m,
    );
    assert.match(stdout, /^100 %/m);
    assert.equal(stdout.includes('\u001B') || stdout.includes('\r'), false);
  });

  it('is seen in the figures, on the credits and in the list, and the server stays ready', async () => {
    assert.equal(await gauge('vouchsafe_gazetteer_extracts'), 1);
    assert.equal(await gauge('vouchsafe_gazetteer_swaps_total'), 1);
    assert.equal(await gauge('vouchsafe_gazetteer_failed_loads_total'), 0);
    assert.equal((await server.ask('/ready')).body, 'ready\n');
    const { body } = await server.request('/credits');
    assert.match(body, /© OpenStreetMap contributors/);
    assert.match(body, /the extract liechtenstein, imported on \d{4}-\d\d-\d\d/);
    const { stdout } = await runCommand(['gazetteer', 'list'], { home });
    assert.match(stdout, /^base {2}installed packages {2}[\d.]+ MB$/m);
    assert.match(stdout, /^liechtenstein {2}osm, .* rows {2}[\d.]+ MB {2}© OpenStreetMap contributors$/m);
    assert.deepEqual(readdirSync(join(folderOf(), 'work')), []);
    assert.equal(existsSync(join(folderOf(), 'import.lock')), false);
  });

  it('is what a worker has that takes the place of a dead one', async () => {
    await assert.rejects(server.request('/end-this-worker'));
    await until('another worker is there', async () =>
      server.stdout().concat(server.stderr()).includes('a worker that died has been replaced'),
    );
    assert.equal(await gauge('vouchsafe_workers'), 2);
    await untilAll(true);
  });

  it('replaces the extract of its name, keeps the file before until the next change, and no more', async () => {
    const files = new Set(extractFiles());
    assert.equal((await runImport()).code, 0);
    assert.equal(extractFiles().length, 2);
    assert.equal((await runImport()).code, 0);
    assert.equal(extractFiles().length, 2);
    assert.ok(extractFiles().every((file) => !files.has(file)));
    assert.equal(manifest().extracts.length, 1);
    await until('the server follows', async () => (await gauge('vouchsafe_gazetteer_swaps_total')) >= 2);
    assert.equal(await gauge('vouchsafe_gazetteer_failed_loads_total'), 0);
  });

  it('goes on with the old data when a file is cut short or the manifest is damaged, and says so', async () => {
    const [entry] = manifest().extracts;
    const path = join(folderOf(), 'extracts', entry?.file ?? '');
    const manifestFile = join(folderOf(), 'manifest.json');
    const [bytes, text] = [readFileSync(path), readFileSync(manifestFile)];
    // Faults that last. One that passes, such as a file cut short in the middle of its reading, is told of besides.
    const told = (): number =>
      server
        .stderr()
        .split('\n')
        .filter((line) => /the old data goes on answering; import (?:it )?again/u.test(line)).length;
    truncateSync(path, bytes.length >> 1);
    await until('the file is told of', () => told() === 1);
    await untilAll(true);
    await writeAtomically(path, [bytes]);
    const outside = text.toString().replace(entry?.file ?? '', '../../../secret.idx');
    for (const [index, bad] of ['{', outside].entries()) {
      await writeAtomically(manifestFile, [Buffer.from(bad)]);
      await until('the manifest is told of', () => told() === 2 + index);
      await untilAll(true);
    }
    await writeAtomically(manifestFile, [text]);
    assert.ok((await gauge('vouchsafe_gazetteer_failed_loads_total')) >= 3);
    assert.equal((await server.ask('/ready')).body, 'ready\n');
  });

  it('is there after a restart', async () => {
    await server.stop();
    server = await startServer({ home });
    await untilAll(true);
    assert.equal(await gauge('vouchsafe_gazetteer_extracts'), 1);
  });

  it('is gone after its removal, with its files', async () => {
    const { code, stdout } = await runCommand(['gazetteer', 'remove', 'liechtenstein'], { home });
    assert.equal(code, 0, stdout);
    await untilAll(false);
    assert.deepEqual(extractFiles(), []);
    assert.equal(await gauge('vouchsafe_gazetteer_extracts'), 0);
    assert.doesNotMatch((await server.request('/credits')).body, /the extract liechtenstein/);
    const again = await runCommand(['gazetteer', 'remove', 'liechtenstein'], { home });
    assert.deepEqual(
      [again.code, again.stderr],
      [1, 'There is no extract liechtenstein; see: vouchsafe gazetteer list\n'],
    );
  });
});

describe('an import that does not come to its end', () => {
  const waitFor = async (command: Launched, sign: RegExp): Promise<void> => {
    let ended = false;
    void command.exited.then(() => (ended = true));
    await until('the import is so far', () => ended || sign.test(command.stdout()), 60_000);
    assert.equal(ended, false, `it ended before: ${command.stdout()}${command.stderr()}`);
  };

  it('binds nobody when it is killed, wherever it is, and goes on with --resume', async () => {
    assert.equal((await runImport()).code, 0);
    await untilAll(true);
    for (const percent of [0, 10, 30, 60, 80]) {
      const [old] = manifest().extracts;
      const command = launchCommand(IMPORT, { home });
      await waitFor(command, new RegExp(`^(?:${percent}|${percent + 10}) %`, 'm'));
      command.child.kill('SIGKILL');
      await command.exited;
      assert.deepEqual(manifest().extracts, [old], `at ${percent} %`);
      assert.equal(await knowsStreet(), true);
      const { code, stdout, stderr } = await runImport('--resume');
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^Going on with liechtenstein, begun/m);
      const [next] = manifest().extracts;
      assert.notEqual(next?.file, old?.file);
      assert.deepEqual(
        new Set(extractFiles()),
        new Set([old?.file, next?.file]),
        'nothing is left beside them',
      );
      assert.deepEqual(readdirSync(join(folderOf(), 'work')), []);
    }
    await untilAll(true);
    assert.equal(await gauge('vouchsafe_gazetteer_failed_loads_total'), 0);
    await runCommand(['gazetteer', 'remove', 'liechtenstein'], { home });
    await untilAll(false);
  });

  it('says how it goes on after Ctrl-C, and ends with 130', async () => {
    const command = launchCommand(IMPORT, { home });
    await waitFor(command, /^\d+ %/m);
    command.child.kill('SIGINT');
    assert.deepEqual(await command.exited, { code: 130, signal: null }, command.stderr());
    assert.match(
      command.stderr(),
      /^Interrupted; nothing was changed, and what is done is kept\. Go on with: vouchsafe gazetteer import \S+liechtenstein\.osm\.pbf --as liechtenstein --resume\n$/,
    );
    assert.deepEqual(manifest().extracts, []);
    assert.equal((await runImport('--resume')).code, 0);
    await runCommand(['gazetteer', 'remove', 'liechtenstein'], { home });
  });

  it('refuses a second one meanwhile with 3 and who is at it', async () => {
    const first = launchCommand(IMPORT, { home });
    await waitFor(first, /^\d+ %/m);
    // Held where it is, so that it cannot be done before the second one looks.
    first.child.kill('SIGSTOP');
    const second = await runImport('--as', 'another');
    assert.equal(second.code, 3, second.stdout);
    assert.equal(
      second.stderr.replace(/since \S+\)/, 'since then)'),
      `Another import is at it (process ${first.pid}, since then); wait for its end, or stop it with: kill ${first.pid}\n`,
    );
    first.child.kill('SIGCONT');
    assert.deepEqual(await first.exited, DONE);
    await runCommand(['gazetteer', 'remove', 'liechtenstein'], { home });
  });

  it('refuses damaged input with 4, naming the place, and keeps nothing of it', async () => {
    const damaged = join(home.temporary, 'damaged.osm.pbf');
    writeFileSync(damaged, readFileSync(FIXTURE).subarray(0, 300_000));
    const { code, stderr } = await runCommand(['gazetteer', 'import', damaged], { home });
    assert.equal(code, 4, stderr);
    assert.match(stderr, /^[^\n]*damaged\.osm\.pbf, byte \d+: [^\n]+ Nothing was changed\.\n$/);
    assert.deepEqual(
      [manifest().extracts, extractFiles(), readdirSync(join(folderOf(), 'work'))],
      [[], [], []],
    );
  });

  it('ends with a sentence where there is no room, gives the room back, and changes nothing', async () => {
    // Files may have 512 times as many bytes in one shell, 1,024 times as many in another.
    const script = 'ulimit -f 64; exec "$0" "$@"';
    const words = ['-c', script, process.execPath, join(PROJECT_ROOT, 'src', 'main.ts'), ...IMPORT];
    const env = {
      PATH: process.env['PATH'],
      HOME: home.working,
      TMPDIR: home.temporary,
      DATA_DIR: home.dataDir,
    };
    const ended = await new Promise<{ code: number; stderr: string }>((resolve) => {
      execFile('sh', words, { env, cwd: home.working }, (error, _stdout, stderr) =>
        resolve({ code: Number(error?.code ?? 0), stderr }),
      );
    });
    assert.equal(ended.code, 1, ended.stderr);
    assert.match(ended.stderr, /^The disk is full[^\n]+nothing was changed[^\n]+begin again\.\n$/);
    assert.deepEqual(
      [manifest().extracts, extractFiles(), readdirSync(join(folderOf(), 'work'))],
      [[], [], []],
    );
    assert.equal(existsSync(join(folderOf(), 'import.lock')), false);
  });

  it('refuses to go on with nothing, or with other files', async () => {
    rmSync(join(folderOf(), 'work'), { recursive: true, force: true });
    const nothing = await runImport('--resume');
    assert.deepEqual(
      [nothing.code, nothing.stderr],
      [2, 'Nothing of liechtenstein can go on; begin without --resume.\n'],
    );
    const command = launchCommand(IMPORT, { home });
    await waitFor(command, /^\d+ %/m);
    command.child.kill('SIGKILL');
    await command.exited;
    const list = await runCommand(['gazetteer', 'list'], { home });
    assert.match(list.stdout, /^liechtenstein {2}begun .* --resume/m);
    const other = join(home.temporary, 'liechtenstein.osm.pbf');
    writeFileSync(other, readFileSync(FIXTURE));
    const { code, stderr } = await runCommand(['gazetteer', 'import', other, '--resume'], { home });
    assert.deepEqual(
      [code, stderr],
      [2, 'The files are not those with which liechtenstein was begun; begin anew without --resume.\n'],
    );
  });
});

/** A table of GeoNames with one place that there is not, in the columns of its dumps. */
const dump = (name: string): string =>
  [
    ['9000001', name, name, '', '47.10', '9.52', 'P', 'PPL', 'LI', '', '11', '', '', '', '5000', '', '450'],
    [
      '9000002',
      `${name} Nord`,
      `${name} Nord`,
      '',
      '47.15',
      '9.52',
      'P',
      'PPL',
      'LI',
      '',
      '11',
      '',
      '',
      '',
      '900',
      '',
      '450',
    ],
  ]
    .map((row) => `${[...row, 'Europe/Vaduz', '2026-01-01'].join('\t')}\n`)
    .join('');

describe('an import of another base index', () => {
  const knows = async (name: string): Promise<boolean> => {
    const { status, body } = await server.request(`${PATH}?q=${name}&no_annotations=1`, { key });
    assert.equal(status, 200);
    return (JSON.parse(body) as { results: readonly unknown[] }).results.length > 0;
  };
  const untilKnown = (name: string): Promise<void> => {
    let inARow = 0;
    return until(
      `every worker knows ${name}`,
      async () => {
        inARow = (await knows(name)) ? inARow + 1 : 0;
        return inARow >= 12;
      },
      20_000,
    );
  };

  it('is taken, is not built anew at a start, and the packages stand in for it when it is damaged', async () => {
    const table = join(home.temporary, 'cities500.txt');
    writeFileSync(table, dump('Swapville'));
    const { code, stdout, stderr } = await runCommand(['gazetteer', 'import', table], { home });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^base: /m);
    await untilKnown('Swapville');
    assert.equal(await knows('Oberammergau'), false);
    await server.stop();
    server = await startServer({ home });
    assert.doesNotMatch(server.stdout(), /building the gazetteer/);
    assert.equal(await knows('Swapville'), true);
    await server.stop();
    const file = readdirSync(folderOf()).find((name) => name.startsWith('places-geonames'));
    truncateSync(join(folderOf(), file ?? ''), 5000);
    server = await startServer({ home });
    assert.deepEqual([await knows('Swapville'), await knows('Oberammergau')], [false, true]);
    assert.match(server.stderr() + server.stdout(), /an index file cannot be used \(truncated\)/);
    assert.equal(await gauge('vouchsafe_gazetteer_failed_loads_total'), 1);
  });
});
