-- The house: companies, their projects and keys, counters of use, and the history of promises.
--
-- Roles. vouchsafe_owner owns everything here and runs migrations. vouchsafe_app is what the server connects as: it
-- has the grants below and nothing else, and row-level security shows it the rows of one company at a time
-- (`set_config('vouchsafe.company_id', …, true)`). vouchsafe_system cannot log in; it owns the few functions that
-- must look across companies, and may read and write only what those need.
--
-- Functions for the server (all others are internal):
--   find_secret(wanted bytea)
--       → at most one row: key_id, company_id, project_id, public_key, digest, pepper_id, scopes, per_second, per_day,
--         expires_at, revoked_at, exposed_at, revoke_exposed. Revoked and expired keys are found too.
--   add_usage(companies text[], projects text[], operations text[], days date[], outcomes text[], counts int8[])
--       → int4: counters written. Arrays of equal length; doubles are added up; months are made as needed.
--   lease_quota(project text, day date, want int4, plan_limit int8 or null)
--       → one row, none for an unknown project: granted int4, used int8, quota int8 or null. Takes up to `want`
--         units; the day's use never passes the smaller of the project's per_day and plan_limit.
--   return_quota(project text, day date, amount int4) → int8: use after giving leased units back.
--   mark_exposed(key text, at timestamptz)
--       → one row, none for an unknown key: exposed_at, revoked_at or null, is_new bool. Revokes the key where its
--         project says revoke_exposed.
--   key_epoch() → int8: grows with every committed change of a key, or of a project's limits.
--   company_ids() → set of text. locate_key(key text: its id or its public key) → key_id, company_id, project_id.
--   ensure_usage_months(ahead int4) → int4: months made; call at start and daily.
--   drop_usage_before(day date) → int4: whole months dropped. drop_quota_before(day date) → int8: rows dropped.
--
-- Channel vouchsafe_keys: the id of a changed key or project, or `*` when many changed at once.

alter default privileges revoke execute on functions from public;

-- An id is its prefix and 26 characters of Crockford's base32 (src/foundation/ids.ts).
create function vouchsafe.is_id(prefix text, id text) returns boolean
language sql immutable parallel safe
return id ~ ('^' || prefix || '_[0-7][0-9a-hjkmnp-tv-z]{25}$');

create table vouchsafe.installation (
  singleton boolean primary key default true check (singleton),
  created_at timestamptz not null,
  -- SHA-256 of the pepper: tells that a pepper belongs to this database, without telling the pepper.
  pepper_fingerprint bytea not null check (octet_length(pepper_fingerprint) = 32),
  signing_public_key bytea not null check (octet_length(signing_public_key) between 32 and 200)
);

create table vouchsafe.company (
  id text collate "C" primary key check (vouchsafe.is_id('com', id)),
  name text not null check (length(name) between 1 and 200),
  created_at timestamptz not null
);

create table vouchsafe.project (
  id text collate "C" primary key check (vouchsafe.is_id('prj', id)),
  company_id text collate "C" not null references vouchsafe.company on delete cascade,
  name text not null check (length(name) between 1 and 200),
  per_second int not null check (per_second between 1 and 1000000),
  -- Units in a UTC day; null where the plan has no such limit.
  per_day int check (per_day >= 0),
  -- Whether a secret that was seen in plain text is revoked at once.
  revoke_exposed boolean not null default false,
  created_at timestamptz not null,
  unique (company_id, id)
);

