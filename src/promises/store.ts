/** The SQL of the history of promises, and of the questions that their checks ask about our own tables. */
import { statement } from '../store/statement.ts';

const ENTRY_COLUMNS = {
  seq: 'int8',
  promise_id: 'text',
  state: 'text',
  evidence: 'text',
  checked_at: 'timestamptz',
  previous_hash: 'bytea',
  hash: 'bytea',
  signature: 'bytea',
} as const;

/** The newest entry, where there is one. */
export const readHead = statement({
  name: 'promises.head',
  text: 'select seq, hash from vouchsafe.promise_check order by seq desc limit 1',
  params: [],
  columns: { seq: 'int8', hash: 'bytea' },
});

/** Adds one entry; no row comes back where another process has added an entry with this number or predecessor. */
export const insertEntry = statement({
  name: 'promises.append',
  text: `insert into vouchsafe.promise_check
           (seq, promise_id, state, evidence, checked_at, previous_hash, hash, signature)
           overriding system value
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict do nothing returning seq`,
  params: ['int8', 'text', 'text', 'text', 'timestamptz', 'bytea', 'bytea', 'bytea'],
  columns: { seq: 'int8' },
});

/** Entries before a number, newest first, at most `$2`. */
export const readPage = statement({
  name: 'promises.page',
  text: `select seq, promise_id, state, evidence, checked_at, previous_hash, hash, signature
           from vouchsafe.promise_check where seq < $1 order by seq desc limit $2`,
  params: ['int8', 'int8'],
  columns: ENTRY_COLUMNS,
});

/** Everything that is kept of one key, as text; `bytea` stands in it in hex. */
export const readKeyRow = statement({
  name: 'promises.key-row',
  text: `select to_jsonb(k)::text as content, secret_digest
           from vouchsafe.key k where company_id = $1 and id = $2`,
  params: ['text', 'text'],
  columns: { content: 'text', secret_digest: 'bytea' },
});

/** An attempt to keep a secret in a column that is not for secrets; it has to fail. */
export const insertKeyWithSecret = statement({
  name: 'promises.key-with-secret',
  text: `insert into vouchsafe.key
           (company_id, id, project_id, public_key, secret_digest, pepper_id, name, scopes, created_at,
            created_by, revoked_at, revoke_reason, networks)
         values ($1, $2, $3, $4, $5, 0, $6, $7, $8, $9, $8, $10, $11)`,
  params: [
    'text',
    'text',
    'text',
    'text',
    'bytea',
    'text',
    'text[]',
    'timestamptz',
    'text?',
    'text?',
    'text[]',
  ],
  columns: {},
});

/** A project and the domain whose pages may ask it: ids of the project, company and domain; name, origin, calls a second. */
export const addPageProject = statement({
  name: 'promises.add-page-project',
  text: `with page as (
           insert into vouchsafe.project (id, company_id, name, per_second, created_at) values ($1, $2, $4, $6, $7)
         )
         insert into vouchsafe.domain (id, company_id, project_id, origin, created_at) values ($3, $2, $1, $5, $7)`,
  params: ['text', 'text', 'text', 'text', 'text', 'int4', 'timestamptz'],
});

/** Removes keys of one company that were revoked, or made and forgotten, before a moment. */
export const deleteOldKeys = statement({
  name: 'promises.delete-old-keys',
  text: `delete from vouchsafe.key
          where company_id = $1 and (revoked_at < $2 or (revoked_at is null and created_at < $3))`,
  params: ['text', 'timestamptz', 'timestamptz'],
  columns: {},
});

/**
 * How many rows of other companies, and of this one, can be seen in the tables of companies. Not of mail and
 * versions of datasets, which this role cannot read at all.
 */
export const countVisibleRows = statement({
  name: 'promises.visible-rows',
  text: `select (select count(*) from vouchsafe.company where id <> $1)
              + (select count(*) from vouchsafe.project where company_id <> $1)
              + (select count(*) from vouchsafe.key where company_id <> $1)
              + (select count(*) from vouchsafe.usage_day where company_id <> $1)
              + (select count(*) from vouchsafe.quota_use where company_id <> $1)
              + (select count(*) from vouchsafe.member where company_id <> $1)
              + (select count(*) from vouchsafe.invitation where company_id <> $1)
              + (select count(*) from vouchsafe.key_use where company_id <> $1)
              + (select count(*) from vouchsafe.key_failure where company_id <> $1)
              + (select count(*) from vouchsafe.failure_notice where company_id <> $1)
              + (select count(*) from vouchsafe.key_reveal where company_id <> $1)
              + (select count(*) from vouchsafe.request_log where company_id <> $1)
              + (select count(*) from vouchsafe.unusual_use where company_id <> $1)
              + (select count(*) from vouchsafe.webhook where company_id <> $1)
              + (select count(*) from vouchsafe.webhook_delivery where company_id <> $1)
              + (select count(*) from vouchsafe.domain where company_id <> $1)
              + (select count(*) from vouchsafe.domain_day where company_id <> $1)
              + (select count(*) from vouchsafe.dataset where company_id <> $1)
              + (select count(*) from vouchsafe.dataset_grant where company_id <> $1)
              + (select count(*) from vouchsafe.dataset_comparison where company_id <> $1)
              + (select count(*) from vouchsafe.dataset_index where company_id <> $1)
              + (select count(*) from vouchsafe.dataset_index_use where company_id <> $1)
              + (select count(*) from vouchsafe.dataset_invitation where company_id <> $1)
              + (select count(*) from vouchsafe.dataset_request where company_id <> $1)
              + (select count(*) from vouchsafe.dataset_restoration where company_id <> $1)
              + (select count(*) from vouchsafe.upload where company_id <> $1)
              + (select count(*) from vouchsafe.upload_part where company_id <> $1)
              + (select count(*) from vouchsafe.upload_rejection where company_id <> $1)
              + (select count(*) from vouchsafe.audit_event where company_id <> $1) as others,
                (select count(*) from vouchsafe.company where id = $1)
              + (select count(*) from vouchsafe.project where company_id = $1) as own`,
  params: ['text'],
  columns: { others: 'int8', own: 'int8' },
});
