-- The request log: off unless an owner or admin of a company turns it on for a project, for a chosen number of days.
--
-- Functions for the server:
--   write_request_log(ids text[], times int8[] in ms since 1970, companies text[], projects text[], keys text[],
--       operations text[], statuses int8[], durations int8[] in µs, queries text[]) → int4: rows written. Arrays of equal
--       length; an empty key or query is none. Rows are let go whose project is gone, is another company's, does not log
--       (any more) or has been emptied since; queries of projects that do not log them.
--   ensure_log_days(first date, ahead int4) → int4: days made. drop_log_days_before(day date) → int4: days dropped.
--   logging_projects() → set of text: projects that log, or may have rows of a time when they did.
--   expire_request_log(project text, at timestamptz, most int8, batch int4) → int8: rows deleted, `batch` at most: those
--       that are older than the project's days, and those beyond its newest `most`. To be called until it gives 0.
--   request_log_state(at timestamptz) → one row: ran_at or null, logging int8, with_queries int8, oldest_at or null,
--       oldest_day or null, overdue int8 (projects with a row that is two hours older than their days).
--
-- erase_project finds the tables of a project in the catalogue. open_rows gives the newest 20,000 rows of the log.

alter table vouchsafe.project
  -- Requests before this are not written: since when it logs, or when the log was last emptied.
  add log_from timestamptz,
  -- How long rows are kept that were written before logging was turned off.
  add log_kept_days int check (log_kept_days between 1 and 180);
create index project_with_log on vouchsafe.project (id) where log_days is not null or log_kept_days is not null;

-- No address, no origin, no program, no header, no body, no answer, no credential: there is no column for them.
-- No foreign keys, so that a day is added and dropped without touching other tables.
create table vouchsafe.request_log (
  id text collate "C" not null check (vouchsafe.is_id('log', id)),
  company_id text collate "C" not null check (vouchsafe.is_id('com', company_id)),
  project_id text collate "C" not null check (vouchsafe.is_id('prj', project_id)),
  -- Null where a page gave the project's id instead of a key.
  key_id text collate "C" check (vouchsafe.is_id('key', key_id)),
  -- To the millisecond.
  at timestamptz not null,
  operation text collate "C" not null check (operation ~ '^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$' and length(operation) <= 64),
  status int not null check (status between 100 and 599),
  duration_us bigint not null check (duration_us >= 0),
  -- Only where the project logs queries. The second guard after src/request-log/query-form.ts.
  query text check (length(query) between 1 and 2000 and query !~* 'vs_[ps]k_'),
  primary key (company_id, at, id)
) partition by range (at);
create index request_log_by_project on vouchsafe.request_log (company_id, project_id, at desc, id desc);

create table vouchsafe.request_log_upkeep (
  singleton boolean primary key default true check (singleton),
  -- When what is too old was last deleted.
  ran_at timestamptz not null
);

-- Days of the log ----------------------------------------------------------------------------------------------------

-- Owned by the owner, like the months of usage.
create function vouchsafe.make_log_day(day date) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  name constant text := 'request_log_' || to_char(day, 'YYYY_MM_DD');
begin
  if day not between '2020-01-01' and '2199-12-31' then
    raise exception 'no request is logged on that day' using errcode = 'datetime_field_overflow';
  end if;
  if to_regclass('vouchsafe.' || name) is not null then
    return false;
  end if;
  -- One maker at a time. A lock on the table, since only that also brings what others made meanwhile into our view.
  lock table vouchsafe.request_log in share update exclusive mode;
  if to_regclass('vouchsafe.' || name) is not null then
    return false;
  end if;
  -- Made apart and then attached, which, unlike "partition of", does not lock out readers and writers.
  execute format('create table vouchsafe.%I (like vouchsafe.request_log including all)', name);
  perform vouchsafe.protect_tables();
  execute format('alter table vouchsafe.request_log attach partition vouchsafe.%I for values from (%L) to (%L)',
                 name, day::text || ' 00:00:00+00', (day + 1)::text || ' 00:00:00+00');
  return true;
end
$$;

create function vouchsafe.ensure_log_days(first date, ahead int) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  made int := 0;
begin
  for step in 0 .. least(greatest(ahead, 0), 31) loop
    if vouchsafe.make_log_day(first + step) then
      made := made + 1;
    end if;
  end loop;
  return made;
end
$$;

