/** From counters in memory to what the database takes. */
import { randomSecretBytes } from '../foundation/secret.ts';
import type { Statement } from '../store/statement.ts';
import type { addUsage } from './store.ts';
import type { UsageBatch } from './usage.ts';

/** What `addUsage` takes. */
export type UsageParameters = typeof addUsage extends Statement<unknown, infer Taken> ? Taken : never;

/** A name under which one thread numbers its batches: 32 hexadecimal digits that nobody else has. */
export const newWriter = (): string => randomSecretBytes(16).toString('hex');

/** A batch as one element a counter and bucket; empty buckets, which most are, are left out. */
export const parametersOf = (writer: string, { number, counts }: UsageBatch): UsageParameters => {
  const filled = counts.flatMap((counter) =>
    counter.durations.flatMap((count, bucket) => (count === 0 ? [] : [{ counter, bucket, count }])),
  );
  return [
    writer,
    number,
    filled.map(({ counter }) => counter.company),
    filled.map(({ counter }) => counter.project),
    filled.map(({ counter }) => counter.key),
    filled.map(({ counter }) => counter.operation),
    filled.map(({ counter }) => counter.day),
    filled.map(({ counter }) => counter.outcome),
    filled.map(({ bucket }) => bucket + 1),
    filled.map(({ count }) => count),
  ];
};
