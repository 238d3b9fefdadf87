/** What a remembered key occupies: the gate's own memory, filled with different keys in a process of its own. */
import { newId } from '../src/foundation/ids.ts';
import { Opaque } from '../src/foundation/opaque.ts';
import { hmacKey, randomSecretBytes } from '../src/foundation/secret.ts';
import { createKeyCache } from '../src/gate/key-cache.ts';
import { generateKey } from '../src/gate/key-format.ts';
import { createSecretKeyGate, type SecretRow } from '../src/gate/secret-key.ts';
import { NO_BODY } from '../src/http/edge-request.ts';
import { EMPTY_QUERY } from '../src/http/query.ts';
import type { Request } from '../src/http/route.ts';
import { answerBench } from './child.ts';

/** Fills a fresh memory. */
export interface FillMemory {
  readonly ask: 'fill';
  readonly keys: number;
  readonly projects: number;
}

/** What it holds then. */
export interface Filled {
  readonly remembered: number;
  /** Bytes of heap and of what lies outside of it, for each key. */
  readonly bytesPerKey: number;
}

/** A text as a driver hands it over: one of its own for every row. */
const fresh = (text: string): string => Buffer.from(text, 'latin1').toString('latin1');

const bytesInUse = (): number => {
  if (globalThis.gc === undefined) throw new Error('start it with --expose-gc');
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

const requestWith = (key: string): Request => ({
  method: 'GET',
  path: '/',
  params: {},
  query: new Opaque(EMPTY_QUERY),
  headers: new Opaque({}),
  exposeHeader: (name) => (name === 'authorization' ? `Bearer ${key}` : undefined),
  body: NO_BODY,
  address: new Opaque('127.0.0.1'),
  secure: true,
});

/** What `find_secret` gives for a key, with nothing shared between two rows. */
const rowWith = (digest: Buffer, company: string, project: string, publicKey: string): SecretRow => ({
  key_id: newId('key', 0),
  company_id: fresh(company),
  project_id: fresh(project),
  public_key: fresh(publicKey),
  digest,
  scopes: [fresh('geocoding:read')],
  networks: [],
  expires_at: null,
  revoked_at: null,
  is_previous: false,
  per_second: 10,
  burst: 20,
  per_day: 2500,
  per_month: null,
  is_soft: false,
  key_per_second: null,
  key_per_day: null,
  is_logged: false,
  logs_queries: false,
});

const fill = async ({ keys, projects }: FillMemory): Promise<Filled> => {
  const company = newId('com', 0);
  const ids = Array.from({ length: projects }, () => newId('prj', 0));
  // One that is like all others, but for a character that no two share: made once, since the checksum takes its time.
  const publicKey = generateKey('pk', 'live').expose();
  let made = 0;
  const cache = createKeyCache(keys);
  const gate = createSecretKeyGate({
    pepper: hmacKey(randomSecretBytes(32)),
    cache,
    find: async (digest) => rowWith(digest, company, ids[made % projects] ?? '', publicKey),
    isCurrent: () => true,
    now: () => 0,
  });
  const before = bytesInUse();
  for (made = 0; made < keys; made += 1) await gate.identify(requestWith(generateKey('sk', 'live').expose()));
  const bytesPerKey = (bytesInUse() - before) / keys;
  return { remembered: cache.size, bytesPerKey };
};

answerBench(
  (question: FillMemory) => fill(question),
  async () => undefined,
);
