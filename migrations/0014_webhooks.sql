-- Webhooks: where a company's programs are told of what happens to it, and what is on its way to them.
--
-- Nothing in a message is a secret, an address of a caller or a whole key (src/webhooks/outbox.ts). The secret under which
-- messages are signed lies here encrypted, under a key outside the database.
--
-- Functions for the server:
--   queue_webhook_delivery(delivery text, at timestamptz) → void: the job that starts the next attempt, in the caller's
--         transaction; in place of the one that waits already.
--   find_webhook_delivery(delivery text) → at most one row: company_id, webhook_id.
--   overdue_webhook_deliveries(due timestamptz, at timestamptz, most int4)
--       → delivery_id, company_id, webhook_id of what should have been tried by then and is in nobody's hands, as after a
--         crash; at most so many of one webhook.
--   drop_webhook_deliveries_before(at timestamptz) → int8: ended deliveries dropped.

create table vouchsafe.webhook (
  id text collate "C" primary key check (vouchsafe.is_id('whk', id)),
  company_id text collate "C" not null references vouchsafe.company on delete cascade,
  -- As WHATWG's URL writes it: https, host in punycode, no user, no fragment (src/webhooks/url.ts).
  url text collate "C" not null check (length(url) <= 1000 and url ~ '^https://[!-~]+$' and url !~ '#|vs_sk_|whsec_'),
  description text not null check (length(description) <= 200 and description !~ 'vs_sk_|whsec_'),
  events text[] collate "C" not null check (
    cardinality(events) between 1 and 16 and array_position(events, null) is null
    and array_to_string(events, ' ') ~ '^([a-z]+\.[a-z_]+( |$))+$'
  ),
  is_enabled boolean not null default true,
  -- Why the server switched it off; null where a member did.
  disabled_because text collate "C" check (disabled_because in ('gone', 'failing')),
  -- AES-256-GCM under a key outside the database, bound to the id: nonce, 32 bytes, tag.
  secret_box bytea not null check (octet_length(secret_box) = 60),
  -- The secret before the last rotation, which signs along until then.
  previous_box bytea check (octet_length(previous_box) = 60),
  previous_expires_at timestamptz,
  -- Since when every attempt has failed; null after a success.
  failing_since timestamptz,
  created_at timestamptz not null,
  unique (company_id, id),
  check ((previous_box is null) = (previous_expires_at is null)),
  check (not is_enabled or disabled_because is null)
);

-- One message to one webhook. Its id is the `webhook-id` of every attempt.
create table vouchsafe.webhook_delivery (
  id text collate "C" primary key check (vouchsafe.is_id('dlv', id)),
  company_id text collate "C" not null,
  webhook_id text collate "C" not null,
  type text collate "C" not null check (type ~ '^[a-z]+(\.[a-z_]+)?$' and length(type) <= 64),
  -- What is sent, byte for byte; gone once it was delivered.
  body text check (length(body) <= 8000 and body !~ 'vs_sk_|whsec_'),
  created_at timestamptz not null,
  state text collate "C" not null check (state in ('waiting', 'delivered', 'failed')),
  attempts int not null default 0 check (attempts between 0 and 1000),
  attempted_at timestamptz,
  -- When it is tried next.
  next_at timestamptz,
  -- While an attempt is under way nobody else makes one; a process that crashed lets go of it by this.
  claimed_until timestamptz,
  -- Of the last attempt: the status of the answer, or why there was none.
  status int check (status between 100 and 999),
  reason text collate "C" check (reason ~ '^[a-z_]{1,40}$'),
  ended_at timestamptz,
  foreign key (company_id, webhook_id) references vouchsafe.webhook (company_id, id) on delete cascade,
  check ((state = 'waiting') = (next_at is not null)),
  check ((state = 'waiting') = (ended_at is null)),
  check (state <> 'waiting' or body is not null),
  check (state <> 'delivered' or body is null)
);
create index webhook_delivery_by_webhook on vouchsafe.webhook_delivery (company_id, webhook_id, id desc);
create index webhook_delivery_waiting on vouchsafe.webhook_delivery (next_at) where state = 'waiting';
create index webhook_delivery_ended on vouchsafe.webhook_delivery (ended_at) where ended_at is not null;

-- Across companies -------------------------------------------------------------------------------------------------

create function vouchsafe.queue_webhook_delivery(delivery text, at timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- The job holds the id alone, and is no more than a word to look; what is to be done stands in the table.
  perform graphile_worker.add_job('webhooks.deliver', json_build_object('delivery', delivery), run_at => at,
                                  max_attempts => 25, job_key => delivery);
end
$$;

create function vouchsafe.find_webhook_delivery(delivery text) returns table (company_id text, webhook_id text)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select d.company_id, d.webhook_id from vouchsafe.webhook_delivery d
    where d.id = find_webhook_delivery.delivery and d.state = 'waiting';
end;

create function vouchsafe.overdue_webhook_deliveries(due timestamptz, at timestamptz, most int)
returns table (delivery_id text, company_id text, webhook_id text)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select t.id, t.company_id, t.webhook_id
    from (select d.id, d.company_id, d.webhook_id, d.next_at,
                 row_number() over (partition by d.webhook_id order by d.next_at) as place
          from vouchsafe.webhook_delivery d
          where d.state = 'waiting' and d.next_at < due and (d.claimed_until is null or d.claimed_until < at)) t
    where t.place <= most order by t.next_at;
end;

create function vouchsafe.drop_webhook_deliveries_before(at timestamptz) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  dropped bigint;
begin
  delete from vouchsafe.webhook_delivery d where d.ended_at < at;
  get diagnostics dropped = row_count;
  return dropped;
end
$$;

-- Rights -----------------------------------------------------------------------------------------------------------

grant select, insert, delete on vouchsafe.webhook to vouchsafe_app;
grant update (url, description, events, is_enabled, disabled_because, secret_box, previous_box, previous_expires_at,
              failing_since) on vouchsafe.webhook to vouchsafe_app;
grant select, insert on vouchsafe.webhook_delivery to vouchsafe_app;
grant update (body, state, attempts, attempted_at, next_at, claimed_until, status, reason, ended_at)
  on vouchsafe.webhook_delivery to vouchsafe_app;
grant select, delete on vouchsafe.webhook_delivery to vouchsafe_system;
create policy system on vouchsafe.webhook_delivery to vouchsafe_system using (true) with check (true);

grant execute on function
  vouchsafe.queue_webhook_delivery(text, timestamptz),
  vouchsafe.find_webhook_delivery(text),
  vouchsafe.overdue_webhook_deliveries(timestamptz, timestamptz, int),
  vouchsafe.drop_webhook_deliveries_before(timestamptz)
to vouchsafe_app;

grant create on schema vouchsafe to vouchsafe_jobs, vouchsafe_system;
alter function vouchsafe.queue_webhook_delivery(text, timestamptz) owner to vouchsafe_jobs;
alter function vouchsafe.find_webhook_delivery(text) owner to vouchsafe_system;
alter function vouchsafe.overdue_webhook_deliveries(timestamptz, timestamptz, int) owner to vouchsafe_system;
alter function vouchsafe.drop_webhook_deliveries_before(timestamptz) owner to vouchsafe_system;
revoke create on schema vouchsafe from vouchsafe_jobs, vouchsafe_system;
