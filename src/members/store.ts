import { statement } from '../store/statement.ts';

const MEMBER_COLUMNS = {
  user: 'text',
  email: 'text',
  name: 'text?',
  role: 'text',
  joined_at: 'timestamptz',
  second_factor: 'bool',
} as const;

/** Members of a company, or one of them, in the order in which they came. */
export const listMembers = statement({
  name: 'members.list',
  text: `select person.id as "user", person.email, person.name, member.role, member.joined_at,
                person.id in (select vouchsafe.members_with_factor()) as second_factor
           from vouchsafe.member join vouchsafe.user_account as person on person.id = member.user_id
          where member.company_id = $1 and ($2::text is null or member.user_id = $2)
          order by member.joined_at, person.id`,
  params: ['text', 'text?'],
  columns: MEMBER_COLUMNS,
});

export const lockMember = statement({
  name: 'members.lock',
  text: `select member.role, person.email, company.name as company_name
           from vouchsafe.member join vouchsafe.user_account as person on person.id = member.user_id
           join vouchsafe.company on company.id = member.company_id
          where member.company_id = $1 and member.user_id = $2 for update of member`,
  params: ['text', 'text'],
  columns: { role: 'text', email: 'text', company_name: 'text' },
});

export const setRole = statement({
  name: 'members.set-role',
  text: 'update vouchsafe.member set role = $3 where company_id = $1 and user_id = $2',
  params: ['text', 'text', 'text'],
});

export const deleteMember = statement({
  name: 'members.delete',
  text: 'delete from vouchsafe.member where company_id = $1 and user_id = $2',
  params: ['text', 'text'],
});

/** Nothing where the user is a member already. */
export const insertMember = statement({
  name: 'members.insert',
  text: `insert into vouchsafe.member (company_id, user_id, role, joined_at) values ($1, $2, $3, $4)
         on conflict (company_id, user_id) do nothing returning role`,
  params: ['text', 'text', 'text', 'timestamptz'],
  columns: { role: 'text' },
});

export const findMemberByEmail = statement({
  name: 'members.find-by-email',
  text: `select member.user_id from vouchsafe.member
           join vouchsafe.user_account as person on person.id = member.user_id
          where member.company_id = $1 and person.email = $2`,
  params: ['text', 'text'],
  columns: { user_id: 'text' },
});

const INVITATION_COLUMNS = {
  id: 'text',
  email: 'text',
  role: 'text',
  created_at: 'timestamptz',
  expires_at: 'timestamptz',
  invited_by: 'text?',
} as const;

/** Invitations that can still be accepted, newest first. */
export const listInvitations = statement({
  name: 'members.list-invitations',
  text: `select id, email, role, created_at, expires_at, invited_by from vouchsafe.invitation
          where company_id = $1 and used_at is null and expires_at > $2 order by id desc`,
  params: ['text', 'timestamptz'],
  columns: INVITATION_COLUMNS,
});

/** Takes out what stands in the way of a new invitation for this address; gives what role it was for. */
export const replaceInvitation = statement({
  name: 'members.replace-invitation',
  text: `delete from vouchsafe.invitation where company_id = $1 and email = $2 and used_at is null
         returning id, role, expires_at`,
  params: ['text', 'text'],
  columns: { id: 'text', role: 'text', expires_at: 'timestamptz' },
});

export const countInvitations = statement({
  name: 'members.count-invitations',
  text: `select count(*) as open from vouchsafe.invitation
          where company_id = $1 and used_at is null and expires_at > $2`,
  params: ['text', 'timestamptz'],
  columns: { open: 'int8' },
});

export const insertInvitation = statement({
  name: 'members.insert-invitation',
  text: `insert into vouchsafe.invitation (id, company_id, email, role, invited_by, digest, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)`,
  params: ['text', 'text', 'text', 'text', 'text', 'bytea', 'timestamptz', 'timestamptz'],
});

/** The same by whoever runs the installation. */
export const insertOperatorInvitation = statement({
  name: 'members.insert-operator-invitation',
  text: `insert into vouchsafe.invitation (id, company_id, email, role, by_operator, digest, created_at, expires_at)
         values ($1, $2, $3, $4, true, $5, $6, $7)`,
  params: ['text', 'text', 'text', 'text', 'bytea', 'timestamptz', 'timestamptz'],
});

export const lockInvitation = statement({
  name: 'members.lock-invitation',
  text: `select role from vouchsafe.invitation
          where company_id = $1 and id = $2 and used_at is null and expires_at > $3 for update`,
  params: ['text', 'text', 'timestamptz'],
  columns: { role: 'text' },
});

