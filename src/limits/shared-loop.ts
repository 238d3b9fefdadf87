/** Lets this node share its limits with the other nodes of its installation, as long as it runs. No request waits for it. */
import type { Clock } from '../foundation/clock.ts';
import type { Log } from '../foundation/log.ts';
import { randomSecretBytes } from '../foundation/secret.ts';
import type { Ledger } from './ledger.ts';
import { createSharedBook } from './shared-book.ts';
import type { Exchange, NodeState } from './shared-exchange.ts';
import { createPeers } from './shared-peers.ts';
import type { Moment } from './shared-rate.ts';

export interface SharingOptions {
  readonly ledger: Ledger;
  readonly exchange: Exchange;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Sharing {
  /** Nodes that there are, this one among them, as far as is known. */
  nodes(): number;
  /** Whether the engine answered when it was last asked. */
  isUp(): boolean;
  /** Says goodbye, so that the others need not wait for silence. */
  close(): Promise<void>;
}

/** At most so often; decision 17 has measured what it admits too much. */
const EVERY_MS = 100;
/** Alone: often enough to hear of another node soon. */
const ALONE_MS = 1000;
/** With nothing to tell: often enough to be known as living (`SILENT_MS`). */
const HEARTBEAT_MS = 500;
/** Between tries while the engine is away, twice as long each time. */
const LONGEST_PAUSE_MS = 5000;
/** After so long without the engine nobody knows any more who asks where. */
const STALE_MS = 5000;
/** A goodbye is not waited for longer than this. */
const GOODBYE_MS = 1000;

/** Begins at once; resolves when the first exchange was tried, so that what is asked afterwards knows who is there. */
export const startSharing = async ({ ledger, exchange, clock, log }: SharingOptions): Promise<Sharing> => {
  const node = randomSecretBytes(8).toString('hex');
  const book = createSharedBook(ledger);
  const peers = createPeers();
  let beat = 0;
  let isUp = true;
  let pauseMs = EVERY_MS;
  let saidAt = Number.NEGATIVE_INFINITY;
  let heardAt = clock.monotonic();
  let isEven = false;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const moment = (): Moment => ({ now: clock.now(), at: clock.monotonic() });

  const hear = (others: readonly NodeState[]): void => {
    const present = moment();
    if (!isUp) {
      isUp = true;
      peers.forgive(present.at);
      log.info('limits are shared with the other nodes again', { code: 'limits_exchange_recovered' });
    }
    pauseMs = EVERY_MS;
    heardAt = present.at;
    isEven = false;
    const before = peers.names.size;
    const news = peers.hear(others, present.at);
    if (peers.names.size !== before)
      log.info('the number of nodes that share limits has changed', { count: peers.names.size + 1 });
    book.apply(news, peers.names, present);
  };

  const miss = (error: unknown): void => {
    if (isUp)
      log.warn('limits cannot be shared with the other nodes; each keeps to its own part', {
        code: 'limits_exchange_away',
        error,
      });
    isUp = false;
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
    if (!isEven && clock.monotonic() - heardAt > STALE_MS) {
      isEven = true;
      book.divideEvenly();
    }
  };

  const tick = async (): Promise<void> => {
    const hasNews = book.look(moment());
    if (!hasNews && isUp && clock.monotonic() - saidAt < HEARTBEAT_MS - EVERY_MS) return;
    saidAt = clock.monotonic();
    beat += 1;
    try {
      hear(await exchange.swap({ node, beat, state: book.write() }));
    } catch (error) {
      miss(error);
    }
  };

  let running: Promise<void> = Promise.resolve();
  const next = (startedAt: number): void => {
    if (closed) return;
    const wanted = !isUp ? pauseMs : peers.names.size === 0 ? ALONE_MS : EVERY_MS;
    timer = setTimeout(
      () => {
        const began = clock.monotonic();
        running = tick().then(() => next(began));
      },
      Math.max(0, wanted - (clock.monotonic() - startedAt)),
    );
  };
  const began = clock.monotonic();
  await tick();
  next(began);

  return {
    nodes: () => peers.names.size + 1,
    isUp: () => isUp,
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await running;
      let goodbye: NodeJS.Timeout | undefined;
      if (isUp)
        await Promise.race([
          exchange.swap({ node, beat: 0, state: new Uint8Array(0) }).catch(() => undefined),
          new Promise((resolve) => (goodbye = setTimeout(resolve, GOODBYE_MS))),
        ]);
      clearTimeout(goodbye);
      await exchange.close().catch(() => undefined);
    },
  };
};

/** For the metrics page. */
export const sharingGauges = (
  sharing: Pick<Sharing, 'nodes' | 'isUp'>,
): readonly { readonly name: string; readonly help: string; readonly value: number }[] => [
  {
    name: 'vouchsafe_nodes',
    help: 'Nodes that share limits, this one among them, as far as this one knows.',
    value: sharing.nodes(),
  },
  {
    name: 'vouchsafe_limits_exchange_up',
    help: 'Whether limits can be shared with other nodes: 1, or 0 while the engine in between is away.',
    value: sharing.isUp() ? 1 : 0,
  },
];
