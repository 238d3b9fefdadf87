/** Who can see a dataset, and why: one sentence a person. */
import { isId } from '../../foundation/ids.ts';
import { Problem } from '../../foundation/problem.ts';
import { listPeople } from '../../services/datasets/access/store.ts';
import type { Right, Reason } from '../../services/datasets/access/rules.ts';
import type { Database } from '../../store/database.ts';
import type { Transaction } from '../../store/transaction.ts';
import { PAGE } from './limits.ts';
import { findManaged, type Managing, type OwnDataset } from './managed.ts';
import { nameGrantees, nameMembers } from './store.ts';

type HeldRight = Exclude<Right, 'none'>;
type HeldReason = Exclude<Reason, 'no_member' | 'not_shared'>;

/** A person as the API shows them. */
export interface ShownPerson {
  readonly user: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly company: { readonly id: string; readonly name: string | null };
  readonly right: HeldRight;
  readonly reason: HeldReason;
  readonly why: string;
  readonly grant: string | null;
  readonly until: string | null;
  readonly you: boolean;
}

const MAY: Readonly<Record<HeldRight, string>> = {
  read: 'may read it',
  modify: 'may read and change it',
  manage: 'manages it',
};

/** What somebody is whose role gives this right. */
const OF_ROLE: Readonly<Record<HeldRight, string>> = {
  read: 'a viewer',
  modify: 'a member',
  manage: 'an administrator',
};

const writeEnd = (until: Date): string =>
  `${until.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })} at ${until.toISOString().slice(11, 16)} UTC`;

/** Why somebody has a right, as a sentence. @param company in whose name they act. */
export const explain = (
  who: string,
  company: string,
  {
    right,
    reason,
    until,
  }: { readonly right: HeldRight; readonly reason: HeldReason; readonly until: Date | null },
  isOutside: boolean,
): string => {
  const may = `${who} ${MAY[right]}`;
  if (reason === 'company_owner')
    return `${may} as an owner of ${company}: owners manage every dataset of their company.`;
  if (reason === 'dataset_owner')
    return right === 'manage'
      ? `${may}: it is their own.`
      : `${may}: it is their own, and viewers change nothing.`;
  if (reason === 'company_role')
    return `${may} as ${OF_ROLE[right]} of ${company}: the dataset is visible to the company.`;
  return `${may} by a grant, ${until === null ? 'without an end' : `until ${writeEnd(until)}`}${isOutside ? `, while acting for ${company}` : ''}.`;
};

const cursorInvalid = (): Problem =>
  new Problem(400, 'invalid_request', 'Something in the request is missing or not valid', {
    detail: 'Give the `next` of the page before.',
    field: 'after',
  });

const parseCursor = (after: string | undefined): readonly [string, string] => {
  if (after === undefined) return ['', ''];
  const [user = '', company = '', more] = after.split('.');
  if (!isId('usr', user) || !isId('com', company) || more !== undefined) throw cursorInvalid();
  return [user, company];
};

export interface PeoplePage {
  readonly items: ShownPerson[];
  /** What to ask with for the people after these; null where there are none. */
  readonly next: string | null;
}

/** One page of the people of a dataset that the transaction's user manages. */
export const pageOfPeople = async (
  tx: Transaction,
  { company, user: you, now }: Managing,
  dataset: OwnDataset,
  after: string | undefined,
): Promise<PeoplePage> => {
  const [user, acting] = parseCursor(after);
  const found = await tx.all(listPeople, [company, dataset.id, new Date(now), user, acting, PAGE + 1]);
  const page = found.slice(0, PAGE);
  const ids = page.map((one) => one.user_id);
  const members = new Map((await tx.all(nameMembers, [company, ids])).map((one) => [one.id, one]));
  const grants = new Map(
    (await tx.all(nameGrantees, [company, dataset.id, ids])).map((one) => [
      `${one.user_id} ${one.acting_company_id}`,
      one,
    ]),
  );
  const items = page.map((one): ShownPerson => {
    const isOutside = one.acting_company_id !== company;
    const grant = grants.get(`${one.user_id} ${one.acting_company_id}`);
    const person = isOutside ? grant : members.get(one.user_id);
    const [name, email] = [person?.name ?? null, person?.email ?? null];
    const companyName = isOutside ? (grant?.company_name ?? null) : dataset.company_name;
    const held = {
      right: one.right as HeldRight,
      reason: one.reason as HeldReason,
      until: one.reason === 'grant' ? one.until : null,
    };
    return {
      user: one.user_id,
      name,
      email,
      company: { id: one.acting_company_id, name: companyName },
      right: held.right,
      reason: held.reason,
      why: explain(name ?? email ?? 'Somebody', companyName ?? 'another company', held, isOutside),
      grant: held.reason === 'grant' ? (grant?.id ?? null) : null,
      until: held.until?.toISOString() ?? null,
      you: one.user_id === you && !isOutside,
    };
  });
  const last = page.at(-1);
  const next = found.length > PAGE && last !== undefined ? `${last.user_id}.${last.acting_company_id}` : null;
  return { items, next };
};

/** @throws dataset_not_found (404), forbidden (403), invalid_request (400) for a cursor that is none. */
export const showPeople = (
  database: Pick<Database, 'as'>,
  managing: Managing,
  reference: string,
  after: string | undefined,
): Promise<PeoplePage> =>
  database.as(managing, async (tx) =>
    pageOfPeople(tx, managing, await findManaged(tx, managing, reference), after),
  );
