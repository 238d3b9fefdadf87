/** What a key check costs with ten, ten thousand and a million keys in the table: the gate itself, in this process. */
import { readFileSync } from 'node:fs';
import { newId } from '../src/foundation/ids.ts';
import { Opaque } from '../src/foundation/opaque.ts';
import { hmacKey, hmacSha256, randomSecretBytes } from '../src/foundation/secret.ts';
import { createFreshness, createFreshnessBuffer } from '../src/gate/freshness.ts';
import { createKeyCache, type KeyCache } from '../src/gate/key-cache.ts';
import { generateKey } from '../src/gate/key-format.ts';
import { createSecretKeyGate, type SecretKeyGate } from '../src/gate/secret-key.ts';
import { findSecret } from '../src/gate/store.ts';
import { NO_BODY } from '../src/http/edge-request.ts';
import { EMPTY_QUERY } from '../src/http/query.ts';
import type { Request } from '../src/http/route.ts';
import { PEPPER_ID } from '../src/installation/secrets.ts';
import { connect } from '../src/store/connection.ts';
import { createDatabase, type Database } from '../src/store/database.ts';
import { startChild } from './child.ts';
import { format, median, ratios, spread } from './figures.ts';
import type { BenchDatabase, Ground } from './ground.ts';
import type { Filled, FillMemory } from './key-memory.ts';
import type { Section } from './report.ts';

