-- Old versions that are being brought back, where there is more to copy than one request has time for; and what an export of any
-- size reads datasets with.
--
-- Functions for the server:
--   restoration_size(dataset text, version int) → bytes: of the tables that a restoration reads and compares.
--   queue_restoration(restoration text): has the queue look at it.
--   find_restoration(restoration text) → company_id, restored_by: for whom there is something to do, once a job names it.
--   waiting_restorations(stale timestamptz, most int) → restoration_id, company_id, restored_by: what nobody has been at since.
--   sweep_restorations(before timestamptz) → int8: forgets those that ended before.
--   exported_content(company text) → dataset, name, version, columns: what a company's export has rows of, also what is private.
--   read_content(company text, dataset text, version int, after bigint, most int, most_bytes int) → number, line: rows of a version
--       behind one, each a JSON list of texts and nulls. No company but that of the transaction.
-- Changed: publish_generation makes the indexes before it locks the dataset, so that others edit meanwhile, and asks for the right
-- once more when it has the lock. Gone: list_content, open_content, whose cursor held a connection as long as its reader took.

create table vouchsafe.dataset_restoration (
  id text collate "C" primary key check (vouchsafe.is_id('op', id)),
  -- In which company it was asked for; the dataset may be another's that has shared it.
  company_id text collate "C" not null references vouchsafe.company on delete cascade,
  restored_by text collate "C" not null,
  dataset_id text collate "C" not null references vouchsafe.dataset on delete cascade,
  -- The version that comes back, and the one that it has to follow.
  number int4 not null,
  expected_version int4,
  phase text collate "C" not null check (phase in ('waiting', 'restoring', 'restored', 'failed')),
  rows int8 not null,
  rows_done int8 not null default 0,
  version int4,
  -- A code of our own.
  failure text collate "C" check (failure ~ '^[a-z_]{1,40}$'),
  -- How often it was begun: one that ends its server each time is given up.
  tries int4 not null default 0,
  -- Who is at it, and when they last said so.
  claim text collate "C",
  beat_at timestamptz,
  created_at timestamptz not null,
  ended_at timestamptz,
  foreign key (company_id, restored_by) references vouchsafe.member (company_id, user_id) on delete cascade
);
create index dataset_restoration_by_member on vouchsafe.dataset_restoration (company_id, restored_by);
create index dataset_restoration_by_dataset on vouchsafe.dataset_restoration (dataset_id);
-- Two of one dataset would copy side by side, and the second would undo the first.
create unique index dataset_restoration_under_way on vouchsafe.dataset_restoration (dataset_id)
  where phase in ('waiting', 'restoring');
create index dataset_restoration_ended on vouchsafe.dataset_restoration (ended_at) where ended_at is not null;

-- Beside `company_only` of after-each.sql: shown to nobody but who asked for it. Which datasets there are is no secret of theirs.
create policy restorer on vouchsafe.dataset_restoration as restrictive to vouchsafe_app
  using (restored_by = (select nullif(current_setting('vouchsafe.user_id', true), '')))
  with check (restored_by = (select nullif(current_setting('vouchsafe.user_id', true), '')));

create function vouchsafe.restoration_size(dataset text, version int) returns bigint
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform vouchsafe.demand_dataset_right(dataset, 2);
  return coalesce((
    select sum(pg_table_size(format('vouchsafe_data.%I', part.name)::regclass))::bigint
      from (select d.current_generation as number from vouchsafe.dataset d where d.id = dataset
            union select v.generation from vouchsafe.dataset_version v
                   where v.dataset_id = dataset and v.number = restoration_size.version) as g
      cross join lateral (values (vouchsafe.content_name(dataset, g.number)),
                                 (vouchsafe.content_name(dataset, g.number, '_past'))) as part (name)
     where g.number is not null), 0);
end
$$;

