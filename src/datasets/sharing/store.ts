/** The SQL of sharing datasets. Whose rows a transaction sees is decided by row-level security as well. */
import { statement } from '../../store/statement.ts';

/** A dataset of the company by its id or its name, as far as the transaction's actor sees it. */
export const findOwnDataset = statement({
  name: 'sharing.find-dataset',
  text: `select d.id, d.name, d.title, d.visibility, d.shared_outside, d.may_be_shared_outside, c.datasets_outside, c.name as company_name
           from vouchsafe.dataset d join vouchsafe.company c on c.id = d.company_id
          where d.company_id = $1 and (d.id = $2 or d.name = $2)
          order by d.id = $2 desc limit 1`,
  params: ['text', 'text'],
  columns: {
    id: 'text',
    name: 'text',
    title: 'text?',
    visibility: 'text',
    shared_outside: 'bool',
    may_be_shared_outside: 'bool',
    datasets_outside: 'bool',
    company_name: 'text',
  },
});

export const findMember = statement({
  name: 'sharing.find-member',
  text: `select person.email, person.name from vouchsafe.member
           join vouchsafe.user_account as person on person.id = member.user_id
          where member.company_id = $1 and member.user_id = $2`,
  params: ['text', 'text'],
  columns: { email: 'text', name: 'text?' },
});

const GRANT_COLUMNS = {
  id: 'text',
  user_id: 'text',
  email: 'text?',
  name: 'text?',
  acting_company_id: 'text',
  company_name: 'text?',
  right: 'text',
  until: 'timestamptz?',
  granted_by: 'text?',
  granted_at: 'timestamptz',
} as const;

/** Grants of a dataset, or one of them (`$3`), oldest first, those behind `$5`: those that have ended as well. At most `$4`. */
export const listGrants = statement({
  name: 'sharing.list-grants',
  text: `select g.id, g.user_id, coalesce(g.email, person.email) as email, coalesce(g.name, person.name) as name,
                g.acting_company_id, coalesce(g.company_name, own.name) as company_name, g."right", g.until, g.granted_by,
                g.granted_at
           from vouchsafe.dataset_grant g
           left join vouchsafe.member on g.acting_company_id = $1 and member.company_id = $1 and member.user_id = g.user_id
           left join vouchsafe.user_account as person on person.id = member.user_id
           left join vouchsafe.company own on own.id = $1 and g.acting_company_id = $1
          where g.company_id = $1 and g.dataset_id = $2 and ($3::text is null or g.id = $3)
            and ($5::text is null or g.id > $5)
          order by g.id limit $4`,
  params: ['text', 'text', 'text?', 'int8', 'text?'],
  columns: GRANT_COLUMNS,
});

export const countGrants = statement({
  name: 'sharing.count-grants',
  text: `select count(*) as grants, count(*) filter (where acting_company_id <> $1) as outside
           from vouchsafe.dataset_grant where company_id = $1 and dataset_id = $2`,
  params: ['text', 'text'],
  columns: { grants: 'int8', outside: 'int8' },
});

/** Besides the one of user `$3` in company `$4`, which would be replaced. */
export const countOtherGrants = statement({
  name: 'sharing.count-other-grants',
  text: `select count(*) as grants from vouchsafe.dataset_grant
          where company_id = $1 and dataset_id = $2 and (user_id, acting_company_id) <> ($3, $4)`,
  params: ['text', 'text', 'text', 'text'],
  columns: { grants: 'int8' },
});

/** Nothing where that user has a grant already in that company. */
export const insertGrant = statement({
  name: 'sharing.insert-grant',
  text: `insert into vouchsafe.dataset_grant
           (id, dataset_id, company_id, user_id, acting_company_id, "right", granted_by, granted_at, until, email, name, company_name)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         on conflict (dataset_id, user_id, acting_company_id) do nothing returning id`,
  params: [
    ...(['text', 'text', 'text', 'text', 'text', 'text', 'text', 'timestamptz'] as const),
    ...(['timestamptz?', 'text?', 'text?', 'text?'] as const),
  ],
  columns: { id: 'text' },
});

