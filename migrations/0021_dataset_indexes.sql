-- Indexes of datasets that people choose, and what reads ask for, from which they are suggested: docs/decisions/0041-indexes-of-datasets.md.
--
-- Index <i> of a dataset is "<dataset>_g<n>_i<i>" of its current generation <n>. CREATE INDEX CONCURRENTLY cannot run in a function,
-- so that the server's main thread builds them on a connection that takes the role of the tables' owner, and asks these:
--
--   count_dataset_uses(datasets text[], columns text[], kinds text[], days date[], counts int8[]): adds them, of datasets that are there.
--   sweep_dataset_uses(before date) → int8: forgets earlier days.
--   queue_indexes(dataset text): has the queue look at it.
--   index_work(dataset text) → number, columns, generation, content: what is wanted of the current generation and is not there.
--   index_leftovers(dataset text) → name: of indexes that are wanted no more, of earlier generations, or that nobody finished.
--   note_index(dataset text, number int4, generation int4, progress int4, failure text): of one that is being built.
--   forget_indexes(dataset text): those that were taken away, once their indexes are gone.
--   waiting_indexes(most int4) → dataset: that have something to be done.

create table vouchsafe.dataset_index (
  dataset_id text collate "C" not null,
  company_id text collate "C" not null references vouchsafe.company on delete cascade,
  number int not null check (number > 0),
  -- Empty: of all texts, for search.
  columns text[] not null check (cardinality(columns) <= 4),
  created_at timestamptz not null,
  -- Taken away, and not dropped yet.
  removed_at timestamptz,
  -- In hundredths, of the generation beside it.
  progress int check (progress between 0 and 100),
  -- A code of our own.
  failure text collate "C" check (failure ~ '^[a-z_]{1,40}$'),
  generation int,
  primary key (dataset_id, number),
  foreign key (dataset_id, company_id) references vouchsafe.dataset (id, company_id) on delete cascade
);
create index dataset_index_by_company on vouchsafe.dataset_index (company_id);
create unique index dataset_index_once on vouchsafe.dataset_index (dataset_id, columns) where removed_at is null;

-- How often reads asked for rows by a column, in which way, on a UTC day: no value, nobody who asked.
create table vouchsafe.dataset_index_use (
  dataset_id text collate "C" not null,
  company_id text collate "C" not null references vouchsafe.company on delete cascade,
  -- Empty for `search`, which is of all columns.
  column_name text collate "C" not null,
  kind text collate "C" not null check (kind in ('equal', 'range', 'search')),
  day date not null,
  count bigint not null check (count > 0),
  primary key (dataset_id, column_name, kind, day),
  foreign key (dataset_id, company_id) references vouchsafe.dataset (id, company_id) on delete cascade
);
create index dataset_index_use_by_company on vouchsafe.dataset_index_use (company_id);
create index dataset_index_use_by_day on vouchsafe.dataset_index_use (day);

