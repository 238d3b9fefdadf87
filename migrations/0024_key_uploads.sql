-- Uploads by API keys: whose they are, and that they end with their key.
--
-- A key acts for its company without a user; which key it is stands in the setting `vouchsafe.key_id`. Its uploads are shown to
-- this key alone, and only while it could send them: not revoked, not over, and with the scope datasets:write. So a load ends
-- with its key as it ends with a membership: the thread that is at it finds it no more.
--
-- Functions for the server:
--   may_upload(key text) → bool: whether it is a key, still counts, and may write datasets.
--   uploading_key() → text: the transaction's key, where it may upload; null otherwise.
--   find_upload(upload text) → company_id, uploaded_by, uploaded_by_key: as in 0018, with the key.
--   waiting_uploads(stale timestamptz, most int) → upload_id, company_id, uploaded_by, uploaded_by_key: the same.
--   end_uploads_of_keys() → int8: removes one upload of a key that may upload no more, or some of its bytes; 0 where there is none.

-- Empty where a member uploads. One of the two is always there: no key has uploaded anything before.
alter table vouchsafe.upload
  add uploaded_by_key text collate "C" references vouchsafe.key on delete cascade,
  add constraint upload_by_one check (num_nonnulls(uploaded_by, uploaded_by_key) = 1);
create index upload_by_key on vouchsafe.upload (uploaded_by_key) where uploaded_by_key is not null;

create function vouchsafe.may_upload(key text) returns boolean
language sql stable
begin atomic
  select exists (
    select from vouchsafe.key k
     where k.id = may_upload.key and k.revoked_at is null and (k.expires_at is null or k.expires_at > statement_timestamp())
       and 'datasets:write' = any (k.scopes)
  );
end;

create function vouchsafe.uploading_key() returns text
language sql stable
begin atomic
  select k.id from vouchsafe.key k
   where k.id = nullif(current_setting('vouchsafe.key_id', true), '')
     and k.company_id = nullif(current_setting('vouchsafe.company_id', true), '')
     and nullif(current_setting('vouchsafe.user_id', true), '') is null
     and vouchsafe.may_upload(k.id);
end;

-- Row-level security --------------------------------------------------------------------------------------------------

drop policy uploader on vouchsafe.upload;
create policy uploader on vouchsafe.upload as restrictive to vouchsafe_app
  using (uploaded_by = (select nullif(current_setting('vouchsafe.user_id', true), ''))
         or uploaded_by_key = (select vouchsafe.uploading_key()))
  with check (uploaded_by = (select nullif(current_setting('vouchsafe.user_id', true), ''))
              or uploaded_by_key = (select vouchsafe.uploading_key()));

-- Across uploaders and companies ----------------------------------------------------------------------------------------

drop function vouchsafe.find_upload(text);
create function vouchsafe.find_upload(upload text)
returns table (company_id text, uploaded_by text, uploaded_by_key text)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select u.company_id, u.uploaded_by, u.uploaded_by_key from vouchsafe.upload u
    where u.id = find_upload.upload and u.phase in ('looking', 'loading');
end;

drop function vouchsafe.waiting_uploads(timestamptz, int);
create function vouchsafe.waiting_uploads(stale timestamptz, most int)
returns table (upload_id text, company_id text, uploaded_by text, uploaded_by_key text)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select u.id, u.company_id, u.uploaded_by, u.uploaded_by_key from vouchsafe.upload u
    where u.phase in ('looking', 'loading') and (u.beat_at is null or u.beat_at < stale)
    order by u.id limit most;
end;

create function vouchsafe.end_uploads_of_keys() returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  over text;
  gone int8;
begin
  -- One that a load is just about to end as its own is found the next time.
  select u.id into over from vouchsafe.upload u
    where u.uploaded_by_key is not null and not vouchsafe.may_upload(u.uploaded_by_key)
    order by u.id limit 1 for update of u skip locked;
  if over is null then
    return 0;
  end if;
  -- From its end, so that what is left can be gone on with where the key is given its scope again. No more than takes a second.
  delete from vouchsafe.upload_part p
    where p.upload_id = over
      and p.start >= (select min(l.start) from (select i.start from vouchsafe.upload_part i where i.upload_id = over
                                                 order by i.start desc limit 256) as l);
  get diagnostics gone = row_count;
  if gone = 0 then
    delete from vouchsafe.upload u where u.id = over;
    gone := 1;
  end if;
  return gone;
end
$$;

-- Rights ----------------------------------------------------------------------------------------------------------------

-- What is locked `for update` has to be changeable; nothing of it is changed.
grant update (touched_at) on vouchsafe.upload to vouchsafe_system;
grant select (upload_id, start), delete on vouchsafe.upload_part to vouchsafe_system;
create policy system on vouchsafe.upload_part to vouchsafe_system using (true) with check (true);

grant execute on function vouchsafe.may_upload(text), vouchsafe.uploading_key() to vouchsafe_app, vouchsafe_system;
grant execute on function
  vouchsafe.find_upload(text), vouchsafe.waiting_uploads(timestamptz, int), vouchsafe.end_uploads_of_keys()
to vouchsafe_app;

grant create on schema vouchsafe to vouchsafe_system;
alter function vouchsafe.find_upload(text) owner to vouchsafe_system;
alter function vouchsafe.waiting_uploads(timestamptz, int) owner to vouchsafe_system;
alter function vouchsafe.end_uploads_of_keys() owner to vouchsafe_system;
revoke create on schema vouchsafe from vouchsafe_system;
