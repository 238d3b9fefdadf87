/** What one thread counts of use, on its way to the database. */
import { countDomainCalls } from './domains/store.ts';
import type { Log } from './foundation/log.ts';
import { touchKeys } from './gate/store.ts';
import { newWriter, parametersOf } from './metering/batch.ts';
import { createDomainUse, type DomainUse } from './metering/domain-use.ts';
import { createKeyUse } from './metering/key-use.ts';
import { addUsage } from './metering/store.ts';
import { createUsage, type Usage } from './metering/usage.ts';
import type { Database } from './store/database.ts';

export interface CountedUse {
  readonly usage: Usage;
  readonly domainUse: DomainUse;
  /** Writes down what was counted. */
  close(): Promise<void>;
}

/** Counts requests by project and key, and calls of pages by domain. */
export const openCountedUse = (database: Pick<Database, 'run'>, log: Log): CountedUse => {
  const writer = newWriter();
  const usage = createUsage({
    add: async (batch) => {
      await database.run(addUsage, parametersOf(writer, batch));
    },
    keyUse: createKeyUse({
      touch: async (keys, at) => {
        await database.run(touchKeys, [keys, new Date(at)]);
      },
      log,
    }),
    log,
  });
  const domainUse = createDomainUse({
    add: async (counts, at) => {
      await database.run(countDomainCalls, [
        counts.map(({ domain }) => domain),
        counts.map(({ day }) => day),
        counts.map(({ count }) => count),
        new Date(at),
      ]);
    },
    log,
  });
  return {
    usage,
    domainUse,
    close: async () => {
      await usage.close();
      await domainUse.close();
    },
  };
};