export interface KeysOptions {
  readonly ground: Ground;
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

/** Keys whose secrets are known here, so that they can be presented; the others are rows with random digests. */
const MOST_REAL = 10_000;
const KEYS_A_PROJECT = 10;
/** As many keys as a worker remembers (`src/app.ts`). */
const CAPACITY = 200_000;
/** Beyond this the cost is not flat; smaller differences are noise on a shared machine. */
const FLAT = 1.5;

const FILL_PROJECTS = `
  insert into vouchsafe.project (id, company_id, name, per_second, per_day, created_at)
  select 'prj_0' || substr(md5('prj' || i), 1, 25), $1, 'Bench', 100, 100000, now() from generate_series(0, $2::int - 1) i`;

type Client = Awaited<ReturnType<typeof connect>>;

const KEY_COLUMNS =
  'id, company_id, project_id, public_key, secret_digest, pepper_id, name, scopes, created_at';

const keyRow = (digest: string): string => `
  'key_0' || substr(md5('key' || i), 1, 25), $1, 'prj_0' || substr(md5('prj' || i % $2::int), 1, 25),
  'vs_pk_live_' || md5('public' || i) || substr(md5('key' || i), 1, 17), ${digest}, ${PEPPER_ID}, 'Bench',
  '{geocoding:read}'::text[], now()`;

const FILL_REAL = `
  insert into vouchsafe.key (${KEY_COLUMNS})
  select ${keyRow('digest')} from unnest($3::bytea[]) with ordinality as known(digest, i)`;

const FILL_OTHERS = `
  insert into vouchsafe.key (${KEY_COLUMNS})
  select ${keyRow(`sha256(convert_to('other' || i, 'UTF8'))`)} from generate_series($3::int + 1, $4::int) i`;

interface Rule {
  readonly name: string;
  readonly definition: string;
}

/**
 * Runs `work` without the checks of the keys and without keeping their indexes, which are made anew afterwards: minutes less
 * for a million rows. Indexes are left where they are, for other tables' foreign keys hang on them.
 */
const withoutRules = async (client: Client, work: () => Promise<void>): Promise<void> => {
  const checks = await client.query<Rule>(
    `select conname as name, pg_get_constraintdef(oid) || ' not valid' as definition
     from pg_constraint where conrelid = 'key'::regclass and contype = 'c'`,
  );
  for (const { name } of checks.rows) await client.query(`alter table key drop constraint ${name}`);
  const ready = (is: boolean): string =>
    `update pg_index set indisready = ${is}, indisvalid = ${is} where indrelid = 'key'::regclass`;
  await client.query(ready(false));
  await work();
  await client.query(ready(true));
  await client.query(`set maintenance_work_mem = '512MB'`);
  await client.query('reindex table key');
  for (const { name, definition } of checks.rows)
    await client.query(`alter table key add constraint ${name} ${definition}`);
};

const fill = async (
  { superuser }: BenchDatabase,
  size: number,
  digests: readonly Buffer[],
): Promise<void> => {
  const client = await connect(superuser, { name: 'bench' });
  try {
    const company = newId('com', 0);
    const projects = Math.max(1, size / KEYS_A_PROJECT);
    await client.query('set search_path = vouchsafe');
    await client.query(`insert into company (id, name, created_at) values ($1, 'Bench', now())`, [company]);
    // The rows are right by how they are made; checking a million foreign keys would take most of the time.
    await client.query('set session_replication_role = replica');
    await client.query(FILL_PROJECTS, [company, projects]);
    await withoutRules(client, async () => {
      await client.query(FILL_REAL, [company, projects, digests]);
      await client.query(FILL_OTHERS, [company, projects, digests.length, size]);
    });
    await client.query('vacuum analyze key');
    await client.query('vacuum analyze project');
    await client.query('checkpoint');
  } finally {
    await client.end();
  }
};

const requestWith = (key: string): Request => ({
  method: 'GET',
  path: '/',
  params: {},
  query: new Opaque(EMPTY_QUERY),
  headers: new Opaque({ authorization: `Bearer ${key}` }),
  exposeHeader: (name) => (name === 'authorization' ? `Bearer ${key}` : undefined),
  body: NO_BODY,
  address: new Opaque('127.0.0.1'),
  secure: true,
});

/** One table of keys, with a gate that remembers and one that does not. */
interface Stand {
  readonly size: number;
  /** In random order. */
  readonly keys: readonly string[];
  readonly warm: SecretKeyGate;
  readonly cold: SecretKeyGate;
  readonly remembered: KeyCache;
  /** Process id of the one PostgreSQL process behind the gates. */
  readonly findBackend: () => Promise<number>;
  readonly close: () => Promise<void>;
}

const findBackend = async ({ superuser }: BenchDatabase): Promise<number> => {
  const client = await connect(superuser, { name: 'bench' });
  try {
    const text = `select pid from pg_stat_activity where datname = current_database() and application_name = 'vouchsafe'`;
    return (await client.query<{ pid: number }>(text)).rows[0]?.pid ?? 0;
  } finally {
    await client.end();
  }
};

/** CPU nanoseconds that a process has used; undefined where the system does not tell (it is Linux that does). */
const cpuOf = (pid: number): number | undefined => {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]);
  } catch {
    return undefined;
  }
};

const identify = async (gate: SecretKeyGate, key: string): Promise<void> => {
  const verdict = await gate.identify(requestWith(key));
  if (!verdict.ok) throw new Error(`a key of the bench was refused: ${verdict.reason}`);
};

/** Fills the rest of the memory, as it would be with that many keys in use. */
const crowd = async (
  cache: KeyCache,
  gate: SecretKeyGate,
  keys: readonly string[],
  size: number,
): Promise<void> => {
  for (const key of keys) await identify(gate, key);
  const known = cache.get(cache.nameOf(keys[0] ?? ''));
  if (known === undefined) throw new Error('the gate does not remember');
  for (let made = cache.size; made < Math.min(size, CAPACITY); made += 1)
    cache.put(cache.nameOf(`other ${made}`), known);
};

