/** Measures how long a credential is still taken after it was ended, on every worker behind the public listener. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../foundation/clock.ts';
import type { SeenAnswer } from '../http/promises.ts';

/** Uses one credential, on a connection of its own. */
export type Use = () => Promise<SeenAnswer>;

export interface UntilRefusedOptions {
  /** Every one has to be taken before and refused afterwards. */
  readonly uses: readonly Use[];
  /** Resolves when the end is committed. */
  readonly end: () => Promise<void>;
  readonly clock: Clock;
  readonly workers: number;
  readonly boundMs: number;
  /** Milliseconds between two rounds. */
  readonly paceMs?: number;
}

export interface Refusal {
  /** Milliseconds from the end to the first round in which all were refused and that no acceptance followed. */
  readonly lastMs: number;
  /** Connections for each credential, before and after. */
  readonly tries: number;
}

type Meaning = 'accepted' | 'refused' | 'unclear';

const meaningOf = ({ status }: SeenAnswer): Meaning => {
  if (status === 401) return 'refused';
  return status === 429 || status >= 500 ? 'unclear' : 'accepted';
};

const GIVE_UP_MS = 10_000;
/** The kernel picks the worker of each connection; missing one of w in 4w tries has a chance below 2 %. */
const TRIES_PER_WORKER = 4;

/** Throws where no clear answer comes in time, and where a fresh credential is not taken. */
export const measureUntilRefused = async (options: UntilRefusedOptions): Promise<Refusal> => {
  const { uses, end, clock, workers, boundMs } = options;
  const tries = TRIES_PER_WORKER * workers;
  const paceMs = options.paceMs ?? Math.min(25, 5000 / tries);
  const giveUpMs = GIVE_UP_MS + tries * 25;

  const round = async (): Promise<readonly Meaning[]> => {
    const meanings: Meaning[] = [];
    for (const use of uses) meanings.push(meaningOf(await use()));
    return meanings;
  };

  const startedAt = clock.monotonic();
  for (let accepted = 0; accepted < tries;) {
    const isTaken = (await round()).every((meaning) => meaning === 'accepted');
    if (isTaken) accepted += 1;
    else if (clock.monotonic() - startedAt > giveUpMs) throw new Error('a fresh credential is not accepted');
    else await sleep(paceMs);
  }

  await end();
  const endedAt = clock.monotonic();
  let refusals = 0;
  let refusedAt = 0;
  for (;;) {
    const askedAt = clock.monotonic() - endedAt;
    const meanings = await round();
    const elapsed = clock.monotonic() - endedAt;
    if (meanings.includes('accepted')) {
      refusals = 0;
      if (askedAt > boundMs) return { lastMs: Math.ceil(askedAt), tries };
    } else if (meanings.every((meaning) => meaning === 'refused')) {
      if (refusals === 0) refusedAt = elapsed;
      refusals += 1;
    }
    // Looks beyond the bound, so that a worker that was not met before is met after it.
    if (refusals >= tries && askedAt > boundMs) return { lastMs: Math.ceil(refusedAt), tries };
    if (elapsed > giveUpMs) throw new Error('no clear answer came in time');
    await sleep(paceMs);
  }
};