create table vouchsafe.key (
  id text collate "C" primary key check (vouchsafe.is_id('key', id)),
  company_id text collate "C" not null,
  project_id text collate "C" not null,
  public_key text collate "C" not null unique check (public_key ~ '^vs_pk_(live|test)_[A-Za-z0-9_-]{16,128}$'),
  -- HMAC-SHA-256 of the secret under the pepper; the secret itself is nowhere.
  secret_digest bytea not null unique check (octet_length(secret_digest) = 32),
  pepper_id int not null check (pepper_id >= 0),
  -- A secret pasted into a name would be kept in clear.
  name text not null check (length(name) between 1 and 200 and name !~ 'vs_sk_'),
  -- `service:access` words only, so that no secret fits in.
  scopes text[] collate "C" not null check (
    cardinality(scopes) <= 32 and array_position(scopes, null) is null
    and array_to_string(scopes, ' ') ~ '^([a-z]{1,32}:[a-z]{1,32}( |$))*$'
  ),
  created_at timestamptz not null,
  created_by text collate "C" check (vouchsafe.is_id('(usr|op|key)', created_by)),
  expires_at timestamptz,
  revoked_at timestamptz,
  revoke_reason text check (length(revoke_reason) between 1 and 200 and revoke_reason !~ 'vs_sk_'),
  exposed_at timestamptz,
  foreign key (company_id, project_id) references vouchsafe.project (company_id, id) on delete cascade,
  check (revoked_at is not null or revoke_reason is null)
);
create index key_by_project on vouchsafe.key (company_id, project_id);

-- Who asked, for what, from where and with which answer cannot be written down here: there is no column for it.
-- No foreign keys, so that a month is added and dropped without touching other tables.
create table vouchsafe.usage_day (
  company_id text collate "C" not null check (vouchsafe.is_id('com', company_id)),
  project_id text collate "C" not null check (vouchsafe.is_id('prj', project_id)),
  operation text collate "C" not null check (operation ~ '^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$' and length(operation) <= 64),
  day date not null check (day between '2020-01-01' and '2199-12-31'),
  outcome text collate "C" not null check (outcome in ('ok', 'refused', 'failed')),
  count bigint not null check (count >= 0),
  primary key (company_id, project_id, operation, day, outcome)
) partition by range (day);

create table vouchsafe.quota_day (
  company_id text collate "C" not null,
  project_id text collate "C" not null,
  day date not null,
  -- Units leased to server processes, of which they may give some back.
  used bigint not null check (used >= 0),
  primary key (project_id, day),
  foreign key (company_id, project_id) references vouchsafe.project (company_id, id) on delete cascade
);

-- Append-only and chained: `hash` covers a row and `previous_hash`, which only one row can follow.
create table vouchsafe.promise_check (
  seq bigint generated always as identity primary key,
  promise_id text collate "C" not null check (promise_id ~ '^[a-z0-9][a-z0-9.-]{0,99}$'),
  state text collate "C" not null check (state in ('kept', 'broken', 'unchecked')),
  evidence text not null check (length(evidence) <= 4000),
  checked_at timestamptz not null,
  previous_hash bytea not null unique check (octet_length(previous_hash) = 32),
  hash bytea not null unique check (octet_length(hash) = 32),
  signature bytea not null check (octet_length(signature) between 32 and 200)
);
create index promise_check_by_promise on vouchsafe.promise_check (promise_id, seq desc);

-- One row, updated in the transaction of the change, hence visible exactly when the change is: a sequence would tell
-- a reader of a number whose change it cannot see yet.
create table vouchsafe.key_epoch (
  singleton boolean primary key default true check (singleton),
  epoch bigint not null
);
insert into vouchsafe.key_epoch (epoch) values (1);

-- Guards ---------------------------------------------------------------------------------------------------------

create function vouchsafe.refuse_change() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end
$$;
create trigger append_only before update or delete or truncate on vouchsafe.promise_check
  for each statement execute function vouchsafe.refuse_change();

create function vouchsafe.keep_revocation() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at then
    raise exception 'a revocation is final' using errcode = 'check_violation', constraint = 'key_revocation_is_final';
  end if;
  if old.exposed_at is not null and new.exposed_at is distinct from old.exposed_at then
    raise exception 'an exposure is final' using errcode = 'check_violation', constraint = 'key_exposure_is_final';
  end if;
  return new;
end
$$;
create trigger revocation_is_final before update on vouchsafe.key
  for each row execute function vouchsafe.keep_revocation();

-- What others must hear --------------------------------------------------------------------------------------------

create function vouchsafe.note_key_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  -- Enough for anything a person does; a bulk load says "all" instead of filling the queue.
  most constant int := 100;
  ids text[];
