-- Projects that are deleted, members who have a second factor, secrets that are rotated.
--
-- Functions for the server:
--   erase_project(project text) → int8: rows erased, 0 where the transaction's company has no such project.
--   sweep_usage(since date) → int8: counters removed whose project is gone, of days from `since` on.
--   members_with_factor() → set of text: users of the transaction's company who have enrolled a second factor.

-- The owner's, whom row-level security shows the transaction's company only. Usage has no foreign key; the rest goes with
-- the project.
create function vouchsafe.erase_project(project text) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  total bigint := 0;
  part bigint;
begin
  delete from vouchsafe.usage_day u where u.project_id = $1;
  get diagnostics part = row_count; total := total + part;
  delete from vouchsafe.quota_day q where q.project_id = $1;
  get diagnostics part = row_count; total := total + part;
  delete from vouchsafe.key k where k.project_id = $1;
  get diagnostics part = row_count; total := total + part;
  delete from vouchsafe.project p where p.id = $1;
  get diagnostics part = row_count;
  return case when part = 0 then 0 else total + part end;
end
$$;

-- Counts are written a second after the call that they count, and may come when its project is gone.
create function vouchsafe.sweep_usage(since date) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  swept bigint;
begin
  delete from vouchsafe.usage_day u
    where u.day >= since and not exists (select from vouchsafe.project p where p.id = u.project_id);
  get diagnostics swept = row_count;
  return swept;
end
$$;

-- That a member has one, to their own company; neither which nor how many.
create function vouchsafe.members_with_factor() returns setof text
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select m.user_id from vouchsafe.member m
  where m.company_id = (select nullif(current_setting('vouchsafe.company_id', true), ''))
    and (exists (select from vouchsafe.totp t where t.user_id = m.user_id and t.confirmed_at is not null)
         or exists (select from vouchsafe.passkey k where k.user_id = m.user_id));
end;

grant delete on vouchsafe.usage_day to vouchsafe_system;

grant execute on function
  vouchsafe.erase_project(text), vouchsafe.sweep_usage(date), vouchsafe.members_with_factor()
to vouchsafe_app;

grant create on schema vouchsafe to vouchsafe_system;
alter function vouchsafe.sweep_usage(date) owner to vouchsafe_system;
alter function vouchsafe.members_with_factor() owner to vouchsafe_system;

set local role vouchsafe_system;
-- As in 0001, but counts of a project that is gone are let go.
create or replace function vouchsafe.add_usage(
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
    where exists (select from vouchsafe.project p where p.id = project and p.company_id = company)
    group by company, project, operation, day, outcome
    -- One order for all writers, so that they cannot wait for each other in a circle.
    order by company, project, operation, day, outcome
  on conflict (company_id, project_id, operation, day, outcome)
    do update set count = u.count + excluded.count;
  get diagnostics written = row_count;
  return written;
end
$$;
set local role vouchsafe_owner;

revoke create on schema vouchsafe from vouchsafe_system;

-- What was exposed is a secret, not its pair: another one has not been. Until then an exposure is final, as in 0001.
create or replace function vouchsafe.keep_revocation() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at then
    raise exception 'a revocation is final' using errcode = 'check_violation', constraint = 'key_revocation_is_final';
  end if;
  if new.secret_digest <> old.secret_digest then
    new.exposed_at := null;
  elsif old.exposed_at is not null and new.exposed_at is distinct from old.exposed_at then
    raise exception 'an exposure is final' using errcode = 'check_violation', constraint = 'key_exposure_is_final';
  end if;
  return new;
end
$$;
