/** Looks for what is unusual, writes it down once, and tells those who wish to hear of it. */
import { utcDay } from '../foundation/clock.ts';
import { isId, type CompanyId } from '../foundation/ids.ts';
import type { Log } from '../foundation/log.ts';
import type { ScheduledTask } from '../jobs/schedule.ts';
import type { EnqueueMail } from '../keys/mail.ts';
import type { Database } from '../store/database.ts';
import type { Transaction } from '../store/transaction.ts';
import { UNUSUAL_DAYS } from './limits.ts';
import { daysOf } from './range.ts';
import { judgeDay, PAST_DAYS, type Finding } from './rules.ts';
import { companiesInUse, dropUnusualBefore, upsertUnusual } from './store.ts';
import { listNewDomains, listProjectsSince, lockCompanyForFindings, usageOfProjects } from './store.ts';
import { mailUnusual } from './unusual-mail.ts';

/** How the company's own programs are told; `enqueueEvent` of the webhooks. */
export type TellPrograms = (
  tx: Transaction,
  event: {
    readonly company: CompanyId;
    readonly type: 'usage.unusual';
    readonly data: Readonly<Record<string, string | number | null>>;
  },
  now: number,
) => Promise<void>;

export interface UnusualParts {
  readonly database: Pick<Database, 'company' | 'run'>;
  readonly enqueueMail: EnqueueMail;
  readonly enqueueEvent: TellPrograms;
  readonly log: Log;
}

const DAY_MS = 86_400_000;

/** Full days before `day` since the project was made, at most as many as are compared. */
const pastOf = (day: string, madeAt: Date): string[] => {
  const at = Date.parse(`${day}T00:00:00Z`);
  return daysOf({ from: utcDay(at - PAST_DAYS * DAY_MS), to: utcDay(at - DAY_MS) }).filter(
    (one) => one > utcDay(madeAt.getTime()),
  );
};

interface OfProject extends Finding {
  readonly project: string;
}

/** What stands out today and yesterday: what came late in a day is seen on the next one. */
const findIn = async (tx: Transaction, company: CompanyId, now: number): Promise<readonly OfProject[]> => {
  const days = [utcDay(now - DAY_MS), utcDay(now)] as const;
  const from = utcDay(now - (PAST_DAYS + 1) * DAY_MS);
  const projects = await tx.all(listProjectsSince, [company]);
  const used = Map.groupBy(
    await tx.all(usageOfProjects, [company, from, days[1]]),
    ({ project_id: project }) => project,
  );
  const found: OfProject[] = projects.flatMap(({ id: project, created_at: madeAt }) =>
    days.flatMap((day) =>
      judgeDay(used.get(project) ?? [], day, pastOf(day, madeAt)).map((one) =>
        Object.assign(one, { project }),
      ),
    ),
  );
  for (const { id, project_id: project, day, calls } of await tx.all(listNewDomains, [company, days[0]]))
    found.push({ project, kind: 'domain', subject: id, day, figure: calls, total: null, usual: null });
  return found;
};

const judgeCompany = async (
  { database, enqueueMail, enqueueEvent }: UnusualParts,
  company: CompanyId,
  now: number,
): Promise<void> =>
  database.company(company, async (tx) => {
    const about = await tx.one(lockCompanyForFindings, [company]);
    if (about === undefined) return;
    for (const { project, kind, subject, day, figure, total, usual } of await findIn(tx, company, now)) {
      const [low, high] = [usual?.low ?? null, usual?.high ?? null];
      const row = [company, project, kind, subject, day, figure, total, low, high, new Date(now)] as const;
      const written = await tx.one(upsertUnusual, row);
      if (written?.is_new !== true) continue;
      const data = { project, kind, subject, day, figure, total, usual_low: low, usual_high: high };
      await enqueueEvent(tx, { company, type: 'usage.unusual', data }, now);
    }
    if (about.mail_unusual)
      await mailUnusual(tx, { company, name: about.name, contact: about.contact_email, enqueueMail, now });
  });

/** Looks at every company that used something since yesterday. @param now milliseconds since the Unix epoch. */
export const findUnusual = async (parts: UnusualParts, now: number): Promise<void> => {
  await parts.database.run(dropUnusualBefore, [utcDay(now - UNUSUAL_DAYS * DAY_MS)]);
  for (const { company } of await parts.database.run(companiesInUse, [utcDay(now - DAY_MS)])) {
    if (!isId('com', company)) continue;
    try {
      await judgeCompany(parts, company, now);
    } catch (error) {
      // Erased meanwhile, or the database is away: the others are looked at, and this one at the next run.
      parts.log.warn('what is unusual about the use of a company could not be looked for', { error });
    }
  }
};

/** Every half hour. */
export const unusualTasks = (parts: UnusualParts): readonly ScheduledTask[] => [
  { name: 'usage.find-unusual', every: 30, run: (now) => findUnusual(parts, now) },
];
