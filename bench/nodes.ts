/** How well several nodes keep one limit: three processes, one engine between them, ten times the limit asked for. */
import { excessOf } from '../test/support/simulated-nodes.ts';
import { NO_VALKEY, startValkey } from '../test/support/valkey.ts';
import { valkeyNamespace, type ValkeyPlace } from '../src/limits/shared-engine.ts';
import type { Connection } from '../src/store/connection.ts';
import { startChild } from './child.ts';
import { format } from './figures.ts';
import type { Ground } from './ground.ts';
import type { Admitted, Join, Meet, Press } from './nodes-node.ts';
import type { Section } from './report.ts';

export interface NodesOptions {
  readonly ground: Pick<Ground, 'createDatabase'>;
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

const NODES = 3;
const TIMES = 10;
const WANTED_OVER = 2;
const WANTED_UNDER = 5;

/** What each node is asked for in a second, as a part of all that is asked. */
const LOADS: Readonly<Record<string, (node: number, second: number) => number>> = {
  'on all evenly': () => 1 / NODES,
  'all on one': (node) => (node === 0 ? 1 : 0),
  'each second on another': (node, second) => (node === second % NODES ? 1 : 0),
};

/** One limit under one load, and what came of it. */
export interface Kept {
  readonly engine: string;
  readonly perSecond: number;
  readonly load: string;
  readonly admitted: number;
  /** What the limit allows in that time: the burst, and the rate. */
  readonly allowed: number;
  /** Most requests beyond the limit in any window of the time. */
  readonly excess: number;
}

export interface NodesPlan {
  readonly seconds: number;
  readonly limits: readonly number[];
}

/** All limits under all loads at once, each a project of its own. */
export const contestNodes = async (
  engine: string,
  join: Omit<Join, 'ask'>,
  { seconds, limits }: NodesPlan,
): Promise<readonly Kept[]> => {
  const trials = limits.flatMap((perSecond) => Object.keys(LOADS).map((load) => ({ perSecond, load })));
  const nodes = Array.from({ length: NODES }, (_, index) => startChild('nodes-node.ts', index % 2));
  try {
    for (const node of nodes) await node.ask({ ask: 'join', ...join } satisfies Join);
    await Promise.all(nodes.map((node) => node.ask({ ask: 'meet', nodes: NODES } satisfies Meet)));
    const found = await Promise.all(
      nodes.map((node, index) =>
        node.ask<Admitted>({
          ask: 'press',
          seconds,
          limits: trials.map(({ perSecond, load }) => ({
            subject: `bench ${perSecond} ${load}`,
            perSecond,
            burst: perSecond,
            offered: Array.from(
              { length: seconds },
              (_, second) => perSecond * TIMES * (LOADS[load]?.(index, second) ?? 0),
            ),
          })),
        } satisfies Press),
      ),
    );
    return trials.map(({ perSecond, load }, trial) => {
      const admitted = found.flatMap((times) => times[trial] ?? []).sort((a, b) => a - b);
      return {
        engine,
        perSecond,
        load,
        admitted: admitted.length,
        allowed: perSecond * (seconds + 1),
        excess: excessOf(admitted, perSecond, perSecond),
      };
    });
  } finally {
    await Promise.all(nodes.map((node) => node.stop()));
  }
};

const percent = (part: number, whole: number): number => (100 * part) / whole;

/** What was found, for the report. */
export const nodesSection = (kept: readonly Kept[], { seconds }: NodesPlan, valkey: string): Section => ({
  title: 'One limit on three nodes',
  method: [
    `Three processes, each with the ledger of limits and the exchange of a whole server, ask it for ${TIMES} times each limit at a fixed pace ` +
      `for ${seconds} s, after they have heard of each other; bursts of one second’s requests. All limits and loads at once, each a subject of its own. ` +
      `Allowed is the burst and ${seconds} s of the rate. The excess is the most that was admitted in any window of the time beyond the burst and ` +
      `the rate of that window, in per cent of what is allowed. ${valkey}`,
  ],
  tables: [
    {
      columns: ['limit a second, load', 'engine', 'allowed', 'admitted', 'admitted, %', 'worst excess, %'],
      rows: kept.map(({ engine, perSecond, load, admitted, allowed, excess }) => [
        `${perSecond}, ${load}`,
        engine,
        String(allowed),
        String(admitted),
        format(percent(admitted, allowed)),
        format(percent(excess, allowed)),
      ]),
    },
  ],
  targets: [
    {
      what: 'admitted beyond the limit by three nodes at ten times the limit, worst window',
      wanted: WANTED_OVER,
      got: Math.max(...kept.map(({ excess, allowed }) => percent(excess, allowed))),
      sense: 'at most',
      unit: ' %',
    },
    {
      what: 'refused within the limit by three nodes at ten times the limit, worst load',
      wanted: WANTED_UNDER,
      got: Math.max(
        ...kept.map(({ admitted, allowed }) => percent(Math.max(0, allowed - admitted), allowed)),
      ),
      sense: 'at most',
      unit: ' %',
    },
  ],
});

const measureValkey = async (connection: Connection, plan: NodesPlan): Promise<readonly Kept[]> => {
  const server = await startValkey();
  try {
    const valkey: ValkeyPlace = { url: server.url, namespace: valkeyNamespace(Buffer.alloc(32, 1)) };
    return await contestNodes('Valkey', { connection, valkey }, plan);
  } finally {
    await server.end();
  }
};

/** Measures with PostgreSQL, and with Valkey or Redis where one is installed. */
export const measureNodes = async ({ ground, quick, say }: NodesOptions): Promise<Section> => {
  const plan = quick ? { seconds: 6, limits: [10, 100] } : { seconds: 15, limits: [10, 100, 1000] };
  const { app } = await ground.createDatabase();
  say('nodes: three of them on one PostgreSQL …');
  const kept = [...(await contestNodes('PostgreSQL', { connection: app, valkey: undefined }, plan))];
  if (NO_VALKEY === false) {
    say('nodes: three of them on one Valkey or Redis …');
    kept.push(...(await measureValkey(app, plan)));
  }
  return nodesSection(kept, plan, NO_VALKEY === false ? '' : `Valkey was not measured: ${NO_VALKEY}.`);
};