export const deleteInvitation = statement({
  name: 'members.delete-invitation',
  text: 'delete from vouchsafe.invitation where company_id = $1 and id = $2',
  params: ['text', 'text'],
});

/** Withdraws what a member invited to; of owners alone where `$3` is true. */
export const withdrawInvitationsOf = statement({
  name: 'members.withdraw-invitations-of',
  text: `delete from vouchsafe.invitation
          where company_id = $1 and invited_by = $2 and used_at is null and (not $3 or role = 'owner')
         returning id`,
  params: ['text', 'text', 'bool'],
  columns: { id: 'text' },
});

/** Finds an invitation by its token's digest across companies, used and expired ones too. */
export const findInvitation = statement({
  name: 'members.find-invitation',
  text: `select id, company_id, company_name, email, role, expires_at, used_at from vouchsafe.find_invitation($1)`,
  params: ['bytea'],
  columns: {
    id: 'text',
    company_id: 'text',
    company_name: 'text',
    email: 'text',
    role: 'text',
    expires_at: 'timestamptz',
    used_at: 'timestamptz?',
  },
});

/** Whether an address has an account. */
export const findAccount = statement({
  name: 'members.find-account',
  text: 'select user_id from vouchsafe.find_sign_in($1)',
  params: ['text'],
  columns: { user_id: 'text' },
});

/** Uses an invitation, once; gives who invited and what that member is now, or that it was whoever runs the installation. */
export const useInvitation = statement({
  name: 'members.use-invitation',
  text: `update vouchsafe.invitation set used_at = $3
          where invitation.company_id = $1 and invitation.digest = $2 and invitation.used_at is null
            and invitation.expires_at > $3
         returning id, email, role, invited_by, by_operator,
                   (select member.role from vouchsafe.member
                     where member.company_id = invitation.company_id
                       and member.user_id = invitation.invited_by) as inviter_role`,
  params: ['text', 'bytea', 'timestamptz'],
  columns: {
    id: 'text',
    email: 'text',
    role: 'text',
    invited_by: 'text?',
    by_operator: 'bool',
    inviter_role: 'text?',
  },
});

/** The address and credentials of the transaction's user; nobody changes them before it ends. */
export const lockPerson = statement({
  name: 'members.lock-person',
  text: `select person.email, person.name, person.credential_epoch,
                exists (select from vouchsafe.session
                         where session.id = $2 and session.user_id = person.id and session.ended_at is null
                           and session.credential_epoch = person.credential_epoch) as is_live
           from vouchsafe.user_account as person where person.id = $1 for share of person`,
  params: ['text', 'text'],
  columns: { email: 'text', name: 'text?', credential_epoch: 'int4', is_live: 'bool' },
});

/** Nothing where the address has an account already. */
export const insertPerson = statement({
  name: 'members.insert-person',
  text: `insert into vouchsafe.user_account (id, email, name, created_at, active_on) values ($1, $2, $3, $4, $5)
         on conflict (email) do nothing returning credential_epoch`,
  params: ['text', 'text', 'text?', 'timestamptz', 'date'],
  columns: { credential_epoch: 'int4' },
});

export const insertPassword = statement({
  name: 'members.insert-password',
  text: 'insert into vouchsafe.password (user_id, phc, changed_at) values ($1, $2, $3)',
  params: ['text', 'text', 'timestamptz'],
});

/** The address of a member, to write to; nothing where they are none. */
export const readMemberEmail = statement({
  name: 'members.read-email',
  text: `select person.email from vouchsafe.member
           join vouchsafe.user_account as person on person.id = member.user_id
          where member.company_id = $1 and member.user_id = $2`,
  params: ['text', 'text'],
  columns: { email: 'text' },
});

/** Companies of the transaction's user. */
export const listMemberships = statement({
  name: 'members.list-memberships',
  text: `select member.company_id as company, company.name, member.role, company.require_second_factor as requires_second_factor
           from vouchsafe.member join vouchsafe.company on company.id = member.company_id
          where member.user_id = $1 order by member.company_id`,
  params: ['text'],
  columns: { company: 'text', name: 'text', role: 'text', requires_second_factor: 'bool' },
});

export const readCompanyName = statement({
  name: 'members.company-name',
  text: 'select name from vouchsafe.company where id = $1',
  params: ['text'],
  columns: { name: 'text' },
});
