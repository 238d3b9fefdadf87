-- Usage by key and by how long requests took, batches of it that count once, and what is unusual about it.
--
-- Functions for the server:
--   add_usage(writer text, batch int8, companies text[], projects text[], keys text[], operations text[], days date[],
--             outcomes text[], buckets int8[], counts int8[]) → int4: counters written, 0 where the batch is known.
--         Arrays of equal length, one element a counter and bucket of duration (1 to 13); a key is an id or ''.
--   sweep_usage(since date), as in 0004; forgets writers that are gone as well.
--   companies_in_use(since date) → set of text: companies that used something from that day on.
--   drop_unusual_before(day date) → int8: findings dropped.

-- Whose key it was: empty where a page gave the project's id, and where it was counted before keys were told apart.
-- How many took how long: the buckets of src/metering/board.ts. All zero where only the count is known.
alter table vouchsafe.usage_day
  add key_id text collate "C" not null default '' check (key_id = '' or vouchsafe.is_id('key', key_id)),
  add durations bigint[] not null default '{0,0,0,0,0,0,0,0,0,0,0,0,0}'
    check (cardinality(durations) = 13 and array_position(durations, null) is null),
  drop constraint usage_day_pkey,
  add primary key (company_id, project_id, key_id, operation, day, outcome);

-- The last batch of each thread that counts. What was added, though the answer was lost on the way, is not added again.
create table vouchsafe.usage_writer (
  writer text collate "C" primary key check (writer ~ '^[0-9a-f]{32}$'),
  batch bigint not null check (batch > 0),
  written_at timestamptz not null
);

-- Days of a project that stand out: figures only. The subject is an operation, the id of a domain, or nothing.
create table vouchsafe.unusual_use (
  company_id text collate "C" not null,
  project_id text collate "C" not null,
  kind text collate "C" not null check (kind in ('busy', 'domain', 'refused', 'failed')),
  subject text collate "C" not null
    check (length(subject) <= 64 and (subject = '' or subject ~ '^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$' or vouchsafe.is_id('dom', subject))),
  day date not null check (day between '2020-01-01' and '2199-12-31'),
  -- Requests; of kinds refused and failed those that were, of `total`.
  figure bigint not null check (figure >= 0),
  total bigint check (total >= figure),
  -- From where to where it usually goes: requests, or with a total the share of it; null where there is no usual.
  usual_low double precision,
  usual_high double precision check (usual_high >= usual_low),
  found_at timestamptz not null,
  -- When the company was told by mail; null where it was not.
  told_at timestamptz,
  primary key (project_id, day, kind, subject),
  foreign key (company_id, project_id) references vouchsafe.project (company_id, id) on delete cascade
);
create index unusual_use_by_company on vouchsafe.unusual_use (company_id, day);
create index unusual_use_by_day on vouchsafe.unusual_use (day);

-- Whether what is unusual is mailed.
alter table vouchsafe.company add mail_unusual boolean not null default false;

create function vouchsafe.companies_in_use(since date) returns setof text
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select c.id from vouchsafe.company c
  where exists (select from vouchsafe.usage_day u where u.company_id = c.id and u.day >= since)
     or exists (select from vouchsafe.domain_day d where d.company_id = c.id and d.day >= since)
  order by c.id;
end;

create function vouchsafe.drop_unusual_before(day date) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  dropped bigint;
begin
  delete from vouchsafe.unusual_use u where u.day < $1;
  get diagnostics dropped = row_count;
  return dropped;
end
$$;

