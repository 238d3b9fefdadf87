-- Files on their way into datasets: what is known of each, the bytes that have arrived, and the rows that could not be loaded.
--
-- Nodes share nothing but this database, so the bytes lie here: any node takes the next part, and any node loads them. They
-- are removed a day after the last of them came. `upload_part` is not logged: bytes go through the disk once instead of twice,
-- and no backup or standby holds them. After a crash of PostgreSQL the table is empty; an upload's offset is then 0, which is
-- what tus tells the client, who goes on from there. Nothing else depends on them.
--
-- Functions for the server:
--   uploads_of_company() → uploads, bytes: how much of the company's is on its way, whoever sends it; waits for others who ask
--       in the same company, so that two do not take the last place at once.
--   queue_upload(upload text): has the queue look at it.
--   find_upload(upload text) → company_id, uploaded_by: for whom there is something to do, once a job names it.
--   waiting_uploads(stale timestamptz, most int) → upload_id, company_id, uploaded_by: what nobody has been at since.
--   sweep_uploads(before timestamptz) → int8: forgets uploads that nothing has happened to since.

create table vouchsafe.upload (
  id text collate "C" primary key check (vouchsafe.is_id('upl', id)),
  company_id text collate "C" not null references vouchsafe.company on delete cascade,
  -- Empty where a key of the company uploads. Who leaves the company takes their uploads along.
  uploaded_by text collate "C",
  -- As the uploader says: they are shown to them and tell formats apart, and are trusted for nothing.
  filename text not null check (char_length(filename) <= 255),
  filetype text not null check (char_length(filetype) <= 127),
  length int8 not null check (length >= 0),
  phase text collate "C" not null
    check (phase in ('arriving', 'looking', 'ready', 'unreadable', 'loading', 'loaded', 'failed')),
  -- How its uploader wants it read; and what was found when it was looked at so.
  corrections jsonb not null default '{}',
  plan jsonb,
  -- Where it goes. The dataset may be another company's that has shared it.
  dataset_id text collate "C" references vouchsafe.dataset on delete set null,
  -- Whether the dataset was made for it, and goes where the load fails.
  makes_dataset boolean not null default false,
  mode text collate "C" check (mode in ('replace', 'append')),
  expected_version int4,
  skips_rejected boolean not null default false,
  -- How far it is looked at or loaded.
  bytes_read int8 not null default 0,
  rows_read int8 not null default 0,
  rejected int8 not null default 0,
  version int4,
  -- A code of our own.
  failure text collate "C" check (failure ~ '^[a-z_]{1,40}$'),
  -- A sentence that says where in the file; it quotes nothing of it.
  failure_detail text check (char_length(failure_detail) <= 500),
  -- The thread that is at it, and when it last said so.
  claim text collate "C",
  beat_at timestamptz,
  created_at timestamptz not null,
  touched_at timestamptz not null,
  unique (id, company_id),
  foreign key (company_id, uploaded_by) references vouchsafe.member (company_id, user_id) on delete cascade
);
create index upload_by_company on vouchsafe.upload (company_id, uploaded_by, id);
create index upload_by_dataset on vouchsafe.upload (dataset_id) where dataset_id is not null;
create index upload_waiting on vouchsafe.upload (id) where phase in ('looking', 'loading');
create index upload_touched on vouchsafe.upload (touched_at);

create unlogged table vouchsafe.upload_part (
  upload_id text collate "C" not null,
  company_id text collate "C" not null references vouchsafe.company on delete cascade,
  -- Bytes before it and up to its end. Parts follow each other without gaps: the key lets one of two through that begin at
  -- the same place, and no part begins where none ended.
  start int8 not null,
  finish int8 not null,
  bytes bytea not null,
  primary key (upload_id, start),
  check (finish = start + octet_length(bytes)),
  foreign key (upload_id, company_id) references vouchsafe.upload (id, company_id) on delete cascade
);
-- What is uploaded is often compressed already, and is read by ranges.
alter table vouchsafe.upload_part alter column bytes set storage external;
create index upload_part_by_company on vouchsafe.upload_part (company_id);

create table vouchsafe.upload_rejection (
  upload_id text collate "C" not null,
  company_id text collate "C" not null references vouchsafe.company on delete cascade,
  number int4 not null,
  -- Lines of the file, from 1.
  line int8 not null,
  -- Empty where it is about the whole row.
  column_name text,
  reason text not null,
  primary key (upload_id, number),
  foreign key (upload_id, company_id) references vouchsafe.upload (id, company_id) on delete cascade
);
create index upload_rejection_by_company on vouchsafe.upload_rejection (company_id);

