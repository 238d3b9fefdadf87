-- What a receipt of an erasure says of the bytes that went before it. They go in many short transactions (0027); counted by the
-- request that removed them, they were missing in the receipt where two requests did it together, or one after a crash.
--
-- Functions for the server (of 0027 and 0007 as they were, but for what they count):
--   remove_uploaded(company text, most_parts int, most_rejections int) → parts int8, rejections int8
--   erase_company(company text) → one row a table: store, rows

alter table vouchsafe.company
  add column parts_removed int8 not null default 0 check (parts_removed >= 0),
  add column rejections_removed int8 not null default 0 check (rejections_removed >= 0);
grant update (parts_removed, rejections_removed) on vouchsafe.company to vouchsafe_system;

grant create on schema vouchsafe to vouchsafe_system;
set local role vouchsafe_system;

create or replace function vouchsafe.remove_uploaded(company text, most_parts int, most_rejections int)
returns table (parts int8, rejections int8)
language plpgsql rows 1 security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- First, as erase_company does: whoever erases holds it and then wants the parts.
  perform from vouchsafe.company c where c.id = remove_uploaded.company for no key update;
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
  if parts > 0 or rejections > 0 then
    update vouchsafe.company c
      set parts_removed = c.parts_removed + remove_uploaded.parts,
        rejections_removed = c.rejections_removed + remove_uploaded.rejections
      where c.id = remove_uploaded.company;
  end if;
  return next;
end
$$;

set local role vouchsafe_owner;
revoke create on schema vouchsafe from vouchsafe_system;

create or replace function vouchsafe.erase_company(company text) returns table (store text, rows bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  item text;
begin
  perform set_config('vouchsafe.company_id', company, true);
  -- Whoever is about to write for this company (add_usage, forget_the_gone) is done, or finds it gone.
  perform from vouchsafe.company c where c.id = company for update;
  return query
    select s.store, sum(s.rows)::bigint
      from (select * from vouchsafe.company_stores(company)
            union all select 'upload_part', c.parts_removed from vouchsafe.company c where c.id = company
            union all select 'upload_rejection', c.rejections_removed from vouchsafe.company c where c.id = company) s
      group by s.store having sum(s.rows) > 0;
  -- Domains, keys and projects late, since to tell of their going takes the one row of key_epoch until the end. Members
  -- last, with the company itself, so that it never is without an owner.
  for item in select t from vouchsafe.tables_with('company_id') t where t <> 'member'
    order by t in ('domain', 'key', 'project'), t loop
    execute format('delete from vouchsafe.%I where company_id = $1', item) using company;
  end loop;
  delete from vouchsafe.company c where c.id = company;
end
$$;
