/** Notices that other index files are in use now, and hands them on; what was loaded before goes on until then. */
import { watch, type FSWatcher } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type { Clock } from '../foundation/clock.ts';
import type { Log } from '../foundation/log.ts';
import { gazetteerFolder } from './manifest.ts';
import { collectSoon } from './release.ts';
import type { GazetteerSet, GazetteerStock } from './index-set.ts';
import type { GaugeReading } from '../metering/exposition.ts';

/** Where the system tells nothing (network file systems), this is how late we are. */
const POLL_MS = 2000;
/** A change is often several; they are looked at together. */
const SETTLE_MS = 50;

/** The watch of one process. */
export interface GazetteerWatch {
  /** Figures for the metrics page. */
  gauges(): readonly GaugeReading[];
  /** Resolves when nothing is being loaded any more. */
  close(): Promise<void>;
}

export interface WatchOptions {
  readonly dataDir: string;
  readonly stock: GazetteerStock;
  readonly clock: Clock;
  readonly log: Log;
  /** Told of each new set, which is whole and checked. */
  readonly onSwap: (set: GazetteerSet) => void;
}

/** Looks at once, then at every change of the folder and every two seconds. */
export const watchGazetteer = async ({
  dataDir,
  stock,
  clock,
  log,
  onSwap,
}: WatchOptions): Promise<GazetteerWatch> => {
  const folder = gazetteerFolder(dataDir);
  await mkdir(folder, { recursive: true });
  let since = clock.monotonic();
  let swaps = 0;
  let closed = false;
  let under: Promise<void> | undefined;

  const lookNow = async (): Promise<void> => {
    const began = clock.monotonic();
    const set = await stock.refresh();
    if (set === undefined || closed) return;
    onSwap(set);
    collectSoon(0);
    since = clock.monotonic();
    swaps += 1;
    log.info('new gazetteer data answers from now on', {
      code: 'gazetteer_swapped',
      count: set.extracts.length,
      durationMs: Math.round(since - began),
    });
  };
  const look = (): void => {
    if (closed || under !== undefined) return;
    under = lookNow()
      .catch((error: unknown) => log.error("the gazetteer's folder cannot be read", { error }))
      .finally(() => {
        under = undefined;
      });
  };

  let settling: NodeJS.Timeout | undefined;
  const soon = (): void => {
    clearTimeout(settling);
    settling = setTimeout(look, SETTLE_MS);
  };
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(folder, { persistent: false }, soon);
    watcher.on('error', () => watcher?.close());
  } catch {
    // No more watches to be had, or none on this file system: the poll does.
  }
  const poll = setInterval(look, POLL_MS);
  look();

  return {
    gauges: () => {
      const { base, extracts } = stock.current();
      const bytes = extracts.reduce((sum, { buffer }) => sum + buffer.byteLength, base.buffer.byteLength);
      return [
        {
          name: 'vouchsafe_gazetteer_extracts',
          help: 'Imported extracts that answer.',
          value: extracts.length,
        },
        {
          name: 'vouchsafe_gazetteer_bytes',
          help: 'Memory that all threads share for the gazetteer, in bytes.',
          value: bytes,
        },
        {
          name: 'vouchsafe_gazetteer_age_seconds',
          help: 'Seconds since other gazetteer data was last taken, or since the start.',
          value: Math.round((clock.monotonic() - since) / 1000),
        },
        {
          name: 'vouchsafe_gazetteer_swaps_total',
          help: 'How often other gazetteer data was taken since the start.',
          value: swaps,
        },
        {
          name: 'vouchsafe_gazetteer_failed_loads_total',
          help: 'How often gazetteer files could not be used since the start; the old ones went on.',
          value: stock.failures(),
        },
      ];
    },
    close: async () => {
      closed = true;
      watcher?.close();
      clearInterval(poll);
      clearTimeout(settling);
      await under;
    },
  };
};
