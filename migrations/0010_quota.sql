-- Quotas of days and of months, of projects and of single keys. One table and one way for all of them.
--
-- Functions for the server:
--   lease_quota(subject text: a project or a key, period text: 'day' or 'month', starts date, want int)
--       → at most one row: granted, used, quota or null. Takes up to `want` units; the use of a period never passes the
--         limit of a project that is not soft, nor that of a key. No row where there is no such subject.
--   return_quota(subject text, period text, starts date, amount int) → int8: what counts as used now.
--   drop_quota_before(day date) → int8: rows dropped, of days before it and of months before its own.

create table vouchsafe.quota_use (
  company_id text collate "C" not null,
  project_id text collate "C" not null,
  -- The project itself, or one of its keys.
  subject text collate "C" not null check (vouchsafe.is_id('prj', subject) or vouchsafe.is_id('key', subject)),
  period text collate "C" not null check (period in ('day', 'month')),
  starts date not null check (starts between '2020-01-01' and '2199-12-31' and (period = 'day' or extract(day from starts) = 1)),
  -- Units leased to server processes, of which they may give some back.
  used bigint not null check (used >= 0),
  primary key (subject, period, starts),
  foreign key (company_id, project_id) references vouchsafe.project (company_id, id) on delete cascade
);
create index quota_use_by_project on vouchsafe.quota_use (company_id, project_id);
create index quota_use_by_start on vouchsafe.quota_use (starts);

insert into vouchsafe.quota_use (company_id, project_id, subject, period, starts, used)
  select company_id, project_id, project_id, 'day', day, used from vouchsafe.quota_day;
drop table vouchsafe.quota_day;

drop function vouchsafe.lease_quota(text, date, int, bigint);
drop function vouchsafe.return_quota(text, date, int);
drop function vouchsafe.drop_quota_before(date);

create function vouchsafe.lease_quota(subject text, period text, starts date, want int)
returns table (granted int, used bigint, quota bigint)
language plpgsql rows 1 security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  owner_id text;
  project text;
  ceiling bigint;
  soft boolean := false;
  before bigint;
  take int;
begin
  if starts_with($1, 'key_') then
    select k.company_id, k.project_id, case when $2 = 'day' then k.per_day end into owner_id, project, ceiling
      from vouchsafe.key k where k.id = $1;
  else
    select p.company_id, p.id, case when $2 = 'day' then l.per_day else l.per_month end, l.is_soft
      into owner_id, project, ceiling, soft
      from vouchsafe.project p, vouchsafe.limits_of(p.id) l where p.id = $1;
  end if;
  if owner_id is null then
    return;
  end if;
  select q.used into before from vouchsafe.quota_use q
    where q.subject = $1 and q.period = $2 and q.starts = $3 for update;
  if before is null then
    insert into vouchsafe.quota_use (company_id, project_id, subject, period, starts, used)
      values (owner_id, project, $1, $2, $3, 0) on conflict do nothing;
    select q.used into before from vouchsafe.quota_use q
      where q.subject = $1 and q.period = $2 and q.starts = $3 for update;
  end if;
  -- `least` leaves out nulls: where nothing bounds it, all that is wanted.
  take := greatest(0, least(greatest(want, 0), case when not soft then ceiling - before end));
  if take > 0 then
    update vouchsafe.quota_use q set used = q.used + take
      where q.subject = $1 and q.period = $2 and q.starts = $3;
  end if;
  return query select take, before + take, ceiling;
end
$$;

create function vouchsafe.return_quota(subject text, period text, starts date, amount int) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  after bigint;
begin
  update vouchsafe.quota_use q set used = greatest(0, q.used - greatest($4, 0))
    where q.subject = $1 and q.period = $2 and q.starts = $3
    returning q.used into after;
  return coalesce(after, 0);
end
$$;

create function vouchsafe.drop_quota_before(day date) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  dropped bigint;
begin
  delete from vouchsafe.quota_use q
    where q.starts < $1 and (q.period = 'day' or q.starts < date_trunc('month', $1)::date);
  get diagnostics dropped = row_count;
  return dropped;
end
$$;

-- As in 0004: the owner's, whom row-level security shows the transaction's company only.
create or replace function vouchsafe.erase_project(project text) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  total bigint := 0;
  part bigint;
begin
  delete from vouchsafe.usage_day u where u.project_id = $1;
  get diagnostics part = row_count; total := total + part;
  delete from vouchsafe.quota_use q where q.project_id = $1;
  get diagnostics part = row_count; total := total + part;
  delete from vouchsafe.key k where k.project_id = $1;
  get diagnostics part = row_count; total := total + part;
  delete from vouchsafe.project p where p.id = $1;
  get diagnostics part = row_count;
  return case when part = 0 then 0 else total + part end;
end
$$;

grant select on vouchsafe.quota_use to vouchsafe_app;
grant select, insert, delete, update (used) on vouchsafe.quota_use to vouchsafe_system;
create policy system on vouchsafe.quota_use to vouchsafe_system using (true) with check (true);

grant execute on function
  vouchsafe.lease_quota(text, text, date, int), vouchsafe.return_quota(text, text, date, int),
  vouchsafe.drop_quota_before(date)
to vouchsafe_app;

grant create on schema vouchsafe to vouchsafe_system;
alter function vouchsafe.lease_quota(text, text, date, int) owner to vouchsafe_system;
alter function vouchsafe.return_quota(text, text, date, int) owner to vouchsafe_system;
alter function vouchsafe.drop_quota_before(date) owner to vouchsafe_system;
revoke create on schema vouchsafe from vouchsafe_system;
