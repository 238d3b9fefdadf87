/** Notices that other address data are in use now, and hands them on; what was loaded before goes on until then. */
import type { Clock } from '../../foundation/clock.ts';
import type { Log } from '../../foundation/log.ts';
import type { GaugeReading } from '../../metering/exposition.ts';
import { watchFolder } from '../folder-watch.ts';
import { collectSoon } from '../release.ts';
import type { AddressSet, AddressStock } from './address-set.ts';
import { ageGauges } from './gauges.ts';
import { visitorFolder } from './manifest.ts';

/** The watch of one process. */
export interface AddressWatch {
  /** Figures for the metrics page. */
  gauges(): readonly GaugeReading[];
  /** Resolves when nothing is being loaded any more. */
  close(): Promise<void>;
}

export interface AddressWatchOptions {
  readonly dataDir: string;
  readonly stock: AddressStock;
  readonly clock: Clock;
  readonly log: Log;
  /** Told of each new set, which is whole and checked. */
  readonly onSwap: (set: AddressSet) => void;
}

/** Looks at once, then at every change of the folder and every two seconds. */
export const watchAddresses = async ({
  dataDir,
  stock,
  clock,
  log,
  onSwap,
}: AddressWatchOptions): Promise<AddressWatch> => {
  let swaps = 0;
  const watch = await watchFolder(visitorFolder(dataDir), {
    onError: (error) => log.error('the folder of address data cannot be read', { error }),
    look: async (isClosed) => {
      const began = clock.monotonic();
      const set = await stock.refresh();
      if (set === undefined || isClosed()) return;
      onSwap(set);
      collectSoon(0);
      swaps += 1;
      log.info('new address data answers from now on', {
        code: 'visitor_swapped',
        durationMs: Math.round(clock.monotonic() - began),
      });
    },
  });
  return {
    gauges: () => {
      const set = stock.current();
      const bytes = set.place.buffer.byteLength + set.network.buffer.byteLength + set.kinds.buffer.byteLength;
      return [
        ...ageGauges(stock.summaries(), clock),
        {
          name: 'vouchsafe_visitor_data_bytes',
          help: 'Memory that all threads share for address data, in bytes.',
          value: bytes,
        },
        {
          name: 'vouchsafe_visitor_data_swaps_total',
          help: 'How often other address data was taken since the start.',
          value: swaps,
        },
        {
          name: 'vouchsafe_visitor_data_failed_loads_total',
          help: 'How often files of address data could not be used since the start; the old ones went on.',
          value: stock.failures(),
        },
      ];
    },
    close: watch.close,
  };
};
