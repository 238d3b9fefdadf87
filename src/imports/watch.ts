/** Notices that other index files are in use now, and hands them on; what was loaded before goes on until then. */
import type { Clock } from '../foundation/clock.ts';
import type { Log } from '../foundation/log.ts';
import { watchFolder } from './folder-watch.ts';
import { gazetteerFolder } from './manifest.ts';
import { collectSoon } from './release.ts';
import type { GazetteerSet, GazetteerStock } from './index-set.ts';
import type { GaugeReading } from '../metering/exposition.ts';

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
  let since = clock.monotonic();
  let swaps = 0;
  const watched = await watchFolder(gazetteerFolder(dataDir), {
    onError: (error) => log.error("the gazetteer's folder cannot be read", { error }),
    look: async (isClosed) => {
      const began = clock.monotonic();
      const set = await stock.refresh();
      if (set === undefined || isClosed()) return;
      onSwap(set);
      collectSoon(0);
      since = clock.monotonic();
      swaps += 1;
      log.info('new gazetteer data answers from now on', {
        code: 'gazetteer_swapped',
        count: set.extracts.length,
        durationMs: Math.round(since - began),
      });
    },
  });

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
    close: watched.close,
  };
};
