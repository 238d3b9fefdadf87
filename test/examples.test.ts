/** Every example runs, against a real server, and prints a real place. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { newSecret, signMessage, writeSecret } from '../src/webhooks/signature.ts';
import { type House, openHouse } from './support/house.ts';
import { PROJECT_ROOT } from './support/sources.ts';
import { openUploader } from './support/uploader.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'vs-examples-'));
const caPath = join(folder, 'ca.pem');
let house: House;
before(async () => {
  house = await openHouse();
  writeFileSync(caPath, house.ca);
});
after(() => rmSync(folder, { recursive: true, force: true }));

const hasCurl = await run('curl', ['--version']).then(
  () => true,
  () => false,
);

const example = async (
  file: string,
  words: readonly string[],
  changes: Record<string, string> = {},
): Promise<string> => {
  const env = {
    PATH: process.env['PATH'],
    VOUCHSAFE_URL: house.url,
    VOUCHSAFE_KEY: house.key.secret.expose(),
    VOUCHSAFE_PUBLIC_KEY: house.key.publicKey,
    NODE_EXTRA_CA_CERTS: caPath,
    CURL_CA_BUNDLE: caPath,
    ...changes,
  };
  const [program, first] = file.endsWith('.sh') ? ['sh', file] : [process.execPath, file];
  const { stdout } = await run(program, [join('examples', first), ...words], {
    cwd: PROJECT_ROOT,
    env,
    timeout: 30_000,
  });
  return stdout;
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

/** One that listens; gives what it says, and ends it. */
const startExample = async (
  file: string,
  env: Record<string, string>,
): Promise<{ readonly url: string; stop(): Promise<string> }> => {
  const port = await freePort();
  const child = spawn(process.execPath, [join('examples', file)], {
    cwd: PROJECT_ROOT,
    env: { PATH: process.env['PATH'], PORT: String(port), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(child, 'close');
  const url = `http://127.0.0.1:${port}/`;
  const stop = async (): Promise<string> => {
    child.kill();
    await ended;
    return said;
  };
  for (let tries = 0; tries < 500; tries += 1) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return { url, stop };
    await sleep(20);
  }
  await stop();
  throw new Error('it never listened');
};

describe('the examples', () => {
  it('are all run here and listed in their README', () => {
    // The pages in examples/visitor are run in a browser: test/e2e/visitor-examples.test.ts.
    const files = readdirSync(join(PROJECT_ROOT, 'examples')).filter((file) => /\.(?:mjs|sh)$/.test(file));
    const readme = readFileSync(join(PROJECT_ROOT, 'examples/README.md'), 'utf8');
    const here = readFileSync(new URL(import.meta.url), 'utf8');
    assert.ok(files.length >= 4);
    for (const file of files) {
      assert.ok(readme.includes(`\`${file}\``), file);
      assert.ok(here.includes(`xample('${file}'`), file);
    }
  });

  it('call with a bearer key from curl', async (t) => {
    if (!hasCurl) {
      t.skip('curl is not on this machine');
      return;
    }
    assert.match(
      await example('bearer.sh', ['San José, CR']),
      /"formatted":"San José, San José, Costa Rica"|"country_code":"cr"/,
    );
  });

  it('call with the key in its own header', async () => {
    assert.match(
      await example('api-key-header.mjs', ['Reykjavík']),
      /^Reykjav[ií]k, .*Iceland \(64\.1\d+, -21\.\d+\)\n$/,
    );
    assert.equal(await example('api-key-header.mjs', ['Qxzvbn']), 'No such place.\n');
  });

  it('call with a pair as HTTP Basic', async () => {
    assert.match(await example('basic-pair.mjs', []), /^Vienna, .*Austria, \d+ m away\n$/);
  });

  it('call with the OpenCage client from npm', async () => {
    assert.match(
      await example('opencage-api-client.mjs', ['Paris, TX']),
      /^Paris, Texas, United States of America \(33\.66/,
    );
  });

  it('fail with the contract’s message when the key is wrong', async () => {
    await assert.rejects(
      example('api-key-header.mjs', ['Paris'], { VOUCHSAFE_KEY: 'wrong' }),
      /401 invalid API key/,
    );
  });

  it('upload a file as a dataset, and the next one as its next version', async () => {
    const loader = await house.keys.create({
      company: house.company,
      project: house.project,
      name: 'Loader',
      scopes: ['datasets:read', 'datasets:write'],
    });
    const secret = loader.secret.expose();
    const uploader = openUploader(house, { secret });
    const file = join(folder, 'wells.csv');
    const upload = (key = secret): Promise<string> =>
      uploader.during(example('upload-dataset.mjs', [file, 'wells'], { VOUCHSAFE_KEY: key }));
    try {
      writeFileSync(file, 'id,name\n1,Ekofisk\n2,Troll\n');
      assert.equal(await upload(), 'wells has 2 rows in version 1.\n');
      writeFileSync(file, 'id,name\n1,Ekofisk\n2,Troll\n3,Snorre\n');
      assert.equal(await upload(), 'wells has 3 rows in version 2.\n');
      const { body } = await uploader.call('GET', '/datasets/v1/wells?select=name&id=eq.3');
      assert.deepEqual(JSON.parse(body), [{ name: 'Snorre' }]);
      await assert.rejects(upload('wrong'), ({ stderr }: { stderr: string }) => {
        assert.match(stderr, /response code: 401/);
        assert.ok(!stderr.includes('Bearer'), 'nor the key that was sent');
        return true;
      });
      await assert.rejects(upload(house.key.secret.expose()), ({ stderr }: { stderr: string }) =>
        stderr.includes('the scope for this, datasets:write. Whoever'),
      );
    } finally {
      await uploader.close();
    }
  });

  it('take webhooks, and nothing that is not signed or was changed', async () => {
    const secret = newSecret();
    const taker = await startExample('webhook-receiver.mjs', {
      WEBHOOK_SECRET: writeSecret(secret).expose(),
    });
    const body = '{"type":"key.rotated","timestamp":"2026-11-22T12:00:00.000Z","data":{"key_name":"Ünö"}}';
    const now = Date.now();
    const headers = {
      ...signMessage([newSecret(), secret], 'dlv_1', body, now),
      'content-type': 'application/json',
    };
    const post = async (text: string, more: Record<string, string> = {}): Promise<number> =>
      (await fetch(taker.url, { method: 'POST', body: text, headers: { ...headers, ...more } })).status;
    try {
      assert.equal(await post(body), 204);
      assert.equal(await post(body.replace('Ünö', 'Uno')), 401);
      assert.equal(await post(body, { 'webhook-id': 'dlv_2' }), 401);
      const old = signMessage([secret], 'dlv_1', body, now - 600_000);
      assert.equal(await post(body, { ...old }), 401);
      assert.equal((await fetch(taker.url, { method: 'POST', body })).status, 401);
    } finally {
      assert.equal(await taker.stop(), "key.rotated { key_name: 'Ünö' }\n");
    }
    const shown = readFileSync(
      join(PROJECT_ROOT, 'dashboard/src/pages/company/parts/webhook-example.ts'),
      'utf8',
    );
    const code = readFileSync(join(PROJECT_ROOT, 'examples/webhook-receiver.mjs'), 'utf8');
    assert.ok(shown.includes(code.slice(code.indexOf('import '))), 'the dashboard shows the same program');
  });
});
