import { statement } from '../store/statement.ts';

/** Adds a batch of counts to the usage of many projects; arrays of equal length, one element a counter and bucket. */
export const addUsage = statement({
  name: 'metering.add-usage',
  text: 'select vouchsafe.add_usage($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) as written',
  params: ['text', 'int8', 'text[]', 'text[]', 'text[]', 'text[]', 'date[]', 'text[]', 'int8[]', 'int8[]'],
  columns: { written: 'int4' },
});

/** Makes the tables of this month and the next ones, so that no request waits for one. */
export const ensureUsageMonths = statement({
  name: 'metering.ensure-months',
  text: 'select vouchsafe.ensure_usage_months($1) as made',
  params: ['int4'],
  columns: { made: 'int4' },
});

/** Drops the months that end before a day, whole. */
export const dropUsageBefore = statement({
  name: 'metering.drop-before',
  text: 'select vouchsafe.drop_usage_before($1) as dropped',
  params: ['date'],
  columns: { dropped: 'int4' },
});

/** The first day of the oldest month that there is a table for. */
export const oldestUsageMonth = statement({
  name: 'metering.oldest-month',
  text: `select coalesce(min(replace(right(c.relname, 7), '_', '-') || '-01'), '') as oldest
           from pg_inherits i join pg_class c on c.oid = i.inhrelid
          where i.inhparent = 'vouchsafe.usage_day'::regclass`,
  params: [],
  columns: { oldest: 'text' },
});