begin
  select array_agg(id) into ids from (select id from changed limit most + 1) as first_ones;
  if ids is null then
    return null;
  end if;
  update vouchsafe.key_epoch set epoch = epoch + 1;
  if cardinality(ids) > most then
    perform pg_notify('vouchsafe_keys', '*');
  else
    perform pg_notify('vouchsafe_keys', one) from unnest(ids) as one;
  end if;
  return null;
end
$$;
create trigger key_inserted after insert on vouchsafe.key referencing new table as changed
  for each statement execute function vouchsafe.note_key_change();
create trigger key_updated after update on vouchsafe.key referencing new table as changed
  for each statement execute function vouchsafe.note_key_change();
create trigger key_deleted after delete on vouchsafe.key referencing old table as changed
  for each statement execute function vouchsafe.note_key_change();
create trigger project_updated after update on vouchsafe.project referencing new table as changed
  for each statement execute function vouchsafe.note_key_change();
create trigger project_deleted after delete on vouchsafe.project referencing old table as changed
  for each statement execute function vouchsafe.note_key_change();

-- Months of usage --------------------------------------------------------------------------------------------------

-- Owned by the owner, since making and dropping tables is the owner's right.
create function vouchsafe.make_usage_month(month date) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  first constant date := date_trunc('month', month)::date;
  name constant text := 'usage_day_' || to_char(first, 'YYYY_MM');
begin
  if first not between '2020-01-01' and '2199-12-01' then
    raise exception 'no usage is kept for that month' using errcode = 'datetime_field_overflow';
  end if;
  if to_regclass('vouchsafe.' || name) is not null then
    return false;
  end if;
  -- One maker at a time. A lock on the table, since only that also brings what others made meanwhile into our view.
  lock table vouchsafe.usage_day in share update exclusive mode;
  if to_regclass('vouchsafe.' || name) is not null then
    return false;
  end if;
  -- Made apart and then attached, which, unlike "partition of", does not lock out readers and writers.
  execute format('create table vouchsafe.%I (like vouchsafe.usage_day including all)', name);
  perform vouchsafe.protect_tables();
  execute format('alter table vouchsafe.usage_day attach partition vouchsafe.%I for values from (%L) to (%L)',
                 name, first, (first + interval '1 month')::date);
  return true;
end
$$;

create function vouchsafe.ensure_usage_months(ahead int) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  made int := 0;
begin
  for step in 0 .. least(greatest(ahead, 0), 24) loop
    if vouchsafe.make_usage_month(((now() at time zone 'UTC') + make_interval(months => step))::date) then
      made := made + 1;
    end if;
  end loop;
  return made;
end
$$;

create function vouchsafe.drop_usage_before(day date) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  part record;
  dropped int := 0;
begin
  for part in
    select c.oid::regclass as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'vouchsafe.usage_day'::regclass
      and to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month' <= day
  loop
    execute format('drop table %s', part.name);
    dropped := dropped + 1;
  end loop;
  return dropped;
end
$$;

-- Across companies -------------------------------------------------------------------------------------------------

create function vouchsafe.find_secret(wanted bytea)
returns table (
  key_id text, company_id text, project_id text, public_key text, digest bytea, pepper_id int, scopes text[], per_second int,
  per_day int, expires_at timestamptz, revoked_at timestamptz, exposed_at timestamptz, revoke_exposed boolean
)
language plpgsql stable rows 1 security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
  return query
    select k.id, k.company_id, k.project_id, k.public_key, k.secret_digest, k.pepper_id, k.scopes, p.per_second,
           p.per_day, k.expires_at, k.revoked_at, k.exposed_at, p.revoke_exposed
    from vouchsafe.key k join vouchsafe.project p on p.id = k.project_id
    where k.secret_digest = $1;
end
$$;

