/** Who may do what with a dataset, in a world of 50,000 of them: the pure function, the statements, and a plain select. */
import { decideAccess, type Actor } from '../src/services/datasets/access/rules.ts';
import { checkAccess, listAccessible } from '../src/services/datasets/access/store.ts';
import { connect } from '../src/store/connection.ts';
import { createDatabase } from '../src/store/database.ts';
import { drawPairs, readFacts, type Facts } from './access-facts.ts';
import { measurePeers } from './access-peers.ts';
import { fillWorld, WHOLE_WORLD, type WorldSize } from './access-world.ts';
import { format, median, quantile, spread } from './figures.ts';
import type { BenchDatabase, Ground } from './ground.ts';
import type { Section, Target } from './report.ts';

export interface AccessOptions {
  readonly ground: Ground;
  readonly quick: boolean;
  readonly say: (line: string) => void;
  /** False where npm is not to be asked for the packages to compare with. */
  readonly withPeers?: boolean;
  /** The reference's world where left out. */
  readonly size?: WorldSize;
}

const ROUNDS = 5;
const PAGE = 50;

type Client = Awaited<ReturnType<typeof connect>>;

/** Nanoseconds a decision, of each round, with everything that it asks about in memory. */
const measureFunction = (facts: Facts, count: number): readonly number[] => {
  const pairs = drawPairs(facts, count);
  const now = Date.now();
  const rounds: number[] = [];
  let seen = 0;
  for (let round = 0; round <= ROUNDS; round += 1) {
    const startedAt = process.hrtime.bigint();
    for (const [who, what] of pairs) {
      const actor = facts.actors[who];
      const dataset = facts.datasets[what];
      if (actor === undefined || dataset === undefined) continue;
      if (decideAccess(actor, dataset, facts.grantsOf[who]?.get(dataset.id), now).right !== 'none') seen += 1;
    }
    // The first round warms up.
    if (round > 0) rounds.push(Number(process.hrtime.bigint() - startedAt) / count);
  }
  if (seen === 0) throw new Error('nobody saw anything');
  return rounds;
};

/** Milliseconds of each of so many questions, one after the other, in order. */
const timeEach = async (
  count: number,
  ask: (index: number) => Promise<unknown>,
): Promise<readonly number[]> => {
  for (let index = 0; index < Math.min(count, 200); index += 1) await ask(index);
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const startedAt = performance.now();
    await ask(index);
    times.push(performance.now() - startedAt);
  }
  return times.toSorted((a, b) => a - b);
};

const SET_SCOPE =
  "select set_config('vouchsafe.company_id', $1, true), set_config('vouchsafe.user_id', $2, true)";

interface Measured {
  readonly inScope: readonly number[];
  readonly whole: readonly number[];
}

/** Of the tables' rows, what PostgreSQL reads for a statement: names of indexes, and of tables that it reads from end to end. */
const explain = async (
  client: Client,
  text: string,
  values: readonly unknown[],
): Promise<readonly string[]> => {
  const { rows } = await client.query<Record<string, string>>(`explain ${text}`, [...values]);
  const plan = rows.map((row) => row['QUERY PLAN'] ?? '').join('\n');
  const indexes = [...plan.matchAll(/Index (?:Only )?Scan(?: using)? (?:on )?(\w+)/g)].map(
    ([, name]) => name ?? '',
  );
  const whole = [...plan.matchAll(/Seq Scan on (\w+)/g)].map(([, name]) => `${name ?? ''} from end to end`);
  return [...new Set([...indexes, ...whole])].sort();
};

