import { statement } from '../store/statement.ts';

const KEY_COLUMNS = {
  id: 'text',
  project_id: 'text',
  public_key: 'text',
  name: 'text',
  scopes: 'text[]',
  created_at: 'timestamptz',
  expires_at: 'timestamptz?',
  revoked_at: 'timestamptz?',
  exposed_at: 'timestamptz?',
} as const;

export const insertKey = statement({
  name: 'keys.insert',
  text: `insert into vouchsafe.key (id, company_id, project_id, public_key, secret_digest, pepper_id, name, scopes, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
  params: ['text', 'text', 'text', 'text', 'bytea', 'int4', 'text', 'text[]', 'timestamptz'],
});

export const listKeys = statement({
  name: 'keys.list',
  text: `select id, project_id, public_key, name, scopes, created_at, expires_at, revoked_at, exposed_at
           from vouchsafe.key where company_id = $1 order by id`,
  params: ['text'],
  columns: KEY_COLUMNS,
});

export const revokeKey = statement({
  name: 'keys.revoke',
  text: `update vouchsafe.key set revoked_at = $3, revoke_reason = $4
          where company_id = $1 and id = $2 and revoked_at is null returning id`,
  params: ['text', 'text', 'timestamptz', 'text'],
  columns: { id: 'text' },
});
