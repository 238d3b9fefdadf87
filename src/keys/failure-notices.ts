/** Writes failed attempts against key pairs down, and tells their company: once for a row of them, once a day at most. */
import { recordAudit } from '../audit/record.ts';
import { isId, type CompanyId, type KeyId } from '../foundation/ids.ts';
import { MOST_FAILURES } from '../gate/failure-table.ts';
import type { Log } from '../foundation/log.ts';
import { Problem } from '../foundation/problem.ts';
import type { FailureNews, FailuresOptions, FailureStep } from '../gate/failures.ts';
import type { Database } from '../store/database.ts';
import type { Transaction } from '../store/transaction.ts';
import { enqueueEvent } from '../webhooks/outbox.ts';
import { dataOfKey } from './events.ts';
import { companyOrOwners, keyForMail, maskKey, type EnqueueMail } from './mail.ts';
import {
  addFailures,
  endFailures,
  ensureNotice,
  locatePublicKeys,
  lockNotice,
  noticeFailures,
  writeNotice,
} from './store.ts';

export interface FailureNoticesParts {
  readonly database: Pick<Database, 'company' | 'run'>;
  readonly enqueueMail: EnqueueMail;
  readonly log: Log;
}

/** Milliseconds between two mails of a kind to one company. */
export const COOLDOWN_MS = 86_400_000;

/** Public keys whose place is remembered; it never changes. */
const MOST_PLACES = 10_000;

interface Place {
  readonly key: KeyId;
  readonly company: CompanyId;
}

/** What a company is told, or will be with the next mail. */
interface Told {
  readonly isDue: boolean;
  readonly untoldStreaks: number;
  readonly untoldFailures: number;
  readonly untoldAlarms: number;
}

const isOver = (at: Date | null, now: number): boolean => at === null || now - at.getTime() >= COOLDOWN_MS;

/** Decides, alone at this moment, whether a mail is due, and adds up what is not told. */
const claimNotice = async (
  tx: Transaction,
  company: CompanyId,
  kind: 'failures' | 'alarm',
  count: number,
  now: number,
): Promise<Told> => {
  await tx.all(ensureNotice, [company]);
  const row = await tx.one(lockNotice, [company]);
  const mailedAt = row?.mailed_at ?? null;
  const alarmedAt = row?.alarmed_at ?? null;
  const [streaks, failures, alarms] = [
    row?.untold_streaks ?? 0,
    row?.untold_failures ?? 0,
    row?.untold_alarms ?? 0,
  ];
  const isDue = isOver(kind === 'alarm' ? alarmedAt : mailedAt, now);
  const at = new Date(now);
  if (kind === 'alarm') {
    const after = isDue ? 0 : alarms + 1;
    await tx.one(writeNotice, [company, mailedAt, isDue ? at : alarmedAt, streaks, failures, after]);
  } else {
    const after = isDue ? [0, 0] : [streaks + 1, Math.min(failures + count, 1_000_000_000)];
    await tx.one(writeNotice, [
      company,
      isDue ? at : mailedAt,
      alarmedAt,
      after[0] ?? 0,
      after[1] ?? 0,
      alarms,
    ]);
  }
  return { isDue, untoldStreaks: streaks, untoldFailures: failures, untoldAlarms: alarms };
};

/**
 * Makes the recorder. However many processes record at the same time, the database lets one of them see a row of failures
 * reach its number, and that one mails in the same transaction.
 */
