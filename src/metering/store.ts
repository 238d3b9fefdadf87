import { statement } from '../store/statement.ts';

/** Adds counts to the usage of many projects at once; arrays of equal length, one element a counter. */
export const addUsage = statement({
  name: 'metering.add-usage',
  text: 'select vouchsafe.add_usage($1, $2, $3, $4, $5, $6) as written',
  params: ['text[]', 'text[]', 'text[]', 'date[]', 'text[]', 'int8[]'],
  columns: { written: 'int4' },
});