create function vouchsafe.queue_restoration(restoration text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- The job holds the id alone, and is no more than a word to look; what is to be done stands in the table.
  perform graphile_worker.add_job('datasets.restore', json_build_object('restoration', restoration),
                                  max_attempts => 3, job_key => restoration);
end
$$;

create function vouchsafe.find_restoration(restoration text) returns table (company_id text, restored_by text)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select r.company_id, r.restored_by from vouchsafe.dataset_restoration r
    where r.id = find_restoration.restoration and r.phase in ('waiting', 'restoring');
end;

create function vouchsafe.waiting_restorations(stale timestamptz, most int)
returns table (restoration_id text, company_id text, restored_by text)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select r.id, r.company_id, r.restored_by from vouchsafe.dataset_restoration r
    where r.phase in ('waiting', 'restoring') and (r.beat_at is null or r.beat_at < stale)
    order by r.id limit most;
end;

create function vouchsafe.sweep_restorations(before timestamptz) returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  swept int8;
begin
  delete from vouchsafe.dataset_restoration r where r.ended_at < before;
  get diagnostics swept = row_count;
  return swept;
end
$$;

-- As their owner, whose functions these are.
grant create on schema vouchsafe to vouchsafe_system;
set local role vouchsafe_system;
create or replace function vouchsafe.publish_generation(dataset text, generation int, kind text, expected_version int) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  held record;
  made record;
  rows bigint;
  fresh_version int;
  counts record;
begin
  perform vouchsafe.demand_dataset_right(dataset, 2);
  -- Said at once to who is late already.
  select d.current_version into held from vouchsafe.dataset d where d.id = dataset;
  if held.current_version is distinct from coalesce(expected_version, held.current_version) then
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
  select d.current_version into held from vouchsafe.dataset d where d.id = dataset for no key update;
  -- The right may have gone, and a version may have come, in the meantime.
  perform vouchsafe.demand_dataset_right(dataset, 2);
  if held.current_version is distinct from coalesce(expected_version, held.current_version) then
    raise exception 'the version has moved on' using errcode = 'VD002';
  end if;
  fresh_version := held.current_version + 1;
  perform vouchsafe.write_version(dataset, fresh_version, generation, kind, rows, null, null, null);
  if held.current_version = 0 then
    update vouchsafe.dataset_version v set added = v.rows, changed = 0, removed = 0
      where v.dataset_id = dataset and v.number = fresh_version;
  elsif rows + vouchsafe.rows_of_version(dataset, held.current_version) <= 1000000 then
    select * into counts from vouchsafe.count_differences(dataset, held.current_version, fresh_version);
    update vouchsafe.dataset_version v set added = counts.added, changed = counts.changed, removed = counts.removed
      where v.dataset_id = dataset and v.number = fresh_version;
  end if;
  return fresh_version;
end
$$;

drop function vouchsafe.list_content(text, bigint);
drop function vouchsafe.open_content(text, text);
set local role vouchsafe_owner;
revoke create on schema vouchsafe from vouchsafe_system;

-- Exports ---------------------------------------------------------------------------------------------------------------

create function vouchsafe.exported_content(company text)
returns table (dataset text, name text, version int, columns text[])
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select d.id, d.name, d.current_version,
         array(select c.value ->> 'name' from jsonb_array_elements(g.columns) with ordinality as c order by c.ordinality)
    from vouchsafe.dataset d
    join vouchsafe.dataset_generation g on g.dataset_id = d.id and g.number = d.current_generation
   where d.company_id = exported_content.company
     and exported_content.company = nullif(current_setting('vouchsafe.company_id', true), '')
   order by d.id;
end;

create function vouchsafe.read_content(company text, dataset text, version int, after bigint, most int, most_bytes int)
returns table (number bigint, line text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  held record;
  given bigint := 0;
begin
  select v.generation, g.columns into held from vouchsafe.dataset d
    join vouchsafe.dataset_version v on v.dataset_id = d.id and v.number = read_content.version
    join vouchsafe.dataset_generation g on g.dataset_id = v.dataset_id and g.number = v.generation
    where d.id = read_content.dataset and d.company_id = read_content.company
      and read_content.company = nullif(current_setting('vouchsafe.company_id', true), '');
  if held.generation is null then
    raise exception 'no such version' using errcode = 'VD011';
  end if;
  for number, line in execute format(
    'select p.number, p.line from (
       select t."vouchsafe:row" as number, %1$s as line from vouchsafe_data.%2$I as t
        where t."vouchsafe:row" > $2 and t."vouchsafe:since" <= $1
       union all
       select t."vouchsafe:row", %1$s from vouchsafe_data.%3$I as t
        where t."vouchsafe:row" > $2 and t."vouchsafe:since" <= $1 and t."vouchsafe:until" > $1) as p
      order by p.number limit $3',
    vouchsafe.content_line(held.columns, 't.'), vouchsafe.content_name(dataset, held.generation),
    vouchsafe.content_name(dataset, held.generation, '_past')) using version, after, most
  loop
    return next;
    given := given + octet_length(line);
    exit when given >= most_bytes;
  end loop;
end
$$;

-- Rights ----------------------------------------------------------------------------------------------------------------

grant select, insert on vouchsafe.dataset_restoration to vouchsafe_app;
grant update (phase, rows_done, version, failure, tries, claim, beat_at, ended_at) on vouchsafe.dataset_restoration to vouchsafe_app;
grant select, delete on vouchsafe.dataset_restoration to vouchsafe_system;
create policy system on vouchsafe.dataset_restoration to vouchsafe_system using (true) with check (true);

grant execute on function
  vouchsafe.restoration_size(text, int), vouchsafe.queue_restoration(text), vouchsafe.find_restoration(text),
  vouchsafe.waiting_restorations(timestamptz, int), vouchsafe.sweep_restorations(timestamptz),
  vouchsafe.exported_content(text), vouchsafe.read_content(text, text, int, bigint, int, int)
to vouchsafe_app;

grant create on schema vouchsafe to vouchsafe_jobs, vouchsafe_system;
alter function vouchsafe.queue_restoration(text) owner to vouchsafe_jobs;
alter function vouchsafe.restoration_size(text, int) owner to vouchsafe_system;
alter function vouchsafe.find_restoration(text) owner to vouchsafe_system;
alter function vouchsafe.waiting_restorations(timestamptz, int) owner to vouchsafe_system;
alter function vouchsafe.sweep_restorations(timestamptz) owner to vouchsafe_system;
alter function vouchsafe.exported_content(text) owner to vouchsafe_system;
alter function vouchsafe.read_content(text, text, int, bigint, int, int) owner to vouchsafe_system;
revoke create on schema vouchsafe from vouchsafe_jobs, vouchsafe_system;
