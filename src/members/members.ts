/** What members do with each other. */
import { changeAsMember, type Acting, type Changing } from '../audit/change.ts';
import type { Role } from '../foundation/caller.ts';
import type { CompanyId, UserId } from '../foundation/ids.ts';
import { may, mayChangeRole } from '../policy/roles.ts';
import type { Transaction } from '../store/transaction.ts';
import { keepOwner } from './keep-owner.ts';
import type { MemberParts } from './parts.ts';
import { memberNotFound, roleChangedMeanwhile, roleOutOfReach } from './problems.ts';
import { deleteMember, listMembers, lockMember, setRole, withdrawInvitationsOf } from './store.ts';

/** A member as the API shows them. */
export interface ShownMember {
  readonly user: string;
  readonly email: string;
  readonly name: string | null;
  readonly role: Role;
  readonly joined_at: string;
  readonly second_factor: boolean;
  readonly you: boolean;
}

interface Reader {
  readonly company: CompanyId;
  readonly user: UserId;
}

type Parts = Pick<MemberParts, 'database' | 'enqueueMail'>;

const read = async (
  tx: Transaction,
  { company, user }: Reader,
  only: UserId | null,
): Promise<ShownMember[]> => {
  const rows = await tx.all(listMembers, [company, only]);
  return rows.map((row) => ({
    user: row.user,
    email: row.email,
    name: row.name,
    role: row.role as Role,
    joined_at: row.joined_at.toISOString(),
    second_factor: row.second_factor,
    you: row.user === user,
  }));
};

/** All members in the order in which they came. */
export const listMembersOf = (
  { database }: Pick<Parts, 'database'>,
  reader: Reader,
): Promise<ShownMember[]> => database.as(reader, (tx) => read(tx, reader, null));

interface Found {
  readonly role: Role;
  readonly email: string;
  readonly companyName: string;
}

const find = async ({ tx }: Changing, company: CompanyId, user: UserId): Promise<Found> => {
  const row = await tx.one(lockMember, [company, user]);
  if (row === undefined) throw memberNotFound();
  return { role: row.role as Role, email: row.email, companyName: row.company_name };
};

/** What somebody invited to and may not any more would let them back in by a friend; gives how many there were. */
const withdrawFrom = async (
  tx: Transaction,
  company: CompanyId,
  user: UserId,
  role?: Role,
): Promise<number> => {
  if (role === 'owner') return 0;
  const onlyOwners = role !== undefined && may(role, 'members.invite');
  return (await tx.all(withdrawInvitationsOf, [company, user, onlyOwners])).length;
};

export interface RoleChange {
  readonly role: Role;
  /** What the role is believed to be. */
  readonly expected_role: Role;
}

/** @throws member_not_found (404), forbidden (403), changed_meanwhile, last_owner (409). */
export const changeMember = (
  { database, enqueueMail }: Parts,
  acting: Acting,
  user: UserId,
  { role, expected_role: expected }: RoleChange,
): Promise<ShownMember> =>
  keepOwner(() =>
    changeAsMember(database, acting, { permission: 'members.change', alone: true }, async (changing) => {
      const { company, caller, now } = acting;
      const { tx } = changing;
      const found = await find(changing, company, user);
      if (!mayChangeRole(changing.role, found.role, role)) throw roleOutOfReach();
      if (found.role !== expected) throw roleChangedMeanwhile();
      const show = async (): Promise<ShownMember> => {
        const [member] = await read(tx, { company, user: caller.user }, user);
        if (member === undefined) throw memberNotFound();
        return member;
      };
      if (found.role === role) return { value: await show() };
      await tx.all(setRole, [company, user, role]);
      const withdrawn = await withdrawFrom(tx, company, user, role);
      const params = { companyName: found.companyName, role };
      await enqueueMail(tx, { template: 'role-changed', recipient: found.email, params, user, company }, now);
      return {
        value: await show(),
        event: {
          action: 'members.change',
          target: user,
          details: { role, role_before: found.role, invitations_withdrawn: withdrawn },
        },
      };
    }),
  );

/** @throws member_not_found (404), forbidden (403), last_owner (409). */
export const removeMember = ({ database, enqueueMail }: Parts, acting: Acting, user: UserId): Promise<void> =>
  keepOwner(() =>
    changeAsMember(database, acting, { permission: 'members.change', alone: true }, async (changing) => {
      const { company, now } = acting;
      const { tx } = changing;
      const { role, email, companyName } = await find(changing, company, user);
      if (!mayChangeRole(changing.role, role, undefined)) throw roleOutOfReach();
      await tx.all(deleteMember, [company, user]);
      const withdrawn = await withdrawFrom(tx, company, user);
      const params = { companyName };
      await enqueueMail(tx, { template: 'member-removed', recipient: email, params, user, company }, now);
      return {
        value: undefined,
        event: {
          action: 'members.remove',
          target: user,
          details: { role, invitations_withdrawn: withdrawn },
        },
      };
    }),
  );

/** The caller leaves. @throws last_owner (409). */
export const leaveCompany = ({ database }: Pick<Parts, 'database'>, acting: Acting): Promise<void> =>
  keepOwner(() =>
    changeAsMember(database, acting, { permission: 'company.leave', alone: true }, async ({ tx, role }) => {
      const { company, caller } = acting;
      await tx.all(deleteMember, [company, caller.user]);
      const withdrawn = await withdrawFrom(tx, company, caller.user);
      return {
        value: undefined,
        event: {
          action: 'members.leave',
          target: caller.user,
          details: { role, invitations_withdrawn: withdrawn },
        },
      };
    }),
  );
