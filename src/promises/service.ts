/** Runs the checks, keeps their newest findings, and tells whoever listens. */
import type { KeyObject } from 'node:crypto';
import type { Clock } from '../foundation/clock.ts';
import type { Log } from '../foundation/log.ts';
import type { PromiseDefinition } from '../foundation/promise.ts';
import { publicKeyOf } from './history.ts';
import type { Journal } from './journal.ts';
import {
  COULD_NOT_RUN,
  NOT_CHECKED_YET,
  type PromiseState,
  type PromiseView,
  type SecurityReport,
} from './report.ts';
import { withinTime } from './time-limit.ts';

/** What runs the checks, how often, and where findings go. */
export interface PromisesOptions {
  readonly definitions: readonly PromiseDefinition[];
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  /** The Ed25519 private key of the journal; only its public half is shown. */
  readonly signingKey: KeyObject;
  readonly installation: SecurityReport['installation'];
  /** Milliseconds between two runs of all checks. */
  readonly intervalMs?: number;
  /** Milliseconds from the start to the first run. */
  readonly firstRunMs?: number;
  /** Milliseconds that one check may take. */
  readonly checkLimitMs?: number;
}

/** The running promises. */
export interface Promises {
  /** Starts the schedule: all checks soon, then every interval. */
  begin(): void;
  /** Runs every check now, one at a time; joins a run that is under way. */
  runAll(): Promise<SecurityReport>;
  report(): SecurityReport;
  /** Calls back with the report whenever something in it changed. Returns how to stop. */
  onReport(listener: (report: SecurityReport) => void): () => void;
  /** Stops the schedule and lets go of the check under way; call it before the listeners are closed. */
  close(): Promise<void>;
}

/** What is known of one promise. */
interface Standing {
  readonly definition: PromiseDefinition;
  state: PromiseState;
  evidence: string;
  /** When the last check ended, in milliseconds since the epoch. */
  checkedAt: number | undefined;
  figures: Readonly<Record<string, number>>;
  /** A check that outlived its time limit and still runs. */
  pending: Promise<unknown> | undefined;
  recorded: { readonly state: PromiseState; readonly at: number } | undefined;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A promise not checked for this many intervals counts as unchecked. */
const PATIENCE_INTERVALS = 3;

const refuseTwins = (definitions: readonly PromiseDefinition[]): void => {
  const ids = new Set(definitions.map((definition) => definition.id));
  if (ids.size !== definitions.length) throw new Error('two promises have the same id');
};

/** Sets the promises up; nothing is checked before `begin` or `runAll`. */
export const createPromises = (options: PromisesOptions): Promises => {
  const { definitions, journal, clock, log, installation } = options;
  const { intervalMs = 10 * MINUTE_MS, firstRunMs = 1000, checkLimitMs = MINUTE_MS } = options;
  refuseTwins(definitions);
  const publicKey = publicKeyOf(options.signingKey);
  const listeners = new Set<(report: SecurityReport) => void>();
  const standings: readonly Standing[] = definitions.map((definition) => ({
    definition,
    state: 'unchecked',
    evidence: NOT_CHECKED_YET,
    checkedAt: undefined,
    figures: {},
    pending: undefined,
    recorded: undefined,
  }));
  let closed = false;
  /** Rejects when the server stops: what a check finds while the listeners go away says nothing. */
  const closing = Promise.withResolvers<never>();
  closing.promise.catch(() => undefined);

  const isStale = (standing: Standing): boolean =>
    standing.checkedAt !== undefined && clock.now() - standing.checkedAt > PATIENCE_INTERVALS * intervalMs;

  const view = (standing: Standing): PromiseView => {
    const { definition, figures, checkedAt, evidence } = standing;
    return {
      id: definition.id,
      sentence: definition.sentence(figures),
      kind: definition.kind,
      state: isStale(standing) ? 'unchecked' : standing.state,
      enforcedBy: definition.enforcedBy,
      checkedAt: checkedAt === undefined ? null : new Date(checkedAt).toISOString(),
      evidence,
      ...(definition.repeat === undefined ? {} : { repeat: definition.repeat }),
    };
  };

  const report = (): SecurityReport => ({
    installation,
    generatedAt: new Date(clock.now()).toISOString(),
    promises: standings.map(view),
    history: { ...journal.summary(), publicKey },
  });

  const announce = (): void => {
    const current = report();
    for (const listener of listeners) listener(current);
  };

  const record = async (standing: Standing, at: number): Promise<void> => {
    const { definition, state, evidence, recorded } = standing;
    if (recorded?.state === state && at - recorded.at < HOUR_MS) return;
    try {
      await journal.append({
        promise: definition.id,
        state,
        evidence,
        checkedAt: new Date(at).toISOString(),
      });
      standing.recorded = { state, at };
    } catch (error) {
      log.warn('a finding could not be added to the history; it is added with the next', { error });
    }
  };

  const look = async (standing: Standing): Promise<void> => {
    if (standing.pending !== undefined) throw new Error('the last check of this promise has not ended');
    const running = standing.definition.check();
    const pending = running
      .catch(() => undefined)
      .finally(() => {
        standing.pending = undefined;
      });
    standing.pending = pending;
    const result = await Promise.race([withinTime(running, checkLimitMs), closing.promise]);
    standing.state = result.state;
    standing.evidence = result.evidence;
    if (result.figures !== undefined) standing.figures = result.figures;
  };

  const checkOne = async (standing: Standing): Promise<void> => {
    const before = standing.state;
    try {
      await look(standing);
    } catch (error) {
      if (closed) return;
      standing.state = 'unchecked';
      standing.evidence = COULD_NOT_RUN;
      log.warn('the check of a promise could not run', { where: standing.definition.id, error });
    }
    const at = clock.now();
    standing.checkedAt = at;
    if (standing.state === 'broken' && before !== 'broken') {
      log.error('a promise is broken', { code: 'promise_broken', where: standing.definition.id });
    }
    // Shown first: a history that cannot be written must not delay the truth.
    announce();
    await record(standing, at);
  };

  const runOnce = async (): Promise<SecurityReport> => {
    for (const standing of standings) {
      if (!closed) await checkOne(standing);
    }
    if (!closed) {
      await journal.refresh().catch(() => undefined);
      announce();
    }
    return report();
  };

  let running: Promise<SecurityReport> | undefined;
  const runAll = (): Promise<SecurityReport> => {
    running ??= runOnce().finally(() => {
      running = undefined;
    });
    return running;
  };

  let stale = 0;
  const announceStale = (): void => {
    const count = standings.filter(isStale).length;
    if (count !== stale) announce();
    stale = count;
  };

  const timers: NodeJS.Timeout[] = [];
  return {
    begin: () => {
      if (timers.length > 0 || closed) return;
      void journal.refresh().catch(() => undefined);
      timers.push(
        setTimeout(() => void runAll(), firstRunMs).unref(),
        setInterval(() => void runAll(), intervalMs).unref(),
        setInterval(announceStale, Math.min(MINUTE_MS, intervalMs)).unref(),
      );
    },
    runAll,
    report,
    onReport: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {
      closed = true;
      closing.reject(new Error('the server stops'));
      for (const timer of timers) clearInterval(timer);
      await running;
    },
  };
};
