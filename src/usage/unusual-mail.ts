/** One mail a day at most, with all that was found and not yet told. */
import type { CompanyId } from '../foundation/ids.ts';
import { companyOrOwners, type EnqueueMail } from '../keys/mail.ts';
import { printableName } from '../mail/letter.ts';
import type { Transaction } from '../store/transaction.ts';
import { KINDS } from './rules.ts';
import { sentenceOf } from './sentences.ts';
import { lastTold, listOrigins, listProjectsSince, markTold } from './store.ts';

const DAY_MS = 86_400_000;
/** What is older is not news any more: found while mail was switched off. */
const NEWS_MS = 2 * DAY_MS;
const MOST_LINES = 20;

interface About {
  readonly company: CompanyId;
  readonly name: string;
  /** Where the company wants its mail; null where the owners get it. */
  readonly contact: string | null;
  readonly enqueueMail: EnqueueMail;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** Mails what is new, unless there was a mail within a day. The caller holds the company's row. */
export const mailUnusual = async (
  tx: Transaction,
  { company, name, contact, enqueueMail, now }: About,
): Promise<void> => {
  const last = await tx.one(lastTold, [company]);
  if (last?.told_at != null && now - last.told_at.getTime() < DAY_MS) return;
  const found = await tx.all(markTold, [company, new Date(now - NEWS_MS), new Date(now)]);
  if (found.length === 0) return;
  const projects = new Map((await tx.all(listProjectsSince, [company])).map((one) => [one.id, one.name]));
  const subjects = found.map(({ subject }) => subject);
  const origins = new Map(
    (await tx.all(listOrigins, [company, subjects])).map((one) => [one.id, one.origin]),
  );
  const lines = found
    .toSorted((a, b) => (a.day === b.day ? b.figure - a.figure : a.day < b.day ? 1 : -1))
    .map((one) => {
      const origin = origins.get(one.subject);
      return sentenceOf({
        kind: KINDS.find((kind) => kind === one.kind) ?? 'busy',
        projectName: printableName(projects.get(one.project_id) ?? ''),
        operation: one.subject,
        origin: origin === undefined ? null : printableName(origin),
        day: one.day,
        figure: one.figure,
        total: one.total,
        usual:
          one.usual_low === null || one.usual_high === null
            ? null
            : { low: one.usual_low, high: one.usual_high },
      });
    });
  const params = {
    company,
    companyName: name,
    findings: lines.slice(0, MOST_LINES),
    further: Math.max(0, lines.length - MOST_LINES),
  };
  for (const recipient of await companyOrOwners(tx, company, contact))
    await enqueueMail(tx, { template: 'usage-unusual', params, ...recipient }, now);
};
