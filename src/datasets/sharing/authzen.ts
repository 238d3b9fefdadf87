/**
 * Decisions about datasets for a company's own programs (OpenID AuthZEN, Authorization API 1.0). Asked and answered as the
 * company that the key acts for: of what other companies have, of what is private, and of what there is not, the answer is no.
 */
import { canonicalEmail } from '../../foundation/email.ts';
import { isId, type CompanyId } from '../../foundation/ids.ts';
import { Problem } from '../../foundation/problem.ts';
import { includesRight, type Right } from '../../services/datasets/access/rules.ts';
import {
  datasetsOfPerson,
  findMemberByEmail,
  listPeople,
  rightsOfPerson,
} from '../../services/datasets/access/store.ts';
import type { Database } from '../../store/database.ts';
import type { Transaction } from '../../store/transaction.ts';
import type { Decision, Evaluation, Evaluations, SubjectOf } from './authzen-schemas.ts';
import { PAGE } from './limits.ts';
import { isReference } from './managed.ts';
import { findOwnDataset } from './store.ts';

const ACTIONS = ['read', 'modify', 'manage'] as const;
type Action = (typeof ACTIONS)[number];

const actionOf = (name: string): Action | undefined => {
  const plain = name.startsWith('can_') ? name.slice('can_'.length) : name;
  return ACTIONS.find((one) => one === plain);
};

/** Who asks, and when, in milliseconds since the Unix epoch. */
export interface Asking {
  readonly company: CompanyId;
  readonly now: number;
}

interface Person {
  readonly user: string;
  /** In which they act; undefined: in any. */
  readonly acting: string | null;
}

const findPerson = async (
  tx: Transaction,
  { company }: Asking,
  { type, id, properties }: SubjectOf,
): Promise<Person | undefined> => {
  if (type !== 'user') return undefined;
  const given = properties?.['company'];
  if (given !== undefined && !(typeof given === 'string' && isId('com', given))) return undefined;
  const acting = given ?? null;
  if (isId('usr', id)) return { user: id, acting };
  const email = canonicalEmail(id);
  const member = email === undefined ? undefined : await tx.one(findMemberByEmail, [company, email]);
  return member === undefined ? undefined : { user: member.user_id, acting };
};

const NO: Decision = { decision: false, context: { reason: 'not_shared' } };

const rightOf = async (
  tx: Transaction,
  asking: Asking,
  subject: SubjectOf,
  resource: Evaluation['resource'],
): Promise<{ readonly right: Right; readonly reason: string }> => {
  const nothing = { right: 'none', reason: 'not_shared' } as const;
  const { type, id } = resource;
  if (type !== 'dataset' || !isReference(id)) return nothing;
  const person = await findPerson(tx, asking, subject);
  if (person === undefined) return nothing;
  const at = new Date(asking.now);
  const found = await tx.one(rightsOfPerson, [asking.company, id, person.user, at, person.acting]);
  return found === undefined ? nothing : { right: found.right as Right, reason: found.reason };
};

const decideOne = async (tx: Transaction, asking: Asking, one: Evaluation): Promise<Decision> => {
  const wanted = actionOf(one.action.name);
  if (wanted === undefined) return NO;
  const { right, reason } = await rightOf(tx, asking, one.subject, one.resource);
  return { decision: includesRight(right, wanted), context: { reason } };
};

/** One decision. */
export const evaluate = (
  database: Pick<Database, 'company'>,
  asking: Asking,
  one: Evaluation,
): Promise<Decision> => database.company(asking.company, (tx) => decideOne(tx, asking, one));

const incomplete = (): Problem =>
  new Problem(400, 'invalid_request', 'Something in the request is missing or not valid', {
    detail: 'Without `evaluations`, give subject, action and resource.',
    field: '/evaluations',
  });

const LACKS: Decision = {
  decision: false,
  context: { error: { status: 400, message: 'subject, action or resource is missing' } },
};

/** Undefined where something is missing. */
const complete = ({ subject, action, resource }: Partial<Evaluation>): Evaluation | undefined =>
  subject === undefined || action === undefined || resource === undefined
    ? undefined
    : { subject, action, resource };

/**
 * Several decisions in one transaction, each with the defaults of the whole; or one, where there is no list.
 * @throws invalid_request (400) where there is neither a list nor a whole question.
 */
export const evaluateAll = (
  database: Pick<Database, 'company'>,
  asking: Asking,
  { evaluations = [], options, ...defaults }: Evaluations,
): Promise<{ readonly evaluations: Decision[] } | Decision> => {
  const semantic = options?.evaluations_semantic ?? 'execute_all';
  return database.company(asking.company, async (tx) => {
    if (evaluations.length === 0) {
      const one = complete(defaults as Partial<Evaluation>);
      if (one === undefined) throw incomplete();
      return decideOne(tx, asking, one);
    }
    const decisions: Decision[] = [];
    for (const item of evaluations) {
      const one = complete({
        ...(defaults as Partial<Evaluation>),
        ...(Object.fromEntries(
          Object.entries(item).filter(([, value]) => value !== undefined),
        ) as Partial<Evaluation>),
      });
      const made = one === undefined ? LACKS : await decideOne(tx, asking, one);
      decisions.push(made);
      if (semantic === 'deny_on_first_deny' && !made.decision) break;
      if (semantic === 'permit_on_first_permit' && made.decision) break;
    }
    return { evaluations: decisions };
  });
};