create function vouchsafe.add_usage(
  companies text[], projects text[], operations text[], days date[], outcomes text[], counts bigint[]
) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  written int;
begin
  perform vouchsafe.make_usage_month(month)
    from (select distinct date_trunc('month', day)::date as month from unnest(days) as day) as months
    where to_regclass('vouchsafe.usage_day_' || to_char(month, 'YYYY_MM')) is null;
  insert into vouchsafe.usage_day as u (company_id, project_id, operation, day, outcome, count)
    select company, project, operation, day, outcome, sum(amount)::bigint
    from unnest(companies, projects, operations, days, outcomes, counts)
      as t (company, project, operation, day, outcome, amount)
    group by company, project, operation, day, outcome
    -- One order for all writers, so that they cannot wait for each other in a circle.
    order by company, project, operation, day, outcome
  on conflict (company_id, project_id, operation, day, outcome)
    do update set count = u.count + excluded.count;
  get diagnostics written = row_count;
  return written;
end
$$;

create function vouchsafe.lease_quota(project text, day date, want int, plan_limit bigint)
returns table (granted int, used bigint, quota bigint)
language plpgsql rows 1 security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  owner_id text;
  ceiling bigint;
  before bigint;
  take int;
begin
  select p.company_id, least(p.per_day, $4) into owner_id, ceiling from vouchsafe.project p where p.id = $1;
  if owner_id is null then
    return;
  end if;
  select q.used into before from vouchsafe.quota_day q where q.project_id = $1 and q.day = $2 for update;
  if before is null then
    insert into vouchsafe.quota_day (company_id, project_id, day, used) values (owner_id, $1, $2, 0)
      on conflict do nothing;
    select q.used into before from vouchsafe.quota_day q where q.project_id = $1 and q.day = $2 for update;
  end if;
  -- `least` leaves out nulls: without any limit, all that is wanted.
  take := greatest(0, least(greatest(want, 0), ceiling - before));
  if take > 0 then
    update vouchsafe.quota_day q set used = q.used + take where q.project_id = $1 and q.day = $2;
  end if;
  return query select take, before + take, ceiling;
end
$$;

create function vouchsafe.return_quota(project text, day date, amount int) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  after bigint;
begin
  update vouchsafe.quota_day q set used = greatest(0, q.used - greatest($3, 0))
    where q.project_id = $1 and q.day = $2
    returning q.used into after;
  return coalesce(after, 0);
end
$$;

create function vouchsafe.mark_exposed(key text, at timestamptz)
returns table (exposed_at timestamptz, revoked_at timestamptz, is_new boolean)
language plpgsql rows 1 security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
  return query
    update vouchsafe.key k
      set exposed_at = coalesce(k.exposed_at, $2),
          revoked_at = case when p.revoke_exposed then coalesce(k.revoked_at, $2) else k.revoked_at end,
          revoke_reason = case when p.revoke_exposed and k.revoked_at is null then 'exposed' else k.revoke_reason end
      from vouchsafe.project p
      where k.id = $1 and p.id = k.project_id
        and (k.exposed_at is null or (p.revoke_exposed and k.revoked_at is null))
      returning k.exposed_at, k.revoked_at, true;
  if not found then
    return query select k.exposed_at, k.revoked_at, false from vouchsafe.key k where k.id = $1;
  end if;
end
$$;

create function vouchsafe.key_epoch() returns bigint
language sql stable security definer set search_path = pg_catalog, pg_temp
return (select epoch from vouchsafe.key_epoch);

create function vouchsafe.company_ids() returns setof text
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select id from vouchsafe.company order by id;
end;

create function vouchsafe.locate_key(key text) returns table (key_id text, company_id text, project_id text)
language sql stable rows 1 security definer set search_path = pg_catalog, pg_temp
begin atomic
  select k.id, k.company_id, k.project_id from vouchsafe.key k where k.id = $1 or k.public_key = $1;
end;

create function vouchsafe.drop_quota_before(day date) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  dropped bigint;
begin
  delete from vouchsafe.quota_day q where q.day < $1;
  get diagnostics dropped = row_count;
  return dropped;
end
$$;

-- Rights -----------------------------------------------------------------------------------------------------------

grant usage on schema vouchsafe to vouchsafe_app, vouchsafe_system;