/** The same, in place of the one that was. */
export const putGrant = statement({
  name: 'sharing.put-grant',
  text: `insert into vouchsafe.dataset_grant
           (id, dataset_id, company_id, user_id, acting_company_id, "right", granted_by, granted_at, until, email, name, company_name)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         on conflict (dataset_id, user_id, acting_company_id) do update
           set "right" = excluded."right", granted_by = excluded.granted_by, granted_at = excluded.granted_at,
               until = excluded.until, email = excluded.email, name = excluded.name, company_name = excluded.company_name
         returning id`,
  params: [
    ...(['text', 'text', 'text', 'text', 'text', 'text', 'text', 'timestamptz'] as const),
    ...(['timestamptz?', 'text?', 'text?', 'text?'] as const),
  ],
  columns: { id: 'text' },
});

/** The right and its end, as if it were given now. */
export const updateGrant = statement({
  name: 'sharing.update-grant',
  text: `update vouchsafe.dataset_grant set "right" = $4, until = $5, granted_by = $6, granted_at = $7
          where company_id = $1 and dataset_id = $2 and id = $3 returning id`,
  params: ['text', 'text', 'text', 'text', 'timestamptz?', 'text', 'timestamptz'],
  columns: { id: 'text' },
});

export const deleteGrant = statement({
  name: 'sharing.delete-grant',
  text: `delete from vouchsafe.dataset_grant where company_id = $1 and dataset_id = $2 and id = $3
         returning user_id, acting_company_id`,
  params: ['text', 'text', 'text'],
  columns: { user_id: 'text', acting_company_id: 'text' },
});

/** Who the people are whom `datasets.list-people` names: members, and those who told it when they came. */
export const nameMembers = statement({
  name: 'sharing.name-members',
  text: `select person.id, person.email, person.name from vouchsafe.member
           join vouchsafe.user_account as person on person.id = member.user_id
          where member.company_id = $1 and member.user_id = any ($2)`,
  params: ['text', 'text[]'],
  columns: { id: 'text', email: 'text', name: 'text?' },
});

export const nameGrantees = statement({
  name: 'sharing.name-grantees',
  text: `select id, user_id, acting_company_id, email, name, company_name, "right", until from vouchsafe.dataset_grant
          where company_id = $1 and dataset_id = $2 and user_id = any ($3)`,
  params: ['text', 'text', 'text[]'],
  columns: {
    id: 'text',
    user_id: 'text',
    acting_company_id: 'text',
    email: 'text?',
    name: 'text?',
    company_name: 'text?',
    right: 'text',
    until: 'timestamptz?',
  },
});

const INVITATION_COLUMNS = {
  id: 'text',
  email: 'text',
  right: 'text',
  until: 'timestamptz?',
  created_at: 'timestamptz',
  expires_at: 'timestamptz',
  invited_by: 'text?',
} as const;

/** Invitations to a dataset that can still be accepted, newest first. */
export const listInvitations = statement({
  name: 'sharing.list-invitations',
  text: `select id, email, "right", until, created_at, expires_at, invited_by from vouchsafe.dataset_invitation
          where company_id = $1 and dataset_id = $2 and used_at is null and expires_at > $3 order by id desc`,
  params: ['text', 'text', 'timestamptz'],
  columns: INVITATION_COLUMNS,
});

export const countInvitations = statement({
  name: 'sharing.count-invitations',
  text: `select count(*) as open from vouchsafe.dataset_invitation
          where company_id = $1 and used_at is null and expires_at > $2`,
  params: ['text', 'timestamptz'],
  columns: { open: 'int8' },
});

/** Takes out what stands in the way of a new invitation for this address, whose link is void by that. */
export const replaceInvitation = statement({
  name: 'sharing.replace-invitation',
  text: `delete from vouchsafe.dataset_invitation where company_id = $1 and dataset_id = $2 and email = $3 and used_at is null
         returning id`,
  params: ['text', 'text', 'text'],
  columns: { id: 'text' },
});