const openStand = async (options: KeysOptions, size: number): Promise<Stand> => {
  const { ground, say } = options;
  const place = await ground.createDatabase();
  const pepper = hmacKey(randomSecretBytes(32));
  const keys = Array.from({ length: Math.min(size, MOST_REAL) }, () => generateKey('sk', 'live').expose());
  say(`keys: filling ${size.toLocaleString('en')} …`);
  await fill(
    place,
    size,
    keys.map((key) => hmacSha256(pepper, key)),
  );
  // Random like the secrets themselves, and in another order than the rows.
  keys.sort();
  const database: Database = createDatabase({ connection: place.app, poolSize: 1 });
  const freshness = createFreshness(createFreshnessBuffer(), Number.POSITIVE_INFINITY);
  const find = async (digest: Buffer) => (await database.run(findSecret, [digest]))[0];
  const gateWith = (cache: KeyCache): SecretKeyGate =>
    createSecretKeyGate({ pepper, cache, find, isCurrent: freshness.isCurrent, now: () => Date.now() });
  const remembered = createKeyCache(CAPACITY);
  const warm = gateWith(remembered);
  await crowd(remembered, warm, keys, size);
  return {
    size,
    keys,
    warm,
    // Remembers one key, and never the one that is asked for next.
    cold: gateWith(createKeyCache(1)),
    remembered,
    findBackend: () => findBackend(place),
    close: async () => {
      freshness.close();
      await database.close();
    },
  };
};

/** Microseconds a check. */
interface Cost {
  readonly cpu: number;
  readonly backendCpu: number;
  readonly wall: number;
}

const costOf = async (backend: number, checks: number, work: () => void | Promise<void>): Promise<Cost> => {
  const before = cpuOf(backend);
  const usage = process.cpuUsage();
  const startedAt = performance.now();
  await work();
  const wall = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(usage);
  const used = (cpuOf(backend) ?? Number.NaN) - (before ?? Number.NaN);
  return { cpu: (user + system) / checks, backendCpu: used / 1000 / checks, wall: (wall * 1000) / checks };
};

const checkWarm = (stand: Stand, checks: number): Promise<Cost> =>
  costOf(0, checks, () => {
    const { keys, warm } = stand;
    for (let check = 0; check < checks; check += 1) {
      const verdict = warm.identify(requestWith(keys[check % keys.length]!));
      if (verdict instanceof Promise || !verdict.ok) throw new Error('a remembered key was not known');
    }
  });

const checkCold = async ({ cold, keys, findBackend: find }: Stand, checks: number): Promise<Cost> =>
  costOf(await find(), checks, async () => {
    for (let check = 0; check < checks; check += 1) await identify(cold, keys[check % keys.length]!);
  });

interface Found {
  readonly warm: Cost[];
  readonly cold: Cost[];
}

const cpuOfBoth = (costs: readonly Cost[]): number[] =>
  costs.map(({ cpu, backendCpu }) => cpu + (Number.isNaN(backendCpu) ? 0 : backendCpu));

/** How memory grows with the keys in it, each time in a fresh process. */
const fillMemories = async (sizes: readonly number[]): Promise<readonly Filled[]> => {
  const filled: Filled[] = [];
  for (const keys of sizes) {
    const child = startChild('key-memory.ts', undefined, ['--expose-gc', '--max-old-space-size=8192']);
    const projects = Math.max(1, keys / KEYS_A_PROJECT);
    filled.push(await child.ask<Filled>({ ask: 'fill', keys, projects } satisfies FillMemory));
    await child.stop();
  }
  return filled;
};

