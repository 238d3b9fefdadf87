/**
 * Clients that were written for OpenCage, unchanged, against a whole house: only their host is another one. Each runs in
 * a process of its own, because some of their faults end the process (`components` or `annotations.timezone` missing).
 */
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
const FOLDER = join(PROJECT_ROOT, 'test', 'clients');
const folder = mkdtempSync(join(tmpdir(), 'vs-clients-'));
let house: House;
before(async () => {
  house = await openHouse();
  writeFileSync(join(folder, 'ca.pem'), house.ca);
});
after(() => rmSync(folder, { recursive: true, force: true }));

type Json = Record<string, unknown>;

/** What the script of a client prints: one JSON object. */
const client = async <Answers>(file: string): Promise<Answers> => {
  const words = ['--import', join(FOLDER, 'redirect.mjs'), join(FOLDER, file)];
  const { stdout } = await run(process.execPath, words, {
    cwd: PROJECT_ROOT,
    env: {
      PATH: process.env['PATH'],
      VOUCHSAFE_URL: house.url,
      VOUCHSAFE_KEY: house.key.secret.expose(),
      NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
    },
    timeout: 30_000,
  });
  return JSON.parse(stdout) as Answers;
};

describe('the clients', () => {
  it('are all run here', () => {
    const here = readFileSync(new URL(import.meta.url), 'utf8');
    const files = readdirSync(FOLDER).filter((file) => file.endsWith('.mjs') && file !== 'redirect.mjs');
    assert.ok(files.length >= 4);
    for (const file of files) assert.ok(here.includes(`>('${file}')`), file);
  });
});

describe('opencage-api-client', () => {
  interface Answer {
    readonly results: readonly {
      readonly annotations?: { readonly timezone?: Json; readonly roadinfo?: Json };
      readonly components: Json;
      readonly formatted: string;
      readonly geometry: { readonly lat: number; readonly lng: number };
    }[];
    readonly status: Json;
    readonly total_results: number;
  }
  interface Answers {
    readonly forward: Answer;
    readonly reverse: Answer;
    readonly native: Answer;
    readonly nowhere: Answer;
    readonly testKeys: readonly Json[];
    readonly wrongKey: Json;
    readonly noQuery: Json;
  }

  it('finds places by name and by coordinate, and reads the reason of an error', async () => {
    const answers = await client<Answers>('opencage-api-client.mjs');
    const [first] = answers.forward.results;
    assert.match(first?.formatted ?? '', /^Friedrichshafen, .*Germany$/);
    assert.equal(first?.annotations?.timezone?.['name'], 'Europe/Berlin', '`no_annotations=` is false');
    assert.equal(answers.reverse.results.length, 1);
    assert.equal(answers.reverse.results[0]?.components['country_code'], 'us');
    assert.equal(answers.reverse.results[0].annotations?.roadinfo?.['drive_on'], 'right');
    const [native] = answers.native.results;
    assert.equal(native?.components['country'], 'Deutschland');
    assert.equal(native.annotations, undefined);
    assert.deepEqual(
      [answers.nowhere.status, answers.nowhere.total_results],
      [{ code: 200, message: 'OK' }, 0],
    );
    assert.deepEqual(answers.testKeys, [
      { code: 200, message: 'OK' },
      { name: 'GeocodeError', code: 402, message: 'quota exceeded' },
      { name: 'GeocodeError', code: 403, message: 'disabled' },
      { name: 'GeocodeError', code: 429, message: 'too many requests' },
    ]);
    assert.deepEqual(answers.wrongKey, { name: 'GeocodeError', code: 401, message: 'invalid API key' });
    assert.deepEqual(answers.noQuery, { name: 'GeocodeError', code: 400, message: 'missing or bad query' });
  });
});