export const createFailureNotices = ({
  database,
  enqueueMail,
  log,
}: FailureNoticesParts): FailuresOptions['record'] => {
  const places = new Map<string, Place>();

  const locate = async (publicKeys: readonly string[]): Promise<void> => {
    const unknown = publicKeys.filter((publicKey) => !places.has(publicKey));
    if (unknown.length === 0) return;
    if (places.size > MOST_PLACES) places.clear();
    for (const { public_key: publicKey, key_id: key, company_id: company } of await database.run(
      locatePublicKeys,
      [unknown],
    )) {
      if (isId('key', key) && isId('com', company)) places.set(publicKey, { key, company });
    }
  };

  const tellOfFailures = async (
    tx: Transaction,
    { key, company }: Place,
    row: { readonly open: number; readonly first_at: Date; readonly last_at: Date },
  ): Promise<void> => {
    const now = row.last_at.getTime();
    await tx.one(noticeFailures, [company, key, row.last_at]);
    const told = await claimNotice(tx, company, 'failures', row.open, now);
    const about = await keyForMail(tx, company, key);
    if (about === undefined) return;
    const { companyName, projectName, keyName } = about;
    const details = { name: keyName, count: row.open, mailed: told.isDue };
    await recordAudit(tx, { company, actor: null, action: 'keys.failures', target: key, details, at: now });
    // Once for each row of failures: a program can take what would be too much mail for a person.
    const times = { first_at: row.first_at.toISOString(), last_at: row.last_at.toISOString() };
    const data = { ...dataOfKey(key, about), count: row.open, ...times };
    await enqueueEvent(tx, { company, type: 'auth.failures', data }, now);
    if (!told.isDue) return;
    const params = {
      companyName,
      projectName,
      keyName,
      publicKey: maskKey(about.publicKey),
      count: row.open,
      firstAt: row.first_at.toISOString(),
      lastAt: row.last_at.toISOString(),
      untoldStreaks: told.untoldStreaks,
      untoldFailures: told.untoldFailures,
    };
    for (const recipient of await companyOrOwners(tx, company, about.contact))
      await enqueueMail(tx, { template: 'key-failures', params, ...recipient }, now);
  };

  const tellOfSuccess = async (
    tx: Transaction,
    { key, company }: Place,
    { longest, at }: FailureStep & { readonly kind: 'ended' },
  ): Promise<void> => {
    const told = await claimNotice(tx, company, 'alarm', longest, at);
    const about = await keyForMail(tx, company, key);
    if (about === undefined) return;
    const { companyName, projectName, keyName } = about;
    const details = { name: keyName, count: longest, mailed: told.isDue };
    await recordAudit(tx, { company, actor: null, action: 'keys.success', target: key, details, at });
    const data = { ...dataOfKey(key, about), count: longest, succeeded_at: new Date(at).toISOString() };
    await enqueueEvent(tx, { company, type: 'auth.success_after_failures', data }, at);
    if (!told.isDue) return;
    const params = {
      companyName,
      projectName,
      keyName,
      publicKey: maskKey(about.publicKey),
      count: longest,
      succeededAt: new Date(at).toISOString(),
      untoldAlarms: told.untoldAlarms,
    };
    for (const recipient of await companyOrOwners(tx, company, about.contact))
      await enqueueMail(tx, { template: 'key-success-after-failures', params, ...recipient }, at);
  };

  const take = async (tx: Transaction, place: Place, step: FailureStep): Promise<void> => {
    const { key, company } = place;
    if (step.kind === 'failed') {
      const times = [new Date(step.firstAt), new Date(step.lastAt)] as const;
      const row = await tx.one(addFailures, [company, key, step.count, ...times]);
      if (row !== undefined && row.open >= MOST_FAILURES && row.noticed_at === null)
        await tellOfFailures(tx, place, row);
      return;
    }
    await tx.one(endFailures, [company, key, step.count, new Date(step.at)]);
    if (step.longest >= MOST_FAILURES) await tellOfSuccess(tx, place, step);
  };

  return async (news) => {
    await locate(news.map(({ publicKey }) => publicKey));
    const left: FailureNews[] = [];
    for (const one of news) {
      const place = places.get(one.publicKey);
      if (place === undefined) continue;
      try {
        await database.company(place.company, async (tx) => {
          for (const step of one.steps) await take(tx, place, step);
        });
      } catch (error) {
        // Away for now, or erased meanwhile; in the second case another try would fail as well.
        if (error instanceof Problem && error.status === 503) left.push(one);
        else log.warn('failed attempts could not be written down', { error });
      }
    }
    return left;
  };
};
