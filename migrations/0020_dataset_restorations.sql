-- Old versions that are being brought back, where there is more to copy than one request has time for.
--
-- Functions for the server:
--   restoration_size(dataset text, version int) → bytes: of the tables that a restoration reads and compares.
--   queue_restoration(restoration text): has the queue look at it.
--   find_restoration(restoration text) → company_id, restored_by: for whom there is something to do, once a job names it.
--   waiting_restorations(stale timestamptz, most int) → restoration_id, company_id, restored_by: what nobody has been at since.
--   sweep_restorations(before timestamptz) → int8: forgets those that ended before.

create table vouchsafe.dataset_restoration (
  id text collate "C" primary key check (vouchsafe.is_id('op', id)),
  -- In which company it was asked for; the dataset may be another's that has shared it.
  company_id text collate "C" not null references vouchsafe.company on delete cascade,
  -- Empty where a key of the company restores, which no route does yet. Who leaves the company takes theirs along.
  restored_by text collate "C",
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

-- Beside `company_only` of after-each.sql: shown to nobody but who asked for it, for a private dataset's name is nobody else's.
create policy restorer on vouchsafe.dataset_restoration as restrictive to vouchsafe_app
  using (restored_by is not distinct from (select nullif(current_setting('vouchsafe.user_id', true), '')))
  with check (restored_by is not distinct from (select nullif(current_setting('vouchsafe.user_id', true), '')));

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

-- Rights ----------------------------------------------------------------------------------------------------------------

grant select, insert on vouchsafe.dataset_restoration to vouchsafe_app;
grant update (phase, rows_done, version, failure, tries, claim, beat_at, ended_at) on vouchsafe.dataset_restoration to vouchsafe_app;
grant select, delete on vouchsafe.dataset_restoration to vouchsafe_system;
create policy system on vouchsafe.dataset_restoration to vouchsafe_system using (true) with check (true);

grant execute on function
  vouchsafe.restoration_size(text, int), vouchsafe.queue_restoration(text), vouchsafe.find_restoration(text),
  vouchsafe.waiting_restorations(timestamptz, int), vouchsafe.sweep_restorations(timestamptz)
to vouchsafe_app;

grant create on schema vouchsafe to vouchsafe_jobs, vouchsafe_system;
alter function vouchsafe.queue_restoration(text) owner to vouchsafe_jobs;
alter function vouchsafe.restoration_size(text, int) owner to vouchsafe_system;
alter function vouchsafe.find_restoration(text) owner to vouchsafe_system;
alter function vouchsafe.waiting_restorations(timestamptz, int) owner to vouchsafe_system;
alter function vouchsafe.sweep_restorations(timestamptz) owner to vouchsafe_system;
revoke create on schema vouchsafe from vouchsafe_jobs, vouchsafe_system;
