-- Rights that end by the time that it is, not by that of the transaction: a load, a restoration or a comparison is one transaction that
-- takes as long as it likes, and what ended meanwhile would have counted until its end. A policy is asked once a statement, and the two
-- that have to be asked by another clock are put more cheaply as well.

-- Every statement on datasets carries their policies and those of the tables which these ask, and starts each part of them whether
-- its answer is needed or not: 37 in a check of one dataset, which were half of its time. Now a member's role is asked for once, and grants
-- by a function that is planned and run only where they decide. It has no rights of its own: whoever calls it sees the grants that they see.
create function vouchsafe.granted_datasets() returns setof text
language sql stable
begin atomic
  select g.dataset_id from vouchsafe.dataset_grant g
  where g.user_id = nullif(current_setting('vouchsafe.user_id', true), '')
    and g.acting_company_id = nullif(current_setting('vouchsafe.company_id', true), '')
    and (g.until is null or g.until > statement_timestamp());
end;
grant execute on function vouchsafe.granted_datasets() to vouchsafe_app;

alter policy shared on vouchsafe.dataset using (
  may_be_shared_outside and id = any (array(select vouchsafe.granted_datasets()))
);

-- Of the company: what its members share is seen by a key, which has no user, and by each of them; what is private by its owner
-- while they are a member, and by the company's owners. An id of a user is never the word for a visibility.
alter policy seen on vouchsafe.dataset using (
  company_id <> (select nullif(current_setting('vouchsafe.company_id', true), ''))
  or array[visibility, owner_id] && (
    select array['company', case m.role when 'owner' then 'private' else m.user_id end]
    from (select nullif(current_setting('vouchsafe.company_id', true), '') as company,
                 nullif(current_setting('vouchsafe.user_id', true), '') as person) as scope
    left join vouchsafe.member m on m.company_id = scope.company and m.user_id = scope.person
    where scope.person is null or m.role is not null)
  or id = any (array(select vouchsafe.granted_datasets()))
);

grant create on schema vouchsafe to vouchsafe_system;
set local role vouchsafe_system;

-- As in 0017, but for the time: a statement that publishes may have waited for a lock.
create or replace function vouchsafe.dataset_rank_of_actor(dataset text) returns int
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
      on g.dataset_id = d.id and g.user_id = person and g.acting_company_id = company and (g.until is null or g.until > clock_timestamp())
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

set local role vouchsafe_owner;
revoke create on schema vouchsafe from vouchsafe_system;