describe('node-geocoder', () => {
  interface Place {
    readonly latitude: number;
    readonly longitude: number;
    readonly country: string;
    readonly countryCode: string;
    readonly city?: string;
    readonly state?: string;
    readonly county?: string;
    readonly extra: { readonly confidence: number };
  }
  type Name = 'forward' | 'narrowed' | 'reverse' | 'atSea' | 'remote' | 'wrongKey';
  type Answers = Readonly<Record<Name, readonly Place[]>> & {
    readonly batch: readonly { readonly error: unknown; readonly value: readonly Place[] }[];
  };

  it('reads every result, also those without a city', async () => {
    const answers = await client<Answers>('node-geocoder.mjs');
    const [paris] = answers.forward;
    assert.deepEqual(
      [paris?.country, paris?.countryCode, paris?.state, paris?.county],
      ['United States', 'us', 'Texas', 'Lamar County'],
    );
    assert.ok(
      Math.abs((paris?.latitude ?? 0) - 33.66) < 0.05 && Math.abs((paris?.longitude ?? 0) + 95.56) < 0.05,
    );
    assert.ok(answers.narrowed.length > 0 && answers.narrowed.length <= 5);
    for (const { country, latitude, extra } of answers.narrowed)
      assert.ok(country === 'Vereinigte Staaten' && latitude >= 40 && extra.confidence >= 4);
    assert.deepEqual([answers.reverse[0]?.city, answers.reverse[0]?.countryCode], ['Vienna', 'at']);
    assert.deepEqual(answers.atSea, []);
    assert.deepEqual(
      answers.batch.map(({ error, value }) => [error, value.length > 0]),
      [
        [false, true],
        [false, false],
      ],
    );
    assert.ok(answers.remote.length <= 1);
    assert.deepEqual(answers.wrongKey, [], 'it shows no errors');
  });
});

describe('universal-geocoder', () => {
  interface Place {
    readonly coordinates: { readonly latitude: number };
    readonly country: string;
    readonly countryCode: string;
    readonly region?: string;
    readonly timezone: string;
    readonly callingCode: number;
    readonly flag: string;
    readonly geohash: string;
    readonly maidenhead: string;
    readonly mgrs?: string;
    readonly precision: number;
  }
  type Answers = Readonly<Record<'forward' | 'reverse' | 'remote' | 'nowhere', readonly Place[]>> & {
    readonly wrongKey: { readonly error: string };
  };

  it('gets the annotations without which it never answers', async () => {
    const answers = await client<Answers>('universal-geocoder.mjs');
    const [springfield] = answers.forward;
    assert.deepEqual([springfield?.region, springfield?.country], ['Oregon', 'Vereinigte Staaten']);
    assert.ok(answers.forward.length > 1);
    for (const { timezone, precision } of answers.forward)
      assert.ok(timezone.startsWith('America/') && precision >= 2);
    const [vienna] = answers.reverse;
    assert.deepEqual(
      [vienna?.countryCode, vienna?.timezone, vienna?.callingCode, vienna?.flag],
      ['at', 'Europe/Vienna', 43, '🇦🇹'],
    );
    assert.match(vienna?.geohash ?? '', /^u2ed/);
    assert.match(vienna?.maidenhead ?? '', /^JN88/);
    assert.match(vienna?.mgrs ?? '', /^33U/);
    for (const place of answers.remote) assert.ok(place.timezone.length > 0);
    assert.deepEqual(answers.nowhere, []);
    assert.match(answers.wrongKey.error, /401/);
  });
});

describe('@opencage/geosearch-core', () => {
  interface Suggestion {
    readonly name: string;
    readonly formatted: string;
    readonly geometry: { readonly lat: string; readonly lng: string };
  }
  type Answers = Readonly<Record<'found' | 'limited' | 'short' | 'nothing', readonly Suggestion[]>> & {
    readonly wrongKey: string;
  };

  it('shows what its text box would show', async () => {
    const answers = await client<Answers>('geosearch-core.mjs');
    assert.equal(answers.found[0]?.name, 'Grenoble');
    assert.match(answers.found[0].geometry.lat, /^45\.\d{5}$/);
    assert.equal(answers.limited.length, 3);
    for (const { formatted } of answers.limited) assert.match(formatted, /^San.*États-Unis$/);
    assert.deepEqual(answers.short, [{ formatted: '. . .' }], 'it does not ask');
    assert.deepEqual(answers.nothing, []);
    assert.equal(answers.wrongKey, 'nothing');
  });
});
