/** One node of an installation, as far as limits are concerned: its ledger, its share of it, and callers who ask too much. */
import { systemClock } from '../src/foundation/clock.ts';
import { createLedgerBuffer, openLedger } from '../src/limits/ledger.ts';
import { takeFromRate } from '../src/limits/rate.ts';
import { openExchange, type ValkeyPlace } from '../src/limits/shared-engine.ts';
import { startSharing, type Sharing } from '../src/limits/shared-loop.ts';
import type { Connection } from '../src/store/connection.ts';
import { answerBench } from './child.ts';

/** Begins to share; the answer comes when it knows of so many nodes. */
export interface Join {
  readonly ask: 'join';
  readonly connection: Connection;
  readonly valkey: ValkeyPlace | undefined;
}

/** Waits until so many nodes are known. */
export interface Meet {
  readonly ask: 'meet';
  readonly nodes: number;
}

/** One limit that is asked for. */
export interface Pressed {
  readonly subject: string;
  readonly perSecond: number;
  readonly burst: number;
  /** Requests a second that this node is asked for, in each second from the beginning on; the last goes on. */
  readonly offered: readonly number[];
}

/** Asks for all of these at once. */
export interface Press {
  readonly ask: 'press';
  readonly limits: readonly Pressed[];
  readonly seconds: number;
}

/** When requests were admitted, in milliseconds since the epoch, for each limit. */
export type Admitted = readonly (readonly number[])[];

const ledger = openLedger(createLedgerBuffer(1024));
let sharing: Sharing | undefined;

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, milliseconds));

const join = async ({ connection, valkey }: Join): Promise<void> => {
  const log = {
    debug: () => undefined,
    info: () => undefined,
    warn: (message: string) => process.stderr.write(`${message}\n`),
    error: (message: string) => process.stderr.write(`${message}\n`),
  };
  const exchange = await openExchange(connection, valkey);
  sharing = await startSharing({ ledger, exchange, clock: systemClock, log });
};

const meet = async ({ nodes }: Meet): Promise<void> => {
  while (sharing?.nodes() !== nodes) await pause(20);
};

const press = async ({ limits, seconds }: Press): Promise<Admitted> => {
  const began = performance.now();
  const admitted = limits.map((): number[] => []);
  const asked = limits.map(() => 0);
  for (let elapsed = 0; elapsed < seconds; elapsed = (performance.now() - began) / 1000) {
    for (const [index, { subject, perSecond, burst, offered }] of limits.entries()) {
      let due = 0;
      for (let second = 0; second < elapsed; second += 1)
        due += (offered[second] ?? offered.at(-1) ?? 0) * Math.min(1, elapsed - second);
      const slot = ledger.slotOf(subject);
      for (; (asked[index] ?? 0) < Math.floor(due); asked[index] = (asked[index] ?? 0) + 1) {
        const now = performance.timeOrigin + performance.now();
        if (takeFromRate(ledger, slot, perSecond, burst, Math.floor(now)) === 0) admitted[index]?.push(now);
      }
    }
    await pause(1);
  }
  return admitted;
};

answerBench(
  (question: Join | Meet | Press) => {
    if (question.ask === 'join') return join(question);
    return question.ask === 'meet' ? meet(question) : press(question);
  },
  async () => sharing?.close(),
);