drop function vouchsafe.add_usage(text[], text[], text[], date[], text[], bigint[]);
create function vouchsafe.add_usage(
  writer text, batch bigint, companies text[], projects text[], keys text[], operations text[], days date[],
  outcomes text[], buckets bigint[], counts bigint[]
) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  written int;
begin
  insert into vouchsafe.usage_writer as w (writer, batch, written_at) values ($1, $2, now())
    on conflict (writer) do update set batch = excluded.batch, written_at = excluded.written_at
      where w.batch < excluded.batch;
  if not found then
    return 0;
  end if;
  perform vouchsafe.make_usage_month(month)
    from (select distinct date_trunc('month', day)::date as month from unnest($7) as day) as months
    where to_regclass('vouchsafe.usage_day_' || to_char(month, 'YYYY_MM')) is null;
  insert into vouchsafe.usage_day as u (company_id, project_id, key_id, operation, day, outcome, count, durations)
    select company, project, key, operation, day, outcome, sum(amount)::bigint,
           array[coalesce(sum(amount) filter (where bucket = 1), 0), coalesce(sum(amount) filter (where bucket = 2), 0),
                 coalesce(sum(amount) filter (where bucket = 3), 0), coalesce(sum(amount) filter (where bucket = 4), 0),
                 coalesce(sum(amount) filter (where bucket = 5), 0), coalesce(sum(amount) filter (where bucket = 6), 0),
                 coalesce(sum(amount) filter (where bucket = 7), 0), coalesce(sum(amount) filter (where bucket = 8), 0),
                 coalesce(sum(amount) filter (where bucket = 9), 0), coalesce(sum(amount) filter (where bucket = 10), 0),
                 coalesce(sum(amount) filter (where bucket = 11), 0), coalesce(sum(amount) filter (where bucket = 12), 0),
                 coalesce(sum(amount) filter (where bucket = 13), 0)]::bigint[]
    from unnest($3, $4, $5, $6, $7, $8, $9, $10)
      as t (company, project, key, operation, day, outcome, bucket, amount)
    where exists (select from vouchsafe.project p where p.id = project and p.company_id = company)
    group by company, project, key, operation, day, outcome
    -- One order for all writers, so that they cannot wait for each other in a circle.
    order by company, project, key, operation, day, outcome
  on conflict (company_id, project_id, key_id, operation, day, outcome) do update set
    count = u.count + excluded.count,
    durations = array[
      u.durations[1] + excluded.durations[1], u.durations[2] + excluded.durations[2],
      u.durations[3] + excluded.durations[3], u.durations[4] + excluded.durations[4],
      u.durations[5] + excluded.durations[5], u.durations[6] + excluded.durations[6],
      u.durations[7] + excluded.durations[7], u.durations[8] + excluded.durations[8],
      u.durations[9] + excluded.durations[9], u.durations[10] + excluded.durations[10],
      u.durations[11] + excluded.durations[11], u.durations[12] + excluded.durations[12],
      u.durations[13] + excluded.durations[13]];
  get diagnostics written = row_count;
  return written;
end
$$;

grant select, insert, update, delete on vouchsafe.usage_writer to vouchsafe_system;
grant update (count, durations) on vouchsafe.usage_day to vouchsafe_system;
grant select, delete on vouchsafe.unusual_use to vouchsafe_system;
grant select, insert, update (figure, total, usual_low, usual_high, told_at) on vouchsafe.unusual_use to vouchsafe_app;
grant update (mail_unusual) on vouchsafe.company to vouchsafe_app;

create policy system on vouchsafe.usage_writer to vouchsafe_system using (true) with check (true);
create policy system on vouchsafe.unusual_use to vouchsafe_system using (true) with check (true);

grant execute on function
  vouchsafe.add_usage(text, bigint, text[], text[], text[], text[], date[], text[], bigint[], bigint[]),
  vouchsafe.companies_in_use(date),
  vouchsafe.drop_unusual_before(date)
to vouchsafe_app;

grant create on schema vouchsafe to vouchsafe_system;
alter function vouchsafe.add_usage(text, bigint, text[], text[], text[], text[], date[], text[], bigint[], bigint[])
  owner to vouchsafe_system;
alter function vouchsafe.companies_in_use(date) owner to vouchsafe_system;
alter function vouchsafe.drop_unusual_before(date) owner to vouchsafe_system;

set local role vouchsafe_system;
-- As in 0004; a thread that wrote nothing for two days is gone, or has nothing on the way.
create or replace function vouchsafe.sweep_usage(since date) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  swept bigint;
begin
  delete from vouchsafe.usage_writer w where w.written_at < now() - interval '2 days';
  delete from vouchsafe.usage_day u
    where u.day >= since and not exists (select from vouchsafe.project p where p.id = u.project_id);
  get diagnostics swept = row_count;
  return swept;
end
$$;
set local role vouchsafe_owner;

revoke create on schema vouchsafe from vouchsafe_system;

-- As in 0001, but one process at a time: the second finds nothing left to drop, instead of a table that has just gone.
create or replace function vouchsafe.drop_usage_before(day date) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  part record;
  dropped int := 0;
begin
  lock table vouchsafe.usage_day in share update exclusive mode;
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
