-- The rows of datasets, and their versions. How they lie, and why: docs/decisions/0035-versions-of-datasets.md.
--
-- A generation of a dataset is one set of typed columns and lies in schema vouchsafe_data as
--   "<dataset>_g<n>"       the rows as they are now, each with "vouchsafe:row" (int8, grows, stays with a row over edits) and
--                          "vouchsafe:since" (int4, the version that wrote it; 0 what the generation began with),
--   "<dataset>_g<n>_past"  the rows as they were, each with "vouchsafe:until" besides: the version that took it away,
--   "<dataset>_g<n>_now"   a view: the first, for whoever may read it,
--   "<dataset>_g<n>_at"    a view: the rows of the version that the setting vouchsafe.at_version names, for the same.
-- Until it is published only the first is there, which takes COPY and shows nothing to the server.
--
-- Functions for the server. The actor is the transaction's company and user; a dataset that the actor has no right on is
-- none. Refusals are of class VD:
--   VD001 no such dataset, or not the right for this    VD002 the version has moved on    VD003 a name of a column
--   VD004 a type of a column    VD005 too few or too many columns    VD006 two columns of one name    VD007 the key
--   VD008 no such generation, or one in use    VD009 no content yet    VD010 a change outside of an edit
--   VD011 no such version    VD012 other columns than those that are appended to    VD013 too large to compare
--
--   dataset_right(dataset text) → text: none, read, modify or manage.
--   has_dataset_right(dataset text, wanted int4) → boolean: 1 read, 2 modify, 3 manage.
--   make_generation(dataset text, columns jsonb, key text[]) → int4: [{"name", "type", "label"?}]; needs modify.
--   publish_generation(dataset text, generation int4, kind text, expected_version int4) → int4: its version. Whole or not
--       at all, also 23505 for rows of equal key. expected_version null: whatever it was.
--   append_generation(dataset text, generation int4, expected_version int4) → int4: version; its rows go into the current
--       generation, and it goes.
--   drop_generation(dataset text, number int4) → boolean: one that no version uses.
--   begin_edit(dataset text) → version int4, generation int4. Until the transaction ends, others wait.
--   end_edit(dataset text) → version int4, added int8, changed int8, removed int8; the old version where nothing was touched.
--   restore_part(dataset text, version int4, generation int4, after int8, most int4) → int8: the last row that was copied into
--       a generation that is not published yet; null at the end.
--   open_dataset(dataset text, wanted int4) → one row or none: "right", company_id, name, version, generation, columns,
--       key, rows, current_version. wanted null: the current one.
--   dataset_sizes(datasets text[]) → id, company_name, rows int8, columns int4, changed_at: of those that may be read.
--   count_datasets(company text) → int8: of the transaction's company, all of them.
--   list_versions(dataset text, before int4, most int4) → newest first, those before `before`.
--   count_differences(dataset text, a int4, b int4) → added int8, changed int8, removed int8.
--   list_differences(dataset text, a int4, b int4, skip int8, most int4) → kind text, key json, before json, after json.
--   exported_content(company text) → dataset, name, version, columns text[].
--   read_content(company text, dataset text, version int4, after int8, most int4, most_bytes int4) → number int8, line text: rows of a
--       version behind row `after`, each a JSON list of texts and nulls; of no company but that of the transaction.
--   drop_remains(most int4) → int4: tables of datasets that are gone, and generations that nobody published within a day.

create schema vouchsafe_data;

alter table vouchsafe.dataset
  add title text check (length(title) between 1 and 200),
  add description text check (length(description) between 1 and 10000),
  -- 0: it has no content yet.
  add current_version int not null default 0 check (current_version >= 0),
  add current_generation int check (current_generation > 0),
  add constraint dataset_content check ((current_version = 0) = (current_generation is null));

-- One for all, so that two loads into one dataset do not wait for each other.
create sequence vouchsafe.dataset_generation_number as int;

create table vouchsafe.dataset_generation (
  dataset_id text collate "C" not null,
  company_id text collate "C" not null references vouchsafe.company on delete cascade,
  number int not null check (number > 0),
  columns jsonb not null,
  key text[] not null,
  made_at timestamptz not null,
  primary key (dataset_id, number),
  foreign key (dataset_id, company_id) references vouchsafe.dataset (id, company_id) on delete cascade
);
create index dataset_generation_by_company on vouchsafe.dataset_generation (company_id);

create table vouchsafe.dataset_version (
  dataset_id text collate "C" not null,
  company_id text collate "C" not null references vouchsafe.company on delete cascade,
  number int not null check (number > 0),
  generation int not null,
  kind text collate "C" not null check (kind in ('create', 'upload', 'append', 'edit', 'restore')),
  -- Empty for a key, and once that user is gone.
  made_by text collate "C" references vouchsafe.user_account on delete set null,
  made_by_key text collate "C" check (vouchsafe.is_id('key', made_by_key)),
  made_at timestamptz not null,
  rows bigint not null check (rows >= 0),
  -- Rows as they were written: what an edit took away and put in again is counted as both. Empty where an upload and the
  -- version before were too large to be compared.
  added bigint check (added >= 0),
  changed bigint check (changed >= 0),
  removed bigint check (removed >= 0),
  primary key (dataset_id, number),
  foreign key (dataset_id, company_id) references vouchsafe.dataset (id, company_id) on delete cascade,
  foreign key (dataset_id, generation) references vouchsafe.dataset_generation (dataset_id, number) on delete cascade
);
create index dataset_version_by_company on vouchsafe.dataset_version (company_id);
create index dataset_version_by_generation on vouchsafe.dataset_version (dataset_id, generation);
create index dataset_version_by_maker on vouchsafe.dataset_version (made_by) where made_by is not null;

