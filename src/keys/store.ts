import { statement } from '../store/statement.ts';

const KEY_COLUMNS = {
  id: 'text',
  project_id: 'text',
  public_key: 'text',
  name: 'text',
  scopes: 'text[]',
  networks: 'text[]',
  created_at: 'timestamptz',
  created_by: 'text?',
  per_second: 'int4?',
  per_day: 'int4?',
  expires_at: 'timestamptz?',
  revoked_at: 'timestamptz?',
  exposed_at: 'timestamptz?',
  previous_expires_at: 'timestamptz?',
  used_at: 'timestamptz?',
} as const;

export const insertKey = statement({
  name: 'keys.insert',
  text: `insert into vouchsafe.key
           (id, company_id, project_id, public_key, secret_digest, pepper_id, name, scopes, networks, expires_at, created_at,
            created_by, per_second, per_day)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
  params: [
    'text',
    'text',
    'text',
    'text',
    'bytea',
    'int4',
    'text',
    'text[]',
    'text[]',
    'timestamptz?',
    'timestamptz',
    'text?',
    'int4?',
    'int4?',
  ],
});

export const listKeys = statement({
  name: 'keys.list',
  text: `select key.id, key.project_id, key.public_key, key.name, key.scopes, key.networks, key.created_at, key.created_by, key.per_second,
                key.per_day, key.expires_at, key.revoked_at, key.exposed_at, key.previous_expires_at, key_use.used_at
           from vouchsafe.key left join vouchsafe.key_use on key_use.key_id = key.id
          where key.company_id = $1 order by key.id`,
  params: ['text'],
  columns: KEY_COLUMNS,
});

/** Keys of one company, or of one of its projects, before an id, newest first. */
export const pageOfKeys = statement({
  name: 'keys.page',
  text: `select key.id, key.project_id, key.public_key, key.name, key.scopes, key.networks, key.created_at, key.created_by, key.per_second,
                key.per_day, key.expires_at, key.revoked_at, key.exposed_at, key.previous_expires_at, key_use.used_at
           from vouchsafe.key left join vouchsafe.key_use on key_use.key_id = key.id
          where key.company_id = $1 and ($2::text is null or key.project_id = $2) and ($3::text is null or key.id < $3)
          order by key.id desc limit $4`,
  params: ['text', 'text?', 'text?', 'int8'],
  columns: KEY_COLUMNS,
});

/** Reads a key that nobody else changes before the transaction ends. */
export const lockKey = statement({
  name: 'keys.lock',
  text: `select key.id, key.project_id, key.public_key, key.name, key.scopes, key.networks, key.created_at, key.created_by, key.per_second,
                key.per_day, key.expires_at, key.revoked_at, key.exposed_at, key.previous_expires_at,
                (select used_at from vouchsafe.key_use where key_use.key_id = key.id) as used_at
           from vouchsafe.key where key.company_id = $1 and key.id = $2 for no key update`,
  params: ['text', 'text'],
  columns: KEY_COLUMNS,
});

/** Whoever makes keys in a project waits for the one before, so that they can be counted. */
export const lockProjectOfKeys = statement({
  name: 'keys.lock-project',
  text: 'select id, name from vouchsafe.project where company_id = $1 and id = $2 for no key update',
  params: ['text', 'text'],
  columns: { id: 'text', name: 'text' },
});

export const countUsableKeys = statement({
  name: 'keys.count-usable',
  text: `select count(*) as keys from vouchsafe.key
          where company_id = $1 and project_id = $2 and revoked_at is null and (expires_at is null or expires_at > $3)`,
  params: ['text', 'text', 'timestamptz'],
  columns: { keys: 'int8' },
});

export const revokeKey = statement({
  name: 'keys.revoke',
  text: `update vouchsafe.key set revoked_at = $3, revoke_reason = $4
          where company_id = $1 and id = $2 and revoked_at is null returning id`,
  params: ['text', 'text', 'timestamptz', 'text'],
  columns: { id: 'text' },
});

/** Sets everything about a key that can be changed. */
export const changeKey = statement({
  name: 'keys.change',
  text: `update vouchsafe.key set name = $3, scopes = $4, networks = $5, expires_at = $6, per_second = $7, per_day = $8
          where company_id = $1 and id = $2 returning id`,
  params: ['text', 'text', 'text', 'text[]', 'text[]', 'timestamptz?', 'int4?', 'int4?'],
  columns: { id: 'text' },
});

/** The present secret becomes the previous one until `$5`, or is over at once where that is null; the one before is over. */
export const rotateKey = statement({
  name: 'keys.rotate',
  text: `update vouchsafe.key
            set previous_digest = case when $5::timestamptz is null then null else secret_digest end,
                previous_expires_at = $5, secret_digest = $3, pepper_id = $4
          where company_id = $1 and id = $2 and revoked_at is null returning id`,
  params: ['text', 'text', 'bytea', 'int4', 'timestamptz?'],
  columns: { id: 'text' },
});

/** Owners of a company, who are told of what matters. */
export const listOwners = statement({
  name: 'keys.owners',
  text: `select person.id, person.email, company.name as company_name
           from vouchsafe.member join vouchsafe.user_account as person on person.id = member.user_id
           join vouchsafe.company on company.id = member.company_id
          where member.company_id = $1 and member.role = 'owner' order by person.id`,
  params: ['text'],
  columns: { id: 'text', email: 'text', company_name: 'text' },
});

/** Which of these public keys there are, of whichever company; through a function that shows no more of them. */
export const locatePublicKeys = statement({
  name: 'keys.locate-public',
  text: 'select public_key, key_id, company_id from vouchsafe.locate_public_keys($1)',
  params: ['text[]'],
  columns: { public_key: 'text', key_id: 'text', company_id: 'text' },
});

/**
 * Adds failed attempts to those that are open. After none was, or a day without one, the count starts anew. The row stays
 * locked until the transaction ends, so that of all who add at the same time one sees the number reached.
 */
export const addFailures = statement({
  name: 'keys.add-failures',
  text: `insert into vouchsafe.key_failure as f (key_id, company_id, open, first_at, last_at)
         select key.id, key.company_id, $3, $4, $5 from vouchsafe.key where key.company_id = $1 and key.id = $2
         on conflict (key_id) do update
           set open = case when f.last_at < excluded.first_at - interval '1 day' then excluded.open
                           else least(f.open::int8 + excluded.open, 1000000000)::int4 end,
               first_at = case when f.open <= 0 or f.last_at < excluded.first_at - interval '1 day' then excluded.first_at
                               else least(f.first_at, excluded.first_at) end,
               last_at = greatest(f.last_at, excluded.last_at),
               noticed_at = case when f.open <= 0 or f.last_at < excluded.first_at - interval '1 day' then null
                                 else f.noticed_at end
         returning open, first_at, last_at, noticed_at`,
  params: ['text', 'text', 'int4', 'timestamptz', 'timestamptz'],
  columns: { open: 'int4', first_at: 'timestamptz', last_at: 'timestamptz', noticed_at: 'timestamptz?' },
});

/** Takes failures away whose sources have succeeded since. */
export const endFailures = statement({
  name: 'keys.end-failures',
  text: `insert into vouchsafe.key_failure as f (key_id, company_id, open, first_at, last_at)
         select key.id, key.company_id, -$3::int4, $4, $4 from vouchsafe.key where key.company_id = $1 and key.id = $2
         on conflict (key_id) do update
           set open = greatest(f.open::int8 + excluded.open, -1000000000)::int4,
               noticed_at = case when f.open + excluded.open <= 0 then null else f.noticed_at end
         returning open`,
  params: ['text', 'text', 'int4', 'timestamptz'],
  columns: { open: 'int4' },
});

/** Notes that a row of failures was told of, or put aside to be. */
export const noticeFailures = statement({
  name: 'keys.notice-failures',
  text: 'update vouchsafe.key_failure set noticed_at = $3 where company_id = $1 and key_id = $2 returning key_id',
  params: ['text', 'text', 'timestamptz'],
  columns: { key_id: 'text' },
});

export const ensureNotice = statement({
  name: 'keys.ensure-notice',
  text: 'insert into vouchsafe.failure_notice (company_id) values ($1) on conflict (company_id) do nothing',
  params: ['text'],
});

/** When a company was last told of failures; whoever decides about the next time waits here for the one before. */
export const lockNotice = statement({
  name: 'keys.lock-notice',
  text: `select mailed_at, alarmed_at, untold_streaks, untold_failures, untold_alarms
           from vouchsafe.failure_notice where company_id = $1 for update`,
  params: ['text'],
  columns: {
    mailed_at: 'timestamptz?',
    alarmed_at: 'timestamptz?',
    untold_streaks: 'int4',
    untold_failures: 'int4',
    untold_alarms: 'int4',
  },
});

export const writeNotice = statement({
  name: 'keys.write-notice',
  text: `update vouchsafe.failure_notice
            set mailed_at = $2, alarmed_at = $3, untold_streaks = $4, untold_failures = $5, untold_alarms = $6
          where company_id = $1 returning company_id`,
  params: ['text', 'timestamptz?', 'timestamptz?', 'int4', 'int4', 'int4'],
  columns: { company_id: 'text' },
});

/** What a mail about a key says of it. */
export const readKeyForMail = statement({
  name: 'keys.read-for-mail',
  text: `select key.name, key.public_key, key.project_id, project.name as project_name, company.name as company_name,
                company.contact_email
           from vouchsafe.key join vouchsafe.project on project.id = key.project_id
           join vouchsafe.company on company.id = key.company_id
          where key.company_id = $1 and key.id = $2`,
  params: ['text', 'text'],
  columns: {
    name: 'text',
    public_key: 'text',
    project_id: 'text',
    project_name: 'text',
    company_name: 'text',
    contact_email: 'text?',
  },
});

/** Reads which of its secrets a digest belongs to; nobody else changes the key before the transaction ends. */
export const lockSecret = statement({
  name: 'keys.lock-secret',
  text: `select secret_digest = $3 as is_current, revoked_at from vouchsafe.key
          where company_id = $1 and id = $2 and (secret_digest = $3 or previous_digest = $3) for no key update`,
  params: ['text', 'text', 'bytea'],
  columns: { is_current: 'bool', revoked_at: 'timestamptz?' },
});

/** Takes an open link away that stands in the way of a new one. */
export const replaceReveal = statement({
  name: 'keys.replace-reveal',
  text: 'delete from vouchsafe.key_reveal where company_id = $1 and key_id = $2 and used_at is null',
  params: ['text', 'text'],
});

export const insertReveal = statement({
  name: 'keys.insert-reveal',
  text: `insert into vouchsafe.key_reveal (id, company_id, key_id, digest, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6)`,
  params: ['text', 'text', 'text', 'bytea', 'timestamptz', 'timestamptz'],
});

/** Finds a link by its token's digest across companies, used and expired ones too. */
export const findReveal = statement({
  name: 'keys.find-reveal',
  text: 'select id, company_id, key_id, expires_at, used_at from vouchsafe.find_key_reveal($1)',
  params: ['bytea'],
  columns: {
    id: 'text',
    company_id: 'text',
    key_id: 'text',
    expires_at: 'timestamptz',
    used_at: 'timestamptz?',
  },
});

/** Uses a link, once. */
export const useReveal = statement({
  name: 'keys.use-reveal',
  text: `update vouchsafe.key_reveal set used_at = $3
          where company_id = $1 and digest = $2 and used_at is null and expires_at > $3 returning id`,
  params: ['text', 'bytea', 'timestamptz'],
  columns: { id: 'text' },
});

/** Forgets links that are used or over. */
export const sweepReveals = statement({
  name: 'keys.sweep-reveals',
  text: 'select vouchsafe.sweep_key_reveals($1) as dropped',
  params: ['timestamptz'],
  columns: { dropped: 'int8' },
});

/** Ends the secret before the last rotation. */
export const endPreviousSecret = statement({
  name: 'keys.end-previous',
  text: `update vouchsafe.key set previous_digest = null, previous_expires_at = null
          where company_id = $1 and id = $2 returning id`,
  params: ['text', 'text'],
  columns: { id: 'text' },
});

/** Notes that a secret was seen where others may have seen it; revokes the pair where its project says so. */
export const markExposed = statement({
  name: 'keys.mark-exposed',
  text: 'select revoked_at is not null as revoked, is_new from vouchsafe.mark_exposed($1, $2)',
  params: ['text', 'timestamptz'],
  columns: { revoked: 'bool', is_new: 'bool' },
});
