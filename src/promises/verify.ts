/** What a stranger can do about another installation's promises: read them, verify their history, repeat what shows outside. */
import { readFile } from 'node:fs/promises';
import type { PromiseDefinition } from '../foundation/promise.ts';
import { oneAnswerForWrongKeys } from '../gate/promises.ts';
import { tlsOnly, type SeenAnswer } from '../http/promises.ts';
import { PAGES } from './catalogue.ts';
import { verifyChain, type HistoryEntry } from './history.ts';
import { databasePortClosed, isLoopback, securityHeaders, type OutsideCheck } from './outside.ts';
import { createProbe, type Probe } from './probe.ts';
import { COULD_NOT_RUN, type PromiseState, type SecurityReport } from './report.ts';
import { historySchema, reportSchema } from './schemas.ts';
import { noThirdParties } from './third-parties.ts';

/** Which installation to look at, and where to print. */
export interface VerifyOptions {
  /** Any address of the installation; only its origin counts. */
  readonly url: string;
  /** A certificate authority in PEM to trust, where the system's would not do. */
  readonly caPath?: string | undefined;
  /** The plain HTTP port; plain HTTP is not looked at without it. */
  readonly httpPort?: number | undefined;
  /** Takes one line at a time. */
  readonly say: (line: string) => void;
}

const MARKS: Readonly<Record<PromiseState, string>> = {
  kept: 'kept     ',
  broken: 'BROKEN   ',
  unchecked: 'unchecked',
};

/** Two hundred pages are a hundred thousand entries, more than a year. */
const MOST_PAGES = 200;

const readJson = async (probe: Probe, path: string): Promise<unknown> => {
  const answer: SeenAnswer = await probe.send({ path });
  if (answer.status !== 200) throw new Error(`${path} was answered with ${answer.status}`);
  return JSON.parse(answer.body);
};

/** All entries, oldest first, as far back as MOST_PAGES reach. */
const readHistory = async (probe: Probe): Promise<HistoryEntry[]> => {
  const pages: HistoryEntry[][] = [];
  let before: number | undefined;
  while (pages.length < MOST_PAGES && before !== 1) {
    const query = before === undefined ? '' : `?before=${before}`;
    const { entries } = historySchema.parse(await readJson(probe, `/security/history.json${query}`));
    const [first] = entries;
    if (first === undefined) break;
    if (before !== undefined && first.seq >= before) throw new Error('the history does not go back');
    pages.push(entries);
    before = first.seq;
  }
  return pages.reverse().flat();
};

const historyIntact = (probe: Probe, report: SecurityReport): OutsideCheck => ({
  id: 'history-intact',
  check: async () => {
    const entries = await readHistory(probe);
    const verdict = verifyChain(entries, report.history.publicKey);
    if (!verdict.ok) return { state: 'broken', evidence: verdict.problem };
    const { head } = report.history;
    const newest = entries.at(-1)?.seq ?? 0;
    if (newest < report.history.entries)
      return { state: 'broken', evidence: 'The history ends before the entry that the report names.' };
    const named = entries.find((entry) => entry.seq === report.history.entries);
    if ((named?.hash ?? null) !== head)
      return { state: 'broken', evidence: 'The report names another head than the history has.' };
    const first = entries[0]?.seq ?? 1;
    const reach = first === 1 ? 'from the first on' : `from entry ${first} on`;
    return {
      state: 'kept',
      evidence: `${verdict.entries} entries, ${reach}, are chained and signed by ${report.history.publicKey}.`,
    };
  },
});

/** Nothing here knows more than what a stranger is told. */
const outsideChecks = (
  probe: Probe,
  origin: string,
  report: SecurityReport,
): readonly (OutsideCheck | PromiseDefinition)[] => {
  const { hostname } = new URL(origin);
  return [
    historyIntact(probe, report),
    tlsOnly({ client: probe, hostname }),
    securityHeaders((path) => probe.send({ path }), hostname),
    oneAnswerForWrongKeys({
      use: (key) => probe.send({ path: '/geocode/v1/json?q=Paris', headers: { 'x-api-key': key } }),
    }),
    noThirdParties({ fetch: (path) => probe.send({ path }), origin, pages: PAGES }),
    ...(isLoopback(hostname) ? [] : [databasePortClosed(hostname)]),
  ];
};

/**
 * Repeats what can be repeated from outside, and prints the rest as what it is: the other side's own word.
 * @returns 0 when all is kept, 1 when something is broken, 3 when something could not be looked at.
 */
export const verifyHost = async ({ url, caPath, httpPort, say }: VerifyOptions): Promise<number> => {
  const { hostname, origin, port } = new URL(url);
  const authorities = caPath === undefined ? undefined : await readFile(caPath, 'utf8');
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const probe = createProbe({
    host,
    hostname,
    port: Number(port === '' ? 443 : port),
    trust: { authorities },
    httpPort: httpPort ?? null,
  });

  let report: SecurityReport;
  try {
    report = reportSchema.parse(await readJson(probe, '/security.json')) as SecurityReport;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'no valid answer';
    say(`${origin}/security.json could not be read (${code}).`);
    return 3;
  }

  const states: PromiseState[] = [];
  const show = (state: PromiseState, id: string, evidence: string): void => {
    states.push(state);
    say(`${MARKS[state]}  ${id}`);
    say(`             ${evidence}`);
  };

  say(`Repeated from here, against ${origin}:`);
  const repeated = new Set<string>();
  for (const { id, check } of outsideChecks(probe, origin, report)) {
    repeated.add(id);
    try {
      const { state, evidence } = await check();
      show(state, id, evidence);
    } catch {
      show('unchecked', id, COULD_NOT_RUN);
    }
  }
  say('');
  say(`Said by ${origin} itself:`);
  for (const { id, state, evidence } of report.promises) {
    if (!repeated.has(id)) show(state, id, evidence);
  }
  const count = (state: PromiseState): number => states.filter((one) => one === state).length;
  say('');
  say(`${count('kept')} kept, ${count('broken')} broken, ${count('unchecked')} unchecked`);
  return count('broken') > 0 ? 1 : count('unchecked') > 0 ? 3 : 0;
};
