import { statement } from '../store/statement.ts';

export const insertAuditEvent = statement({
  name: 'audit.insert-event',
  text: `insert into vouchsafe.audit_event (id, company_id, at, actor, action, target, details)
         values ($1, $2, $3, $4, $5, $6, $7)`,
  params: ['text', 'text', 'timestamptz', 'text?', 'text', 'text?', 'jsonb'],
});

/** Changes of members, roles and of what is counted wait here for each other; those of other things do not. */
export const lockCompany = statement({
  name: 'audit.lock-company',
  text: 'select id from vouchsafe.company where id = $1 for no key update',
  params: ['text'],
  columns: { id: 'text' },
});

/** What a user is in a company now, which nobody changes before this transaction has ended, and whether the session still counts. */
export const lockActor = statement({
  name: 'audit.lock-actor',
  text: `select member.role, company.require_second_factor,
                exists (select from vouchsafe.session
                          join vouchsafe.user_account as person on person.id = session.user_id
                         where session.id = $3 and session.user_id = $2 and session.ended_at is null
                           and session.credential_epoch = person.credential_epoch) as is_live
           from vouchsafe.member join vouchsafe.company on company.id = member.company_id
          where member.company_id = $1 and member.user_id = $2
            for share of member`,
  params: ['text', 'text', 'text'],
  columns: { role: 'text', require_second_factor: 'bool', is_live: 'bool' },
});

/** Events before an id, newest first; the name of one who is no member any more is not told. */
export const listAuditEvents = statement({
  name: 'audit.list-events',
  text: `select event.id, event.at, event.actor, person.name as actor_name, event.action, event.target, event.details
           from vouchsafe.audit_event as event
           left join vouchsafe.member on member.company_id = event.company_id and member.user_id = event.actor
           left join vouchsafe.user_account as person on person.id = member.user_id
          where event.company_id = $1 and ($2::text is null or event.id < $2)
          order by event.id desc limit $3`,
  params: ['text', 'text?', 'int8'],
  columns: {
    id: 'text',
    at: 'timestamptz',
    actor: 'text?',
    actor_name: 'text?',
    action: 'text',
    target: 'text?',
    details: 'jsonb',
  },
});
