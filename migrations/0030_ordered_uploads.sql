-- Loads that are ordered before all of their file is there: docs/decisions/0045-ordered-in-advance.md. What comes is looked at
-- and copied while it comes, and nobody has to ask again once it is whole.
--
-- Functions for the server (of 0022 and 0024 as they were, for uploads that are ordered as well):
--   find_upload(upload text) → company_id, uploaded_by, uploaded_by_key, arriving: whether it can only be followed yet.
--   remove_unfilled_datasets() → int8

-- From the order until the look is over, which ends in a load or in nothing.
alter table vouchsafe.upload add column ordered boolean not null default false;
grant update (ordered) on vouchsafe.upload to vouchsafe_app;

drop function vouchsafe.find_upload(text);
create function vouchsafe.find_upload(upload text)
returns table (company_id text, uploaded_by text, uploaded_by_key text, arriving boolean)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select u.company_id, u.uploaded_by, u.uploaded_by_key, u.phase = 'arriving' from vouchsafe.upload u
    where u.id = find_upload.upload and (u.phase in ('looking', 'loading') or (u.phase = 'arriving' and u.ordered));
end;
grant execute on function vouchsafe.find_upload(text) to vouchsafe_app;

grant create on schema vouchsafe to vouchsafe_system;
alter function vouchsafe.find_upload(text) owner to vouchsafe_system;
set local role vouchsafe_system;

create or replace function vouchsafe.remove_unfilled_datasets() returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  removed int8;
begin
  with unfilled as materialized (
    select d.id from vouchsafe.dataset d
      where d.made_for_upload and d.current_version = 0
        and not exists (select from vouchsafe.upload u where u.dataset_id = d.id and (u.phase = 'loading' or u.ordered))
      order by d.id limit 100
      for update of d skip locked
  )
  delete from vouchsafe.dataset d using unfilled where d.id = unfilled.id;
  get diagnostics removed = row_count;
  return removed;
end
$$;

set local role vouchsafe_owner;
revoke create on schema vouchsafe from vouchsafe_system;
