-- The bytes of uploads go in pieces. Deleting takes some 1.7 ms for each MiB, and a file may have 10 GiB: more than one statement has time
-- for. So nothing cascades from an upload, or from its company, to its parts and rejected rows. Whatever ends an upload deletes the
-- one row of it: from then on row-level security shows its parts to nobody, and the upkeep removes them, a piece a transaction.
-- What has to be removed is what has no upload; nothing else says it, so that a crash between two pieces leaves nothing behind.
--
-- Functions for the server:
--   remove_left_parts(most int) → int8: removes up to so many parts of one upload that is gone or loaded; 0 where there are none.
--   remove_left_rejections(most int) → int8: the same with rejected rows of an upload that is gone.
--   sweep_uploads(before timestamptz) → int8: as in 0018, up to 50 at once.
--   end_uploads_of_keys() → int8: as in 0024, up to 50 at once; their bytes go as all others do.
--   remove_uploaded(company text, most_parts int, most_rejections int) → parts, rejections: how many of a company's were removed;
--       rejected rows only once there are no more parts.

alter table vouchsafe.upload_part
  drop constraint upload_part_company_id_fkey,
  drop constraint upload_part_upload_id_company_id_fkey;
alter table vouchsafe.upload_rejection
  drop constraint upload_rejection_company_id_fkey,
  drop constraint upload_rejection_upload_id_company_id_fkey;

-- From one upload to the next by the primary key, so that the parts in between are not read. A part is put in only where its upload
-- is seen, and so never before it: what has no upload here will never have one again.
create function vouchsafe.remove_left_parts(most int) returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  left_over text;
  removed int8;
begin
  with recursive one(id) as (
    (select p.upload_id from vouchsafe.upload_part p order by p.upload_id, p.start limit 1)
    union all
    select (select p.upload_id from vouchsafe.upload_part p where p.upload_id > one.id order by p.upload_id, p.start limit 1)
      from one where one.id is not null
  )
  select one.id into left_over from one
    where one.id is not null
      and not exists (select from vouchsafe.upload u where u.id = one.id and u.phase <> 'loaded')
    limit 1;
  if left_over is null then
    return 0;
  end if;
  delete from vouchsafe.upload_part p
    where p.upload_id = left_over
      and p.start = any (array(select i.start from vouchsafe.upload_part i where i.upload_id = left_over order by i.start limit most));
  get diagnostics removed = row_count;
  return removed;
end
$$;

create function vouchsafe.remove_left_rejections(most int) returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  left_over text;
  removed int8;
begin
  with recursive one(id) as (
    (select r.upload_id from vouchsafe.upload_rejection r order by r.upload_id, r.number limit 1)
    union all
    select (select r.upload_id from vouchsafe.upload_rejection r where r.upload_id > one.id order by r.upload_id, r.number limit 1)
      from one where one.id is not null
  )
  select one.id into left_over from one
    where one.id is not null and not exists (select from vouchsafe.upload u where u.id = one.id)
    limit 1;
  if left_over is null then
    return 0;
  end if;
  delete from vouchsafe.upload_rejection r
    where r.upload_id = left_over
      and r.number = any (array(select i.number from vouchsafe.upload_rejection i where i.upload_id = left_over order by i.number limit most));
  get diagnostics removed = row_count;
  return removed;
end
$$;

drop function vouchsafe.sweep_uploads(timestamptz);
create function vouchsafe.sweep_uploads(before timestamptz) returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  swept int8;
begin
  delete from vouchsafe.upload u
    where u.id = any (array(select o.id from vouchsafe.upload o
                             where o.touched_at < before and coalesce(o.beat_at < before, true)
                             order by o.touched_at limit 50))
      and u.touched_at < before and coalesce(u.beat_at < before, true);
  get diagnostics swept = row_count;
  return swept;
end
$$;

drop function vouchsafe.end_uploads_of_keys();
create function vouchsafe.end_uploads_of_keys() returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  gone int8;
begin
  -- One that a load is just about to end as its own is found the next time.
  with over as materialized (
    select u.id from vouchsafe.upload u
      where u.uploaded_by_key is not null and not vouchsafe.may_upload(u.uploaded_by_key)
      order by u.id limit 50 for update of u skip locked
  )
  delete from vouchsafe.upload u using over where u.id = over.id;
  get diagnostics gone = row_count;
  return gone;
end
$$;

-- Before a company is erased; what comes meanwhile goes with the company itself.
create function vouchsafe.remove_uploaded(company text, most_parts int, most_rejections int)
returns table (parts int8, rejections int8)
language plpgsql rows 1 security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from vouchsafe.upload_part p
    where (p.upload_id, p.start) in
      (select i.upload_id, i.start from vouchsafe.upload_part i where i.company_id = remove_uploaded.company limit most_parts);
  get diagnostics parts = row_count;
  rejections := 0;
  if parts < most_parts then
    delete from vouchsafe.upload_rejection r
      where (r.upload_id, r.number) in
        (select i.upload_id, i.number from vouchsafe.upload_rejection i where i.company_id = remove_uploaded.company limit most_rejections);
    get diagnostics rejections = row_count;
  end if;
  return next;
end
$$;

-- Rights ----------------------------------------------------------------------------------------------------------------

grant select (company_id) on vouchsafe.upload_part to vouchsafe_system;
grant select (upload_id, number, company_id), delete on vouchsafe.upload_rejection to vouchsafe_system;
create policy system on vouchsafe.upload_rejection to vouchsafe_system using (true) with check (true);

grant execute on function
  vouchsafe.remove_left_parts(int), vouchsafe.remove_left_rejections(int), vouchsafe.remove_uploaded(text, int, int),
  vouchsafe.sweep_uploads(timestamptz), vouchsafe.end_uploads_of_keys()
to vouchsafe_app;

grant create on schema vouchsafe to vouchsafe_system;
alter function vouchsafe.remove_left_parts(int) owner to vouchsafe_system;
alter function vouchsafe.remove_left_rejections(int) owner to vouchsafe_system;
alter function vouchsafe.remove_uploaded(text, int, int) owner to vouchsafe_system;
alter function vouchsafe.sweep_uploads(timestamptz) owner to vouchsafe_system;
alter function vouchsafe.end_uploads_of_keys() owner to vouchsafe_system;
revoke create on schema vouchsafe from vouchsafe_system;
