/** Asking for access to a dataset, which tells nothing, and the decision of those who manage it. */
import { setTimeout as wait } from 'node:timers/promises';
import { changeAsMember, type Acting } from '../../audit/change.ts';
import { isId, newId, type Id, type UserId } from '../../foundation/ids.ts';
import type { Database } from '../../store/database.ts';
import type { Given } from './grants.ts';
import { ASK_ANSWER_MS, MOST_GRANTS, MOST_TOLD, RATES, REQUEST_MS } from './limits.ts';
import { isReference, parseUntil, type Managing } from './managed.ts';
import type { SharingParts } from './parts.ts';
import { outsideNotAllowed, requestNotFound, tooManyAttempts, tooManyGrants } from './problems.ts';
import {
  askForDataset,
  countOtherGrants,
  deleteRequest,
  listRequests,
  lockRequest,
  putGrant,
  refuseRequest,
  voidInvitations,
} from './store.ts';

/** Resolves with the work's outcome, but not before the time that such an answer always takes. */
const inItsTime = async <Value>(work: Promise<Value>): Promise<Value> => {
  const [outcome] = await Promise.allSettled([work, wait(ASK_ANSWER_MS)]);
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
};

/**
 * Asks those who manage a dataset for a right on it: one of the company's own, or one that is let out. Says the same, after
 * the same time, where there is no such dataset, it is not let out, or was asked for already.
 * @throws too_many_attempts (429), by how often the caller asks for anything.
 */
export const ask = async (
  { database, spend }: Pick<SharingParts, 'database' | 'spend'>,
  acting: Acting,
  { dataset, right }: { readonly dataset: string; readonly right: Given },
): Promise<void> => {
  const { caller, now } = acting;
  const slow = spend(`dataset-asking ${caller.user}`, RATES.asking, now);
  if (slow > 0) throw tooManyAttempts(slow);
  if (!isId('dst', dataset)) return inItsTime(Promise.resolve());
  await inItsTime(
    changeAsMember(database, acting, { permission: 'datasets.read' }, async ({ tx, at }) => {
      const mails = Array.from({ length: MOST_TOLD }, () => newId('mai', now));
      const ends = new Date(now + REQUEST_MS);
      await tx.all(askForDataset, [newId('drq', now), mails, dataset, right, at, ends]);
      // In the log of whose member asks; whose dataset it is hears of it by the request, if it is one.
      return { value: undefined, event: { action: 'datasets.ask', target: dataset, details: { right } } };
    }),
  );
};

/** A request as the API shows it: what the asker is told to disclose, and nothing else of them. */
export interface ShownRequest {
  readonly id: string;
  readonly dataset: { readonly id: string; readonly name: string };
  readonly email: string;
  readonly name: string | null;
  readonly company_name: string;
  readonly right: Given;
  readonly created_at: string;
  readonly expires_at: string;
}

/** Requests that wait, for datasets that the user manages, oldest first. @param reference of one dataset; left out: of all. */
export const showRequests = (
  database: Pick<Database, 'as'>,
  managing: Managing,
  reference?: string,
): Promise<ShownRequest[]> =>
  database.as(managing, async (tx) => {
    if (reference !== undefined && !isReference(reference)) return [];
    const rows = await tx.all(listRequests, [managing.company, new Date(managing.now), reference ?? null]);
    return rows.map((row) => ({
      id: row.id,
      dataset: { id: row.dataset_id, name: row.dataset_name },
      email: row.email,
      name: row.name,
      company_name: row.company_name,
      right: row.right as Given,
      created_at: row.created_at.toISOString(),
      expires_at: row.expires_at.toISOString(),
    }));
  });

export interface Decision {
  readonly decision: 'grant' | 'refuse';
  readonly right?: Given | undefined;
  readonly until?: string | undefined;
  readonly tell?: boolean | undefined;
}

/**
 * Grants or refuses a request. Who asked is mailed what was granted; a refusal would tell a stranger that there is such a
 * dataset, and is mailed to members alone where nothing else is said.
 * An invitation that the asker has besides is void, whatever is decided.
 * @throws request_not_found (404), outside_not_allowed, too_many_grants (409), until_invalid (400).
 */
export const decide = (
  { database, enqueueMail }: Pick<SharingParts, 'database' | 'enqueueMail'>,
  acting: Acting,
  request: Id<'drq'>,
  { decision, right: wanted, until: end, tell }: Decision,
): Promise<void> =>
  changeAsMember(database, acting, { permission: 'datasets.make' }, async ({ tx, at }) => {
    const { company, caller, now } = acting;
    const asked = await tx.one(lockRequest, [company, request, at]);
    if (asked === undefined) throw requestNotFound();
    const { dataset_id: dataset, acting_company_id: theirs, email, address } = asked;
    const user = asked.asker_id as UserId;
    const isOutside = theirs !== company;
    await tx.all(voidInvitations, [dataset, user]);
    if (decision === 'refuse') {
      await tx.all(refuseRequest, [company, request, at]);
      const params = { dataset };
      if (tell ?? !isOutside)
        await enqueueMail(
          tx,
          { template: 'dataset-request-refused', recipient: address, params, user, company },
          now,
        );
      const details = { decision, user };
      return { value: undefined, event: { action: 'datasets.decide', target: dataset, details } };
    }
    if (isOutside && !asked.may_be_shared_outside) throw outsideNotAllowed();
    const right = wanted ?? (asked.right as Given);
    const until = parseUntil(end, now);
    const others = await tx.one(countOtherGrants, [company, dataset, user, theirs]);
    if ((others?.grants ?? 0) >= MOST_GRANTS) throw tooManyGrants();
    const grant = newId('grt', now);
    const told = isOutside
      ? ([email, asked.name, asked.company_name] as const)
      : ([null, null, null] as const);
    await tx.one(putGrant, [
      ...([grant, dataset, company, user, theirs, right, caller.user, at, until ?? null] as const),
      ...told,
    ]);
    await tx.all(deleteRequest, [company, request]);
    const params = {
      companyName: asked.owner_name,
      datasetName: asked.dataset_name,
      // Where the asker finds it: in the company in which they act.
      company: theirs,
      dataset,
      right,
      until: until?.toISOString() ?? null,
    };
    await enqueueMail(
      tx,
      { template: 'dataset-request-granted', recipient: address, params, user, company },
      now,
    );
    return {
      value: undefined,
      event: {
        action: 'datasets.decide',
        target: dataset,
        details: { decision, grant, user, right, until: until?.toISOString() ?? null },
      },
    };
  });