/** Takes back open invitations to dataset `$1` for the address of user `$2`, whatever company they act in. */
export const voidInvitations = statement({
  name: 'sharing.void-invitations',
  text: 'select vouchsafe.void_dataset_invitations($1, $2) as voided',
  params: ['text', 'text'],
  columns: { voided: 'void' },
});

export const insertInvitation = statement({
  name: 'sharing.insert-invitation',
  text: `insert into vouchsafe.dataset_invitation
           (id, dataset_id, company_id, email, "right", until, invited_by, digest, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
  params: [
    ...(['text', 'text', 'text', 'text', 'text', 'timestamptz?', 'text', 'bytea'] as const),
    ...(['timestamptz', 'timestamptz'] as const),
  ],
});

export const withdrawInvitation = statement({
  name: 'sharing.withdraw-invitation',
  text: `delete from vouchsafe.dataset_invitation
          where company_id = $1 and dataset_id = $2 and id = $3 and used_at is null and expires_at > $4
         returning "right"`,
  params: ['text', 'text', 'text', 'timestamptz'],
  columns: { right: 'text' },
});

/** Finds an invitation by its token's digest across companies, used and expired ones too. */
export const findInvitation = statement({
  name: 'sharing.find-invitation',
  text: `select id, company_id, company_name, dataset_name, email, "right", until, expires_at, used_at
           from vouchsafe.find_dataset_invitation($1)`,
  params: ['bytea'],
  columns: {
    id: 'text',
    company_id: 'text',
    company_name: 'text',
    dataset_name: 'text',
    email: 'text',
    right: 'text',
    until: 'timestamptz?',
    expires_at: 'timestamptz',
    used_at: 'timestamptz?',
  },
});

/** Uses an invitation for the transaction's user in one of their companies: digest, id of the grant, company, time. */
export const acceptInvitation = statement({
  name: 'sharing.accept-invitation',
  text: `select outcome, dataset_id, dataset_name, "right", until, inviter_email
           from vouchsafe.accept_dataset_invitation($1, $2, $3, $4)`,
  params: ['bytea', 'text', 'text', 'timestamptz'],
  columns: {
    outcome: 'text',
    dataset_id: 'text?',
    dataset_name: 'text?',
    right: 'text?',
    until: 'timestamptz?',
    inviter_email: 'text?',
  },
});

/** Whether a session of the transaction's user counts still. */
export const isLive = statement({
  name: 'sharing.is-live',
  text: `select exists (select from vouchsafe.session join vouchsafe.user_account as person on person.id = session.user_id
                         where session.id = $2 and session.user_id = $1 and session.ended_at is null
                           and session.credential_epoch = person.credential_epoch) as live`,
  params: ['text', 'text'],
  columns: { live: 'bool' },
});

/** Asks for access: request, ids for mails, dataset, right, time, end. Tells nothing. */
export const askForDataset = statement({
  name: 'sharing.ask',
  text: 'select vouchsafe.ask_for_dataset($1, $2, $3, $4, $5, $6)',
  params: ['text', 'text[]', 'text', 'text', 'timestamptz', 'timestamptz'],
  columns: { ask_for_dataset: 'void' },
});

/** Requests that wait for a decision, of all datasets that the actor manages or of one (`$3`), oldest first. */
export const listRequests = statement({
  name: 'sharing.list-requests',
  text: `select r.id, r.dataset_id, d.name as dataset_name, r.email, r.name, r.company_name, r."right", r.created_at, r.expires_at
           from vouchsafe.dataset_request r join vouchsafe.dataset d on d.id = r.dataset_id
          where r.company_id = $1 and r.refused_at is null and r.expires_at > $2
            and ($3::text is null or r.dataset_id = $3 or d.name = $3)
          order by r.id limit 200`,
  params: ['text', 'timestamptz', 'text?'],
  columns: {
    id: 'text',
    dataset_id: 'text',
    dataset_name: 'text',
    email: 'text',
    name: 'text?',
    company_name: 'text',
    right: 'text',
    created_at: 'timestamptz',
    expires_at: 'timestamptz',
  },
});

/** `email` is what the asker told, `address` where they are reached today. */
export const lockRequest = statement({
  name: 'sharing.lock-request',
  text: `select r.dataset_id, d.name as dataset_name, d.may_be_shared_outside, c.name as owner_name, r.asker_id,
                r.acting_company_id, r.email, r.name, r.company_name, r."right",
                coalesce(vouchsafe.address_of_asker(r.id), r.email) as address
           from vouchsafe.dataset_request r join vouchsafe.dataset d on d.id = r.dataset_id
           join vouchsafe.company c on c.id = r.company_id
          where r.company_id = $1 and r.id = $2 and r.refused_at is null and r.expires_at > $3 for update of r`,
  params: ['text', 'text', 'timestamptz'],
  columns: {
    dataset_id: 'text',
    dataset_name: 'text',
    may_be_shared_outside: 'bool',
    owner_name: 'text',
    asker_id: 'text',
    acting_company_id: 'text',
    email: 'text',
    name: 'text?',
    company_name: 'text',
    right: 'text',
    address: 'text',
  },
});

export const refuseRequest = statement({
  name: 'sharing.refuse-request',
  text: 'update vouchsafe.dataset_request set refused_at = $3 where company_id = $1 and id = $2',
  params: ['text', 'text', 'timestamptz'],
});

export const deleteRequest = statement({
  name: 'sharing.delete-request',
  text: 'delete from vouchsafe.dataset_request where company_id = $1 and id = $2',
  params: ['text', 'text'],
});

/** Events of one dataset before an id, newest first; members by name, others by what they told when they were let in. */
export const listActivity = statement({
  name: 'sharing.list-activity',
  text: `select event.id, event.at, event.actor, coalesce(person.name, told.name) as actor_name,
                coalesce(person.email, told.email) as actor_email, event.action, event.details
           from vouchsafe.audit_event as event
           left join vouchsafe.member on member.company_id = event.company_id and member.user_id = event.actor
           left join vouchsafe.user_account as person on person.id = member.user_id
           left join lateral (
             select g.name, g.email from vouchsafe.dataset_grant g
              where g.company_id = event.company_id and g.dataset_id = event.target and g.user_id = event.actor and g.email is not null
              limit 1) as told on true
          where event.company_id = $1 and event.target = $2 and event.target like 'dst%' and ($3::text is null or event.id < $3)
          order by event.id desc limit $4`,
  params: ['text', 'text', 'text?', 'int8'],
  columns: {
    id: 'text',
    at: 'timestamptz',
    actor: 'text?',
    actor_name: 'text?',
    actor_email: 'text?',
    action: 'text',
    details: 'jsonb',
  },
});

/** Has to come after `audit.lock-company`, which whoever closes the company waits for. */
export const switchDataset = statement({
  name: 'sharing.switch-dataset',
  text: `update vouchsafe.dataset set shared_outside = $3 where company_id = $1 and id = $2
         returning shared_outside, may_be_shared_outside`,
  params: ['text', 'text', 'bool'],
  columns: { shared_outside: 'bool', may_be_shared_outside: 'bool' },
});

export const readSettings = statement({
  name: 'sharing.read-settings',
  text: 'select datasets_outside as outside, dataset_reads_logged as reads_logged from vouchsafe.company where id = $1',
  params: ['text'],
  columns: { outside: 'bool', reads_logged: 'bool' },
});

/** What is null stays as it is. Every dataset of the company follows in the same transaction. */
export const changeSettings = statement({
  name: 'sharing.change-settings',
  text: `update vouchsafe.company
            set datasets_outside = coalesce($2, datasets_outside), dataset_reads_logged = coalesce($3, dataset_reads_logged)
          where id = $1`,
  params: ['text', 'bool?', 'bool?'],
});

export const sweepSharing = statement({
  name: 'sharing.sweep',
  text: 'select vouchsafe.sweep_dataset_sharing($1) as dropped',
  params: ['timestamptz'],
  columns: { dropped: 'int8' },
});
