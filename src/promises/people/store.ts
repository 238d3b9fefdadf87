/** The SQL of synthetic people and of the checks that look at them. */
import { statement } from '../../store/statement.ts';

export const findCanary = statement({
  name: 'promises.find-canary',
  text: 'select user_id from vouchsafe.find_sign_in($1)',
  params: ['text'],
  columns: { user_id: 'text' },
});

export const readUserAge = statement({
  name: 'promises.user-age',
  text: 'select created_at from vouchsafe.user_account where id = $1',
  params: ['text'],
  columns: { created_at: 'timestamptz' },
});

export const addCanaryUser = statement({
  name: 'promises.add-canary-user',
  text: `insert into vouchsafe.user_account (id, email, name, created_at, active_on)
         values ($1, $2, $3, $4, ($4::timestamptz at time zone 'UTC')::date)`,
  params: ['text', 'text', 'text', 'timestamptz'],
});

export const addCanarySession = statement({
  name: 'promises.add-canary-session',
  text: `insert into vouchsafe.session
           (id, user_id, credential_epoch, is_strong, created_at, seen_at, expires_at, browser, platform)
         values ($1, $2, 1, false, $3, $3, $4, 'Canary', 'Canary')`,
  params: ['text', 'text', 'timestamptz', 'timestamptz'],
});

/**
 * A row in each further store of a person: $1 to $4 are ids of a password reset, a change of address, an invitation and a
 * passkey; then user, company, address, time, 32 and 60 random bytes, name. No password: nobody could sign in.
 */
export const addCanaryLinks = statement({
  name: 'promises.add-canary-links',
  text: `with reset as (
           insert into vouchsafe.password_reset (id, user_id, digest, created_at, expires_at)
             values ($1, $5, $9, $8::timestamptz, $8::timestamptz + interval '1 hour')
         ), change as (
           insert into vouchsafe.email_change (id, user_id, email, digest, created_at, expires_at)
             values ($2, $5, $7, $9, $8::timestamptz, $8::timestamptz + interval '1 hour')
         ), invited as (
           insert into vouchsafe.invitation (id, company_id, email, role, invited_by, digest, created_at, expires_at)
             values ($3, $6, $7, 'viewer', $5, $9, $8::timestamptz, $8::timestamptz + interval '1 hour')
         ), passkey as (
           insert into vouchsafe.passkey
               (id, user_id, credential_id, public_key, counter, transports, synced, name, created_at)
             values ($4, $5, $9, $10, 0, '{}', false, $11, $8::timestamptz)
         ), totp as (
           insert into vouchsafe.totp (user_id, box, created_at) values ($5, $10, $8::timestamptz)
         ), code as (
           insert into vouchsafe.recovery_code (user_id, digest, created_at) values ($5, $9, $8::timestamptz)
         ), ceremony as (
           insert into vouchsafe.ceremony (digest, purpose, bound_to, expires_at)
             values ($9, 'canary', $5, $8::timestamptz + interval '1 hour')
         ) select`,
  params: [
    ...(['text', 'text', 'text', 'text', 'text', 'text', 'text'] as const),
    ...(['timestamptz', 'bytea', 'bytea', 'text'] as const),
  ],
});

export const endCanarySession = statement({
  name: 'promises.end-canary-session',
  text: 'update vouchsafe.session set ended_at = $3 where user_id = $1 and id = $2 and ended_at is null',
  params: ['text', 'text', 'timestamptz'],
});

/** Rows outside a person's own stores that hold one of these texts. */
export const findTraces = statement({
  name: 'promises.find-traces',
  text: 'select store, rows from vouchsafe.traces($1)',
  params: ['text[]'],
  columns: { store: 'text', rows: 'int8' },
});

/** How hard hashes of passwords are to guess, and how many there are of each kind. */
export const passwordParameters = statement({
  name: 'promises.password-parameters',
  text: 'select parameters, hashes from vouchsafe.password_parameters()',
  params: [],
  columns: { parameters: 'text?', hashes: 'int8' },
});

/** Attempts to keep a password in another form; they have to fail. */
export const insertPassword = statement({
  name: 'promises.insert-password',
  text: 'insert into vouchsafe.password (user_id, phc, changed_at) values ($1, $2, $3)',
  params: ['text', 'text', 'timestamptz'],
});
export const insertSignUpPassword = statement({
  name: 'promises.insert-sign-up-password',
  text: `insert into vouchsafe.sign_up (id, email, phc, company_name, digest, created_at, expires_at)
         values ($1, $2, $3, 'Canary', $4, $5, $5)`,
  params: ['text', 'text', 'text', 'bytea', 'timestamptz'],
});

/** Events of one target whose row was written by the transaction that last wrote the key's row, and all events of it. */
export const compareTransactions = statement({
  name: 'promises.compare-transactions',
  text: `select count(*) filter (where e.xmin = k.xmin and e.actor = $3) as together, count(*) as events,
                bool_and(k.revoked_at is not null) as revoked
           from vouchsafe.key k left join vouchsafe.audit_event e
             on e.company_id = k.company_id and e.target = k.id and e.action = 'keys.revoke'
          where k.company_id = $1 and k.id = $2`,
  params: ['text', 'text', 'text'],
  columns: { together: 'int8', events: 'int8', revoked: 'bool?' },
});

/** Attempts to change and to take back what the log says; they have to fail. */
export const rewriteAudit = statement({
  name: 'promises.rewrite-audit',
  text: "update vouchsafe.audit_event set action = 'canary.rewritten' where company_id = $1",
  params: ['text'],
});
export const deleteAudit = statement({
  name: 'promises.delete-audit',
  text: 'delete from vouchsafe.audit_event where company_id = $1',
  params: ['text'],
});

/** A dataset that its company shares and one that its owner keeps, of a company that lets datasets out: ids, company, owner, time. */
export const addCanaryDatasets = statement({
  name: 'promises.add-canary-datasets',
  text: `with opened as (
           update vouchsafe.company set datasets_outside = true where id = $3 returning id
         ), made as (
           insert into vouchsafe.dataset (id, company_id, name, owner_id, visibility, created_at)
             select made.id, $3, made.name, $4, made.visibility, $5
               from (values ($1, 'canary_shared', 'company'), ($2, 'canary_kept', 'private')) as made (id, name, visibility)
         ) select id from opened`,
  params: ['text', 'text', 'text', 'text', 'timestamptz'],
  columns: { id: 'text' },
});

/** Lets a dataset out and shares it: grant, dataset, company, user, the company in which they act, time. */
export const shareCanaryDataset = statement({
  name: 'promises.share-canary-dataset',
  text: `with opened as (
           update vouchsafe.dataset set shared_outside = true where id = $2 and company_id = $3
         )
         insert into vouchsafe.dataset_grant (id, dataset_id, company_id, user_id, acting_company_id, "right", granted_at)
         values ($1, $2, $3, $4, $5, 'read', $6)`,
  params: ['text', 'text', 'text', 'text', 'text', 'timestamptz'],
});

export const closeCanaryDatasets = statement({
  name: 'promises.close-canary-datasets',
  text: 'update vouchsafe.company set datasets_outside = false where id = $1',
  params: ['text'],
});
