/** What the gate promises: a revoked key is refused everywhere within a second, and no refusal tells more than another. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../foundation/clock.ts';
import type { CheckResult, PromiseDefinition } from '../foundation/promise.ts';
import type { Secret } from '../foundation/secret.ts';
import type { SeenAnswer } from '../http/promises.ts';
import { generateKey } from './key-format.ts';

/** Uses a key over the public listener, on a connection of its own. */
export type UseKey = (key: Secret) => Promise<SeenAnswer>;

/** Keys of the installation's own, made to be revoked. */
export interface CanaryKeys {
  make(): Promise<{ readonly id: string; readonly secret: Secret }>;
  /** Resolves when the revocation is committed. */
  revoke(id: string): Promise<void>;
  /** A key that was revoked a while ago. */
  readonly revoked: () => Promise<Secret>;
}

type Meaning = 'accepted' | 'refused' | 'unclear';

/** Any answer that comes after identification counts as acceptance; an overloaded or rate-limited one as neither. */
const meaningOf = ({ status }: SeenAnswer): Meaning => {
  if (status === 401) return 'refused';
  return status === 429 || status >= 500 ? 'unclear' : 'accepted';
};

/** How to use and revoke a canary key. */
export interface RevocationOptions {
  readonly use: UseKey;
  readonly canaries: CanaryKeys;
  readonly clock: Clock;
  /** Worker threads behind the public listener. */
  readonly workers: number;
  /** Milliseconds between two connections. */
  readonly paceMs?: number;
}

/** Milliseconds within which every worker knows of a revocation (decision 4). */
export const REVOCATION_BOUND_MS = 1000;

const GIVE_UP_MS = 10_000;

/** The kernel picks the worker of each connection; missing one of w in 4w tries has a chance below 2 %. */
const TRIES_PER_WORKER = 4;

/** A canary key is put into every worker's cache, revoked, and tried until nobody takes it. */
export const revokedWithinASecond = (options: RevocationOptions): PromiseDefinition => {
  const { use, canaries, clock, workers } = options;
  const enough = TRIES_PER_WORKER * workers;
  // Slow enough for the limit on wrong keys of one source, fast enough to end in time with very many workers.
  const paceMs = options.paceMs ?? Math.min(25, 5000 / enough);
  const giveUpMs = GIVE_UP_MS + enough * 25;

  const warmUp = async (key: Secret): Promise<void> => {
    const deadline = clock.monotonic() + giveUpMs;
    for (let accepted = 0; accepted < enough;) {
      const meaning = meaningOf(await use(key));
      if (meaning === 'accepted') accepted += 1;
      else if (clock.monotonic() > deadline) throw new Error('a fresh canary key is not accepted');
      if (meaning !== 'accepted') await sleep(paceMs);
    }
  };

  /**
   * Milliseconds from the revocation to the first refusal that no acceptance followed, or, where that is beyond the
   * bound, to the first acceptance beyond it.
   */
  const measure = async (key: Secret, revokedAt: number): Promise<number> => {
    let refusals = 0;
    let refusedAt = 0;
    for (;;) {
      const askedAt = clock.monotonic() - revokedAt;
      const meaning = meaningOf(await use(key));
      const elapsed = clock.monotonic() - revokedAt;
      if (meaning === 'accepted') {
        refusals = 0;
        if (askedAt > REVOCATION_BOUND_MS) return askedAt;
      } else if (meaning === 'refused') {
        if (refusals === 0) refusedAt = elapsed;
        refusals += 1;
      }
      // Looks beyond the bound, so that a worker that was not met before is met after it.
      if (refusals >= enough && askedAt > REVOCATION_BOUND_MS) return refusedAt;
      if (elapsed > giveUpMs) throw new Error('no clear answer came in time');
      await sleep(paceMs);
    }
  };

  const bound = REVOCATION_BOUND_MS.toLocaleString('en');
  return {
    id: 'revoked-within-a-second',
    kind: 'canary-tested',
    sentence: ({ lastMs }) =>
      `A revoked key is refused by every worker within ${bound} ms${lastMs === undefined ? '' : `; last measured: ${lastMs} ms`}.`,
    enforcedBy:
      'The database notifies of each change of a key, a count of changes is polled under it, and a worker that hears nothing stops trusting its memory.',
    check: async (): Promise<CheckResult> => {
      const key = await canaries.make();
      await warmUp(key.secret);
      const revokedAt = clock.monotonic();
      await canaries.revoke(key.id);
      const lastMs = Math.ceil(await measure(key.secret, revokedAt));
      if (lastMs > REVOCATION_BOUND_MS) {
        const late = `A revoked canary key was still accepted after ${lastMs} ms.`;
        return { state: 'broken', evidence: late, figures: { lastMs } };
      }
      const evidence = `A canary key was accepted on ${enough} new connections, then revoked; ${lastMs} ms later nobody took it any more (${workers} workers of this process).`;
      return { state: 'kept', evidence, figures: { lastMs } };
    },
  };
};

/** What differs by rights between two answers: the time of day, in the header and in the contract's envelope. */
const withoutTime = ({ status, headers, body }: SeenAnswer): string => {
  const rest = Object.entries(headers).filter(([name]) => name !== 'date');
  return JSON.stringify([status, rest, body.replace(/"timestamp":\s*\{[^{}]*\}/, '')]);
};

/** A key with one wrong character: its checksum no longer fits. */
const mistype = (key: string): string => key.slice(0, -1) + (key.endsWith('0') ? '1' : '0');

/** How to use a wrong key, and one that was revoked. */
export interface OneAnswerOptions {
  readonly use: (key: string) => Promise<SeenAnswer>;
  /** A revoked key; left out for strangers, who have none. */
  readonly revoked?: () => Promise<Secret>;
  readonly repeat?: string;
}

/** A refusal does not say whether a key is mistyped, unknown or revoked (OWASP ASVS 5.0, 6.3.8). */
export const oneAnswerForWrongKeys = ({ use, revoked, repeat }: OneAnswerOptions): PromiseDefinition => ({
  id: 'one-answer-for-wrong-keys',
  kind: 'repeatable from outside',
  sentence: () =>
    'A mistyped, an unknown and a revoked key get the same answer, byte for byte apart from its timestamp.',
  enforcedBy: 'One refusal for every reason; the reasons themselves never leave the gate.',
  ...(repeat === undefined ? {} : { repeat }),
  check: async () => {
    const fresh = generateKey('sk', 'live').expose();
    const wrong = [mistype(fresh), fresh];
    if (revoked !== undefined) wrong.push((await revoked()).expose());
    const answers: SeenAnswer[] = [];
    for (const key of wrong) answers.push(await use(key));
    if (answers.some((answer) => answer.status === 429 || answer.status >= 500)) {
      throw new Error('the listener is too busy to compare its answers');
    }
    const [first] = answers;
    if (first?.status !== 401) {
      return {
        state: 'broken',
        evidence: `A wrong key was answered with ${first?.status ?? 'nothing'} instead of 401.`,
      };
    }
    if (new Set(answers.map(withoutTime)).size > 1) {
      return { state: 'broken', evidence: 'Two wrong keys of different kinds got different answers.' };
    }
    const kinds =
      revoked === undefined ? 'a mistyped and an unknown key' : 'a mistyped, an unknown and a revoked key';
    return { state: 'kept', evidence: `The answers to ${kinds} were the same.` };
  },
});
