/** Every example runs, against a real server, and prints a real place. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { type House, openHouse } from './support/house.ts';
import { PROJECT_ROOT } from './support/sources.ts';

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

describe('the examples', () => {
  it('are all run here and listed in their README', () => {
    const files = readdirSync(join(PROJECT_ROOT, 'examples')).filter((file) => file !== 'README.md');
    const readme = readFileSync(join(PROJECT_ROOT, 'examples/README.md'), 'utf8');
    const here = readFileSync(new URL(import.meta.url), 'utf8');
    assert.ok(files.length >= 4);
    for (const file of files) {
      assert.ok(readme.includes(`\`${file}\``), file);
      assert.ok(here.includes(`example('${file}'`), file);
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
    assert.match(await example('basic-pair.mjs', []), /^Vienna, Austria, \d+ m away\n$/);
  });

  it('call with the OpenCage client from npm', async () => {
    assert.match(
      await example('opencage-api-client.mjs', ['Paris, TX']),
      /^Paris, Texas, United States \(33\.66/,
    );
  });

  it('fail with the contract’s message when the key is wrong', async () => {
    await assert.rejects(
      example('api-key-header.mjs', ['Paris'], { VOUCHSAFE_KEY: 'wrong' }),
      /401 invalid API key/,
    );
  });
});
