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

/** The limits of a caller, and what is logged of its requests. */
export const usageRules = (
  row: UsageRulesRow,
): {
  readonly limits: ProjectLimits;
  readonly keyLimits: KeyLimits | undefined;
  readonly logging: RequestLogging | undefined;
} => ({
  limits: {
    perSecond: row.per_second,
    burst: row.burst,
    perDay: row.per_day,
    perMonth: row.per_month,
    isSoft: row.is_soft,
  },
  keyLimits:
    row.key_per_second === null && row.key_per_day === null
      ? undefined
      : { perSecond: row.key_per_second, perDay: row.key_per_day },
  logging: row.is_logged ? { queries: row.logs_queries } : undefined,
});