create function vouchsafe.count_dataset_uses(datasets text[], columns text[], kinds text[], days date[], counts bigint[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- In one order, so that two threads wait for each other at most once.
  insert into vouchsafe.dataset_index_use as u (dataset_id, company_id, column_name, kind, day, count)
    select d.id, d.company_id, f.name, f.kind, f.day, sum(f.count)::bigint
      from unnest(datasets, columns, kinds, days, counts) as f (dataset, name, kind, day, count)
      join vouchsafe.dataset d on d.id = f.dataset
     group by d.id, d.company_id, f.name, f.kind, f.day order by d.id, f.name, f.kind, f.day
    on conflict (dataset_id, column_name, kind, day) do update set count = u.count + excluded.count;
end
$$;

create function vouchsafe.sweep_dataset_uses(before date) returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  swept int8;
begin
  delete from vouchsafe.dataset_index_use u where u.day < before;
  get diagnostics swept = row_count;
  return swept;
end
$$;

create function vouchsafe.queue_indexes(dataset text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform graphile_worker.add_job('datasets.index', json_build_object('dataset', dataset),
                                  max_attempts => 3, job_key => 'index ' || dataset);
end
$$;

create function vouchsafe.has_indexes(dataset text) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select exists (select from vouchsafe.dataset_index i where i.dataset_id = dataset);
end;

-- A new generation has none of the indexes yet.
create function vouchsafe.carry_indexes() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if vouchsafe.has_indexes(new.id) then
    perform vouchsafe.queue_indexes(new.id);
  end if;
  return null;
end
$$;
create trigger indexes after update of current_generation on vouchsafe.dataset
  for each row when (old.current_generation is distinct from new.current_generation)
  execute function vouchsafe.carry_indexes();

create function vouchsafe.is_built(relation text) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select exists (select from pg_class c join pg_index x on x.indexrelid = c.oid
                  where c.relnamespace = (select n.oid from pg_namespace n where n.nspname = 'vouchsafe_data')
                    and c.relname = relation::name and x.indisvalid);
end;

create function vouchsafe.index_work(dataset text) returns table (number int, columns text[], generation int, content jsonb)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select i.number, i.columns, g.number, g.columns
    from vouchsafe.dataset_index i
    join vouchsafe.dataset d on d.id = i.dataset_id
    join vouchsafe.dataset_generation g on g.dataset_id = d.id and g.number = d.current_generation
   where i.dataset_id = index_work.dataset and i.removed_at is null
     and (i.failure is null or i.generation is distinct from g.number)
     and not vouchsafe.is_built(vouchsafe.content_name(d.id, g.number, '_i' || i.number))
   order by i.number;
end;

create function vouchsafe.index_leftovers(dataset text) returns table (name text)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select c.relname::text from pg_class c join pg_index x on x.indexrelid = c.oid
   where c.relnamespace = (select n.oid from pg_namespace n where n.nspname = 'vouchsafe_data')
     and c.relname ~ '^[a-z0-9_]+_g[0-9]+_i[0-9]+$' and starts_with(c.relname::text, index_leftovers.dataset || '_g')
     and (not x.indisvalid
          or not exists (select from vouchsafe.dataset_index i join vouchsafe.dataset d on d.id = i.dataset_id
                          where i.dataset_id = index_leftovers.dataset and i.removed_at is null
                            and c.relname::text = vouchsafe.content_name(d.id, d.current_generation, '_i' || i.number)));
end;

create function vouchsafe.note_index(dataset text, number int, generation int, progress int, failure text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update vouchsafe.dataset_index i
     set progress = note_index.progress, failure = note_index.failure, generation = note_index.generation
   where i.dataset_id = dataset and i.number = note_index.number;
end
$$;

create function vouchsafe.forget_indexes(dataset text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from vouchsafe.dataset_index i
   where i.dataset_id = dataset and i.removed_at is not null
     and not exists (select from pg_class c where c.relnamespace = 'vouchsafe_data'::regnamespace
                        and c.relname ~ ('^' || dataset || '_g[0-9]+_i' || i.number || '$'));
end
$$;

create function vouchsafe.waiting_indexes(most int) returns table (dataset text)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select distinct i.dataset_id from vouchsafe.dataset_index i
    join vouchsafe.dataset d on d.id = i.dataset_id
   where i.removed_at is not null
      or (d.current_generation is not null and (i.failure is null or i.generation is distinct from d.current_generation)
          and not vouchsafe.is_built(vouchsafe.content_name(d.id, d.current_generation, '_i' || i.number)))
   limit most;
end;

-- Rights ----------------------------------------------------------------------------------------------------------------

grant select, insert on vouchsafe.dataset_index to vouchsafe_app;
grant update (removed_at, failure, progress) on vouchsafe.dataset_index to vouchsafe_app;
grant select on vouchsafe.dataset_index_use to vouchsafe_app;
grant select, delete, update (progress, failure, generation) on vouchsafe.dataset_index to vouchsafe_system;
grant select, insert, update (count), delete on vouchsafe.dataset_index_use to vouchsafe_system;
create policy system on vouchsafe.dataset_index to vouchsafe_system using (true) with check (true);
create policy system on vouchsafe.dataset_index_use to vouchsafe_system using (true) with check (true);

grant execute on function
  vouchsafe.count_dataset_uses(text[], text[], text[], date[], bigint[]), vouchsafe.sweep_dataset_uses(date)
to vouchsafe_app;
grant execute on function
  vouchsafe.index_work(text), vouchsafe.index_leftovers(text), vouchsafe.note_index(text, int, int, int, text),
  vouchsafe.forget_indexes(text), vouchsafe.waiting_indexes(int), vouchsafe.has_indexes(text)
to vouchsafe_jobs;
grant execute on function vouchsafe.queue_indexes(text) to vouchsafe_app;

grant create on schema vouchsafe to vouchsafe_jobs, vouchsafe_system;
do $$
declare
  item regprocedure;
begin
  foreach item in array array[
    'vouchsafe.count_dataset_uses(text[], text[], text[], date[], bigint[])', 'vouchsafe.sweep_dataset_uses(date)',
    'vouchsafe.has_indexes(text)', 'vouchsafe.is_built(text)', 'vouchsafe.index_work(text)', 'vouchsafe.index_leftovers(text)',
    'vouchsafe.note_index(text, int, int, int, text)', 'vouchsafe.forget_indexes(text)', 'vouchsafe.waiting_indexes(int)'
  ]::regprocedure[] loop
    execute format('alter function %s owner to vouchsafe_system', item);
  end loop;
end
$$;
alter function vouchsafe.queue_indexes(text) owner to vouchsafe_jobs;
alter function vouchsafe.carry_indexes() owner to vouchsafe_jobs;
revoke create on schema vouchsafe from vouchsafe_jobs, vouchsafe_system;
