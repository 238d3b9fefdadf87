-- Comparing versions of any size, and publishing without holding others off: docs/decisions/0035-versions-of-datasets.md.
--
-- A comparison reads both versions in parts into two tables of its own, row number, key and a digest of all cells, which are
-- gone when its transaction ends, and puts them side by side. What is kept is how many rows differ, and the numbers of the
-- first of them: rows of a version never change, so that their cells are read when somebody looks.
--
-- Functions for the server (of 0017 as they were: count_differences, list_differences, publish_generation):
--   comparison_size(dataset text, a int4, b int4) → bytes: of the tables that comparing would read.
--   queue_comparison(comparison text): has the queue look at it.
--   find_comparison(comparison text) → company_id, compared_by: for whom there is something to do, once a job names it.
--   waiting_comparisons(stale timestamptz, most int4) → comparison_id, company_id, compared_by: what nobody has been at since.
--   open_comparison(comparison text): makes its tables and sets the transaction's bounds.
--   compare_part(comparison text, side int4, after int8, most int4) → int8: the last row that was read; null at the end.
--   finish_comparison(comparison text, claim text, most int4, at timestamptz) → boolean: false where it is no longer theirs.
--   list_compared(comparison text, skip int4, most int4, most_bytes int4) → kind, key, before, after.
--   sweep_comparisons(before timestamptz) → int8: forgets those that ended before.
--   list_differences now ends behind 4 MiB, too, however many rows were asked for.

create table vouchsafe.dataset_comparison (
  id text collate "C" primary key check (vouchsafe.is_id('op', id)),
  -- In which company it was asked for; the dataset may be another's that has shared it.
  company_id text collate "C" not null references vouchsafe.company on delete cascade,
  -- Who leaves the company takes theirs along.
  compared_by text collate "C" not null,
  dataset_id text collate "C" not null references vouchsafe.dataset on delete cascade,
  a int4 not null,
  b int4 not null,
  phase text collate "C" not null check (phase in ('waiting', 'comparing', 'compared', 'failed')),
  -- Of both versions together.
  rows int8 not null,
  rows_done int8 not null default 0,
  added int8,
  changed int8,
  removed int8,
  -- Numbers of the first rows that differ, side by side; null where the version has no such row.
  rows_before int8[],
  rows_after int8[],
  -- A code of our own.
  failure text collate "C" check (failure ~ '^[a-z_]{1,40}$'),
  -- How often it was begun: one that ends its server each time is given up.
  tries int4 not null default 0,
  -- Who is at it, and when they last said so.
  claim text collate "C",
  beat_at timestamptz,
  created_at timestamptz not null,
  ended_at timestamptz,
  check (phase <> 'compared' or (added is not null and changed is not null and removed is not null)),
  check (cardinality(rows_before) = cardinality(rows_after)),
  foreign key (company_id, compared_by) references vouchsafe.member (company_id, user_id) on delete cascade
);
-- Who asks for the same again is given the one that is there.
create unique index dataset_comparison_once on vouchsafe.dataset_comparison (company_id, compared_by, dataset_id, a, b)
  where phase <> 'failed';
create index dataset_comparison_by_member on vouchsafe.dataset_comparison (company_id, compared_by);
create index dataset_comparison_by_dataset on vouchsafe.dataset_comparison (dataset_id);
create index dataset_comparison_waiting on vouchsafe.dataset_comparison (id) where phase in ('waiting', 'comparing');
create index dataset_comparison_ended on vouchsafe.dataset_comparison (ended_at) where ended_at is not null;

-- Beside `company_only` of after-each.sql: shown to nobody but who asked for it.
create policy comparer on vouchsafe.dataset_comparison as restrictive to vouchsafe_app
  using (compared_by = (select nullif(current_setting('vouchsafe.user_id', true), '')))
  with check (compared_by = (select nullif(current_setting('vouchsafe.user_id', true), '')));