create function vouchsafe.drop_log_days_before(day date) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  part record;
  dropped int := 0;
begin
  -- One at a time; the second finds nothing left to drop.
  lock table vouchsafe.request_log in share update exclusive mode;
  for part in
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'vouchsafe.request_log'::regclass and to_date(right(c.relname, 10), 'YYYY_MM_DD') < day
    order by c.relname
  loop
    execute format('drop table vouchsafe.%I', part.name);
    dropped := dropped + 1;
  end loop;
  return dropped;
end
$$;

-- Across companies ---------------------------------------------------------------------------------------------------

create function vouchsafe.write_request_log(
  ids text[], times bigint[], companies text[], projects text[], keys text[], operations text[], statuses bigint[],
  durations bigint[], queries text[]
) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  written int;
begin
  -- Whoever erases a company or a project, turns its log off or empties it waits for what is written here, or is found
  -- done: nothing is written behind them.
  perform from vouchsafe.company c where c.id = any (companies) order by c.id for key share;
  perform from vouchsafe.project p where p.id = any (projects) order by p.id for share;
  perform vouchsafe.make_log_day(day)
    from (select distinct ((timestamptz 'epoch' + t * interval '1 millisecond') at time zone 'UTC')::date as day
            from unnest(times) as t) as days
    where to_regclass('vouchsafe.request_log_' || to_char(day, 'YYYY_MM_DD')) is null;
  insert into vouchsafe.request_log (id, company_id, project_id, key_id, at, operation, status, duration_us, query)
    select r.id, p.company_id, p.id, nullif(r.key, ''), r.at, r.operation, r.status, r.duration,
           case when p.log_queries then nullif(r.query, '') end
    from (select t.id, t.company, t.project, t.key, timestamptz 'epoch' + t.ms * interval '1 millisecond' as at,
                 t.operation, t.status, t.duration, t.query
            from unnest(ids, times, companies, projects, keys, operations, statuses, durations, queries)
              as t (id, ms, company, project, key, operation, status, duration, query)) as r
    join vouchsafe.project p on p.id = r.project and p.company_id = r.company
    where p.log_days is not null and r.at >= coalesce(p.log_from, '-infinity')
  -- Written once more where it was not known whether it had been.
  on conflict do nothing;
  get diagnostics written = row_count;
  return written;
end
$$;

create function vouchsafe.logging_projects() returns setof text
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select p.id from vouchsafe.project p where p.log_days is not null or p.log_kept_days is not null order by p.id;
end;

create function vouchsafe.expire_request_log(project text, at timestamptz, most bigint, batch int) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  owner_id text;
  last timestamptz;
  deleted bigint;
begin
  -- In hours: a day of some time zones has another number of them.
  select p.company_id, $2 - make_interval(hours => 24 * coalesce(p.log_days, p.log_kept_days, 0)) into owner_id, last
    from vouchsafe.project p where p.id = $1;
  if owner_id is null then
    return 0;
  end if;
  select greatest(last, (select l.at from vouchsafe.request_log l where l.company_id = owner_id and l.project_id = $1
                          order by l.at desc, l.id desc offset $3 limit 1)) into last;
  delete from vouchsafe.request_log l
    using (select o.at, o.id from vouchsafe.request_log o
            where o.company_id = owner_id and o.project_id = $1 and o.at <= last
            order by o.at, o.id limit $4) as old
    where l.company_id = owner_id and l.at = old.at and l.id = old.id;
  get diagnostics deleted = row_count;
  return deleted;
end
$$;

create function vouchsafe.request_log_state(at timestamptz)
returns table (
  ran_at timestamptz, logging bigint, with_queries bigint, oldest_at timestamptz, oldest_day date, overdue bigint
)
language sql stable rows 1 security definer set search_path = pg_catalog, pg_temp
begin atomic
  select (select u.ran_at from vouchsafe.request_log_upkeep u),
         count(*) filter (where s.log_days is not null),
         count(*) filter (where s.log_days is not null and s.log_queries),
         min(s.oldest),
         (select min(to_date(right(c.relname, 10), 'YYYY_MM_DD')) from pg_inherits i join pg_class c on c.oid = i.inhrelid
           where i.inhparent = 'vouchsafe.request_log'::regclass),
         count(*) filter (where s.oldest < $1 - make_interval(hours => 2 + 24 * coalesce(s.log_days, s.log_kept_days, 0)))
  from (select p.log_days, p.log_kept_days, p.log_queries,
               (select l.at from vouchsafe.request_log l where l.company_id = p.company_id and l.project_id = p.id
                 order by l.at, l.id limit 1) as oldest
          from vouchsafe.project p where p.log_days is not null or p.log_kept_days is not null) as s;