/** Where a page begins, and how long it may be. */
export interface Paging {
  readonly token?: string | undefined;
  readonly limit?: number | undefined;
}

/** What a search has found. */
export interface Found<Item> {
  readonly page: { readonly next_token: string; readonly count: number };
  readonly results: Item[];
}

const tokenInvalid = (): Problem =>
  new Problem(400, 'invalid_request', 'Something in the request is missing or not valid', {
    detail: 'Give the `next_token` of the page before.',
    field: '/page/token',
  });

const sizeOf = ({ limit = PAGE }: Paging): number => Math.min(Math.max(limit, 1), PAGE);

const pageOf = <Item>(found: readonly Item[], size: number, tokenOf: (last: Item) => string): Found<Item> => {
  const results = found.slice(0, size);
  const last = results.at(-1);
  const next = found.length > size && last !== undefined ? tokenOf(last) : '';
  return { page: { next_token: next, count: results.length }, results };
};

/** A dataset as AuthZEN names it. */
export interface FoundEntity {
  readonly type: string;
  readonly id: string;
  readonly properties?: Record<string, string>;
}

/** The datasets on which somebody has a right. @throws invalid_request (400) for a token that is none. */
export const searchResources = (
  database: Pick<Database, 'company'>,
  asking: Asking,
  { subject, action, type }: { readonly subject: SubjectOf; readonly action: string; readonly type: string },
  paging: Paging,
): Promise<Found<FoundEntity>> => {
  const after = paging.token === undefined || paging.token === '' ? '' : paging.token;
  if (after !== '' && !isId('dst', after)) throw tokenInvalid();
  const wanted = actionOf(action);
  const size = sizeOf(paging);
  return database.company(asking.company, async (tx) => {
    const person = await findPerson(tx, asking, subject);
    if (type !== 'dataset' || wanted === undefined || person === undefined)
      return pageOf<FoundEntity>([], size, () => '');
    const rows = await tx.all(datasetsOfPerson, [
      ...([asking.company, person.user, 1 + ACTIONS.indexOf(wanted), after] as const),
      ...([new Date(asking.now), size + 1, person.acting] as const),
    ]);
    const found = rows.map(({ id, name }) => ({ type, id, properties: { name } }));
    return pageOf<FoundEntity>(found, size, ({ id }) => id);
  });
};

/** The people who have a right on a dataset, each with the company in which they act. @throws invalid_request (400) for a token that is none. */
export const searchSubjects = (
  database: Pick<Database, 'company'>,
  asking: Asking,
  {
    type,
    action,
    resource,
  }: { readonly type: string; readonly action: string; readonly resource: Evaluation['resource'] },
  paging: Paging,
): Promise<Found<FoundEntity>> => {
  const [user = '', company = ''] = (paging.token ?? '').split('.');
  if (user !== '' && !(isId('usr', user) && isId('com', company))) throw tokenInvalid();
  const wanted = actionOf(action);
  const size = sizeOf(paging);
  const tokenOf = ({ id, properties }: FoundEntity): string => `${id}.${properties?.['company'] ?? ''}`;
  return database.company(asking.company, async (tx) => {
    const isAsked = type === 'user' && resource.type === 'dataset' && isReference(resource.id);
    const dataset =
      isAsked && wanted !== undefined
        ? await tx.one(findOwnDataset, [asking.company, resource.id])
        : undefined;
    if (dataset === undefined || wanted === undefined) return pageOf<FoundEntity>([], size, () => '');
    const found: FoundEntity[] = [];
    let [lastUser, lastCompany] = [user, company];
    // Pages of everybody, until there are enough of those who have the right.
    while (found.length <= size) {
      const rows = await tx.all(listPeople, [
        ...([asking.company, dataset.id, new Date(asking.now), lastUser, lastCompany, PAGE] as const),
      ]);
      for (const row of rows) {
        if (includesRight(row.right as Right, wanted))
          found.push({ type, id: row.user_id, properties: { company: row.acting_company_id } });
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) break;
      [lastUser, lastCompany] = [last.user_id, last.acting_company_id];
    }
    return pageOf(found, size, tokenOf);
  });
};

/** What somebody may do with a dataset. */
export const searchActions = (
  database: Pick<Database, 'company'>,
  asking: Asking,
  { subject, resource }: Pick<Evaluation, 'subject' | 'resource'>,
): Promise<Found<{ readonly name: string }>> =>
  database.company(asking.company, async (tx) => {
    const { right } = await rightOf(tx, asking, subject, resource);
    const names = ACTIONS.filter((one) => includesRight(right, one)).map((name) => ({ name }));
    return pageOf(names, ACTIONS.length, () => '');
  });