const measureStatements = async (
  place: BenchDatabase,
  facts: Facts,
  count: number,
): Promise<{
  check: Measured;
  list: Measured;
  plain: readonly number[];
  rows: number;
  plans: readonly (readonly string[])[];
}> => {
  const database = createDatabase({ connection: place.app, poolSize: 1 });
  const client = await connect(place.app, { name: 'bench' });
  const pairs = drawPairs(facts, count);
  const now = new Date();
  const of = (index: number): { actor: Required<Actor>; dataset: string } => {
    const [who, what] = pairs[index % pairs.length] ?? [0, 0];
    const [actor, dataset] = [facts.actors[who], facts.datasets[what]];
    if (actor === undefined || dataset === undefined) throw new Error('the world is empty');
    return { actor, dataset: dataset.id };
  };
  const scopeOf = ({ companyId, userId }: Actor) =>
    ({ company: companyId, user: userId }) as Parameters<typeof database.as>[0];
  let rows = 0;
  /** Only the statement is timed; the transaction around it is opened and closed between. */
  const inScope = async (
    ask: (
      query: (text: string, values: readonly unknown[], name: string) => Promise<number>,
      index: number,
    ) => Promise<void>,
  ): Promise<readonly number[]> => {
    const times: number[] = [];
    for (let index = 0; index < count; index += 1) {
      const { actor } = of(index);
      await client.query('begin');
      await client.query({ name: 'scope', text: SET_SCOPE, values: [actor.companyId, actor.userId] });
      let took = 0;
      await ask(async (text, values, name) => {
        const startedAt = performance.now();
        const found = await client.query({ name, text, values: [...values] });
        took = performance.now() - startedAt;
        return found.rows.length;
      }, index);
      if (index >= count / 10) times.push(took);
      await client.query('commit');
    }
    return times.toSorted((a, b) => a - b);
  };
  const checkOf = (index: number) => {
    const { actor, dataset } = of(index);
    return [actor.userId, actor.companyId, dataset, now] as const;
  };
  const listOf = (index: number) => {
    const { actor } = of(index);
    return [actor.userId, actor.companyId, now, '', PAGE] as const;
  };
  const PLAIN = 'select id from vouchsafe.dataset';
  try {
    const check: Measured = {
      inScope: await inScope(async (query, index) => {
        await query(checkAccess.text, checkOf(index), checkAccess.name);
      }),
      whole: await timeEach(count, (index) =>
        database.as(scopeOf(of(index).actor), (tx) => tx.all(checkAccess, checkOf(index))),
      ),
    };
    const list: Measured = {
      inScope: await inScope(async (query, index) => {
        rows += await query(listAccessible.text, listOf(index), listAccessible.name);
      }),
      whole: await timeEach(count, (index) =>
        database.as(scopeOf(of(index).actor), (tx) => tx.all(listAccessible, listOf(index))),
      ),
    };
    const plain = await inScope(async (query) => {
      await query(PLAIN, [], 'plain');
    });
    const { actor } = of(0);
    await client.query('begin');
    await client.query(SET_SCOPE, [actor.companyId, actor.userId]);
    const plans = [
      await explain(client, checkAccess.text, checkOf(0)),
      await explain(client, listAccessible.text, listOf(0)),
      await explain(client, PLAIN, []),
    ];
    await client.query('rollback');
    return { check, list, plain, rows: rows / count, plans };
  } finally {
    await client.end();
    await database.close();
  }
};

const atMost = (what: string, wanted: number, got: number, unit: string): Target => ({
  what,
  wanted,
  got,
  sense: 'at most',
  unit,
});

/** Fills the world and asks it; a minute or two. */
export const measureAccess = async ({
  ground,
  quick,
  say,
  withPeers = true,
  size = WHOLE_WORLD,
}: AccessOptions): Promise<Section> => {
  const place = await ground.createDatabase();
  say(`access: filling ${size.datasets.toLocaleString('en')} datasets …`);
  await fillWorld(place, size);
  const superuser = await connect(place.superuser, { name: 'bench' });
  const facts = await readFacts(superuser).finally(() => superuser.end());
  say('access: asking …');
  const count = quick ? 100_000 : 1_000_000;
  const decisions = measureFunction(facts, count);
  const peers = withPeers ? await measurePeers(facts, quick, say) : [];
  const { check, list, plain, rows, plans } = await measureStatements(place, facts, quick ? 500 : 5_000);
  const line = (name: string, times: readonly number[]): readonly string[] => [
    name,
    format(quantile(times, 0.5)),
    format(quantile(times, 0.99)),
  ];
  const [ofCheck, ofList, ofPlain] = plans.map((names) => names.join(', '));
  return {
    title: 'Access to datasets',
    method: [
      `${size.companies.toLocaleString('en')} companies, ${size.users.toLocaleString('en')} users of whom one in twenty is in five companies, ` +
        `${facts.datasets.length.toLocaleString('en')} datasets of which a quarter are private, ${facts.grants.toLocaleString('en')} grants. Half of ` +
        'the questions are about a dataset of the actor’s own company, half about any. The function is measured with all it asks about in ' +
        'memory; the server itself keeps no decisions and asks PostgreSQL every time. Statements go over a Unix socket, one after the other, as the server’s ' +
        'own role under row-level security, once timed by themselves within an open transaction, once with the transaction around ' +
        'them (begin, the actor’s settings, the statement, commit).',
      `Read by the check: ${ofCheck ?? ''}. By the list: ${ofList ?? ''}. By the plain select: ${ofPlain ?? ''}.`,
    ],
    tables: [
      {
        columns: [
          'in this process, may somebody read something',
          'ns a decision',
          'asked',
          'made ready before',
        ],
        rows: [
          ['decideAccess', spread(decisions), count.toLocaleString('en'), 'maps of grants by user'],
          ...peers.map(({ name, nanoseconds, asked, before }) => [
            name,
            spread(nanoseconds),
            asked.toLocaleString('en'),
            before,
          ]),
        ],
      },
      {
        columns: ['PostgreSQL', 'p50, ms', 'p99, ms'],
        rows: [
          line('check one, the statement', check.inScope),
          line('check one, with its transaction', check.whole),
          line(`list a page of ${PAGE} (${format(rows)} rows), the statement`, list.inScope),
          line(`list a page of ${PAGE}, with its transaction`, list.whole),
          line('plain select of all visible, the statement', plain),
        ],
      },
    ],
    targets: [
      atMost('a decision in this process', 1_000, median(decisions), ' ns'),
      atMost('check one by SQL, p50', 0.2, quantile(check.inScope, 0.5), ' ms'),
      atMost('list a page by SQL, p50', 1, quantile(list.inScope, 0.5), ' ms'),
    ],
  };
};
