-- The outbox: mail is written in the transaction of what it tells of, and one job for each waits in graphile-worker's queue.
--
-- vouchsafe_jobs cannot log in; it owns the schema graphile_worker, whose tables that library makes and changes itself
-- (src/store/queue.ts), and is the only role besides erasure that sees mail. The server's own role can put mail in, and
-- cannot read, change or take back any.
--
-- Functions for the server:
--   enqueue_mail(mail, company, person, template, recipient, params, link_purpose, link_id, at, expires) → void
--       A mail, and the job that delivers it, both in the caller's transaction.
-- Functions for vouchsafe_jobs:
--   release_stuck_jobs(tasks text[], seconds int4) → int4: jobs given back to the queue whose process took them longer ago
--       than that and never said how they ended, because it crashed. graphile-worker itself waits four hours.
--   queue_as_text(mail text) → text: all that the queue holds of a mail, for the check that no token is among it.

-- Not "if not exists": a queue of somebody else's in this database is not ours to use.
create schema graphile_worker authorization vouchsafe_jobs;

grant usage on schema vouchsafe to vouchsafe_jobs;
grant select, insert, delete, update (attempts, delivered_at) on vouchsafe.mail to vouchsafe_jobs;
grant execute on function vouchsafe.is_id(text, text) to vouchsafe_jobs;
create policy jobs on vouchsafe.mail to vouchsafe_jobs using (true) with check (true);

-- Sixty attempts last longer (13 days), so that a mail ends by being handed over, refused for good, or out of date.
alter table vouchsafe.mail add constraint mail_is_short_lived
  check (expires_at > created_at and expires_at <= created_at + interval '240 hours');
create index mail_by_expiry on vouchsafe.mail (expires_at);

create function vouchsafe.enqueue_mail(
  mail text, company text, person text, template text, recipient text, params jsonb, link_purpose text, link_id text,
  at timestamptz, expires timestamptz
) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into vouchsafe.mail
    (id, company_id, user_id, template, recipient, params, link_purpose, link_id, created_at, expires_at)
    values (mail, company, person, template, recipient, params, link_purpose, link_id, at, expires);
  -- The job holds the id alone: nothing about a person lies in the queue.
  perform graphile_worker.add_job('mail.deliver', json_build_object('mail', mail), max_attempts => 60);
end
$$;

create function vouchsafe.release_stuck_jobs(tasks text[], seconds int) returns int
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  released int;
begin
  update graphile_worker._private_jobs as j set locked_at = null, locked_by = null
    from graphile_worker._private_tasks as t
    where t.id = j.task_id and t.identifier = any (tasks) and j.locked_at < now() - make_interval(secs => seconds);
  get diagnostics released = row_count;
  return released;
end
$$;

create function vouchsafe.queue_as_text(mail text) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return (select coalesce(string_agg(row_to_json(j)::text, ' '), '') from graphile_worker._private_jobs as j
          where j.payload ->> 'mail' = mail);
end
$$;

grant execute on function
  vouchsafe.enqueue_mail(text, text, text, text, text, jsonb, text, text, timestamptz, timestamptz)
to vouchsafe_app;

grant create on schema vouchsafe to vouchsafe_jobs;
alter function vouchsafe.enqueue_mail(text, text, text, text, text, jsonb, text, text, timestamptz, timestamptz)
  owner to vouchsafe_jobs;
alter function vouchsafe.release_stuck_jobs(text[], int) owner to vouchsafe_jobs;
alter function vouchsafe.queue_as_text(text) owner to vouchsafe_jobs;
revoke create on schema vouchsafe from vouchsafe_jobs;

set local role vouchsafe_jobs;
-- As graphile-worker makes it (its src/migrate.ts): where it stands, the library does not try to make the schema, which
-- asks for a right on the whole database.
create table graphile_worker.migrations (
  id int primary key,
  ts timestamptz not null default now(),
  breaking boolean not null default false
);
set local role vouchsafe_owner;
