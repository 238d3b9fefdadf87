/** What people do with their companies. */
import { changeAsMember, type Acting } from '../audit/change.ts';
import { companyNotFound, roleForbids } from '../audit/problems.ts';
import type { Role, SessionCaller } from '../foundation/caller.ts';
import { newId, type CompanyId } from '../foundation/ids.ts';
import { may } from '../policy/roles.ts';
import type { Database } from '../store/database.ts';
import { MOST_COMPANIES } from './limits.ts';
import { openCompany } from './open-company.ts';
import { secondFactorMissing, tooManyCompanies } from './problems.ts';
import { countOwned, lockUser, readCompany, updateCompany } from './store.ts';

/** A company as the API shows it. */
export interface ShownCompany {
  readonly id: string;
  readonly name: string;
  readonly contact_email: string | null;
  readonly require_second_factor: boolean;
  readonly mail_unusual: boolean;
  readonly created_at: string;
  readonly your_role: Role;
}

/** What is to be other; what is left out stays as it is. */
export interface CompanyChange {
  readonly name?: string | undefined;
  /** Null removes the address. */
  readonly contact_email?: string | null | undefined;
  readonly require_second_factor?: boolean | undefined;
  readonly mail_unusual?: boolean | undefined;
}

type Store = Pick<Database, 'as'>;

interface Row {
  readonly id: string;
  readonly name: string;
  readonly contact_email: string | null;
  readonly require_second_factor: boolean;
  readonly mail_unusual: boolean;
  readonly created_at: Date;
}

const shown = (row: Row, role: Role): ShownCompany => ({
  id: row.id,
  name: row.name,
  contact_email: row.contact_email,
  require_second_factor: row.require_second_factor,
  mail_unusual: row.mail_unusual,
  created_at: row.created_at.toISOString(),
  your_role: role,
});

/** Makes a company whose owner is the caller. @throws too_many_companies (409). */
export const createCompany = async (
  database: Store,
  caller: SessionCaller,
  name: string,
  now: number,
): Promise<ShownCompany> => {
  const company = newId('com', now);
  return database.as({ company, user: caller.user }, async (tx) => {
    await tx.one(lockUser, [caller.user]);
    const counted = await tx.one(countOwned, [caller.user]);
    if ((counted?.owned ?? 0) >= MOST_COMPANIES) throw tooManyCompanies();
    await openCompany(tx, { company, name, owner: caller.user, now });
    const row = await tx.one(readCompany, [company]);
    if (row === undefined) throw companyNotFound();
    return shown(row, 'owner');
  });
};

/** @throws company_not_found (404). */
export const showCompany = async (
  database: Store,
  {
    company,
    user,
    role,
  }: { readonly company: CompanyId; readonly user: SessionCaller['user']; readonly role: Role },
): Promise<ShownCompany> => {
  const row = await database.as({ company, user }, (tx) => tx.one(readCompany, [company]));
  if (row === undefined) throw companyNotFound();
  return shown(row, role);
};

/** Names of the fields that a change gives another value to. */
const changedFields = (row: Row, change: CompanyChange): (keyof CompanyChange)[] =>
  (['name', 'contact_email', 'require_second_factor', 'mail_unusual'] as const).filter(
    (field) => change[field] !== undefined && change[field] !== row[field],
  );

/**
 * Changes what is given; of two who change at once, each field keeps what came last. Nothing is noted where nothing changes.
 * @throws forbidden (403), second_factor_missing (409).
 */
export const changeCompany = (
  database: Store,
  acting: Acting,
  change: CompanyChange,
): Promise<ShownCompany> =>
  changeAsMember(database, acting, { permission: 'company.change', alone: true }, async ({ tx, role }) => {
    const { company, caller } = acting;
    const before = await tx.one(readCompany, [company]);
    if (before === undefined) throw companyNotFound();
    const fields = changedFields(before, change);
    if (fields.length === 0) return { value: shown(before, role) };
    if (fields.includes('require_second_factor')) {
      if (!may(role, 'company.secure')) throw roleForbids();
      if (change.require_second_factor === true && !caller.isStrong) throw secondFactorMissing();
    }
    const after = await tx.one(updateCompany, [
      company,
      change.name ?? null,
      change.contact_email === null ? '' : (change.contact_email ?? null),
      change.require_second_factor ?? null,
      change.mail_unusual ?? null,
    ]);
    if (after === undefined) throw companyNotFound();
    return {
      value: shown(after, role),
      event: {
        action: 'companies.change',
        target: company,
        details: {
          ...(fields.includes('name') ? { name: after.name, name_before: before.name } : {}),
          // That it changed; the address itself is not for the log.
          ...(fields.includes('contact_email') ? { contact_email: true } : {}),
          ...(fields.includes('require_second_factor')
            ? { require_second_factor: after.require_second_factor }
            : {}),
          ...(fields.includes('mail_unusual') ? { mail_unusual: after.mail_unusual } : {}),
        },
      },
    };
  });
