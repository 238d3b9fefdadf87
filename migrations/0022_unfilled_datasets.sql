-- Datasets that were made for an upload and never got its rows: the uploader left, took it back, or a server died in between.
--
-- Functions for the server:
--   remove_unfilled_datasets() → int8: removes those that nothing is being loaded into any more. Waits for nobody: a load holds its
--       dataset until its transaction is over, and such a dataset is found the next time.

-- Whether it goes again where nothing is loaded into it. Of no meaning once it has a version.
alter table vouchsafe.dataset add column made_for_upload boolean not null default false;
create index dataset_unfilled on vouchsafe.dataset (id) where made_for_upload and current_version = 0;

create function vouchsafe.remove_unfilled_datasets() returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  removed int8;
begin
  with unfilled as materialized (
    select d.id from vouchsafe.dataset d
      where d.made_for_upload and d.current_version = 0
        and not exists (select from vouchsafe.upload u where u.dataset_id = d.id and u.phase = 'loading')
      order by d.id limit 100
      for update of d skip locked
  )
  delete from vouchsafe.dataset d using unfilled where d.id = unfilled.id;
  get diagnostics removed = row_count;
  return removed;
end
$$;

grant delete on vouchsafe.dataset to vouchsafe_system;
create policy unfilled on vouchsafe.dataset for delete to vouchsafe_system using (made_for_upload and current_version = 0);

grant execute on function vouchsafe.remove_unfilled_datasets() to vouchsafe_app;
grant create on schema vouchsafe to vouchsafe_system;
alter function vouchsafe.remove_unfilled_datasets() owner to vouchsafe_system;
revoke create on schema vouchsafe from vouchsafe_system;
