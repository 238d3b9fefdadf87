import type { KeyLimits, ProjectLimits, RequestLogging } from '../foundation/caller.ts';

/** The part of a row of `find_secret` or `find_browser_project` that says how much may be used, and what is logged. */
export interface UsageRulesRow {
  readonly per_second: number;
  readonly burst: number;
  readonly per_day: number | null;
  readonly per_month: number | null;
  readonly is_soft: boolean;
  readonly key_per_second: number | null;
  readonly key_per_day: number | null;
  readonly is_logged: boolean;
  readonly logs_queries: boolean;
}

/** More are no plan's, and each caller keeps its own. */
const MOST_SHARED = 1000;
const shared = new Map<string, ProjectLimits>();

/** One object for all callers with the same limits, which are as many as there are plans: less memory, and nearer at hand. */
const limitsOf = (row: UsageRulesRow): ProjectLimits => {
  const { per_second: perSecond, burst, per_day: perDay, per_month: perMonth, is_soft: isSoft } = row;
  const name = `${perSecond} ${burst} ${perDay} ${perMonth} ${isSoft}`;
  const known = shared.get(name);
  if (known !== undefined) return known;
  const limits = Object.freeze({ perSecond, burst, perDay, perMonth, isSoft });
  if (shared.size < MOST_SHARED) shared.set(name, limits);
  return limits;
};

/** The limits of a caller, and what is logged of its requests. */
export const usageRules = (
  row: UsageRulesRow,
): {
  readonly limits: ProjectLimits;
  readonly keyLimits: KeyLimits | undefined;
  readonly logging: RequestLogging | undefined;
} => ({
  limits: limitsOf(row),
  keyLimits:
    row.key_per_second === null && row.key_per_day === null
      ? undefined
      : { perSecond: row.key_per_second, perDay: row.key_per_day },
  logging: row.is_logged ? { queries: row.logs_queries } : undefined,
});