grant select, insert on vouchsafe.installation, vouchsafe.promise_check to vouchsafe_app;
grant select, insert, delete on vouchsafe.company, vouchsafe.project, vouchsafe.key to vouchsafe_app;
grant update (name) on vouchsafe.company to vouchsafe_app;
grant update (name, per_second, per_day, revoke_exposed) on vouchsafe.project to vouchsafe_app;
grant update (name, scopes, expires_at, revoked_at, revoke_reason) on vouchsafe.key to vouchsafe_app;
grant select on vouchsafe.usage_day, vouchsafe.quota_day to vouchsafe_app;
-- Which migrations ran, so that a process can tell whether the schema is its own.
grant select on vouchsafe.schema_migration to vouchsafe_app;

grant select on vouchsafe.company, vouchsafe.project, vouchsafe.key, vouchsafe.key_epoch to vouchsafe_system;
grant update (exposed_at, revoked_at, revoke_reason) on vouchsafe.key to vouchsafe_system;
grant update (epoch) on vouchsafe.key_epoch to vouchsafe_system;
grant select, insert, update (count) on vouchsafe.usage_day to vouchsafe_system;
grant select, insert, delete, update (used) on vouchsafe.quota_day to vouchsafe_system;

create policy own_row on vouchsafe.company
  using (id = (select nullif(current_setting('vouchsafe.company_id', true), '')))
  with check (id = (select nullif(current_setting('vouchsafe.company_id', true), '')));
create policy reads on vouchsafe.installation for select to vouchsafe_app using (true);
create policy writes_once on vouchsafe.installation for insert to vouchsafe_app with check (true);
create policy reads on vouchsafe.promise_check for select to vouchsafe_app using (true);
create policy appends on vouchsafe.promise_check for insert to vouchsafe_app with check (true);
create policy reads on vouchsafe.schema_migration for select to vouchsafe_app using (true);
create policy owner on vouchsafe.schema_migration to vouchsafe_owner using (true) with check (true);

create policy system on vouchsafe.company for select to vouchsafe_system using (true);
create policy system on vouchsafe.project for select to vouchsafe_system using (true);
create policy system on vouchsafe.key to vouchsafe_system using (true) with check (true);
create policy system on vouchsafe.key_epoch to vouchsafe_system using (true) with check (true);
create policy system on vouchsafe.usage_day to vouchsafe_system using (true) with check (true);
create policy system on vouchsafe.quota_day to vouchsafe_system using (true) with check (true);

-- Checks run as whoever writes.
grant execute on function vouchsafe.is_id(text, text) to vouchsafe_app, vouchsafe_system;
grant execute on function vouchsafe.make_usage_month(date) to vouchsafe_system;
grant execute on function
  vouchsafe.find_secret(bytea),
  vouchsafe.add_usage(text[], text[], text[], date[], text[], bigint[]),
  vouchsafe.lease_quota(text, date, int, bigint),
  vouchsafe.return_quota(text, date, int),
  vouchsafe.mark_exposed(text, timestamptz),
  vouchsafe.key_epoch(),
  vouchsafe.company_ids(),
  vouchsafe.locate_key(text),
  vouchsafe.ensure_usage_months(int),
  vouchsafe.drop_usage_before(date),
  vouchsafe.drop_quota_before(date)
to vouchsafe_app;

-- Whoever is to own a function must be allowed to create in its schema; only for this moment.
grant create on schema vouchsafe to vouchsafe_system;
alter function vouchsafe.note_key_change() owner to vouchsafe_system;
alter function vouchsafe.find_secret(bytea) owner to vouchsafe_system;
alter function vouchsafe.add_usage(text[], text[], text[], date[], text[], bigint[]) owner to vouchsafe_system;
alter function vouchsafe.lease_quota(text, date, int, bigint) owner to vouchsafe_system;
alter function vouchsafe.return_quota(text, date, int) owner to vouchsafe_system;
alter function vouchsafe.mark_exposed(text, timestamptz) owner to vouchsafe_system;
alter function vouchsafe.key_epoch() owner to vouchsafe_system;
alter function vouchsafe.company_ids() owner to vouchsafe_system;
alter function vouchsafe.locate_key(text) owner to vouchsafe_system;
alter function vouchsafe.drop_quota_before(date) owner to vouchsafe_system;
revoke create on schema vouchsafe from vouchsafe_system;
