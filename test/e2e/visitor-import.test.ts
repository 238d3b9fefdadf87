/** Imports of address data by the real command beside a real server with two workers: under load, refused, damaged, removed. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import {
  readAddressManifest,
  writeAddressManifest,
  type AddressManifest,
} from '../../src/imports/addresses/manifest.ts';
import { makeMmdb } from '../support/mmdb.ts';
import {
  launchCommand,
  makeHome,
  runCommand,
  startServer,
  until,
  type Home,
  type RunningServer,
} from '../support/server.ts';

/** An address in the tables of this test. */
const PATH = '/v1/visitor/5.6.7.8';

let home: Home;
let server: RunningServer;
let key = '';

const folderOf = (): string => join(home.dataDir, 'visitor');
const imported = (): string[] =>
  existsSync(join(folderOf(), 'imported')) ? readdirSync(join(folderOf(), 'imported')) : [];

const put = (name: string, content: string | Buffer): string => {
  const path = join(home.working, name);
  writeFileSync(path, content);
  return path;
};

const serve = async (answer: (response: ServerResponse) => void): Promise<{ web: Server; url: string }> => {
  const web = createServer((_request, response) => answer(response));
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  return { web, url: `http://127.0.0.1:${(web.address() as AddressInfo).port}/place-2026-11-22.csv` };
};

/** A table that says one country of everything. */
const table = (code: string): string =>
  `1.0.0.0,223.255.255.255,${code}\n2a00::,2a0f:ffff:ffff:ffff:ffff:ffff:ffff:ffff,${code}\n`;

const visitor = (...words: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> =>
  runCommand(['visitor', ...words], { home });

const countryOf = (body: string): string | undefined =>
  (JSON.parse(body) as { country?: { code: string } }).country?.code;

const gauge = async (name: string): Promise<number> => {
  const { body } = await server.ask('/metrics');
  const line = body.split('\n').find((text) => text.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1));
};

/** New connections go to either worker; so many equal answers in a row come from both. */
const untilAll = (code: string): Promise<void> => {
  let inARow = 0;
  return until(
    `every worker says ${code}`,
    async () => {
      const { status, body } = await server.request(PATH, { key });
      assert.equal(status, 200, body);
      inARow = countryOf(body) === code ? inARow + 1 : 0;
      return inARow >= 12;
    },
    20_000,
  );
};