create function vouchsafe.comparison_size(dataset text, a int, b int) returns bigint
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform vouchsafe.demand_dataset_right(dataset, 1);
  return coalesce((
    select sum(pg_table_size(format('vouchsafe_data.%I', part.name)::regclass))::bigint
      from (select distinct v.generation as number from vouchsafe.dataset_version v
             where v.dataset_id = comparison_size.dataset and v.number in (comparison_size.a, comparison_size.b)) as g
      cross join lateral (values (vouchsafe.content_name(dataset, g.number)),
                                 (vouchsafe.content_name(dataset, g.number, '_past'))) as part (name)), 0);
end
$$;

create function vouchsafe.queue_comparison(comparison text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- The job holds the id alone, and is no more than a word to look; what is to be done stands in the table.
  perform graphile_worker.add_job('datasets.compare', json_build_object('comparison', comparison),
                                  max_attempts => 3, job_key => comparison);
end
$$;

create function vouchsafe.find_comparison(comparison text) returns table (company_id text, compared_by text)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select c.company_id, c.compared_by from vouchsafe.dataset_comparison c
    where c.id = find_comparison.comparison and c.phase in ('waiting', 'comparing');
end;

create function vouchsafe.waiting_comparisons(stale timestamptz, most int)
returns table (comparison_id text, company_id text, compared_by text)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select c.id, c.company_id, c.compared_by from vouchsafe.dataset_comparison c
    where c.phase in ('waiting', 'comparing') and (c.beat_at is null or c.beat_at < stale)
    order by c.id limit most;
end;

create function vouchsafe.sweep_comparisons(before timestamptz) returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  swept int8;
begin
  delete from vouchsafe.dataset_comparison c where c.ended_at < before;
  get diagnostics swept = row_count;
  return swept;
end
$$;

-- What is different ------------------------------------------------------------------------------------------------------

-- The columns by which rows of both are known; none where they have not the same key.
create function vouchsafe.common_key(columns jsonb, key text[], other_columns jsonb, other_key text[]) returns text[]
language sql immutable set search_path = pg_catalog, pg_temp
begin atomic
  select case
    when key = other_key and not exists (
      select from unnest(key) as k
       where (select c ->> 'type' from jsonb_array_elements(columns) c where c ->> 'name' = k)
             <> (select c ->> 'type' from jsonb_array_elements(other_columns) c where c ->> 'name' = k)) then key
    else '{}' end;
end;

-- The rows of version `a` of one generation and `b` of another, or the same, that are not the same, as differences_sql says. The
-- second may not be published yet.
create function vouchsafe.differences_between(dataset text, a int, a_generation int, b int, b_generation int) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  one vouchsafe.dataset_generation;
  other vouchsafe.dataset_generation;
  key text[];
  lo int;
  hi int;
  taken text;
  given text;
begin
  select g.* into one from vouchsafe.dataset_generation g where g.dataset_id = dataset and g.number = a_generation;
  select g.* into other from vouchsafe.dataset_generation g where g.dataset_id = dataset and g.number = b_generation;
  key := vouchsafe.common_key(one.columns, one.key, other.columns, other.key);
  if a_generation = b_generation then
    lo := least(a, b);
    hi := greatest(a, b);
  end if;
  taken := vouchsafe.version_sql(dataset, a, a_generation, one.columns, key, lo, hi);
  given := vouchsafe.version_sql(dataset, b, b_generation, other.columns, key, lo, hi);
  if a_generation = b_generation or cardinality(key) > 0 then
    return format(
      'select case when o.content is null then ''added'' when n.content is null then ''removed'' else ''changed'' end as kind,
              coalesce(n.number, o.number) as position, coalesce(n.key, o.key) as key, o.content as before, n.content as after
         from (%s) as o full join (%s) as n on %s
        where o.content is distinct from n.content',
      taken, given,
      case when cardinality(key) > 0
           then (select string_agg(format('n.k%s = o.k%s', k, k), ' and ') from generate_series(1, cardinality(key)) k)
           else 'n.number = o.number' end);
  end if;
  return format(
    'select case when o.content is null then ''added'' else ''removed'' end as kind, coalesce(n.number, o.number) as position,
            null::json as key, o.content as before, n.content as after
       from (select content, number, row_number() over (partition by content order by number) as copy from (%s) as t) as o
       full join (select content, number, row_number() over (partition by content order by number) as copy from (%s) as t) as n
         on n.content = o.content and n.copy = o.copy
      where o.content is null or n.content is null', taken, given);
end
$$;

-- Large comparisons --------------------------------------------------------------------------------------------------------

-- One that the transaction's actor asked for, of a dataset that they may still read.
create function vouchsafe.comparison_of_actor(comparison text) returns vouchsafe.dataset_comparison
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  asked vouchsafe.dataset_comparison;
begin
  select c.* into asked from vouchsafe.dataset_comparison c
    where c.id = comparison and c.company_id = nullif(current_setting('vouchsafe.company_id', true), '')
      and c.compared_by = nullif(current_setting('vouchsafe.user_id', true), '');
  -- Of none at all: no rank.
  perform vouchsafe.demand_dataset_right(asked.dataset_id, 1);
  return asked;
end
$$;

create function vouchsafe.compared_generations(dataset text, a int, b int)
returns table (numbers int[], columns jsonb[], key text[])
language plpgsql stable rows 1 set search_path = pg_catalog, pg_temp as $$
declare
  one record;
  other record;
begin
  select g.* into one from vouchsafe.dataset_version v
    join vouchsafe.dataset_generation g on g.dataset_id = v.dataset_id and g.number = v.generation
    where v.dataset_id = dataset and v.number = a;
  select g.* into other from vouchsafe.dataset_version v
    join vouchsafe.dataset_generation g on g.dataset_id = v.dataset_id and g.number = v.generation
    where v.dataset_id = dataset and v.number = b;
  if one.number is null or other.number is null then
    raise exception 'no such version' using errcode = 'VD011';
  end if;
  return query select array[one.number, other.number], array[one.columns, other.columns],
                      vouchsafe.common_key(one.columns, one.key, other.columns, other.key);
end
$$;

create function vouchsafe.compared_name(comparison text, side int) returns text
language sql immutable set search_path = pg_catalog, pg_temp
begin atomic
  select comparison || '_' || (array['a', 'b'])[side];
end;

create function vouchsafe.open_comparison(comparison text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  asked constant vouchsafe.dataset_comparison := vouchsafe.comparison_of_actor(comparison);
  held record;
begin
  select * into held from vouchsafe.compared_generations(asked.dataset_id, asked.a, asked.b);
  for side in 1..2 loop
    execute format(
      'create unlogged table vouchsafe_data.%I as
         select t."vouchsafe:row" as number, null::bytea as digest%s from vouchsafe_data.%I as t with no data',
      vouchsafe.compared_name(comparison, side),
      (select string_agg(format(', t.%I as k%s', k.value, k.ordinality), '') from unnest(held.key) with ordinality as k (value)),
      vouchsafe.content_name(asked.dataset_id, held.numbers[side]));
  end loop;
  -- For the rest of the transaction: what is larger goes to disk, and nothing takes longer for one statement.
  perform set_config('work_mem', '32MB', true), set_config('hash_mem_multiplier', '2', true),
          set_config('max_parallel_workers_per_gather', '0', true), set_config('statement_timeout', '15min', true);
end
$$;

create function vouchsafe.compare_part(comparison text, side int, after bigint, most int) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  asked constant vouchsafe.dataset_comparison := vouchsafe.comparison_of_actor(comparison);
  held record;
  version constant int := case side when 1 then asked.a else asked.b end;
  lo constant int := least(asked.a, asked.b);
  hi constant int := greatest(asked.a, asked.b);
  is_same boolean;
  name text;
  list text;
  last bigint;
begin
  select * into held from vouchsafe.compared_generations(asked.dataset_id, asked.a, asked.b);
  is_same := held.numbers[1] = held.numbers[2];
  name := vouchsafe.content_name(asked.dataset_id, held.numbers[side]);
  -- A row as a text tells null from empty and one cell from the next, but not what the cells are called.
  list := format(
    't."vouchsafe:row" as number, substr(sha256(convert_to(%L || row(%s)::text, ''UTF8'')), 1, 16) as digest%s',
    case when (select jsonb_agg(c -> 'name') from jsonb_array_elements(held.columns[1]) c)
              = (select jsonb_agg(c -> 'name') from jsonb_array_elements(held.columns[2]) c) then '' else side::text end,
    (select string_agg(format('t.%I::text', c.value ->> 'name'), ', ' order by c.ordinality)
       from jsonb_array_elements(held.columns[side]) with ordinality as c),
    (select string_agg(format(', t.%I as k%s', k.value, k.ordinality), '') from unnest(held.key) with ordinality as k (value)));
  -- Of two versions of one generation only what is not the same row in both. Each half is ordered and ends by itself, and only
  -- what is left of both is digested.
  execute format(
    'with read as (
       insert into vouchsafe_data.%1$I
       select %2$s from (
         (select h.* from (select h.*, null::int as "vouchsafe:until" from vouchsafe_data.%3$I as h
            where h."vouchsafe:row" > $1 and h."vouchsafe:since" <= $3%5$s order by h."vouchsafe:row" limit $2) as h)
         union all
         (select h.* from vouchsafe_data.%4$I as h
            where h."vouchsafe:row" > $1 and h."vouchsafe:since" <= $3 and h."vouchsafe:until" > $3%6$s
            order by h."vouchsafe:row" limit $2)) as t
        order by t."vouchsafe:row" limit $2
       returning number)
     select max(number) from read',
    vouchsafe.compared_name(comparison, side), list, name, name || '_past',
    case when is_same then format(' and h."vouchsafe:since" > %s', lo) end,
    case when is_same then format(' and (h."vouchsafe:since" > %s or h."vouchsafe:until" <= %s)', lo, hi) end)
    into last using after, most, version;
  return last;
end
$$;

create function vouchsafe.finish_comparison(comparison text, claim text, most int, at timestamptz) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  asked constant vouchsafe.dataset_comparison := vouchsafe.comparison_of_actor(comparison);
  held record;
  found_of record;
  one constant text := format('vouchsafe_data.%I', vouchsafe.compared_name(comparison, 1));
  other constant text := format('vouchsafe_data.%I', vouchsafe.compared_name(comparison, 2));
  differences text;
  is_theirs boolean;
begin
  select * into held from vouchsafe.compared_generations(asked.dataset_id, asked.a, asked.b);
  execute format('analyze %s, %s', one, other);
  if cardinality(held.key) > 0 or held.numbers[1] = held.numbers[2] then
    differences := format(
      'select o.number as was, n.number as present from %s as o full join %s as n on %s where o.digest is distinct from n.digest',
      one, other,
      case when cardinality(held.key) > 0
           then (select string_agg(format('n.k%s = o.k%s', k, k), ' and ') from generate_series(1, cardinality(held.key)) k)
           else 'n.number = o.number' end);
  else
    differences := format(
      'select o.number as was, n.number as present
         from (select t.*, row_number() over (partition by digest order by number) as copy from %s as t) as o
         full join (select t.*, row_number() over (partition by digest order by number) as copy from %s as t) as n
           on n.digest = o.digest and n.copy = o.copy
        where o.number is null or n.number is null', one, other);
  end if;
  -- In the order of list_differences: by the row, and what came before what went.
  execute format(
    'with d as materialized (%s), first as materialized (
       select was, present from d order by coalesce(present, was), present is null, was is not null limit $1)
     select (select count(*) from d where was is null) as added, (select count(*) from d where was is not null and present is not null) as changed,
            (select count(*) from d where present is null) as removed,
            array(select was from first order by coalesce(present, was), present is null, was is not null) as before,
            array(select present from first order by coalesce(present, was), present is null, was is not null) as after', differences)
    into found_of using most;
  execute format('drop table %s, %s', one, other);
  update vouchsafe.dataset_comparison c
     set phase = 'compared', added = found_of.added, changed = found_of.changed, removed = found_of.removed,
         rows_before = found_of.before, rows_after = found_of.after, rows_done = c.rows,
         ended_at = finish_comparison.at, claim = null, beat_at = null
   where c.id = comparison and c.claim = finish_comparison.claim and c.phase = 'comparing'
  returning true into is_theirs;
  return coalesce(is_theirs, false);
end
$$;

create function vouchsafe.list_compared(comparison text, skip int, most int, most_bytes int)
returns table (kind text, key json, before json, after json)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  asked constant vouchsafe.dataset_comparison := vouchsafe.comparison_of_actor($1);
  was constant bigint[] := asked.rows_before[$2 + 1 : $2 + $3];
  present constant bigint[] := asked.rows_after[$2 + 1 : $2 + $3];
  held record;
  given bigint := 0;
begin
  select * into held from vouchsafe.compared_generations(asked.dataset_id, asked.a, asked.b);
  for kind, key, before, after in execute format(
    'select case when d.was is null then ''added'' when d.present is null then ''removed'' else ''changed'' end,
            coalesce(n.key, o.key), o.content::json, n.content::json
       from unnest($1, $2) with ordinality as d (was, present, place)
       left join (select t.* from (%s) as t where t.number = any ($1)) as o on o.number = d.was
       left join (select t.* from (%s) as t where t.number = any ($2)) as n on n.number = d.present
      order by d.place',
    vouchsafe.version_sql(asked.dataset_id, asked.a, held.numbers[1], held.columns[1], held.key, null, null),
    vouchsafe.version_sql(asked.dataset_id, asked.b, held.numbers[2], held.columns[2], held.key, null, null)) using was, present
  loop
    return next;
    given := given + coalesce(octet_length(before::text), 0) + coalesce(octet_length(after::text), 0);
    exit when given >= $4;
  end loop;
end
$$;

-- Rights ----------------------------------------------------------------------------------------------------------------

grant select, insert, delete on vouchsafe.dataset_comparison to vouchsafe_app;
grant update (phase, rows_done, failure, tries, claim, beat_at, ended_at) on vouchsafe.dataset_comparison to vouchsafe_app;
grant select, delete, update (phase, added, changed, removed, rows_before, rows_after, rows_done, ended_at, claim, beat_at)
  on vouchsafe.dataset_comparison to vouchsafe_system;
create policy system on vouchsafe.dataset_comparison to vouchsafe_system using (true) with check (true);

grant execute on function
  vouchsafe.comparison_size(text, int, int), vouchsafe.queue_comparison(text), vouchsafe.find_comparison(text),
  vouchsafe.waiting_comparisons(timestamptz, int), vouchsafe.sweep_comparisons(timestamptz), vouchsafe.open_comparison(text),
  vouchsafe.compare_part(text, int, bigint, int), vouchsafe.finish_comparison(text, text, int, timestamptz),
  vouchsafe.list_compared(text, int, int, int)
to vouchsafe_app;

grant create on schema vouchsafe to vouchsafe_jobs, vouchsafe_system;
alter function vouchsafe.queue_comparison(text) owner to vouchsafe_jobs;
do $$
declare
  item regprocedure;
begin
  foreach item in array array[
    'vouchsafe.comparison_size(text, int, int)', 'vouchsafe.find_comparison(text)',
    'vouchsafe.waiting_comparisons(timestamptz, int)', 'vouchsafe.sweep_comparisons(timestamptz)',
    'vouchsafe.common_key(jsonb, text[], jsonb, text[])', 'vouchsafe.differences_between(text, int, int, int, int)',
    'vouchsafe.comparison_of_actor(text)', 'vouchsafe.compared_generations(text, int, int)',
    'vouchsafe.compared_name(text, int)', 'vouchsafe.open_comparison(text)', 'vouchsafe.compare_part(text, int, bigint, int)',
    'vouchsafe.finish_comparison(text, text, int, timestamptz)', 'vouchsafe.list_compared(text, int, int, int)'
  ]::regprocedure[] loop
    execute format('alter function %s owner to vouchsafe_system', item);
  end loop;
end
$$;

-- Of 0017, by whom they belong to -------------------------------------------------------------------------------------

set local role vouchsafe_system;

create or replace function vouchsafe.differences_sql(dataset text, a int, b int) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  one record;
  other record;
begin
  select v.generation, v.rows into one from vouchsafe.dataset_version v
    where v.dataset_id = differences_sql.dataset and v.number = a;
  select v.generation, v.rows into other from vouchsafe.dataset_version v
    where v.dataset_id = differences_sql.dataset and v.number = b;
  if one.generation is null or other.generation is null then
    raise exception 'no such version' using errcode = 'VD011';
  end if;
  -- The server begins a comparison long before.
  if one.generation <> other.generation and one.rows + other.rows > 2000000 then
    raise exception 'too large to compare' using errcode = 'VD013';
  end if;
  return vouchsafe.differences_between(dataset, a, one.generation, b, other.generation);
end
$$;

create or replace function vouchsafe.list_differences(dataset text, a int, b int, skip bigint, most int)
returns table (kind text, key json, before json, after json)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  given bigint := 0;
begin
  perform vouchsafe.demand_dataset_right($1, 1);
  for kind, key, before, after in execute format(
    'select d.kind, d.key, d.before::json, d.after::json
       from (select d.* from (%s) as d order by d.position, d.kind offset $1 limit $2) as d
      order by d.position, d.kind', vouchsafe.differences_sql($1, $2, $3))
    using $4, $5
  loop
    return next;
    given := given + coalesce(octet_length(before::text), 0) + coalesce(octet_length(after::text), 0);
    exit when given >= 4194304;
  end loop;
end
$$;

-- Counting what is different takes seconds, and is done before the lock: others go on editing. Where a version came meanwhile, it
-- is let go and counted anew. Who is overtaken three times has no counts, unless that takes no time.
create or replace function vouchsafe.publish_generation(dataset text, generation int, kind text, expected_version int) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  seen record;
  held record;
  made record;
  rows bigint;
  others bigint;
  fresh_version int;
  added bigint;
  changed bigint;
  removed bigint;
begin
  perform vouchsafe.demand_dataset_right(dataset, 2);
  -- Said at once to who is late already.
  select d.current_version into seen from vouchsafe.dataset d where d.id = dataset;
  if seen.current_version is distinct from coalesce(expected_version, seen.current_version) then
    raise exception 'the version has moved on' using errcode = 'VD002';
  end if;
  select g.columns, g.key into made from vouchsafe.dataset_generation g
    where g.dataset_id = dataset and g.number = publish_generation.generation
      and not exists (select from vouchsafe.dataset_version v where v.dataset_id = dataset and v.generation = g.number);
  if made.columns is null then
    raise exception 'no such generation, or one in use' using errcode = 'VD008';
  end if;
  -- All that takes long, while others go on editing. Two who publish the same one do not both make its indexes.
  perform vouchsafe.open_generation(dataset, generation, made.columns, made.key);
  execute format('select count(*) from vouchsafe_data.%I', vouchsafe.content_name(dataset, generation)) into rows;
  for try in 1..4 loop
    select d.current_version, d.current_generation into seen from vouchsafe.dataset d where d.id = dataset;
    others := vouchsafe.rows_of_version(dataset, seen.current_version);
    added := null; changed := null; removed := null;
    if seen.current_version = 0 then
      added := rows; changed := 0; removed := 0;
    elsif rows + others <= 1000000 and (try < 4 or rows + others <= 50000) then
      execute format(
        'select count(*) filter (where d.kind = ''added''), count(*) filter (where d.kind = ''changed''),
                count(*) filter (where d.kind = ''removed'') from (%s) as d',
        vouchsafe.differences_between(dataset, seen.current_version, seen.current_generation, seen.current_version + 1, generation))
        into added, changed, removed;
    end if;
    -- An inner transaction, whose end gives the lock back; the last one has had it since the try before.
    begin
      select d.current_version into held from vouchsafe.dataset d where d.id = dataset for no key update;
      -- The right may have gone, and a version may have come, in the meantime.
      perform vouchsafe.demand_dataset_right(dataset, 2);
      if held.current_version is distinct from coalesce(expected_version, held.current_version) then
        raise exception 'the version has moved on' using errcode = 'VD002';
      end if;
      if held.current_version <> seen.current_version and try < 3 then
        raise exception 'overtaken' using errcode = 'VD099';
      end if;
    exception when sqlstate 'VD099' then
      continue;
    end;
    exit when held.current_version = seen.current_version;
  end loop;
  fresh_version := held.current_version + 1;
  perform vouchsafe.write_version(dataset, fresh_version, generation, kind, rows, added, changed, removed);
  return fresh_version;
end
$$;

set local role vouchsafe_owner;
revoke create on schema vouchsafe from vouchsafe_jobs, vouchsafe_system;