const sectionOf = (
  stands: readonly Stand[],
  found: readonly Found[],
  memories: readonly Filled[],
): Section => {
  const growth = (pick: (costs: Found) => number[]): number => {
    const [first, last] = [found.at(-2), found.at(-1)];
    return first === undefined || last === undefined ? Number.NaN : median(ratios(pick(last), pick(first)));
  };
  return {
    title: 'Key checks by the number of keys',
    method: [
      'Through the real gate in one process: finding the key in the request, its form, digest, look-up, expiry. Warm: the ' +
        'worker remembers the key (one salted SHA-256 and a map); CPU of this process. Cold: it does not, and the keyed ' +
        'digest is looked up in PostgreSQL by its unique index, one check after the other on a Unix socket; CPU of this ' +
        `process and of the PostgreSQL process behind it. Up to ${MOST_REAL.toLocaleString('en')} keys are presented in ` +
        'random order; the other rows have random digests. The memory holds as many keys as there are, at most ' +
        `${CAPACITY.toLocaleString('en')}. A project for each ${KEYS_A_PROJECT} keys, so 100,000 projects for a million. Flat means at most ${FLAT} times as dear ` +
        'with a million keys as with ten thousand, of which as many are presented. Ten keys are all among those that were good within ' +
        'the last second, which cost no digest.',
      'The memory of one worker, filled through the gate with different keys in a process of its own: heap and what lies ' +
        'outside of it, after a collection of garbage. A worker of the product stops at ' +
        `${CAPACITY.toLocaleString('en')} and lets the oldest go.`,
    ],
    tables: [
      {
        columns: [
          'keys in the table',
          'remembered',
          'warm: CPU µs',
          'cold: our CPU µs',
          'cold: PostgreSQL CPU µs',
          'cold: elapsed µs',
        ],
        rows: stands.map(({ size, remembered }, index) => {
          const { warm, cold } = found[index]!;
          return [
            size.toLocaleString('en'),
            remembered.size.toLocaleString('en'),
            spread(warm.map(({ cpu }) => cpu)),
            spread(cold.map(({ cpu }) => cpu)),
            spread(cold.map(({ backendCpu }) => backendCpu)),
            spread(cold.map(({ wall }) => wall)),
          ];
        }),
      },
      {
        columns: ['remembered keys', 'bytes a key', 'MB altogether'],
        rows: memories.map(({ remembered, bytesPerKey }) => [
          remembered.toLocaleString('en'),
          format(bytesPerKey),
          format((bytesPerKey * remembered) / 2 ** 20),
        ]),
      },
    ],
    targets: [
      {
        what: 'memory of a remembered key, with the most keys ÷ with 10,000',
        wanted: FLAT,
        got: (memories.at(-1)?.bytesPerKey ?? Number.NaN) / (memories[0]?.bytesPerKey ?? Number.NaN),
        sense: 'at most',
      },
      {
        what: 'warm key check with 1,000,000 keys ÷ with 10,000, CPU',
        wanted: FLAT,
        got: growth(({ warm }) => warm.map(({ cpu }) => cpu)),
        sense: 'at most',
      },
      {
        what: 'cold key check with 1,000,000 keys ÷ with 10,000, CPU',
        wanted: FLAT,
        got: growth(({ cold }) => cpuOfBoth(cold)),
        sense: 'at most',
      },
    ],
  };
};

/** Measures warm and cold checks, the sizes in turns. */
export const measureKeys = async (options: KeysOptions): Promise<Section> => {
  const { quick, say } = options;
  const stands: Stand[] = [];
  try {
    for (const size of [10, 10_000, 1_000_000]) stands.push(await openStand(options, size));
    const found: Found[] = stands.map(() => ({ warm: [], cold: [] }));
    say('keys: checking …');
    const rounds = quick ? 3 : 7;
    for (let round = -1; round < rounds; round += 1) {
      for (const [index, stand] of stands.entries()) {
        const warm = await checkWarm(stand, quick ? 50_000 : 200_000);
        const cold = await checkCold(stand, quick ? 1_000 : 3_000);
        // The first round warms up.
        if (round < 0) continue;
        found[index]!.warm.push(warm);
        found[index]!.cold.push(cold);
      }
    }
    say('keys: filling memories …');
    const memories = await fillMemories(quick ? [10_000, CAPACITY] : [10_000, CAPACITY, 1_000_000]);
    return sectionOf(stands, found, memories);
  } finally {
    for (const stand of stands) await stand.close();
  }
};
