import { statement } from '../store/statement.ts';

/** Adds counts to the usage of many projects at once; arrays of equal length, one element a counter. */
export const addUsage = statement({
  name: 'metering.add-usage',
  text: 'select vouchsafe.add_usage($1, $2, $3, $4, $5, $6) as written',
  params: ['text[]', 'text[]', 'text[]', 'date[]', 'text[]', 'int8[]'],
  columns: { written: 'int4' },
});

/** Makes the tables of this month and the next ones, so that no request waits for one. */
export const ensureUsageMonths = statement({
  name: 'metering.ensure-months',
  text: 'select vouchsafe.ensure_usage_months($1) as made',
  params: ['int4'],
  columns: { made: 'int4' },
});
