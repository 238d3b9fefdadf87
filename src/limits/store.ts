import { statement } from '../store/statement.ts';

/** Takes up to `want` units of a subject's period, never more than a hard limit has left. No row where it is gone. */
export const leaseQuota = statement({
  name: 'limits.lease-quota',
  text: 'select granted, quota - used as remaining from vouchsafe.lease_quota($1, $2, $3, $4)',
  params: ['text', 'text', 'date', 'int4'],
  columns: { granted: 'int4', remaining: 'int8?' },
});

/** Gives back units of a lease that were not used. */
export const returnQuota = statement({
  name: 'limits.return-quota',
  text: 'select vouchsafe.return_quota($1, $2, $3, $4) as used',
  params: ['text', 'text', 'date', 'int4'],
  columns: { used: 'int8' },
});

/** Forgets the quotas of days and months that are over before a day. */
export const dropQuotaBefore = statement({
  name: 'limits.drop-quota',
  text: 'select vouchsafe.drop_quota_before($1) as dropped',
  params: ['date'],
  columns: { dropped: 'int8' },
});

/** Writes down what this node says, and reads what the others last said; see migrations/0011_rates.sql. */
export const swapRates = statement({
  name: 'limits.swap-rates',
  text: 'select other, other_beat, other_state from vouchsafe.swap_rates($1, $2, $3)',
  params: ['text', 'int8', 'bytea'],
  columns: { other: 'text', other_beat: 'int8', other_state: 'bytea' },
});