-- Rights of the transaction's actor -----------------------------------------------------------------------------------

-- The rules once more, in words of their own: what the policies of content and every function below ask.
-- With one plan for all actors: PostgreSQL would make another one at every call, which costs three times what it runs.
create function vouchsafe.dataset_rank_of_actor(dataset text) returns int
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  company constant text := nullif(current_setting('vouchsafe.company_id', true), '');
  person constant text := nullif(current_setting('vouchsafe.user_id', true), '');
  found record;
  own int := 0;
begin
  if company is null then
    return 0;
  end if;
  select d.company_id, d.owner_id, d.visibility, d.may_be_shared_outside as outside, m.role,
         case g."right" when 'modify' then 2 when 'read' then 1 else 0 end as granted into found
    from vouchsafe.dataset d
    left join vouchsafe.member m on m.company_id = company and m.user_id = person
    left join vouchsafe.dataset_grant g
      on g.dataset_id = d.id and g.user_id = person and g.acting_company_id = company and (g.until is null or g.until > now())
    where d.id = dataset;
  if found.company_id is null then
    return 0;
  end if;
  if person is null then
    -- A key changes rows, and never what a dataset is.
    return case when found.company_id = company and found.visibility = 'company' then 2 else 0 end;
  end if;
  if found.role is null then
    return 0;
  end if;
  if found.company_id <> company then
    return case when found.outside then found.granted else 0 end;
  end if;
  own := case
    when found.role = 'owner' or (found.owner_id = person and found.role <> 'viewer') then 3
    when found.visibility = 'company' then case found.role when 'admin' then 3 when 'member' then 2 else 1 end
    when found.owner_id = person then 1
    else 0
  end;
  return greatest(own, found.granted);
end
$$;

create function vouchsafe.has_dataset_right(dataset text, wanted int) returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return vouchsafe.dataset_rank_of_actor(dataset) >= wanted;
end
$$;

create function vouchsafe.dataset_right(dataset text) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return (array['none', 'read', 'modify', 'manage'])[1 + vouchsafe.dataset_rank_of_actor(dataset)];
end
$$;

create function vouchsafe.demand_dataset_right(dataset text, wanted int) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if vouchsafe.dataset_rank_of_actor(dataset) < wanted then
    raise exception 'no such dataset, or not the right for this' using errcode = 'VD001';
  end if;
end
$$;

-- Content changes ----------------------------------------------------------------------------------------------------

-- One check a statement, which also COPY passes: the right, and that an edit of this very table is under way. What is not
-- published yet takes rows from whoever may modify the dataset, and shows none.
create function vouchsafe.guard_content() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  held constant text := tg_argv[0];
  numbered constant int := tg_argv[1];
begin
  perform vouchsafe.demand_dataset_right(held, 2);
  if tg_op = 'INSERT'
     and not exists (select from vouchsafe.dataset_version v where v.dataset_id = held and v.generation = numbered) then
    return null;
  end if;
  if current_setting('vouchsafe.edit', true) is distinct from tg_table_name
     or not exists (select from vouchsafe.dataset d where d.id = held and d.current_generation = numbered
                       and d.current_version + 1 = current_setting('vouchsafe.version', true)::int) then
    raise exception 'a change outside of an edit' using errcode = 'VD010';
  end if;
  return null;
end
$$;

-- Of rows that an update changes; what it leaves as it was, byte for byte, stays of its version (open_generation). Once a row:
-- without a search path of its own, which would cost more than all that it does.
create function vouchsafe.stamp_row() returns trigger
language plpgsql as $$
begin
  new."vouchsafe:since" := pg_catalog.current_setting('vouchsafe.version')::pg_catalog.int4;
  return new;
end
$$;

create function vouchsafe.count_edit(added bigint, changed bigint, removed bigint) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  counts constant bigint[] := current_setting('vouchsafe.edit_counts')::bigint[];
begin
  perform set_config('vouchsafe.edit_counts',
                     array[counts[1] + added, counts[2] + changed, counts[3] + removed]::text, true);
end
$$;

create function vouchsafe.note_inserted() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform vouchsafe.count_edit((select count(*) from fresh), 0, 0);
  return null;
end
$$;

