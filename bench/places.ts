/** Forward lookups against PostgreSQL: the gazetteer's own names in a table, its best index, the same questions. */
import pg from 'pg';
import { clientConfig, connect } from '../src/store/connection.ts';
import { foldKey } from '../src/services/geocoding/fold.ts';
import type { Gazetteer } from '../src/services/geocoding/gazetteer.ts';
import { format, median, ratios, spread } from './figures.ts';
import type { Ground } from './ground.ts';
import { MIX, type Questions } from './queries.ts';
import type { Section } from './report.ts';

export interface PlacesOptions {
  readonly ground: Ground;
  readonly gazetteer: Gazetteer;
  readonly questions: Questions;
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

type Client = Awaited<ReturnType<typeof connect>>;

/** Rows sent in one statement. */
const BATCH = 50_000;
const LIMIT = 10;
/** pg_trgm sees no letters in some other scripts, and then reads everything. */
const IN_ASCII = /^[\u0020-\u007e]+$/u;
/** Connections and questions under way at once, where round trips are not waited for one by one. */
const POOL = 2;
const IN_FLIGHT = 64;

const EXACT = {
  name: 'exact',
  text: `select entity from place_name where key = $1 order by rank limit ${LIMIT}`,
};
const BY_TRIGRAM = {
  name: 'trigram',
  text: `select entity from place_name where key % $1 order by similarity(key, $1) desc, rank limit ${LIMIT}`,
};
/** Many names in one statement: what the index costs without any round trip. */
const EXACT_ALL = {
  name: 'exact-all',
  text: `select count(found.entity) from unnest($1::text[]) as asked(key)
         cross join lateral (${EXACT.text.replace('$1', 'asked.key')}) as found`,
};

const fill = async (client: Client, { sections }: Gazetteer): Promise<number> => {
  const { keyBytes, keyStart, keyPostings, postings } = sections;
  const text = Buffer.from(keyBytes.buffer, keyBytes.byteOffset, keyBytes.length);
  let keys: string[] = [];
  let entities: number[] = [];
  let ranks: number[] = [];
  const flush = async (): Promise<void> => {
    const insert = 'insert into place_name select * from unnest($1::text[], $2::int4[], $3::int4[])';
    await client.query(insert, [keys, entities, ranks]);
    keys = [];
    entities = [];
    ranks = [];
  };
  for (let key = 0; key + 1 < keyStart.length; key += 1) {
    const name = text.toString('utf8', keyStart[key], keyStart[key + 1]);
    const first = keyPostings[key]!;
    for (let at = first; at < keyPostings[key + 1]!; at += 1) {
      keys.push(name);
      entities.push(postings[at]! >> 1);
      ranks.push(at - first);
    }
    if (keys.length >= BATCH) await flush();
  }
  await flush();
  return postings.length;
};

const createTable = async (client: Client, gazetteer: Gazetteer): Promise<number> => {
  await client.query(`set maintenance_work_mem = '512MB'`);
  await client.query(
    'create unlogged table place_name (key text collate "C" not null, entity int4 not null, rank int4 not null)',
  );
  const rows = await fill(client, gazetteer);
  // Covering and in the order of the answer: one descent, no sort, no visit to the table.
  await client.query('create index place_name_exact on place_name (key, rank) include (entity)');
  await client.query('create extension pg_trgm');
  await client.query('create index place_name_trigram on place_name using gin (key gin_trgm_ops)');
  await client.query('vacuum analyze place_name');
  return rows;
};

/** The folded name as text; folding is ours to do on both sides. */
const folded = (text: string): string => Buffer.from(foldKey(text), 'latin1').toString();

const perSecond = async (count: number, work: () => Promise<void> | void): Promise<number> => {
  const startedAt = performance.now();
  await work();
  return (count * 1000) / (performance.now() - startedAt);
};

const oneByOne = async (
  client: Client,
  statement: { name: string; text: string },
  texts: readonly string[],
): Promise<void> => {
  for (const text of texts) await client.query({ ...statement, values: [folded(text)] });
};

const manyAtOnce = async (pool: pg.Pool, texts: readonly string[]): Promise<void> => {
  const queue = texts[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (const text of queue) await pool.query({ ...EXACT, values: [folded(text)] });
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
};

/** How many of these names lead to the same place first on both sides. */
const agreement = async (client: Client, gazetteer: Gazetteer, texts: readonly string[]): Promise<number> => {
  let same = 0;
  for (const text of texts) {
    const { rows } = await client.query<{ entity: number }>({ ...EXACT, values: [folded(text)] });
    if (rows[0]?.entity === gazetteer.forward({ text, limit: LIMIT })[0]) same += 1;
  }
  return same / texts.length;
};

/** Lookups per second, a figure a round. */
interface Found {
  readonly ours: number[];
  readonly serial: number[];
  readonly flight: number[];
  readonly batch: number[];
  readonly trigram: number[];
}

interface Facts {
  readonly rows: number;
  /** Share of names with the same first answer on both sides. */
  readonly agreed: number;
  readonly names: number;
}

const sectionOf = (found: Found, { rows, agreed, names }: Facts): Section => {
  const times = (theirs: readonly number[]): string => `${format(median(ratios(found.ours, theirs)))}×`;
  const rowOf = (what: string, theirs: readonly number[]): string[] => [what, spread(theirs), times(theirs)];
  const best = median(found.serial) > median(found.flight) ? found.serial : found.flight;
  return {
    title: 'Forward lookups of exact names against PostgreSQL',
    method: [
      `All ${rows.toLocaleString('en')} pairs of a folded name and a place that our index holds stand in one table of the embedded ` +
        "PostgreSQL (its settings are the product's own), with a covering B-tree in the order of the answer and a GIN index of " +
        `pg_trgm; the names are folded by our code on both sides, and the ten most important places of each name are asked for. ` +
        `${names.toLocaleString('en')} names without countries: ${MIX}. Of the first 1,000, ${format(agreed * 100)} % lead to the ` +
        'same first place on both sides.',
      'Ours is one thread. "One by one" waits for each answer of a prepared statement on a Unix socket; "in flight" keeps ' +
        `${IN_FLIGHT} of them under way on ${POOL} pipelined connections; "inside one statement" gives PostgreSQL all names at once and ` +
        'takes back one number, which no server can use but shows its index without any round trip. pg_trgm looks by similarity ' +
        '(threshold 0.5, ASCII names only), which forgives typos; this row of ours does not (the next section does), so that row is no like for like.',
    ],
    tables: [
      {
        columns: ['', 'lookups/s', 'ours ÷ it'],
        rows: [
          rowOf('Vouchsafe, in process', found.ours),
          rowOf('PostgreSQL B-tree, one by one', found.serial),
          rowOf('PostgreSQL B-tree, in flight', found.flight),
          rowOf('PostgreSQL B-tree, inside one statement', found.batch),
          rowOf('PostgreSQL pg_trgm, one by one', found.trigram),
        ],
      },
    ],
    targets: [
      {
        what: 'forward exact ÷ PostgreSQL B-tree, the faster of one by one and in flight',
        wanted: 3,
        got: median(ratios(found.ours, best)),
        sense: 'at least',
      },
    ],
  };
};

/** Measures the same lookups here and in PostgreSQL. */
export const measurePlaces = async (options: PlacesOptions): Promise<Section> => {
  const { ground, gazetteer, questions, quick, say } = options;
  const { names } = questions;
  const database = await ground.createDatabase();
  say('places: filling PostgreSQL …');
  const client = await connect(database.superuser, { name: 'bench' });
  const pool = new pg.Pool({
    ...clientConfig(database.superuser, { name: 'bench' }),
    max: POOL,
    pipeline: true,
  });
  const found: Found = { ours: [], serial: [], flight: [], batch: [], trigram: [] };
  try {
    const rows = await createTable(client, gazetteer);
    await client.query(`set pg_trgm.similarity_threshold = 0.5; set work_mem = '64MB'`);
    const agreed = await agreement(client, gazetteer, names.slice(0, 1_000));
    const serialNames = names.slice(0, quick ? 1_000 : 4_000);
    const trigramNames = names.filter((name) => IN_ASCII.test(name)).slice(0, quick ? 50 : 150);
    say('places: asking …');
    for (let round = 0; round < (quick ? 3 : 5); round += 1) {
      found.ours.push(
        await perSecond(names.length * 10, () => {
          for (let turn = 0; turn < 10; turn += 1)
            for (const text of names) gazetteer.forward({ text, limit: LIMIT });
        }),
      );
      found.serial.push(await perSecond(serialNames.length, () => oneByOne(client, EXACT, serialNames)));
      found.flight.push(await perSecond(serialNames.length, () => manyAtOnce(pool, serialNames)));
      found.batch.push(
        await perSecond(names.length, async () => {
          await client.query({ ...EXACT_ALL, values: [names.map(folded)] });
        }),
      );
      found.trigram.push(
        await perSecond(trigramNames.length, () => oneByOne(client, BY_TRIGRAM, trigramNames)),
      );
    }
    return sectionOf(found, { rows, agreed, names: names.length });
  } finally {
    await pool.end();
    await client.end();
  }
};
