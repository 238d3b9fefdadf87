/** What members do with the authorised domains of a project. */
import { projectNotFound } from '../accounts/problems.ts';
import { changeAsMember, type Acting } from '../audit/change.ts';
import { utcDay } from '../foundation/clock.ts';
import { newId, type CompanyId, type DomainId, type ProjectId, type UserId } from '../foundation/ids.ts';
import type { Problem } from '../foundation/problem.ts';
import type { Database } from '../store/database.ts';
import type { Transaction } from '../store/transaction.ts';
import { COUNTED_DAYS, MOST_DOMAINS, UNUSED_DAYS } from './limits.ts';
import {
  domainExists,
  domainHasMore,
  domainInvalid,
  domainNotFound,
  httpNotAllowed,
  localhostBySwitch,
  publicSuffix,
  tooManyDomains,
  nullOrigin,
  trailingDot,
  wildcardInvalid,
} from './problems.ts';
import { isPublicSuffix } from './public-suffix.ts';
import { domainOfWildcard, originOfDomain, type DomainFault } from './rules.ts';
import {
  countDomains,
  insertDomain,
  lockProjectOfDomains,
  readSwitch,
  removeDomain,
  setSwitch,
  showDomains,
} from './store.ts';

/** A domain as the API shows it. */
export interface ShownDomain {
  readonly id: string;
  readonly origin: string;
  readonly created_at: string;
  readonly last_called_at: string | null;
  readonly calls: number;
  readonly is_unused: boolean;
}

export interface ShownDomains {
  readonly items: ShownDomain[];
  readonly next: null;
  readonly allow_localhost: boolean;
}

interface Reader {
  readonly company: CompanyId;
  readonly user: UserId;
}

type Store = Pick<Database, 'as'>;

const DAY_MS = 86_400_000;
const CHANGE = { permission: 'domains.change' } as const;

const FAULTS: Readonly<Record<DomainFault, () => Problem>> = {
  invalid: domainInvalid,
  'has-more': domainHasMore,
  http: httpNotAllowed,
  wildcard: wildcardInvalid,
  'trailing-dot': trailingDot,
  'null-origin': nullOrigin,
  localhost: localhostBySwitch,
};

const read = async (
  tx: Transaction,
  company: CompanyId,
  project: ProjectId,
  domain: DomainId | null,
  now: number,
): Promise<ShownDomain[]> => {
  const counted = utcDay(now - (COUNTED_DAYS - 1) * DAY_MS);
  const unusedBefore = now - UNUSED_DAYS * DAY_MS;
  const rows = await tx.all(showDomains, [company, project, domain, counted, utcDay(unusedBefore)]);
  return rows.map((row) => ({
    id: row.id,
    origin: row.origin,
    created_at: row.created_at.toISOString(),
    last_called_at: row.last_called_at?.toISOString() ?? null,
    calls: row.calls,
    is_unused: row.last_called_at === null && row.created_at.getTime() < unusedBefore,
  }));
};

/** By origin. @throws project_not_found (404). */
export const listDomains = (
  database: Store,
  { company, user }: Reader,
  project: ProjectId,
  now: number,
): Promise<ShownDomains> =>
  database.as({ company, user }, async (tx) => {
    const found = await tx.one(readSwitch, [company, project]);
    if (found === undefined) throw projectNotFound();
    const items = await read(tx, company, project, null, now);
    return { items, next: null, allow_localhost: found.allow_localhost };
  });

/**
 * Authorises the pages of one origin, or of all hosts below a domain, on every worker within a second.
 * @throws project_not_found (404), domain_exists, too_many_domains (409), and what cannot be authorised (400).
 */
export const createDomain = async (
  database: Store,
  acting: Acting,
  project: ProjectId,
  typed: string,
): Promise<ShownDomain> => {
  const parsed = originOfDomain(typed);
  if (!parsed.ok) throw FAULTS[parsed.reason]();
  const origin = parsed.value;
  const above = domainOfWildcard(origin);
  if (above !== undefined && (await isPublicSuffix(above))) throw publicSuffix();
  return changeAsMember(database, acting, CHANGE, async ({ tx, at }) => {
    const { company, now } = acting;
    if ((await tx.one(lockProjectOfDomains, [company, project])) === undefined) throw projectNotFound();
    const present = await tx.one(countDomains, [company, project, origin]);
    if (present?.has === true) throw domainExists();
    if ((present?.domains ?? 0) >= MOST_DOMAINS) throw tooManyDomains();
    const domain = newId('dom', now);
    await tx.all(insertDomain, [domain, company, project, origin, at]);
    const [made] = await read(tx, company, project, domain, now);
    if (made === undefined) throw domainNotFound();
    return { value: made, event: { action: 'domains.create', target: domain, details: { origin, project } } };
  });
};

/** Its pages can no longer call, on every worker within a second. @throws domain_not_found (404), also the second time. */
export const takeDomainAway = (
  database: Store,
  acting: Acting,
  project: ProjectId,
  domain: DomainId,
): Promise<void> =>
  changeAsMember(database, acting, CHANGE, async ({ tx }) => {
    const { company } = acting;
    if ((await tx.one(lockProjectOfDomains, [company, project])) === undefined) throw domainNotFound();
    const removed = await tx.one(removeDomain, [company, project, domain]);
    if (removed === undefined) throw domainNotFound();
    return {
      value: undefined,
      event: { action: 'domains.remove', target: domain, details: { origin: removed.origin, project } },
    };
  });

/** Lets pages of the developer's own machine call, or no longer. @throws project_not_found (404). */
export const switchLocalhost = (
  database: Store,
  acting: Acting,
  project: ProjectId,
  isOn: boolean,
): Promise<ShownDomains> =>
  changeAsMember(database, acting, CHANGE, async ({ tx }) => {
    const { company, now } = acting;
    const before = await tx.one(lockProjectOfDomains, [company, project]);
    if (before === undefined) throw projectNotFound();
    const value: ShownDomains = {
      items: await read(tx, company, project, null, now),
      next: null,
      allow_localhost: isOn,
    };
    if (before.allow_localhost === isOn) return { value };
    await tx.all(setSwitch, [company, project, isOn]);
    return {
      value,
      event: { action: 'domains.change', target: project, details: { allow_localhost: isOn } },
    };
  });
