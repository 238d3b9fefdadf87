-- Sharing of datasets, made right: a load holds nobody off who deletes, and invitations and requests have their bounds.
--
-- Functions for the server (the others of 0019 as they were):
--   accept_dataset_invitation(wanted bytea, new_grant, acting, at) → outcome, and what was given: as before, and too_many_grants. A
--       grant that is stronger or longer than the invitation stays, and is what is told.
--   void_dataset_invitations(dataset, person): takes back those to this user's address; nothing but by who manages the dataset.
--   address_of_asker(request) → text: the address of today, for who manages the dataset; null for others.
--   ask_for_dataset(…): as before, with one waiting request for each asker, whichever company they ask in, and a bound on mails.

-- Asked for at the end: a load makes its generation first and then takes as long as it likes, and whoever deletes the
-- dataset or its company meanwhile would wait for the keys that it holds. It fails then, and leaves nothing.
alter table vouchsafe.dataset_generation
  alter constraint dataset_generation_company_id_fkey deferrable initially deferred,
  alter constraint dataset_generation_dataset_id_company_id_fkey deferrable initially deferred;

create function vouchsafe.void_dataset_invitations(dataset text, person text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if vouchsafe.dataset_rank_of_actor(dataset) = 3 then
    delete from vouchsafe.dataset_invitation i using vouchsafe.user_account u
     where i.dataset_id = void_dataset_invitations.dataset and i.used_at is null and u.id = person and i.email = u.email;
  end if;
end
$$;

create function vouchsafe.address_of_asker(request text) returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select u.email from vouchsafe.dataset_request r join vouchsafe.user_account u on u.id = r.asker_id
   where r.id = address_of_asker.request and vouchsafe.dataset_rank_of_actor(r.dataset_id) = 3;
end;

grant execute on function
  vouchsafe.void_dataset_invitations(text, text),
  vouchsafe.address_of_asker(text)
to vouchsafe_app;

grant create on schema vouchsafe to vouchsafe_system;
alter function vouchsafe.void_dataset_invitations(text, text) owner to vouchsafe_system;
alter function vouchsafe.address_of_asker(text) owner to vouchsafe_system;

set local role vouchsafe_system;

-- Whoever belongs to many companies asks in the name of one of them. The newest of those that wait stays.
delete from vouchsafe.dataset_request r using vouchsafe.dataset_request newer
 where r.refused_at is null and newer.refused_at is null
   and newer.dataset_id = r.dataset_id and newer.asker_id = r.asker_id and (newer.created_at, newer.id) > (r.created_at, r.id);

create or replace function vouchsafe.accept_dataset_invitation(wanted bytea, new_grant text, acting text, at timestamptz)
returns table (
  outcome text, dataset_id text, dataset_name text, "right" text, until timestamptz, inviter_email text
)
language plpgsql rows 1 security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  person constant text := nullif(current_setting('vouchsafe.user_id', true), '');
  invited vouchsafe.dataset_invitation;
  item vouchsafe.dataset;
  inviter vouchsafe.member;
  who vouchsafe.user_account;
  their_company text;
begin
  select i.* into invited from vouchsafe.dataset_invitation i where i.digest = wanted for update;
  if invited.used_at is not null then
    return query select 'link_used'::text, null::text, null::text, null::text, null::timestamptz, null::text;
    return;
  end if;
  select d.* into item from vouchsafe.dataset d where d.id = invited.dataset_id;
  select m.* into inviter from vouchsafe.member m where m.company_id = invited.company_id and m.user_id = invited.invited_by;
  select u.* into who from vouchsafe.user_account u where u.id = person for key share;
  select c.name into their_company from vouchsafe.member m join vouchsafe.company c on c.id = m.company_id
   where m.company_id = acting and m.user_id = person;
  -- Whoever invited must still be somebody who may, and the dataset still one that is let out.
  if invited.id is null or item.id is null or invited.expires_at <= at or invited.until <= at
     or vouchsafe.dataset_rank(inviter.role, item.owner_id = inviter.user_id, item.visibility) is distinct from 3
     or (acting <> item.company_id and not item.may_be_shared_outside) or their_company is null then
    return query select 'link_invalid'::text, null::text, null::text, null::text, null::timestamptz, null::text;
    return;
  end if;
  if who.email is distinct from invited.email then
    return query select 'other_account'::text, null::text, null::text, null::text, null::timestamptz, null::text;
    return;
  end if;
  -- MOST_GRANTS of src/datasets/sharing/limits.ts.
  if (select count(*) from vouchsafe.dataset_grant g
       where g.dataset_id = item.id and (g.user_id, g.acting_company_id) <> (person, acting)) >= 1000 then
    return query select 'too_many_grants'::text, null::text, null::text, null::text, null::timestamptz, null::text;
    return;
  end if;
  insert into vouchsafe.dataset_grant as g
    (id, dataset_id, company_id, user_id, acting_company_id, "right", granted_by, granted_at, until, email, name, company_name)
    values (new_grant, item.id, item.company_id, person, acting, invited."right", invited.invited_by, at, invited.until,
            case when acting <> item.company_id then who.email end,
            case when acting <> item.company_id then who.name end,
            case when acting <> item.company_id then their_company end)
  on conflict on constraint dataset_grant_dataset_id_user_id_acting_company_id_key
    do update set "right" = excluded."right", granted_by = excluded.granted_by, granted_at = excluded.granted_at,
      until = excluded.until, email = excluded.email, name = excluded.name, company_name = excluded.company_name
    where g.until <= at
       or ((excluded."right" = 'modify' or g."right" = 'read')
           and coalesce(excluded.until, 'infinity') >= coalesce(g.until, 'infinity'));
  update vouchsafe.dataset_invitation i set used_at = at where i.id = invited.id;
  delete from vouchsafe.dataset_request r
   where r.dataset_id = item.id and r.asker_id = person and r.acting_company_id = acting;
  return query select 'accepted'::text, item.id, item.name, g."right", g.until,
                      (select u.email from vouchsafe.user_account u where u.id = inviter.user_id)
                 from vouchsafe.dataset_grant g
                where g.dataset_id = item.id and g.user_id = person and g.acting_company_id = acting;
end
$$;

create or replace function vouchsafe.ask_for_dataset(
  request text, mails text[], dataset text, wanted text, at timestamptz, expires timestamptz
) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  acting constant text := nullif(current_setting('vouchsafe.company_id', true), '');
  person constant text := nullif(current_setting('vouchsafe.user_id', true), '');
  rank_wanted constant int := case wanted when 'modify' then 2 else 1 end;
  item vouchsafe.dataset;
  mine vouchsafe.member;
  who vouchsafe.user_account;
  their_company text;
  manager record;
begin
  select d.* into item from vouchsafe.dataset d
   where d.id = ask_for_dataset.dataset and (d.company_id = acting or d.may_be_shared_outside);
  select m.* into mine from vouchsafe.member m where m.company_id = acting and m.user_id = person;
  select u.* into who from vouchsafe.user_account u where u.id = person;
  select c.name into their_company from vouchsafe.company c where c.id = acting;
  if item.id is null or mine.user_id is null or who.id is null then
    return;
  end if;
  -- Who has it already asks nobody.
  if (item.company_id = acting
      and vouchsafe.dataset_rank(mine.role, item.owner_id = person, item.visibility) >= rank_wanted)
     or exists (select from vouchsafe.dataset_grant g
                 where g.dataset_id = item.id and g.user_id = person and g.acting_company_id = acting
                   and (g.until is null or g.until > at) and (g."right" = 'modify' or rank_wanted = 1)) then
    return;
  end if;
  delete from vouchsafe.dataset_request r
   where r.dataset_id = item.id and r.asker_id = person and r.expires_at <= at;
  if (select count(*) from vouchsafe.dataset_request r where r.dataset_id = item.id) >= 200 then
    return;
  end if;
  insert into vouchsafe.dataset_request
    (id, dataset_id, company_id, asker_id, acting_company_id, email, name, company_name, "right", created_at, expires_at)
    values (request, item.id, item.company_id, person, acting, who.email, who.name, their_company, wanted, at, expires)
  on conflict do nothing;
  if not found then
    return;
  end if;
  -- Strangers make requests: those that come on top of some within an hour are seen by who looks, and mailed to nobody.
  if (select count(*) from vouchsafe.dataset_request r
       where r.dataset_id = item.id and r.created_at > at - interval '1 hour') > 5 then
    return;
  end if;
  -- Asked-for access is answered by whoever manages the dataset; the longest-standing of them are written to.
  for manager in
    select u.email, row_number() over (order by (m.user_id = item.owner_id) desc nulls last, m.joined_at, m.user_id) as place
    from vouchsafe.member m join vouchsafe.user_account u on u.id = m.user_id
    where m.company_id = item.company_id
      and vouchsafe.dataset_rank(m.role, m.user_id = item.owner_id, item.visibility) = 3
    order by place limit cardinality(mails)
  loop
    perform vouchsafe.enqueue_mail(
      mails[manager.place], item.company_id, person, 'dataset-request', manager.email,
      jsonb_build_object('datasetName', item.name, 'dataset', item.id, 'company', item.company_id, 'email', who.email,
                         'name', who.name, 'companyName', their_company, 'right', wanted),
      null, null, at, at + interval '5 days');
  end loop;
end
$$;

set local role vouchsafe_owner;
revoke create on schema vouchsafe from vouchsafe_system;

create unique index dataset_request_waiting on vouchsafe.dataset_request (dataset_id, asker_id) where refused_at is null;
