import { statement } from '../store/statement.ts';

/** Finds a secret by its digest across companies, through a function that shows just this one row. */
export const findSecret = statement({
  name: 'gate.find-secret',
  text: `select key_id, company_id, project_id, public_key, digest, scopes, networks, per_second, burst, per_day,
                per_month, is_soft, key_per_second, key_per_day, is_logged, logs_queries, expires_at, revoked_at, is_previous
           from vouchsafe.find_secret($1)`,
  params: ['bytea'],
  columns: {
    key_id: 'text',
    company_id: 'text',
    project_id: 'text',
    public_key: 'text',
    digest: 'bytea',
    scopes: 'text[]',
    networks: 'text[]',
    per_second: 'int4',
    burst: 'int4',
    per_day: 'int4?',
    per_month: 'int4?',
    is_soft: 'bool',
    key_per_second: 'int4?',
    key_per_day: 'int4?',
    is_logged: 'bool',
    logs_queries: 'bool',
    expires_at: 'timestamptz?',
    revoked_at: 'timestamptz?',
    is_previous: 'bool',
  },
});

/** Finds a project by one of its public keys or by its id, with its domains, through a function that shows just this one. */
export const findBrowserProject = statement({
  name: 'gate.find-browser-project',
  text: `select company_id, project_id, key_id, scopes, networks, per_second, burst, per_day, per_month, is_soft,
                key_per_second, key_per_day, is_logged, logs_queries, expires_at, revoked_at, allow_localhost, domain_ids,
                origins
           from vouchsafe.find_browser_project($1)`,
  params: ['text'],
  columns: {
    company_id: 'text',
    project_id: 'text',
    key_id: 'text?',
    scopes: 'text[]?',
    networks: 'text[]?',
    per_second: 'int4',
    burst: 'int4',
    per_day: 'int4?',
    per_month: 'int4?',
    is_soft: 'bool',
    key_per_second: 'int4?',
    key_per_day: 'int4?',
    is_logged: 'bool',
    logs_queries: 'bool',
    expires_at: 'timestamptz?',
    revoked_at: 'timestamptz?',
    allow_localhost: 'bool',
    domain_ids: 'text[]',
    origins: 'text[]',
  },
});

/** The number of changes to keys and projects so far; grows with every commit that changes one. */
export const readKeyEpoch = statement({
  name: 'gate.key-epoch',
  text: 'select vouchsafe.key_epoch() as epoch',
  params: [],
  columns: { epoch: 'int8' },
});

/** Notes that keys were used, to the quarter of an hour. */
export const touchKeys = statement({
  name: 'gate.touch-keys',
  text: 'select vouchsafe.touch_keys($1, $2) as written',
  params: ['text[]', 'timestamptz'],
  columns: { written: 'int4' },
});

/** A session that is not ended, and what its user is in which company; through a function that shows just this one. */
export const findSession = statement({
  name: 'gate.find-session',
  text: `select session_id, user_id, email, name, credential_epoch, seen_at, expires_at, is_strong, has_password,
                has_totp, has_passkey, companies, company_names, roles, second_factor_required
           from vouchsafe.find_session($1)`,
  params: ['text'],
  columns: {
    session_id: 'text',
    user_id: 'text',
    email: 'text',
    name: 'text?',
    credential_epoch: 'int4',
    seen_at: 'timestamptz',
    expires_at: 'timestamptz',
    is_strong: 'bool',
    has_password: 'bool',
    has_totp: 'bool',
    has_passkey: 'bool',
    companies: 'text[]',
    company_names: 'text[]',
    roles: 'text[]',
    second_factor_required: 'bool[]',
  },
});

/** Notes that a session is in use; run as its user. Rows seen since `$3` are left alone. */
export const touchSession = statement({
  name: 'gate.touch-session',
  text: 'update vouchsafe.session set seen_at = $2 where id = $1 and seen_at < $3',
  params: ['text', 'timestamptz', 'timestamptz'],
});

/** All keys of the ring, newest first. */
export const readRing = statement({
  name: 'gate.read-ring',
  text: 'select id, wrapped, created_at from vouchsafe.ring_key order by created_at desc, id',
  columns: { id: 'text', wrapped: 'bytea', created_at: 'timestamptz' },
});

/** One process at a time turns the ring; the lock goes with the transaction. */
export const lockRing = statement({
  name: 'gate.lock-ring',
  text: "select pg_advisory_xact_lock(hashtextextended('vouchsafe ring', 0)) as locked",
  columns: { locked: 'void' },
});

export const addRingKey = statement({
  name: 'gate.add-ring-key',
  text: 'insert into vouchsafe.ring_key (id, wrapped, created_at) values ($1, $2, $3)',
  params: ['text', 'bytea', 'timestamptz'],
});

/** Deletes all but the newest keys. */
export const trimRing = statement({
  name: 'gate.trim-ring',
  text: `delete from vouchsafe.ring_key
           where id not in (select id from vouchsafe.ring_key order by created_at desc, id limit $1)`,
  params: ['int8'],
});
