-- Authorised domains: web origins whose pages may call a project with its public key or its id, and no secret.
--
-- Functions for the server:
--   find_browser_project(wanted text: a public key or the id of a project)
--       → at most one row: company_id, project_id, key_id or null, scopes or null, per_second, per_day, expires_at,
--         revoked_at, allow_localhost, domain_ids, origins (of equal length). Revoked and expired keys are found too.
--   count_domain_calls(domains text[], days date[], counts int8[], at timestamptz) → int4: counters written. Arrays of
--         equal length, each domain and day once; domains that are gone are left out.
--   drop_domain_days_before(day date) → int8: counters dropped.
--
-- Channel vouchsafe_keys: also the id of a project whose domains changed.

-- Pages of the developer's own machine. Named apart from domains, since everybody has a localhost.
alter table vouchsafe.project add allow_localhost boolean not null default false;
grant update (allow_localhost) on vouchsafe.project to vouchsafe_app;

create table vouchsafe.domain (
  id text collate "C" primary key check (vouchsafe.is_id('dom', id)),
  company_id text collate "C" not null,
  project_id text collate "C" not null,
  -- As browsers write it (src/foundation/origin.ts): https, host in punycode, port where it is not 443.
  origin text collate "C" not null check (length(origin) <= 300 and origin ~ '^https://[a-z0-9.:-]+$|^https://\[[0-9a-f:]+\](:[0-9]+)?$'),
  created_at timestamptz not null,
  foreign key (company_id, project_id) references vouchsafe.project (company_id, id) on delete cascade,
  unique (project_id, origin)
);
create index domain_by_company on vouchsafe.domain (company_id, project_id);

-- How many calls the pages of a domain made, and when the last one was: never which page, from where, or for what.
create table vouchsafe.domain_day (
  domain_id text collate "C" not null references vouchsafe.domain on delete cascade,
  company_id text collate "C" not null references vouchsafe.company on delete cascade,
  day date not null check (day between '2020-01-01' and '2199-12-31'),
  count bigint not null check (count >= 0),
  -- To the quarter of an hour.
  last_called_at timestamptz not null,
  primary key (domain_id, day)
);
create index domain_day_by_company on vouchsafe.domain_day (company_id);
create index domain_day_by_day on vouchsafe.domain_day (day);

-- What others must hear --------------------------------------------------------------------------------------------

create function vouchsafe.note_domain_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  most constant int := 100;
  ids text[];
begin
  select array_agg(project_id) into ids
    from (select distinct project_id from changed limit most + 1) as first_ones;
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
create trigger domain_inserted after insert on vouchsafe.domain referencing new table as changed
  for each statement execute function vouchsafe.note_domain_change();
create trigger domain_deleted after delete on vouchsafe.domain referencing old table as changed
  for each statement execute function vouchsafe.note_domain_change();

-- Across companies -------------------------------------------------------------------------------------------------

create function vouchsafe.find_browser_project(wanted text)
returns table (
  company_id text, project_id text, key_id text, scopes text[], per_second int, per_day int, expires_at timestamptz,
  revoked_at timestamptz, allow_localhost boolean, domain_ids text[], origins text[]
)
language plpgsql stable rows 1 security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
  return query
    select p.company_id, p.id, k.id, k.scopes, p.per_second, p.per_day, k.expires_at, k.revoked_at, p.allow_localhost,
           array(select d.id from vouchsafe.domain d where d.project_id = p.id order by d.id),
           array(select d.origin from vouchsafe.domain d where d.project_id = p.id order by d.id)
    from vouchsafe.key k join vouchsafe.project p on p.id = k.project_id
    where k.public_key = $1;
  if not found then
    return query
      select p.company_id, p.id, null::text, null::text[], p.per_second, p.per_day, null::timestamptz, null::timestamptz,
             p.allow_localhost,
             array(select d.id from vouchsafe.domain d where d.project_id = p.id order by d.id),
             array(select d.origin from vouchsafe.domain d where d.project_id = p.id order by d.id)
      from vouchsafe.project p where p.id = $1;
  end if;
end
$$;

create function vouchsafe.count_domain_calls(domains text[], days date[], counts bigint[], at timestamptz) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  here text[];
  quarter constant timestamptz := date_bin('15 minutes', at, '2000-01-01Z');
  written int;
