/** What can be changed about a key, and what the log says of a change. */
import type { Scope } from '../foundation/caller.ts';
import type { KeyRow } from './shown-key.ts';

/** What is to be other than it is; what is left out stays. */
export interface KeyChange {
  readonly name?: string | undefined;
  readonly scopes?: readonly Scope[] | undefined;
  /** Canonical. */
  readonly networks?: readonly string[] | undefined;
  readonly expires_at?: Date | null | undefined;
  readonly per_second?: number | null | undefined;
  readonly per_day?: number | null | undefined;
}

/** All of it, as it will be. */
export interface KeySettings {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly networks: readonly string[];
  readonly expiresAt: Date | null;
  readonly perSecond: number | null;
  readonly perDay: number | null;
}

export const settingsAfter = (before: KeyRow, change: KeyChange): KeySettings => ({
  name: change.name ?? before.name,
  scopes: change.scopes ?? before.scopes,
  networks: change.networks ?? before.networks,
  expiresAt: change.expires_at === undefined ? before.expires_at : change.expires_at,
  perSecond: change.per_second === undefined ? before.per_second : change.per_second,
  perDay: change.per_day === undefined ? before.per_day : change.per_day,
});

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((word) => other.includes(word));

const timeOf = (at: Date | null): string | null => at?.toISOString() ?? null;

/**
 * For the log: what is other than before, undefined where nothing is. Of networks only how many there are, since an address
 * may be that of somebody's home and the log keeps what it has.
 */
export const differenceOf = (
  before: KeyRow,
  after: KeySettings,
): Readonly<Record<string, string | number | null>> | undefined => {
  const isRenamed = before.name !== after.name;
  const hasOtherScopes = !isSame(before.scopes, after.scopes);
  const hasOtherNetworks = !isSame(before.networks, after.networks);
  const [endedAt, endsAt] = [timeOf(before.expires_at), timeOf(after.expiresAt)];
  const hasOtherEnd = endedAt !== endsAt;
  const hasOtherRate = before.per_second !== after.perSecond;
  const hasOtherQuota = before.per_day !== after.perDay;
  const hasOtherLimits = hasOtherRate || hasOtherQuota;
  if (!isRenamed && !hasOtherScopes && !hasOtherNetworks && !hasOtherEnd && !hasOtherLimits) return undefined;
  return {
    name: after.name,
    ...(isRenamed ? { name_before: before.name } : {}),
    ...(hasOtherScopes ? { scopes: after.scopes.join(' '), scopes_before: before.scopes.join(' ') } : {}),
    ...(hasOtherNetworks ? { networks: after.networks.length, networks_before: before.networks.length } : {}),
    ...(hasOtherEnd ? { expires_at: endsAt, expires_at_before: endedAt } : {}),
    ...(hasOtherRate ? { per_second: after.perSecond, per_second_before: before.per_second } : {}),
    ...(hasOtherQuota ? { per_day: after.perDay, per_day_before: before.per_day } : {}),
  };
};

/** Whether a change is about more than the name: about who can do what with the key. */
export const isAboutAccess = ({ name: _name, ...access }: KeyChange): boolean =>
  Object.values(access).some((setting) => setting !== undefined);
