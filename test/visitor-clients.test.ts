/**
 * The npm client `visitorapi` in both of its versions, unmodified, against a whole house: only its host is another one, and
 * it runs in a process of its own. What its browsers do is in `test/e2e/visitor-clients.test.ts`.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { newId } from '../src/foundation/ids.ts';
import { openHouse } from './support/house.ts';
import { PROJECT_ROOT } from './support/sources.ts';
import { BAVARIAN, BREAKING, openBrittleAddresses } from './support/visitor.ts';
import { addVisitorProject } from './support/visitor-project.ts';

const SHOP = 'https://shop.example';
const folder = mkdtempSync(join(tmpdir(), 'vs-visitor-clients-'));

interface Case {
  readonly pid: string;
  readonly origin?: string;
  readonly from: string;
}
interface Outcome {
  readonly ok?: Readonly<Record<string, unknown>>;
  readonly failed?: unknown;
}
type Name = 'ok' | 'missing' | 'unknown' | 'noDomain' | 'otherPage' | 'noPage' | 'poor' | 'broken';
interface Answers {
  readonly answers: Readonly<Record<Name, Readonly<Record<'promise' | 'callbacks' | 'first', Outcome>>>>;
  readonly seen: readonly string[];
}

let found: Answers;
let project: string;
before(async () => {
  const house = await openHouse({
    addresses: await openBrittleAddresses(),
    trustedProxies: ['127.0.0.1/32'],
  });
  writeFileSync(join(folder, 'ca.pem'), house.ca);
  project = await addVisitorProject(house, [SHOP]);
  const [bare, poor] = [await addVisitorProject(house, []), await addVisitorProject(house, [SHOP], 0)];
  const page = { origin: SHOP, from: BAVARIAN };
  const cases: Readonly<Record<Name, Case>> = {
    ok: { pid: project, ...page },
    missing: { pid: '', ...page },
    unknown: { pid: newId('prj', 1), ...page },
    noDomain: { pid: bare, ...page },
    otherPage: { pid: project, ...page, origin: 'https://evil.example' },
    noPage: { pid: project, from: BAVARIAN },
    poor: { pid: poor, ...page },
    broken: { pid: project, ...page, from: BREAKING },
  };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(PROJECT_ROOT, 'test', 'clients', 'visitor', 'visitorapi.mjs')],
    {
      cwd: PROJECT_ROOT,
      env: {
        PATH: process.env['PATH'],
        VISITOR_CASES: JSON.stringify({ url: house.url, cases }),
        NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
      },
      timeout: 30_000,
    },
  );
  found = JSON.parse(stdout) as Answers;
});
after(() => rmSync(folder, { recursive: true, force: true }));

describe('visitorapi 1 and 2', () => {
  it('ask as they always did', () => {
    assert.ok(found.seen.includes(`get https://api.visitorapi.com/api/?pid=${project}`));
  });

  it('hand the fifteen fields on, by promise and by callback', () => {
    const { promise, callbacks, first } = found.answers.ok;
    for (const { ok } of [promise, callbacks, first]) {
      assert.equal(Object.keys(ok ?? {}).length, 15);
      assert.deepEqual(
        [ok?.['ipAddress'], ok?.['countryCode'], ok?.['currencies'], ok?.['region'], ok?.['cityLatLong']],
        [BAVARIAN, 'DE', ['EUR'], 'BY', '48.1371,11.5754'],
      );
    }
  });

  it('fail with each of the six errors, word for word', () => {
    const expected: readonly (readonly [Exclude<Name, 'ok'>, number, string])[] = [
      ['missing', 400, 'Error: missing project ID parameter pid'],
      ['unknown', 404, 'Error: cannot find the project'],
      ['noDomain', 403, 'Error: no domain is allowed'],
      ['otherPage', 403, 'Error: referrer domain is not allowed'],
      ['noPage', 403, 'Error: referrer domain is not allowed'],
      ['poor', 402, 'Error: exceed free plan quota, please upgrade'],
      ['broken', 500, 'Internal error'],
    ];
    for (const [name, status, result] of expected) {
      const { promise, callbacks, first } = found.answers[name];
      assert.deepEqual(promise, { failed: result }, 'the promise rejects with the very words');
      for (const outcome of [callbacks, first])
        assert.deepEqual(outcome, { failed: { status, data: { status, result } } }, name);
    }
  });
});