begin
  -- Locked in one order, so that a removal either waits for what is written here or is found done.
  here := array(select d.id from vouchsafe.domain d where d.id = any (domains) order by d.id for key share);
  insert into vouchsafe.domain_day as t (domain_id, company_id, day, count, last_called_at)
    select d.id, d.company_id, c.day, c.amount, quarter
    from unnest(domains, days, counts) as c (domain, day, amount)
    join vouchsafe.domain d on d.id = c.domain
    where d.id = any (here)
    order by d.id, c.day
  on conflict (domain_id, day) do update
    set count = t.count + excluded.count, last_called_at = greatest(t.last_called_at, excluded.last_called_at);
  get diagnostics written = row_count;
  return written;
end
$$;

create function vouchsafe.drop_domain_days_before(day date) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  dropped bigint;
begin
  delete from vouchsafe.domain_day d where d.day < $1;
  get diagnostics dropped = row_count;
  return dropped;
end
$$;

-- As in 0002, with domains among what is told late.
create or replace function vouchsafe.erase_company(company text) returns table (store text, rows bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  item text;
begin
  perform set_config('vouchsafe.company_id', company, true);
  -- Whoever is about to write for this company (add_usage, forget_the_gone) is done, or finds it gone.
  perform from vouchsafe.company c where c.id = company for update;
  return query select s.store, s.rows from vouchsafe.company_stores(company) s where s.rows > 0;
  -- Domains, keys and projects late, since to tell of their going takes the one row of key_epoch until the end. Members
  -- last, with the company itself, so that it never is without an owner.
  for item in select t from vouchsafe.tables_with('company_id') t where t <> 'member'
    order by t in ('domain', 'key', 'project'), t loop
    execute format('delete from vouchsafe.%I where company_id = $1', item) using company;
  end loop;
  delete from vouchsafe.company c where c.id = company;
end
$$;

-- Rights -----------------------------------------------------------------------------------------------------------

grant select, insert, delete on vouchsafe.domain to vouchsafe_app;
grant select on vouchsafe.domain_day to vouchsafe_app;

grant select on vouchsafe.domain to vouchsafe_system;
-- The id only to be able to lock the row.
grant update (id) on vouchsafe.domain to vouchsafe_system;
grant select, insert, delete, update (count, last_called_at) on vouchsafe.domain_day to vouchsafe_system;

create policy system on vouchsafe.domain to vouchsafe_system using (true) with check (true);
create policy system on vouchsafe.domain_day to vouchsafe_system using (true) with check (true);

grant execute on function
  vouchsafe.find_browser_project(text),
  vouchsafe.count_domain_calls(text[], date[], bigint[], timestamptz),
  vouchsafe.drop_domain_days_before(date)
to vouchsafe_app;

grant create on schema vouchsafe to vouchsafe_system;
alter function vouchsafe.note_domain_change() owner to vouchsafe_system;
alter function vouchsafe.find_browser_project(text) owner to vouchsafe_system;
alter function vouchsafe.count_domain_calls(text[], date[], bigint[], timestamptz) owner to vouchsafe_system;
alter function vouchsafe.drop_domain_days_before(date) owner to vouchsafe_system;

set local role vouchsafe_system;
-- As in 0002; calls from the pages of a company's domains count as well, since they need no key.
create or replace function vouchsafe.last_active(wanted text) returns date
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select greatest(
    u.active_on,
    (select max(k.used_at)::date from vouchsafe.member m join vouchsafe.key_use k on k.company_id = m.company_id
      where m.user_id = u.id),
    (select max(d.day) from vouchsafe.member m join vouchsafe.domain_day d on d.company_id = m.company_id
      where m.user_id = u.id),
    (select max(o.active_on) from vouchsafe.member mine
       join vouchsafe.member other on other.company_id = mine.company_id and other.user_id <> mine.user_id
       join vouchsafe.user_account o on o.id = other.user_id
      where mine.user_id = u.id and mine.role = 'owner'
        and not exists (select from vouchsafe.member w where w.company_id = mine.company_id and w.role = 'owner'
                          and w.user_id <> mine.user_id)))
  from vouchsafe.user_account u where u.id = last_active.wanted;
end;
set local role vouchsafe_owner;

revoke create on schema vouchsafe from vouchsafe_system;
