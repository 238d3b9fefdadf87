-- Runs after every migration, in its transaction: no table of ours is ever without row-level security, and a table
-- with a company_id is closed to every other company, and one with a user_id to every other user, even if its migration
-- says nothing about policies. A table with neither and without policies shows nothing to anybody. `test/every-table.test.ts` proves it.
create or replace function vouchsafe.protect_tables() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  item record;
begin
  for item in
    select c.oid::regclass as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
           exists (select from pg_attribute a
                   where a.attrelid = c.oid and a.attname = 'company_id' and not a.attisdropped) as of_company,
           exists (select from pg_attribute a
                   where a.attrelid = c.oid and a.attname = 'user_id' and not a.attisdropped) as of_user,
           exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'company_only') as has_policy,
           exists (select from pg_policy p
                   where p.polrelid = c.oid and p.polname in ('user_only', 'user_sees')) as has_user_policy
    from pg_class c
    where c.relnamespace = 'vouchsafe'::regnamespace and c.relkind in ('r', 'p')
  loop
    if not item.enabled then
      execute format('alter table %s enable row level security', item.name);
    end if;
    -- Forced: the owner, who runs migrations, is bound as well.
    if not item.forced then
      execute format('alter table %s force row level security', item.name);
    end if;
    -- The sub-select is evaluated once a statement, not once a row. An unset company is null, and after a transaction
    -- an empty text; neither equals any id.
    if item.of_company and not item.has_policy then
      execute format(
        'create policy company_only on %s
           using (company_id = (select nullif(current_setting(''vouchsafe.company_id'', true), '''')))
           with check (company_id = (select nullif(current_setting(''vouchsafe.company_id'', true), '''')))',
        item.name);
    end if;
    -- What belongs to one user is shown to that user. Where it belongs to a company as well, a user may see it and take
    -- it away, but only the company can put it there.
    if item.of_user and not item.has_user_policy then
      if item.of_company then
        execute format(
          'create policy user_sees on %s for select
             using (user_id = (select nullif(current_setting(''vouchsafe.user_id'', true), '''')))', item.name);
        execute format(
          'create policy user_leaves on %s for delete
             using (user_id = (select nullif(current_setting(''vouchsafe.user_id'', true), '''')))', item.name);
      else
        execute format(
          'create policy user_only on %s
             using (user_id = (select nullif(current_setting(''vouchsafe.user_id'', true), '''')))
             with check (user_id = (select nullif(current_setting(''vouchsafe.user_id'', true), '''')))', item.name);
      end if;
    end if;
  end loop;
end
$$;

revoke execute on function vouchsafe.protect_tables() from public;

select vouchsafe.protect_tables();