-- A row is kept as it was before the edit, once, however often the edit writes it.
create function vouchsafe.keep_updated() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  kept bigint;
begin
  execute format(
    'insert into vouchsafe_data.%I select w.*, $1 from was w join fresh f on f."vouchsafe:row" = w."vouchsafe:row"
      where w."vouchsafe:since" < $1 and f."vouchsafe:since" = $1', tg_table_name || '_past')
    using current_setting('vouchsafe.version')::int;
  get diagnostics kept = row_count;
  perform vouchsafe.count_edit(0, kept, 0);
  return null;
end
$$;

create function vouchsafe.keep_deleted() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  edit constant int := current_setting('vouchsafe.version')::int;
  kept bigint;
  fresh bigint;
  rewritten bigint;
begin
  execute format('insert into vouchsafe_data.%I select w.*, $1 from was w where w."vouchsafe:since" < $1', tg_table_name || '_past')
    using edit;
  get diagnostics kept = row_count;
  -- Rows that this edit made itself, or wrote and had kept.
  execute format(
    'select count(*) filter (where p."vouchsafe:row" is null), count(p."vouchsafe:row")
       from was w left join vouchsafe_data.%I p on p."vouchsafe:row" = w."vouchsafe:row" and p."vouchsafe:until" = $1
      where w."vouchsafe:since" = $1', tg_table_name || '_past')
    into fresh, rewritten using edit;
  perform vouchsafe.count_edit(-fresh, -rewritten, kept + rewritten);
  return null;
end
$$;

-- Generations ----------------------------------------------------------------------------------------------------------

create function vouchsafe.content_name(dataset text, generation int, part text default '') returns text
language sql immutable set search_path = pg_catalog, pg_temp
begin atomic
  select content_name.dataset || '_g' || generation || part;
end;

-- `, "a", "b"`, with a row's name before each.
create function vouchsafe.content_columns(columns jsonb, of_row text default '') returns text
language sql immutable set search_path = pg_catalog, pg_temp
begin atomic
  select string_agg(of_row || quote_ident(c.value ->> 'name'), ', ' order by c.ordinality)
    from jsonb_array_elements(columns) with ordinality as c;
end;

-- An object of cells as PostgreSQL writes them: every digit, space and letter kept, nothing rounded by whoever reads JSON.
create function vouchsafe.content_cells(columns jsonb, of_row text) returns text
language sql immutable set search_path = pg_catalog, pg_temp
begin atomic
  select format('json_object(array[%s]::text[], array[%s]::text[])',
                string_agg(quote_literal(c.value ->> 'name'), ', ' order by c.ordinality),
                string_agg(of_row || quote_ident(c.value ->> 'name') || '::text', ', ' order by c.ordinality))
    from jsonb_array_elements(columns) with ordinality as c;
end;

-- The same as a list, in the order of the columns.
create function vouchsafe.content_line(columns jsonb, of_row text) returns text
language sql immutable set search_path = pg_catalog, pg_temp
begin atomic
  select format('to_json(array[%s]::text[])::text',
                string_agg(of_row || quote_ident(c.value ->> 'name') || '::text', ', ' order by c.ordinality))
    from jsonb_array_elements(columns) with ordinality as c;
end;

create function vouchsafe.check_content_columns(columns jsonb, key text[]) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  types constant text[] := array[
    'text', 'varchar', 'bpchar', 'bool', 'int2', 'int4', 'int8', 'numeric', 'float4', 'float8', 'date', 'time', 'timetz',
    'timestamp', 'timestamptz', 'interval', 'uuid', 'json', 'jsonb', 'bytea', 'inet', 'tsvector', 'int4range', 'int8range',
    'numrange', 'daterange', 'tsrange', 'tstzrange'];
  item jsonb;
  name text;
  names text[];
begin
  -- PostgreSQL has 1600 in one table, of which some are ours.
  if jsonb_typeof(columns) is distinct from 'array' or jsonb_array_length(columns) not between 1 and 1500 then
    raise exception 'a dataset has between 1 and 1500 columns' using errcode = 'VD005';
  end if;
  for item in select * from jsonb_array_elements(columns) loop
    name := item ->> 'name';
    -- Longer names would be cut, and could then be equal. Columns of ours and of PostgreSQL have names of their own.
    if jsonb_typeof(item -> 'name') is distinct from 'string' or octet_length(convert_to(name, 'UTF8')) not between 1 and 63
       or name ~ '[\x01-\x1f\x7f]' or lower(name) like 'vouchsafe:%'
       or name in ('tableoid', 'ctid', 'xmin', 'xmax', 'cmin', 'cmax') then
      raise exception 'a name that no column can have' using errcode = 'VD003';
    end if;
    if jsonb_typeof(item -> 'type') is distinct from 'string' or regexp_replace(item ->> 'type', '\[\]$', '') <> all (types) then
      raise exception 'a type that no column can have' using errcode = 'VD004';
    end if;
    names := names || name;
  end loop;
  if (select count(distinct n collate "C") from unnest(names) n) <> cardinality(names) then
    raise exception 'two columns of one name' using errcode = 'VD006';
  end if;
  if key is null or array_position(key, null) is not null or not key <@ names or cardinality(key) > 8
     or (select count(distinct k collate "C") from unnest(key) k) <> cardinality(key)
     or exists (select from jsonb_array_elements(columns) c
                 where c ->> 'name' = any (key) and (c ->> 'type' in ('json', 'tsvector') or c ->> 'type' like 'json[%')) then
    raise exception 'a key that these columns cannot have' using errcode = 'VD007';
  end if;
end
$$;

create function vouchsafe.make_generation(dataset text, columns jsonb, key text[]) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  made int;
  name text;
  list text;
begin
  perform vouchsafe.demand_dataset_right(dataset, 2);
  perform vouchsafe.check_content_columns(columns, key);
  insert into vouchsafe.dataset_generation (dataset_id, company_id, number, columns, key, made_at)
    select d.id, d.company_id, nextval('vouchsafe.dataset_generation_number'),
           make_generation.columns, make_generation.key, now()
      from vouchsafe.dataset d where d.id = make_generation.dataset
    returning number into made;
  name := vouchsafe.content_name(dataset, made);
  select string_agg(format('%I %s%s', c.value ->> 'name', c.value ->> 'type',
                           case when c.value ->> 'name' = any (key) then ' not null' else '' end), ', ' order by c.ordinality)
    into list from jsonb_array_elements(columns) with ordinality as c;
  execute format(
    'create table vouchsafe_data.%I (%s, "vouchsafe:row" bigint generated always as identity (cache 100),
       "vouchsafe:since" int not null default 0)', name, list);
  execute format(
    'create trigger vouchsafe_guard before insert or update or delete on vouchsafe_data.%I
       for each statement execute function vouchsafe.guard_content(%L, %L)', name, dataset, made);
  execute format('grant insert (%s) on vouchsafe_data.%I to vouchsafe_app', vouchsafe.content_columns(columns), name);
  return made;
end
$$;

create function vouchsafe.drop_content(name text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  execute format('drop view if exists vouchsafe_data.%I, vouchsafe_data.%I', name || '_now', name || '_at');
  execute format('drop table if exists vouchsafe_data.%I, vouchsafe_data.%I', name, name || '_past');
end
$$;

create function vouchsafe.drop_generation(dataset text, number int) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform vouchsafe.demand_dataset_right(dataset, 2);
  perform from vouchsafe.dataset d where d.id = dataset for no key update;
  if exists (select from vouchsafe.dataset_version v where v.dataset_id = dataset and v.generation = drop_generation.number) then
    raise exception 'a version uses this generation' using errcode = 'VD008';
  end if;
  delete from vouchsafe.dataset_generation g where g.dataset_id = dataset and g.number = drop_generation.number;
  if not found then
    return false;
  end if;
  perform vouchsafe.drop_content(vouchsafe.content_name(dataset, number));
  return true;
end
$$;

-- From now on it is read and edited: indexes, which COPY was spared, what keeps the past, and the policies.
create function vouchsafe.open_generation(dataset text, generation int, columns jsonb, key text[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  name constant text := vouchsafe.content_name(dataset, generation);
  list constant text := vouchsafe.content_columns(columns);
  may constant text := format('(select vouchsafe.dataset_rank_of_actor(%L) >= 1)', dataset);
  may_modify constant text := format('(select vouchsafe.dataset_rank_of_actor(%L) >= 2)', dataset);
  at constant text := '(select nullif(current_setting(''vouchsafe.at_version'', true), '''')::int)';
begin
  execute format('create unique index %I on vouchsafe_data.%I ("vouchsafe:row")', name || '_row', name);
  -- COPY takes numbers by the hundred; rows that edits add are numbered in the order in which they come, on whatever connection.
  execute format('alter table vouchsafe_data.%I alter column "vouchsafe:row" set cache 1', name);
  -- None on "vouchsafe:since": it would cost each change more than comparing versions, which reads the table, gains by it.
  if cardinality(key) > 0 then
    execute format('create unique index %I on vouchsafe_data.%I (%s)', name || '_key', name,
                   (select string_agg(quote_ident(k.value), ', ' order by k.ordinality) from unnest(key) with ordinality as k (value)));
  end if;

  execute format('alter table vouchsafe_data.%I alter "vouchsafe:since" set default current_setting(''vouchsafe.version'')::int', name);

  execute format('create table vouchsafe_data.%I (like vouchsafe_data.%I)', name || '_past', name);
  execute format('alter table vouchsafe_data.%I add "vouchsafe:until" int not null', name || '_past');
  execute format('create index %I on vouchsafe_data.%I ("vouchsafe:row", "vouchsafe:until")', name || '_past_row', name || '_past');
  execute format('create index %I on vouchsafe_data.%I ("vouchsafe:until")', name || '_past_until', name || '_past');

  execute format('create trigger vouchsafe_stamp before update on vouchsafe_data.%I for each row when (old *<> new) execute function vouchsafe.stamp_row()', name);
  execute format('create trigger vouchsafe_inserted after insert on vouchsafe_data.%I referencing new table as fresh
                    for each statement execute function vouchsafe.note_inserted()', name);
  execute format('create trigger vouchsafe_updated after update on vouchsafe_data.%I referencing old table as was new table as fresh
                    for each statement execute function vouchsafe.keep_updated()', name);
  execute format('create trigger vouchsafe_deleted after delete on vouchsafe_data.%I referencing old table as was
                    for each statement execute function vouchsafe.keep_deleted()', name);

  execute format('alter table vouchsafe_data.%I enable row level security, force row level security', name);
  execute format('alter table vouchsafe_data.%I enable row level security, force row level security', name || '_past');
  execute format('create policy system on vouchsafe_data.%I to vouchsafe_system using (true) with check (true)', name);
  execute format('create policy system on vouchsafe_data.%I to vouchsafe_system using (true) with check (true)', name || '_past');
  execute format('create policy may_read on vouchsafe_data.%I for select to vouchsafe_app using (%s)', name, may);
  execute format('create policy may_read on vouchsafe_data.%I for select to vouchsafe_app using (%s)', name || '_past', may);
  execute format('create policy may_insert on vouchsafe_data.%I for insert to vouchsafe_app with check (%s)', name, may_modify);
  execute format('create policy may_update on vouchsafe_data.%I for update to vouchsafe_app using (%s) with check (%s)', name, may_modify, may_modify);
  execute format('create policy may_delete on vouchsafe_data.%I for delete to vouchsafe_app using (%s)', name, may_modify);
  execute format('grant select, delete, update (%s) on vouchsafe_data.%I to vouchsafe_app', list, name);

  -- Not with the reader's own rights: a policy's condition stands before those of the reader, so that no index serves a
  -- comparison that PostgreSQL does not hold to be leakproof, such as those of numeric. Here all stand side by side; and what
  -- could leak is nothing, for a dataset is read whole or not at all.
  execute format('create view vouchsafe_data.%I as select %s, "vouchsafe:row", "vouchsafe:since" from vouchsafe_data.%I where %s',
                 name || '_now', list, name, may);
  -- The conditions stand above the union: with some of its own PostgreSQL would read each half whole and sort both for every
  -- page (is_safe_append_member), instead of merging two indexes in the order of the rows.
  execute format(
    'create view vouchsafe_data.%I as
       select %s, "vouchsafe:row", "vouchsafe:since" from (
         select %s, "vouchsafe:row", "vouchsafe:since", null::int as "vouchsafe:until" from vouchsafe_data.%I
         union all
         select %s, "vouchsafe:row", "vouchsafe:since", "vouchsafe:until" from vouchsafe_data.%I) as held
        where "vouchsafe:since" <= %s and coalesce("vouchsafe:until" > %s, true) and %s',
    name || '_at', list, list, name, list, name || '_past', at, at, may);
  execute format('grant select on vouchsafe_data.%I, vouchsafe_data.%I to vouchsafe_app', name || '_now', name || '_at');
  execute format('analyze vouchsafe_data.%I', name);
end
$$;

-- Versions ---------------------------------------------------------------------------------------------------------------

create function vouchsafe.write_version(
  dataset text, number int, generation int, kind text, rows bigint, added bigint, changed bigint, removed bigint
) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into vouchsafe.dataset_version
      (dataset_id, company_id, number, generation, kind, made_by, made_by_key, made_at, rows, added, changed, removed)
    select d.id, d.company_id, write_version.number, write_version.generation, write_version.kind,
           nullif(current_setting('vouchsafe.user_id', true), ''), nullif(current_setting('vouchsafe.key_id', true), ''), now(),
           write_version.rows, write_version.added, write_version.changed, write_version.removed
      from vouchsafe.dataset d where d.id = write_version.dataset;
  update vouchsafe.dataset d set current_version = write_version.number, current_generation = write_version.generation
    where d.id = write_version.dataset;
end
$$;

create function vouchsafe.rows_of_version(dataset text, number int) returns bigint
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
  select coalesce((select v.rows from vouchsafe.dataset_version v
                    where v.dataset_id = rows_of_version.dataset and v.number = rows_of_version.number), 0);
end;

-- The rows of two versions that are not the same, as SQL of: kind, position, "key", "before", "after". A row is known by the
-- key, where both have the same; without one, within a generation by its number, and between two by all it holds, as often as
-- it is there.
create function vouchsafe.differences_sql(dataset text, a int, b int) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  one record;
  other record;
  by_key boolean;
  lo int;
  hi int;
  taken text;
  given text;
begin
  select v.generation, v.rows, g.columns, g.key into one from vouchsafe.dataset_version v
    join vouchsafe.dataset_generation g on g.dataset_id = v.dataset_id and g.number = v.generation
    where v.dataset_id = differences_sql.dataset and v.number = a;
  select v.generation, v.rows, g.columns, g.key into other from vouchsafe.dataset_version v
    join vouchsafe.dataset_generation g on g.dataset_id = v.dataset_id and g.number = v.generation
    where v.dataset_id = differences_sql.dataset and v.number = b;
  if one.generation is null or other.generation is null then
    raise exception 'no such version' using errcode = 'VD011';
  end if;
  by_key := cardinality(one.key) > 0 and one.key = other.key
    and not exists (
      select from unnest(one.key) as k
      where (select c ->> 'type' from jsonb_array_elements(one.columns) c where c ->> 'name' = k)
            <> (select c ->> 'type' from jsonb_array_elements(other.columns) c where c ->> 'name' = k));
  if one.generation <> other.generation and one.rows + other.rows > 2000000 then
    raise exception 'too large to compare' using errcode = 'VD013';
  end if;
  if one.generation = other.generation then
    lo := least(a, b);
    hi := greatest(a, b);
  end if;
  taken := vouchsafe.version_sql(dataset, a, one.generation, one.columns, case when by_key then one.key else '{}' end, lo, hi);
  given := vouchsafe.version_sql(dataset, b, other.generation, other.columns, case when by_key then one.key else '{}' end, lo, hi);
  if one.generation = other.generation or by_key then
    return format(
      'select case when o.content is null then ''added'' when n.content is null then ''removed'' else ''changed'' end as kind,
              coalesce(n.number, o.number) as position, coalesce(n.key, o.key) as key, o.content as before, n.content as after
         from (%s) as o full join (%s) as n on %s
        where o.content is distinct from n.content',
      taken, given,
      case when by_key
           then (select string_agg(format('n.k%s = o.k%s', k, k), ' and ') from generate_series(1, cardinality(one.key)) k)
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

-- Rows of one version as SQL: number, content (the cells of what a caller may see), key, k1, k2, …. Of two
-- versions of one generation only what is not the same row in both, which is what was written or taken away in between.
create function vouchsafe.version_sql(dataset text, number int, generation int, columns jsonb, key text[], lo int, hi int)
returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  name constant text := vouchsafe.content_name(dataset, generation);
  keys constant jsonb := coalesce((select jsonb_agg(jsonb_build_object('name', k)) from unnest(key) k), '[]');
  list constant text := format(
    't."vouchsafe:row" as number, %s::text as content, %s as key%s',
    vouchsafe.content_cells(columns, 't.'),
    case when cardinality(key) = 0 then 'null::json' else vouchsafe.content_cells(keys, 't.') end,
    (select string_agg(format(', t.%I as k%s', k.value, k.ordinality), '') from unnest(key) with ordinality as k (value)));
begin
  return format(
    'select %1$s from vouchsafe_data.%2$I as t where t."vouchsafe:since" <= %4$s%5$s
     union all
     select %1$s from vouchsafe_data.%3$I as t where t."vouchsafe:since" <= %4$s and t."vouchsafe:until" > %4$s%6$s',
    list, name, name || '_past', number, case when lo is null then '' else format(' and t."vouchsafe:since" > %s', lo) end,
    case when lo is null then '' else format(' and (t."vouchsafe:since" > %s or t."vouchsafe:until" <= %s)', lo, hi) end);
end
$$;

create function vouchsafe.count_differences(dataset text, a int, b int)
returns table (added bigint, changed bigint, removed bigint)
language plpgsql stable security definer rows 1 set search_path = pg_catalog, pg_temp as $$
begin
  perform vouchsafe.demand_dataset_right(dataset, 1);
  return query execute format(
    'select count(*) filter (where d.kind = ''added''), count(*) filter (where d.kind = ''changed''),
            count(*) filter (where d.kind = ''removed'') from (%s) as d', vouchsafe.differences_sql(dataset, a, b));
end
$$;

create function vouchsafe.list_differences(dataset text, a int, b int, skip bigint, most int)
returns table (kind text, key json, before json, after json)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform vouchsafe.demand_dataset_right(dataset, 1);
  return query execute format(
    'select d.kind, d.key, d.before::json, d.after::json
       from (select d.* from (%s) as d order by d.position, d.kind offset $1 limit $2) as d
      order by d.position, d.kind', vouchsafe.differences_sql(dataset, a, b))
    using skip, most;
end
$$;

create function vouchsafe.publish_generation(dataset text, generation int, kind text, expected_version int) returns int
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

create function vouchsafe.begin_edit(dataset text) returns table (version int, generation int)
language plpgsql security definer rows 1 set search_path = pg_catalog, pg_temp as $$
declare
  held record;
begin
  perform vouchsafe.demand_dataset_right(dataset, 2);
  select d.current_version, d.current_generation into held from vouchsafe.dataset d where d.id = dataset for no key update;
  if held.current_generation is null then
    raise exception 'no content yet' using errcode = 'VD009';
  end if;
  perform set_config('vouchsafe.edit', vouchsafe.content_name(dataset, held.current_generation), true),
          set_config('vouchsafe.version', (held.current_version + 1)::text, true),
          set_config('vouchsafe.edit_counts', '{0,0,0}', true);
  return query select held.current_version + 1, held.current_generation;
end
$$;

create function vouchsafe.close_edit(dataset text, kind text) returns table (version int, added bigint, changed bigint, removed bigint)
language plpgsql rows 1 set search_path = pg_catalog, pg_temp as $$
declare
  held record;
  counts bigint[];
begin
  select d.current_version, d.current_generation into held from vouchsafe.dataset d where d.id = dataset for no key update;
  if current_setting('vouchsafe.edit', true) is distinct from vouchsafe.content_name(dataset, held.current_generation) then
    raise exception 'a change outside of an edit' using errcode = 'VD010';
  end if;
  counts := current_setting('vouchsafe.edit_counts')::bigint[];
  perform set_config('vouchsafe.edit', '', true), set_config('vouchsafe.version', '', true);
  if counts = '{0,0,0}' then
    return query select held.current_version, 0::bigint, 0::bigint, 0::bigint;
    return;
  end if;
  perform vouchsafe.write_version(
    dataset, held.current_version + 1, held.current_generation, kind,
    vouchsafe.rows_of_version(dataset, held.current_version) + counts[1] - counts[3], counts[1], counts[2], counts[3]);
  return query select held.current_version + 1, counts[1], counts[2], counts[3];
end
$$;

create function vouchsafe.end_edit(dataset text) returns table (version int, added bigint, changed bigint, removed bigint)
language plpgsql security definer rows 1 set search_path = pg_catalog, pg_temp as $$
begin
  perform vouchsafe.demand_dataset_right(dataset, 2);
  return query select * from vouchsafe.close_edit(dataset, 'edit');
end
$$;

create function vouchsafe.append_generation(dataset text, generation int, expected_version int) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  edit record;
  given record;
  present record;
  ended record;
begin
  select * into edit from vouchsafe.begin_edit(dataset);
  if edit.version - 1 <> coalesce(expected_version, edit.version - 1) then
    raise exception 'the version has moved on' using errcode = 'VD002';
  end if;
  select g.columns into given from vouchsafe.dataset_generation g
    where g.dataset_id = dataset and g.number = append_generation.generation
      and not exists (select from vouchsafe.dataset_version v where v.dataset_id = dataset and v.generation = g.number);
  if given.columns is null then
    raise exception 'no such generation, or one in use' using errcode = 'VD008';
  end if;
  select g.columns into present from vouchsafe.dataset_generation g where g.dataset_id = dataset and g.number = edit.generation;
  -- By name, in any order; a column that is not given is left empty.
  if exists (select from jsonb_array_elements(given.columns) c
              where not exists (select from jsonb_array_elements(present.columns) p
                                 where p ->> 'name' = c ->> 'name' and p ->> 'type' = c ->> 'type')) then
    raise exception 'other columns than those that are appended to' using errcode = 'VD012';
  end if;
  execute format('insert into vouchsafe_data.%I (%s) select %s from vouchsafe_data.%I order by "vouchsafe:row"',
                 vouchsafe.content_name(dataset, edit.generation), vouchsafe.content_columns(given.columns),
                 vouchsafe.content_columns(given.columns), vouchsafe.content_name(dataset, generation));
  select * into ended from vouchsafe.close_edit(dataset, 'append');
  perform vouchsafe.drop_generation(dataset, generation);
  return ended.version;
end
$$;

create function vouchsafe.restore_part(dataset text, version int, generation int, after bigint, most int) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  old record;
  last bigint;
begin
  perform vouchsafe.demand_dataset_right(dataset, 2);
  select v.generation, g.columns into old from vouchsafe.dataset_version v
    join vouchsafe.dataset_generation g on g.dataset_id = v.dataset_id and g.number = v.generation
    where v.dataset_id = dataset and v.number = restore_part.version;
  if old.generation is null then
    raise exception 'no such version' using errcode = 'VD011';
  end if;
  -- Under their numbers, so that the order of pages is the same and the next part can begin behind. Each half is ordered and
  -- ends by itself: a union as a whole would be read to its end for each part.
  execute format(
    'with copied as (
       insert into vouchsafe_data.%1$I (%2$s, "vouchsafe:row") overriding system value
       select %2$s, "vouchsafe:row" from (
         (select %2$s, "vouchsafe:row" from vouchsafe_data.%3$I
           where "vouchsafe:row" > $1 and "vouchsafe:since" <= $3 order by "vouchsafe:row" limit $2)
         union all
         (select %2$s, "vouchsafe:row" from vouchsafe_data.%4$I
           where "vouchsafe:row" > $1 and "vouchsafe:since" <= $3 and "vouchsafe:until" > $3 order by "vouchsafe:row" limit $2)) as p
        order by "vouchsafe:row" limit $2
       returning "vouchsafe:row" as number)
     select max(number) from copied',
    vouchsafe.content_name(dataset, generation), vouchsafe.content_columns(old.columns),
    vouchsafe.content_name(dataset, old.generation), vouchsafe.content_name(dataset, old.generation, '_past'))
    into last using after, most, version;
  if last is not null then
    perform setval(pg_get_serial_sequence(format('vouchsafe_data.%I', vouchsafe.content_name(dataset, generation)), 'vouchsafe:row'), last);
  end if;
  return last;
end
$$;

-- To look -------------------------------------------------------------------------------------------------------------------

create function vouchsafe.open_dataset(dataset text, wanted int)
returns table (
  "right" text, company_id text, name text, version int, generation int, columns jsonb, key text[], rows bigint, current_version int
)
language plpgsql stable security definer rows 1 set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  allowed constant text := vouchsafe.dataset_right($1);
begin
  if allowed = 'none' then
    return;
  end if;
  return query
    select allowed, d.company_id, d.name, coalesce(v.number, 0), v.generation, g.columns, g.key, coalesce(v.rows, 0), d.current_version
      from vouchsafe.dataset d
      left join vouchsafe.dataset_version v on v.dataset_id = d.id and v.number = coalesce($2, d.current_version)
      left join vouchsafe.dataset_generation g on g.dataset_id = v.dataset_id and g.number = v.generation
      where d.id = $1 and ($2 is null or v.number is not null);
end
$$;

create function vouchsafe.dataset_sizes(datasets text[])
returns table (id text, company_name text, rows bigint, columns int, changed_at timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return query
    select d.id, c.name, coalesce(v.rows, 0), coalesce(jsonb_array_length(g.columns), 0), coalesce(v.made_at, d.created_at)
      from vouchsafe.dataset d
      join vouchsafe.company c on c.id = d.company_id
      left join vouchsafe.dataset_version v on v.dataset_id = d.id and v.number = d.current_version
      left join vouchsafe.dataset_generation g on g.dataset_id = d.id and g.number = d.current_generation
      where d.id = any (datasets) and vouchsafe.has_dataset_right(d.id, 1);
end
$$;

-- How many there are is no secret; which, is.
create function vouchsafe.count_datasets(company text) returns bigint
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select count(*) from vouchsafe.dataset d
  where d.company_id = company and company = nullif(current_setting('vouchsafe.company_id', true), '');
end;

create function vouchsafe.list_versions(dataset text, before int, most int)
returns table (
  number int, generation int, kind text, made_by text, made_by_key text, made_at timestamptz, rows bigint, added bigint,
  changed bigint, removed bigint
)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
  if not vouchsafe.has_dataset_right($1, 1) then
    return;
  end if;
  return query
    select v.number, v.generation, v.kind, v.made_by, v.made_by_key, v.made_at, v.rows, v.added, v.changed, v.removed
      from vouchsafe.dataset_version v
      where v.dataset_id = $1 and v.number < $2
      order by v.number desc limit $3;
end
$$;

-- For the export of a company, in whose scope the transaction is: also what is private, and the rows of a version in parts, which
-- end with whichever comes first of rows and bytes.
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
       (select t."vouchsafe:row" as number, %1$s as line from vouchsafe_data.%2$I as t
         where t."vouchsafe:row" > $2 and t."vouchsafe:since" <= $1 order by t."vouchsafe:row" limit $3)
       union all
       (select t."vouchsafe:row", %1$s from vouchsafe_data.%3$I as t
         where t."vouchsafe:row" > $2 and t."vouchsafe:since" <= $1 and t."vouchsafe:until" > $1 order by t."vouchsafe:row" limit $3)) as p
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

-- Leaving ------------------------------------------------------------------------------------------------------------------

-- With the row of a generation goes what it describes. Who is reading it just now is not waited for, and of very many not
-- all are dropped in one transaction, which has only so many locks: what is left over has no right any more that could show
-- it, and drop_remains takes it.
create function vouchsafe.drop_generation_content() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  dropped constant int := coalesce(nullif(current_setting('vouchsafe.dropped', true), ''), '0')::int;
  patience constant text := current_setting('lock_timeout');
begin
  if dropped >= 100 then
    return null;
  end if;
  perform set_config('vouchsafe.dropped', (dropped + 1)::text, true), set_config('lock_timeout', '100ms', true);
  begin
    perform vouchsafe.drop_content(vouchsafe.content_name(old.dataset_id, old.number));
  exception when lock_not_available then
    null;
  end;
  perform set_config('lock_timeout', patience, true);
  return null;
end
$$;
create trigger content after delete on vouchsafe.dataset_generation
  for each row execute function vouchsafe.drop_generation_content();

create function vouchsafe.drop_remains(most int) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  item record;
  dropped int := 0;
begin
  perform set_config('lock_timeout', '100ms', true);
  delete from vouchsafe.dataset_generation g using (
    select o.dataset_id, o.number from vouchsafe.dataset_generation o
     where o.made_at < now() - interval '1 day'
       and not exists (select from vouchsafe.dataset_version v where v.dataset_id = o.dataset_id and v.generation = o.number)
     limit drop_remains.most) as stale
    where g.dataset_id = stale.dataset_id and g.number = stale.number;
  get diagnostics dropped = row_count;
  for item in
    select c.relname as name from pg_class c
     where c.relnamespace = 'vouchsafe_data'::regnamespace and c.relkind = 'r' and c.relname not like '%\_past'
       and not exists (select from vouchsafe.dataset_generation g where vouchsafe.content_name(g.dataset_id, g.number) = c.relname)
     limit greatest(most - dropped, 0)
  loop
    begin
      perform vouchsafe.drop_content(item.name);
      dropped := dropped + 1;
    exception when lock_not_available then
      null;
    end;
  end loop;
  return dropped;
end
$$;

-- Rights ---------------------------------------------------------------------------------------------------------------------

grant update (title, description) on vouchsafe.dataset to vouchsafe_app;

grant update (current_version, current_generation) on vouchsafe.dataset to vouchsafe_system;
grant usage on sequence vouchsafe.dataset_generation_number to vouchsafe_system;
grant select on vouchsafe.dataset_grant to vouchsafe_system;
grant select, insert, update (added, changed, removed) on vouchsafe.dataset_version to vouchsafe_system;
grant select, insert, delete on vouchsafe.dataset_generation to vouchsafe_system;
create policy content on vouchsafe.dataset for update to vouchsafe_system using (true) with check (true);
create policy rights on vouchsafe.dataset_grant for select to vouchsafe_system using (true);
create policy system on vouchsafe.dataset_version to vouchsafe_system using (true) with check (true);
create policy system on vouchsafe.dataset_generation to vouchsafe_system using (true) with check (true);

grant usage on schema vouchsafe_data to vouchsafe_app, vouchsafe_system;
-- The tables of content are its own; the server has no way to make one but these functions.
grant create on schema vouchsafe_data to vouchsafe_system;

grant execute on function
  vouchsafe.dataset_right(text), vouchsafe.has_dataset_right(text, int), vouchsafe.dataset_rank_of_actor(text),
  vouchsafe.make_generation(text, jsonb, text[]), vouchsafe.publish_generation(text, int, text, int),
  vouchsafe.append_generation(text, int, int), vouchsafe.drop_generation(text, int), vouchsafe.begin_edit(text),
  vouchsafe.end_edit(text), vouchsafe.restore_part(text, int, int, bigint, int), vouchsafe.open_dataset(text, int),
  vouchsafe.dataset_sizes(text[]), vouchsafe.count_datasets(text), vouchsafe.list_versions(text, int, int), vouchsafe.count_differences(text, int, int),
  vouchsafe.list_differences(text, int, int, bigint, int), vouchsafe.exported_content(text),
  vouchsafe.read_content(text, text, int, bigint, int, int), vouchsafe.drop_remains(int)
to vouchsafe_app;
-- A row's own trigger, as whoever writes the row.
grant execute on function vouchsafe.stamp_row() to vouchsafe_app;

grant create on schema vouchsafe to vouchsafe_system;
do $$
declare
  item regprocedure;
begin
  foreach item in array array[
    'vouchsafe.dataset_rank_of_actor(text)', 'vouchsafe.has_dataset_right(text, int)', 'vouchsafe.dataset_right(text)',
    'vouchsafe.demand_dataset_right(text, int)', 'vouchsafe.guard_content()', 'vouchsafe.stamp_row()',
    'vouchsafe.count_edit(bigint, bigint, bigint)', 'vouchsafe.note_inserted()', 'vouchsafe.keep_updated()',
    'vouchsafe.keep_deleted()', 'vouchsafe.content_name(text, int, text)', 'vouchsafe.content_columns(jsonb, text)',
    'vouchsafe.check_content_columns(jsonb, text[])', 'vouchsafe.make_generation(text, jsonb, text[])',
    'vouchsafe.drop_content(text)', 'vouchsafe.drop_generation(text, int)',
    'vouchsafe.open_generation(text, int, jsonb, text[])',
    'vouchsafe.write_version(text, int, int, text, bigint, bigint, bigint, bigint)', 'vouchsafe.rows_of_version(text, int)',
    'vouchsafe.differences_sql(text, int, int)', 'vouchsafe.version_sql(text, int, int, jsonb, text[], int, int)', 'vouchsafe.content_cells(jsonb, text)',
    'vouchsafe.count_differences(text, int, int)', 'vouchsafe.list_differences(text, int, int, bigint, int)',
    'vouchsafe.publish_generation(text, int, text, int)', 'vouchsafe.begin_edit(text)', 'vouchsafe.close_edit(text, text)',
    'vouchsafe.end_edit(text)', 'vouchsafe.append_generation(text, int, int)',
    'vouchsafe.restore_part(text, int, int, bigint, int)', 'vouchsafe.open_dataset(text, int)',
    'vouchsafe.dataset_sizes(text[])', 'vouchsafe.count_datasets(text)', 'vouchsafe.list_versions(text, int, int)', 'vouchsafe.exported_content(text)',
    'vouchsafe.read_content(text, text, int, bigint, int, int)',
    'vouchsafe.content_line(jsonb, text)',
    'vouchsafe.drop_generation_content()', 'vouchsafe.drop_remains(int)'
  ]::regprocedure[] loop
    execute format('alter function %s owner to vouchsafe_system', item);
  end loop;
end
$$;
revoke create on schema vouchsafe from vouchsafe_system;