-- Row-level security --------------------------------------------------------------------------------------------------

-- Beside `company_only` of after-each.sql: a file that is on its way is shown to nobody but who sends it.
create policy uploader on vouchsafe.upload as restrictive to vouchsafe_app
  using (uploaded_by is not distinct from (select nullif(current_setting('vouchsafe.user_id', true), '')))
  with check (uploaded_by is not distinct from (select nullif(current_setting('vouchsafe.user_id', true), '')));
create policy uploader on vouchsafe.upload_part as restrictive to vouchsafe_app
  using (exists (select from vouchsafe.upload u where u.id = upload_id and u.company_id = upload_part.company_id))
  with check (exists (select from vouchsafe.upload u where u.id = upload_id and u.company_id = upload_part.company_id));
create policy uploader on vouchsafe.upload_rejection as restrictive to vouchsafe_app
  using (exists (select from vouchsafe.upload u where u.id = upload_id and u.company_id = upload_rejection.company_id))
  with check (exists (select from vouchsafe.upload u where u.id = upload_id and u.company_id = upload_rejection.company_id));

-- Across uploaders and companies ----------------------------------------------------------------------------------------

create function vouchsafe.uploads_of_company() returns table (uploads int8, bytes int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  company text := nullif(current_setting('vouchsafe.company_id', true), '');
begin
  perform pg_advisory_xact_lock(hashtextextended('vouchsafe uploads ' || company, 0));
  return query select count(*), coalesce(sum(u.length), 0)::int8 from vouchsafe.upload u
    where u.company_id = company and u.phase <> 'loaded';
end
$$;

create function vouchsafe.queue_upload(upload text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- The job holds the id alone, and is no more than a word to look; what is to be done stands in the table.
  perform graphile_worker.add_job('uploads.work', json_build_object('upload', upload), max_attempts => 3, job_key => upload);
end
$$;

create function vouchsafe.find_upload(upload text) returns table (company_id text, uploaded_by text)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select u.company_id, u.uploaded_by from vouchsafe.upload u
    where u.id = find_upload.upload and u.phase in ('looking', 'loading');
end;

create function vouchsafe.waiting_uploads(stale timestamptz, most int)
returns table (upload_id text, company_id text, uploaded_by text)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select u.id, u.company_id, u.uploaded_by from vouchsafe.upload u
    where u.phase in ('looking', 'loading') and (u.beat_at is null or u.beat_at < stale)
    order by u.id limit most;
end;

create function vouchsafe.sweep_uploads(before timestamptz) returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  swept int8;
begin
  delete from vouchsafe.upload u
    where u.touched_at < before and coalesce(u.beat_at < before, true);
  get diagnostics swept = row_count;
  return swept;
end
$$;

-- Rights ----------------------------------------------------------------------------------------------------------------

grant select, insert, delete on vouchsafe.upload, vouchsafe.upload_rejection to vouchsafe_app;
grant update (phase, corrections, plan, dataset_id, makes_dataset, mode, expected_version, skips_rejected, bytes_read,
              rows_read, rejected, version, failure, failure_detail, claim, beat_at, touched_at) on vouchsafe.upload to vouchsafe_app;
grant select, insert, delete on vouchsafe.upload_part to vouchsafe_app;

grant select, delete on vouchsafe.upload to vouchsafe_system;
create policy system on vouchsafe.upload to vouchsafe_system using (true) with check (true);

grant execute on function
  vouchsafe.uploads_of_company(), vouchsafe.queue_upload(text), vouchsafe.find_upload(text),
  vouchsafe.waiting_uploads(timestamptz, int), vouchsafe.sweep_uploads(timestamptz)
to vouchsafe_app;

grant create on schema vouchsafe to vouchsafe_jobs, vouchsafe_system;
alter function vouchsafe.queue_upload(text) owner to vouchsafe_jobs;
alter function vouchsafe.uploads_of_company() owner to vouchsafe_system;
alter function vouchsafe.find_upload(text) owner to vouchsafe_system;
alter function vouchsafe.waiting_uploads(timestamptz, int) owner to vouchsafe_system;
alter function vouchsafe.sweep_uploads(timestamptz) owner to vouchsafe_system;
revoke create on schema vouchsafe from vouchsafe_jobs, vouchsafe_system;