end;

-- Leaving ------------------------------------------------------------------------------------------------------------

-- As in 0004, but the tables are found in the catalogue, so that none is forgotten, and whoever is about to write for the
-- project (write_request_log) is done, or finds it gone.
create or replace function vouchsafe.erase_project(project text) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  total bigint := 0;
  part bigint;
  item text;
begin
  perform from vouchsafe.project p where p.id = $1 for update;
  for item in select t from vouchsafe.tables_with('project_id') t order by t in ('domain', 'key'), t loop
    execute format('delete from vouchsafe.%I where project_id = $1', item) using project;
    get diagnostics part = row_count; total := total + part;
  end loop;
  delete from vouchsafe.project p where p.id = $1;
  get diagnostics part = row_count;
  return case when part = 0 then 0 else total + part end;
end
$$;

-- As in 0002, but of the request log the newest 20,000 rows, with which an export stays within its bounds.
create or replace function vouchsafe.open_rows(kind text, wanted text, store text, hidden text[]) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  rows refcursor;
  own constant text := case when store in ('company', 'user_account') then 'id' else kind || '_id' end;
  -- Ids say little to a person: a member's address and name, or the company's name, stand beside them.
  more constant text := case
    when store <> 'member' then ''
    when kind = 'company' then
      ' || (select jsonb_build_object(''email'', u.email, ''name'', u.name) from vouchsafe.user_account u where u.id = t.user_id)'
    else ' || (select jsonb_build_object(''company_name'', c.name) from vouchsafe.company c where c.id = t.company_id)' end;
  bound constant text := case when store = 'request_log' then ' order by t.at desc, t.id desc limit 20000' else '' end;
begin
  perform set_config('vouchsafe.company_id', case when kind = 'company' then wanted else '' end, true);
  perform set_config('vouchsafe.user_id', case when kind = 'user' then wanted else '' end, true);
  open rows for execute format('select ((to_jsonb(t) - $2)%s)::text from vouchsafe.%I t where t.%I = $1%s',
                               more, store, own, bound)
    using wanted, hidden;
  return rows::text;
end
$$;

-- Rights -------------------------------------------------------------------------------------------------------------

grant update (log_from, log_kept_days) on vouchsafe.project to vouchsafe_app;
grant select, delete on vouchsafe.request_log to vouchsafe_app;
grant select, insert, update on vouchsafe.request_log_upkeep to vouchsafe_app;

grant select, insert, delete on vouchsafe.request_log to vouchsafe_system;
grant select on vouchsafe.request_log_upkeep to vouchsafe_system;
-- The id only to be able to lock the rows.
grant update (id) on vouchsafe.project to vouchsafe_system;

create policy system on vouchsafe.request_log to vouchsafe_system using (true) with check (true);
create policy everybodys on vouchsafe.request_log_upkeep to vouchsafe_app using (true) with check (true);
create policy system on vouchsafe.request_log_upkeep for select to vouchsafe_system using (true);
create policy log_locks on vouchsafe.project for update to vouchsafe_system using (true) with check (true);

grant execute on function vouchsafe.make_log_day(date) to vouchsafe_system;
grant execute on function
  vouchsafe.write_request_log(
    text[], bigint[], text[], text[], text[], text[], bigint[], bigint[], text[]
  ),
  vouchsafe.ensure_log_days(date, int),
  vouchsafe.drop_log_days_before(date),
  vouchsafe.logging_projects(),
  vouchsafe.expire_request_log(text, timestamptz, bigint, int),
  vouchsafe.request_log_state(timestamptz)
to vouchsafe_app;

grant create on schema vouchsafe to vouchsafe_system;
alter function vouchsafe.write_request_log(
  text[], bigint[], text[], text[], text[], text[], bigint[], bigint[], text[]
) owner to vouchsafe_system;
alter function vouchsafe.logging_projects() owner to vouchsafe_system;
alter function vouchsafe.expire_request_log(text, timestamptz, bigint, int) owner to vouchsafe_system;
alter function vouchsafe.request_log_state(timestamptz) owner to vouchsafe_system;
revoke create on schema vouchsafe from vouchsafe_system;
