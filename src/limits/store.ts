import { statement } from '../store/statement.ts';

/** Takes up to `want` units of a project's day out of the plan, never more than the plan has left. */
export const leaseQuota = statement({
  name: 'limits.lease-quota',
  text: 'select granted, greatest(quota - used, 0) as remaining from vouchsafe.lease_quota($1, $2, $3, null)',
  params: ['text', 'date', 'int4'],
  columns: { granted: 'int4', remaining: 'int8?' },
});

/** Gives back units of a lease that were not used. */
export const returnQuota = statement({
  name: 'limits.return-quota',
  text: 'select vouchsafe.return_quota($1, $2, $3) as used',
  params: ['text', 'date', 'int4'],
  columns: { used: 'int8' },
});

/** Forgets the quotas of days that are over. */
export const dropQuotaBefore = statement({
  name: 'limits.drop-quota',
  text: 'select vouchsafe.drop_quota_before($1) as dropped',
  params: ['date'],
  columns: { dropped: 'int8' },
});
