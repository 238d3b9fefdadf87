import { statement } from '../store/statement.ts';

const KEY_COLUMNS = {
  id: 'text',
  project_id: 'text',
  public_key: 'text',
  name: 'text',
  scopes: 'text[]',
  created_at: 'timestamptz',
  created_by: 'text?',
  expires_at: 'timestamptz?',
  revoked_at: 'timestamptz?',
  exposed_at: 'timestamptz?',
  previous_expires_at: 'timestamptz?',
  used_at: 'timestamptz?',
} as const;

export const insertKey = statement({
  name: 'keys.insert',
  text: `insert into vouchsafe.key
           (id, company_id, project_id, public_key, secret_digest, pepper_id, name, scopes, created_at, created_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
  params: ['text', 'text', 'text', 'text', 'bytea', 'int4', 'text', 'text[]', 'timestamptz', 'text?'],
});

export const listKeys = statement({
  name: 'keys.list',
  text: `select key.id, key.project_id, key.public_key, key.name, key.scopes, key.created_at, key.created_by, key.expires_at,
                key.revoked_at, key.exposed_at, key.previous_expires_at, key_use.used_at
           from vouchsafe.key left join vouchsafe.key_use on key_use.key_id = key.id
          where key.company_id = $1 order by key.id`,
  params: ['text'],
  columns: KEY_COLUMNS,
});

/** Keys of one company, or of one of its projects, before an id, newest first. */
export const pageOfKeys = statement({
  name: 'keys.page',
  text: `select key.id, key.project_id, key.public_key, key.name, key.scopes, key.created_at, key.created_by, key.expires_at,
                key.revoked_at, key.exposed_at, key.previous_expires_at, key_use.used_at
           from vouchsafe.key left join vouchsafe.key_use on key_use.key_id = key.id
          where key.company_id = $1 and ($2::text is null or key.project_id = $2) and ($3::text is null or key.id < $3)
          order by key.id desc limit $4`,
  params: ['text', 'text?', 'text?', 'int8'],
  columns: KEY_COLUMNS,
});

/** Reads a key that nobody else changes before the transaction ends. */
export const lockKey = statement({
  name: 'keys.lock',
  text: `select key.id, key.project_id, key.public_key, key.name, key.scopes, key.created_at, key.created_by, key.expires_at,
                key.revoked_at, key.exposed_at, key.previous_expires_at,
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

export const renameKey = statement({
  name: 'keys.rename',
  text: 'update vouchsafe.key set name = $3 where company_id = $1 and id = $2 returning id',
  params: ['text', 'text', 'text'],
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
