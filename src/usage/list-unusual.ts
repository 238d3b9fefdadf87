/** What was found, for those who look. */
import { utcDay } from '../foundation/clock.ts';
import type { CompanyId, ProjectId, UserId } from '../foundation/ids.ts';
import { projectNotFound } from '../accounts/problems.ts';
import type { Database } from '../store/database.ts';
import { MOST_SHOWN, UNUSUAL_DAYS } from './limits.ts';
import { KINDS, type Kind, type Usual } from './rules.ts';
import { sentenceOf } from './sentences.ts';
import { findProject, listUnusual } from './store.ts';

/** A finding as the API shows it. */
export interface ShownFinding {
  readonly kind: Kind;
  readonly project: string;
  readonly project_name: string;
  readonly operation: string | null;
  readonly domain: { readonly id: string; readonly origin: string | null } | null;
  readonly day: string;
  readonly figure: number;
  readonly total: number | null;
  readonly usual: Usual | null;
  readonly found_at: string;
  readonly sentence: string;
}

export interface UnusualQuestion {
  readonly company: CompanyId;
  readonly user: UserId;
  /** Of all projects where it is undefined. */
  readonly project: ProjectId | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** The newest first. @throws project_not_found (404). */
export const showUnusual = (
  database: Pick<Database, 'as'>,
  { company, user, project, now }: UnusualQuestion,
): Promise<ShownFinding[]> =>
  database.as({ company, user }, async (tx) => {
    if (project !== undefined && (await tx.one(findProject, [company, project])) === undefined)
      throw projectNotFound();
    const since = utcDay(now - UNUSUAL_DAYS * 86_400_000);
    const rows = await tx.all(listUnusual, [company, project ?? null, since, MOST_SHOWN]);
    return rows.flatMap((row) => {
      const kind = KINDS.find((one) => one === row.kind);
      if (kind === undefined) return [];
      const { day, figure, total, subject, origin, usual_low: low, usual_high: high } = row;
      const usual = low === null || high === null ? null : { low, high };
      const told = {
        kind,
        projectName: row.project_name,
        operation: subject,
        origin,
        day,
        figure,
        total,
        usual,
      };
      return [
        {
          kind,
          project: row.project_id,
          project_name: row.project_name,
          operation: kind === 'refused' || kind === 'failed' ? subject : null,
          domain: kind === 'domain' ? { id: subject, origin } : null,
          day,
          figure,
          total,
          usual,
          found_at: row.found_at.toISOString(),
          sentence: sentenceOf(told, utcDay(now)),
        },
      ];
    });
  });
