-- What a caller may use and what is written down about it, as the gate reads it: plans, limits of a project's own, limits
-- of single keys, and whether requests are logged.
--
-- Functions for the server:
--   limits_of(project text)
--       → at most one row: per_second, burst, per_day or null, per_month or null, is_soft. The project's own limits where
--         it has some, else those of its company's plan.
--
-- find_secret and find_browser_project give those limits, the key's own, and what is logged. find_browser_project gives the
-- networks of the key as well.

-- Of the installation, not of a company: the operator's price list.
create table vouchsafe.plan (
  name text collate "C" primary key check (name ~ '^[a-z][a-z0-9-]{0,31}$'),
  per_second int not null check (per_second between 1 and 1000000),
  -- Requests that may come at once; the rate holds over time.
  burst int not null check (burst between 1 and 1000000),
  -- Units in a UTC day and in a UTC month; null where there is no such limit.
  per_day int check (per_day >= 0),
  per_month int check (per_month >= 0),
  -- Whether requests beyond a day's or a month's units are answered, and told of, instead of refused.
  is_soft boolean not null default false
);
insert into vouchsafe.plan (name, per_second, burst, per_day, per_month) values ('standard', 10, 10, 2500, null);

alter table vouchsafe.company
  add plan text collate "C" not null default 'standard' references vouchsafe.plan;
create index company_by_plan on vouchsafe.company (plan);

-- A project has all of its limits of its own, or none.
alter table vouchsafe.project
  alter per_second drop not null,
  -- As many as a second's where it is null.
  add burst int check (burst between 1 and 1000000),
  add per_month int check (per_month >= 0),
  add is_soft boolean,
  -- How long requests are logged; null where they are not.
  add log_days int check (log_days between 1 and 180),
  add log_queries boolean not null default false,
  add constraint project_logs_queries check (log_days is not null or not log_queries);
alter table vouchsafe.project
  add constraint project_limits check (
    per_second is not null or (burst is null and per_day is null and per_month is null and is_soft is null)
  );

-- On top of the project's; null where the key has no limit of its own.
alter table vouchsafe.key
  add per_second int check (per_second between 1 and 1000000),
  add per_day int check (per_day >= 0);

create function vouchsafe.limits_of(project text)
returns table (per_second int, burst int, per_day int, per_month int, is_soft boolean)
language plpgsql stable rows 1 security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
  return query
    select coalesce(p.per_second, l.per_second), coalesce(p.burst, p.per_second, l.burst),
           case when p.per_second is null then l.per_day else p.per_day end,
           case when p.per_second is null then l.per_month else p.per_month end,
           case when p.per_second is null then l.is_soft else coalesce(p.is_soft, false) end
    from vouchsafe.project p
    join vouchsafe.company c on c.id = p.company_id
    join vouchsafe.plan l on l.name = c.plan
    where p.id = $1;
end
$$;

drop function vouchsafe.find_secret(bytea);
create function vouchsafe.find_secret(wanted bytea)
returns table (
  key_id text, company_id text, project_id text, public_key text, digest bytea, pepper_id int, scopes text[],
  networks text[], per_second int, burst int, per_day int, per_month int, is_soft boolean, key_per_second int,
  key_per_day int, is_logged boolean, logs_queries boolean, expires_at timestamptz, revoked_at timestamptz,
  exposed_at timestamptz, revoke_exposed boolean, is_previous boolean
)
language plpgsql stable rows 1 security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
  return query
    select k.id, k.company_id, k.project_id, k.public_key, $1, k.pepper_id, k.scopes, k.networks, l.per_second, l.burst,
           l.per_day, l.per_month, l.is_soft, k.per_second, k.per_day, p.log_days is not null, p.log_queries,
           case when k.secret_digest = $1 then k.expires_at else least(k.expires_at, k.previous_expires_at) end,
           k.revoked_at, k.exposed_at, p.revoke_exposed, k.secret_digest <> $1
    from vouchsafe.key k join vouchsafe.project p on p.id = k.project_id, vouchsafe.limits_of(p.id) l
    where k.secret_digest = $1 or k.previous_digest = $1;
end
$$;

drop function vouchsafe.find_browser_project(text);
create function vouchsafe.find_browser_project(wanted text)
returns table (
  company_id text, project_id text, key_id text, scopes text[], networks text[], per_second int, burst int, per_day int,
  per_month int, is_soft boolean, key_per_second int, key_per_day int, is_logged boolean, logs_queries boolean,
  expires_at timestamptz, revoked_at timestamptz, allow_localhost boolean, domain_ids text[], origins text[]
)
language plpgsql stable rows 1 security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
  return query
    select p.company_id, p.id, k.id, k.scopes, k.networks, l.per_second, l.burst, l.per_day, l.per_month, l.is_soft,
           k.per_second, k.per_day, p.log_days is not null, p.log_queries, k.expires_at, k.revoked_at, p.allow_localhost,
           array(select d.id from vouchsafe.domain d where d.project_id = p.id order by d.id),
           array(select d.origin from vouchsafe.domain d where d.project_id = p.id order by d.id)
    from vouchsafe.key k join vouchsafe.project p on p.id = k.project_id, vouchsafe.limits_of(p.id) l
    where k.public_key = $1;
  if not found then
    return query
      select p.company_id, p.id, null::text, null::text[], null::text[], l.per_second, l.burst, l.per_day, l.per_month,
             l.is_soft, null::int, null::int, p.log_days is not null, p.log_queries, null::timestamptz,
             null::timestamptz, p.allow_localhost,
             array(select d.id from vouchsafe.domain d where d.project_id = p.id order by d.id),
             array(select d.origin from vouchsafe.domain d where d.project_id = p.id order by d.id)
      from vouchsafe.project p, vouchsafe.limits_of(p.id) l where p.id = $1;
  end if;
end
$$;

-- Another plan of a company, or other limits of a plan, are other limits of its projects.
create function vouchsafe.note_plan_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update vouchsafe.key_epoch set epoch = epoch + 1;
  perform pg_notify('vouchsafe_keys', '*');
  return null;
end
$$;
create trigger plan_updated after update on vouchsafe.plan
  for each statement execute function vouchsafe.note_plan_change();
create trigger company_plan_updated after update of plan on vouchsafe.company
  for each statement execute function vouchsafe.note_plan_change();

grant select, insert, update, delete on vouchsafe.plan to vouchsafe_app;
grant select on vouchsafe.plan to vouchsafe_system;
grant update (plan) on vouchsafe.company to vouchsafe_app;
grant update (burst, per_month, is_soft, log_days, log_queries) on vouchsafe.project to vouchsafe_app;
grant update (per_second, per_day) on vouchsafe.key to vouchsafe_app;
create policy everybodys on vouchsafe.plan to vouchsafe_app using (true) with check (true);
create policy system on vouchsafe.plan for select to vouchsafe_system using (true);

grant execute on function
  vouchsafe.limits_of(text), vouchsafe.find_secret(bytea), vouchsafe.find_browser_project(text)
to vouchsafe_app;
grant execute on function vouchsafe.limits_of(text) to vouchsafe_system;

grant create on schema vouchsafe to vouchsafe_system;
alter function vouchsafe.limits_of(text) owner to vouchsafe_system;
alter function vouchsafe.find_secret(bytea) owner to vouchsafe_system;
alter function vouchsafe.find_browser_project(text) owner to vouchsafe_system;
alter function vouchsafe.note_plan_change() owner to vouchsafe_system;
revoke create on schema vouchsafe from vouchsafe_system;
