import { statement } from '../store/statement.ts';

/** Finds a secret by its digest across companies, through a function that shows just this one row. */
export const findSecret = statement({
  name: 'gate.find-secret',
  text: `select key_id, company_id, project_id, public_key, digest, scopes, per_second, per_day, expires_at, revoked_at
           from vouchsafe.find_secret($1)`,
  params: ['bytea'],
  columns: {
    key_id: 'text',
    company_id: 'text',
    project_id: 'text',
    public_key: 'text',
    digest: 'bytea',
    scopes: 'text[]',
    per_second: 'int4',
    per_day: 'int4?',
    expires_at: 'timestamptz?',
    revoked_at: 'timestamptz?',
  },
});

/** The number of changes to keys and projects so far; grows with every commit that changes one. */
export const readKeyEpoch = statement({
  name: 'gate.key-epoch',
  text: 'select vouchsafe.key_epoch() as epoch',
  params: [],
  columns: { epoch: 'int8' },
});

/** Notes that a secret was seen in plain text, and revokes it where its project says so. */
export const markExposed = statement({
  name: 'gate.mark-exposed',
  text: 'select revoked_at is not null as revoked from vouchsafe.mark_exposed($1, $2)',
  params: ['text', 'timestamptz'],
  columns: { revoked: 'bool' },
});
