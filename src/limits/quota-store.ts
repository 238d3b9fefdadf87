/** What quotas are leased from: one atomic store behind all processes. */

/** A UTC day or a UTC month. */
export type QuotaPeriod = 'day' | 'month';

/** Whose units: a project's in a day or a month, or a key's in a day. */
export interface QuotaAccount {
  /** Id of the project or the key. */
  readonly subject: string;
  /** Id of the project, which is also the subject's where a project is the subject. */
  readonly project: string;
  readonly period: QuotaPeriod;
}

/** How many units, as the process knows it. */
export interface QuotaPlan {
  readonly limit: number;
  /** Whether units beyond the limit are granted all the same. */
  readonly isSoft: boolean;
}

export interface Lease {
  /** Units to spend; 0 to `want`. All that was wanted from a soft plan. */
  readonly granted: number;
  /** What is left of the plan for all processes; negative where a soft plan is overdrawn. */
  readonly remaining: number;
}

export interface QuotaStore {
  /**
   * Takes up to `want` units out of the period that begins on `starts` (`YYYY-MM-DD`, UTC). Whatever the plan says here,
   * units beyond a limit that the store itself knows are never granted.
   * @throws when the store is away; the units may then be taken, which errs on the plan's side.
   */
  lease(account: QuotaAccount, starts: string, want: number, plan: QuotaPlan): Promise<Lease>;
  /** Gives back units that were leased and not used. @throws when the store is away; they then count as used. */
  giveBack(account: QuotaAccount, starts: string, units: number): Promise<void>;
}