/** Asks on one connection, one question after another, until it is told to stop. */
const hammer = (end: AbortSignal): Promise<{ answered: number; countries: string[]; failures: string[] }> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: server.ca });
  const countries: string[] = [];
  const failures: string[] = [];
  let answered = 0;
  const once = (): Promise<void> =>
    new Promise((resolve) => {
      const headers = { authorization: `Bearer ${key}` };
      const sent = request(
        { host: '127.0.0.1', servername: 'localhost', port: server.port, path: PATH, agent, headers },
        (message) => {
          const chunks: Buffer[] = [];
          message.on('data', (chunk: Buffer) => chunks.push(chunk));
          message.on('end', () => {
            const body = Buffer.concat(chunks).toString();
            if (message.statusCode === 200) {
              answered += 1;
              const country = countryOf(body) ?? 'none';
              if (countries.at(-1) !== country) countries.push(country);
            } else failures.push(`status ${message.statusCode}`);
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
  const run = async (): Promise<{ answered: number; countries: string[]; failures: string[] }> => {
    while (!end.aborted) await once();
    agent.destroy();
    return { answered, countries, failures };
  };
  return run();
};

before(async () => {
  home = await makeHome();
  server = await startServer({ home });
  key = server.trialSecret ?? '';
  await server.sql(
    "update vouchsafe.project set per_second = 100000, per_day = null where name = 'Trial project'",
  );
});

describe('an import of address data beside a running server', () => {
  it('takes over within seconds, is listed, and is named with its day', async () => {
    const { code, stdout, stderr } = await visitor(
      'import',
      put('one.csv', table('AT')),
      '--date',
      '2026-11-20',
      '--anyway',
      '--credit',
      'Data by Example & Sons',
    );
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /^place: 1 ranges of IPv4 and 1 of IPv6 \(supplied by the operator, 2026-11-20\), 0 rows say nothing, in [\d.]+ s\. Running servers/m,
    );
    await untilAll('AT');
    assert.match(
      (await visitor('list')).stdout,
      /^place {2}imported \d{4}-\d\d-\d\d {2}of 2026-11-20 \(\d+ days? old\) {2}1 ranges of IPv4, 1 of IPv6 /m,
    );
    const { body } = await server.request('/credits');
    assert.match(
      body,
      /id="addresses-place"[^]*?<time datetime="2026-11-20">[^]*?Data by Example &amp; Sons/,
    );
    const age = await gauge('vouchsafe_visitor_data_age_seconds{layer="place"}');
    assert.ok(Math.abs(age - (Date.now() - Date.parse('2026-11-20')) / 1000) < 120, String(age));
    assert.ok((await gauge('vouchsafe_visitor_data_age_seconds{layer="network"}')) > 0);
  });

  it('keeps the promise that the age of the data is said', async () => {
    await server.ask('/promises/check', 'POST');
    const { body } = await server.request('/security.json');
    const { promises } = JSON.parse(body) as { promises: { id: string; state: string; evidence: string }[] };
    const promise = promises.find(({ id }) => id === 'address-data-age-said');
    assert.equal(promise?.state, 'kept', promise?.evidence);
    assert.match(promise.evidence, /that of places is of 2026-11-20|That of places is of 2026-11-20/);
  });

  it('swaps again and again under load without a failed answer', async (t) => {
    const first = await readAddressManifest(folderOf());
    const { code, stderr } = await visitor(
      'import',
      put('two.csv', table('DE')),
      '--date',
      '2026-11-21',
      '--anyway',
    );
    assert.equal(code, 0, stderr);
    await untilAll('DE');
    const second = await readAddressManifest(folderOf());
    const stop = new AbortController();
    const hammering = [1, 2, 3, 4].map(() => hammer(stop.signal));
    const swaps = await gauge('vouchsafe_visitor_data_swaps_total');
    // The file before stays until the next change by the command; here only the manifest changes.
    for (let swap = 0; swap < 20; swap++) {
      const manifest: AddressManifest = swap % 2 === 0 ? first : second;
      await writeAddressManifest(folderOf(), manifest);
      await until(
        'the server follows',
        async () => (await gauge('vouchsafe_visitor_data_swaps_total')) === swaps + swap + 1,
      );
    }
    await untilAll('DE');
    stop.abort();
    const streams = await Promise.all(hammering);
    const answered = streams.reduce((sum, stream) => sum + stream.answered, 0);
    t.diagnostic(`20 swaps, ${answered} answers`);
    assert.deepEqual(
      streams.flatMap(({ failures }) => failures),
      [],
    );
    for (const { countries } of streams) {
      assert.ok(countries.length > 10, `a connection saw ${countries.length} changes`);
      assert.ok(countries.every((country) => country === 'AT' || country === 'DE'));
    }
    assert.equal(await gauge('vouchsafe_visitor_data_failed_loads_total'), 0);
  });

  it('takes an MMDB of its own day, packed, over older data only where that is said', async () => {
    const bytes = makeMmdb(
      [
        ['5.0.0.0/8', { country: { iso_code: 'FR' }, city: { names: { en: 'Lyon' } } }],
        ['2a00::/16', { country: { iso_code: 'FR' } }],
      ],
      { builtAt: Date.parse('2026-01-15') / 1000, type: 'GeoLite2-City' },
    );
    const path = put('city.mmdb.gz', gzipSync(bytes));
    const manifest = await readAddressManifest(folderOf());
    const { code, stderr } = await visitor('import', path);
    assert.deepEqual(
      [code, stderr],
      [
        5,
        'city.mmdb.gz: it is of 2026-01-15, and the data in use of 2026-11-21; take the older one with --allow-older. Nothing was changed.\n',
      ],
    );
    assert.deepEqual(await readAddressManifest(folderOf()), manifest);
    assert.equal(imported().length, 1);
    assert.equal((await visitor('import', path, '--allow-older')).code, 0);
    await untilAll('FR');
    assert.match((await server.request('/credits')).body, /GeoLite Data created by MaxMind/);
  });

  it('refuses what is damaged, cut short or something else, and the old data goes on answering', async () => {
    const cases: readonly [string, string | Buffer, RegExp][] = [
      ['cut.csv', '5.0.0.0,5.0.0.255,AT\n5.0.1.0,5.0', /line 2: 2 columns/],
      [
        'cut.csv.gz',
        gzipSync(table('AT').repeat(500)).subarray(0, 60),
        /cut\.csv\.gz, byte \d+: the packed data/,
      ],
      [
        'cut.mmdb',
        makeMmdb([['5.0.0.0/8', { country_code: 'AT' }]]).subarray(0, 600),
        /metadata|nothing tells/,
      ],
      ['page.csv', '<html>please sign in</html>', /web page or JSON/],
    ];
    for (const [name, content, message] of cases) {
      const { code, stderr } = await visitor('import', put(name, content));
      assert.equal(code, 4, stderr);
      assert.match(stderr, message);
      assert.match(stderr, /Nothing was changed\.\n$/);
    }
    const list = await visitor('import', put('list.txt', '192.0.2.1\n'));
    assert.deepEqual([list.code, /--as kinds:tor_exit/.test(list.stderr)], [4, true]);
    assert.equal((await visitor('import', join(home.working, 'nowhere.csv'))).code, 4);
    await untilAll('FR');
    // What was in use before that goes with the next import that begins.
    assert.equal(imported().length, 1);
  });

  it('goes on with the old data when a file in use is cut short or the manifest is damaged, and says so', async () => {
    const manifestFile = join(folderOf(), 'manifest.json');
    const text = readFileSync(manifestFile, 'utf8');
    const { place } = await readAddressManifest(folderOf());
    const path = join(folderOf(), 'imported', place?.file ?? '');
    const spare = join(home.working, 'spare.idx');
    copyFileSync(path, spare);
    truncateSync(path, 100);
    await until(
      'the failure is counted',
      async () => (await gauge('vouchsafe_visitor_data_failed_loads_total')) >= 1,
    );
    await untilAll('FR');
    copyFileSync(spare, path);
    for (const [index, bad] of ['{', text.replace(place?.file ?? '', '../../secret.idx')].entries()) {
      writeFileSync(manifestFile, bad);
      await until(
        'the failure is counted',
        async () => (await gauge('vouchsafe_visitor_data_failed_loads_total')) >= 2 + index,
      );
      await untilAll('FR');
    }
    writeFileSync(manifestFile, text);
    assert.equal((await server.ask('/ready')).body, 'ready\n');
    assert.match(server.stderr(), /the old data goes on answering/);
  });

  it('takes a list for all that is known of its kind, and is there after a restart', async () => {
    const list = put('exits.txt', '# exits\n5.6.7.8\n2a00::/32\n');
    const { code, stdout, stderr } = await visitor(
      'import',
      list,
      '--as',
      'kinds:tor_exit',
      '--date',
      '2026-11-21',
    );
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^tor_exit: 1 ranges of IPv4 and 1 of IPv6/m);
    const isExit = async (): Promise<boolean> =>
      (await server.request(PATH, { key })).body.includes('tor_exit');
    await until('the server knows the exit', isExit, 20_000);
    const older = await visitor('import', list, '--as', 'kinds:tor_exit', '--date', '2026-11-20');
    assert.equal(older.code, 5, older.stderr);
    await server.stop();
    server = await startServer({ home });
    assert.equal(await isExit(), true);
    await untilAll('FR');
    assert.match((await visitor('list')).stdout, /^ {2}kinds:tor_exit {2}of 2026-11-21 /m);
    assert.equal((await visitor('remove', 'kinds:tor_exit')).code, 0);
    await until('the server forgets the exit', async () => !(await isExit()), 20_000);
  });

  it('fetches by the command alone, says the sum, and refuses another', async () => {
    const content = table('IT');
    const sum = createHash('sha256').update(content).digest('hex');
    const { web, url } = await serve((response) => void response.end(content));
    try {
      assert.equal((await visitor('import', url)).code, 2);
      const wrong = await visitor('import', url, '--insecure', '--sha256', '0'.repeat(64));
      assert.deepEqual([wrong.code, wrong.stderr.includes(sum)], [4, true]);
      const { code, stdout, stderr } = await visitor('import', url, '--insecure', '--sha256', sum);
      assert.equal(code, 0, stderr);
      assert.match(stdout, new RegExp(`place-2026-11-22\\.csv: [\\d,]+ bytes, SHA-256 ${sum}`));
      await untilAll('IT');
      assert.equal(existsSync(join(folderOf(), 'work')), false);
    } finally {
      web.close();
    }
  });

  it('is one at a time, and one that is killed binds nobody and leaves nothing', async () => {
    // It sends a part and then nothing: the import is at it until it is killed, however fast it is.
    const asked = new AbortController();
    const { web, url } = await serve((response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('1.0.0.0,1.0.0.255,AT\n');
      asked.abort();
    });
    try {
      const words = ['visitor', 'import', url, '--insecure', '--sha256', '0'.repeat(64)];
      const first = launchCommand(words, { home });
      await until('the import has begun', () => asked.signal.aborted, 30_000);
      const last = put('last.csv', table('ES'));
      const other = await visitor('import', last, '--anyway');
      assert.equal(other.code, 3, other.stderr);
      assert.match(other.stderr, new RegExp(`Another import is at it \\(process ${first.pid},`));
      first.child.kill('SIGKILL');
      await first.exited;
      await untilAll('IT');
      assert.equal(existsSync(join(folderOf(), 'work')), true);
      const { code, stderr } = await visitor('import', last, '--date', '2026-11-22', '--anyway');
      assert.equal(code, 0, stderr);
      await untilAll('ES');
      assert.equal(existsSync(join(folderOf(), 'work')), false);
      assert.match(imported().join(' '), /^\S+\.idx(?: \S+\.idx)?$/);
    } finally {
      web.closeAllConnections();
      web.close();
    }
  });

  it('stops when it is told to, and changes nothing', async () => {
    let rows = '';
    for (let row = 0; row < 200_000; row++)
      rows += `9.${row >> 16}.${(row >> 8) & 255}.${row & 255},9.${row >> 16}.${(row >> 8) & 255}.${row & 255},AT\n`;
    const large = put('large-2026-11-22.csv', rows);
    // Read so often that nobody is done with it when the signal comes, and never read to its end.
    const again = Array.from({ length: 40 }, () => large);
    const manifest = await readAddressManifest(folderOf());
    for (const [signal, end] of [
      ['SIGKILL', null],
      ['SIGINT', 130],
    ] as const) {
      const running = launchCommand(['visitor', 'import', ...again, '--anyway'], { home });
      await until('the import has begun', () => running.stdout().includes('%'), 30_000);
      running.child.kill(signal);
      assert.equal((await running.exited).code, end, running.stderr());
      if (end !== null) assert.match(running.stderr(), /Interrupted; nothing was changed/);
      assert.deepEqual(await readAddressManifest(folderOf()), manifest);
      await untilAll('ES');
    }
  });

  it('is gone after its removal, and what is shipped answers', async () => {
    const { code, stdout } = await visitor('remove', 'place');
    assert.equal(code, 0, stdout);
    await until(
      'the server follows',
      async () => !(await server.request('/credits')).body.includes('supplied by the operator'),
    );
    assert.deepEqual(imported(), []);
    const again = await visitor('remove', 'place');
    assert.deepEqual(
      [again.code, again.stderr],
      [1, 'Nothing is imported of place; see: vouchsafe visitor list\n'],
    );
  });
});
