-- Sharing of datasets: what a company lets out, who is invited to one of its datasets, who asked for one, and what is noted.
--
-- A dataset is let out where its company lets datasets out and the dataset is set so. `may_be_shared_outside`, which the
-- rules, the statements and row-level security ask, is both: a trigger keeps it, whoever writes it. So the company's switch
-- counts for the next statement of everybody, and turned on again it gives back what was not taken away meanwhile.
--
-- Functions for the server:
--   note_dataset_use(event, dataset, action, details jsonb, at, key) → bool: writes an event into the log of the dataset's
--       company, in the name of the transaction's user, or of the key where there is none. False, and nothing is written,
--       where they do not see the dataset.
--   find_dataset_invitation(wanted bytea: a token's digest) → at most one row. Used and expired ones are found too.
--   accept_dataset_invitation(wanted bytea, new_grant, acting: company id, at) → outcome, and what was given: the transaction's
--       user uses an invitation in one of their companies. Outcomes: accepted, link_used, link_invalid, other_account.
--   ask_for_dataset(request, mails text[]: ids for mails, dataset, wanted: right, at, expires): the transaction's user asks for
--       a right while they act in the transaction's company. Tells nothing: not whether there is such a dataset.
--   sweep_dataset_sharing(at) → int8: invitations and requests that are used or over, and grants that ended 30 days ago, dropped.

alter table vouchsafe.company
  add datasets_outside boolean not null default false,
  -- Whether reading a dataset is noted in the log, besides sharing, exporting and changing it, which always are.
  add dataset_reads_logged boolean not null default false;

alter table vouchsafe.dataset
  add shared_outside boolean not null default false,
  add reads_logged boolean not null default false;

-- What somebody of another company told when they accepted or asked; empty for members, who are known.
alter table vouchsafe.dataset_grant
  add email text collate "C" check (length(email) <= 254),
  add name text,
  add company_name text;

create table vouchsafe.dataset_invitation (
  id text collate "C" primary key check (vouchsafe.is_id('din', id)),
  dataset_id text collate "C" not null,
  -- The dataset's.
  company_id text collate "C" not null references vouchsafe.company on delete cascade,
  email text collate "C" not null check (email = lower(email) and length(email) <= 254),
  "right" text collate "C" not null check ("right" in ('read', 'modify')),
  -- Of the grant; empty: no end.
  until timestamptz,
  -- Empty once that user is gone, and the invitation void with it.
  invited_by text collate "C" references vouchsafe.user_account on delete set null,
  digest bytea not null unique check (octet_length(digest) = 32),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  foreign key (dataset_id, company_id) references vouchsafe.dataset (id, company_id) on delete cascade
);
create unique index dataset_invitation_once on vouchsafe.dataset_invitation (dataset_id, email) where used_at is null;
create index dataset_invitation_by_company on vouchsafe.dataset_invitation (company_id);
create index dataset_invitation_by_email on vouchsafe.dataset_invitation (email);
create index dataset_invitation_by_inviter on vouchsafe.dataset_invitation (invited_by) where invited_by is not null;

-- Not shown to who asked, nor exported to them: a list of one's own would tell which of the ids are datasets.
create table vouchsafe.dataset_request (
  id text collate "C" primary key check (vouchsafe.is_id('drq', id)),
  dataset_id text collate "C" not null,
  -- The dataset's.
  company_id text collate "C" not null references vouchsafe.company on delete cascade,
  asker_id text collate "C" not null,
  acting_company_id text collate "C" not null,
  -- As they were called when they asked.
  email text collate "C" not null check (length(email) <= 254),
  name text,
  company_name text not null,
  "right" text collate "C" not null check ("right" in ('read', 'modify')),
  created_at timestamptz not null,
  -- Until then it can be decided, and is not made again.
  expires_at timestamptz not null,
  refused_at timestamptz,
  unique (dataset_id, asker_id, acting_company_id),
  foreign key (dataset_id, company_id) references vouchsafe.dataset (id, company_id) on delete cascade,
  foreign key (acting_company_id, asker_id) references vouchsafe.member (company_id, user_id) on delete cascade
);
create index dataset_request_by_company on vouchsafe.dataset_request (company_id, id);
create index dataset_request_by_asker on vouchsafe.dataset_request (acting_company_id, asker_id);

alter table vouchsafe.mail
  drop constraint mail_link_purpose_check,
  add constraint mail_link_purpose_check
    check (link_purpose in ('sign-up', 'password-reset', 'email-change', 'invitation', 'key-reveal', 'dataset-invitation'));

-- What was done with one dataset, and what has to forget an erased user.
create index audit_event_by_dataset on vouchsafe.audit_event (company_id, target, id desc) where target like 'dst%';
create index audit_event_by_named_user on vouchsafe.audit_event ((details ->> 'user')) where details ? 'user';

-- What is kept by triggers ------------------------------------------------------------------------------------------

-- The company's row is locked, so that a dataset made or opened while its company closes is open only if it was before.
create function vouchsafe.keep_dataset_switches() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  select new.shared_outside and c.datasets_outside, c.dataset_reads_logged
    into new.may_be_shared_outside, new.reads_logged
    from vouchsafe.company c where c.id = new.company_id for share;
  -- A company that is not there: the foreign key says so.
  new.may_be_shared_outside := coalesce(new.may_be_shared_outside, false);
  new.reads_logged := coalesce(new.reads_logged, false);
  return new;
end
$$;
create trigger switches before insert or update of shared_outside, may_be_shared_outside, reads_logged, company_id
  on vouchsafe.dataset for each row execute function vouchsafe.keep_dataset_switches();

create function vouchsafe.switch_datasets() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update vouchsafe.dataset d set reads_logged = new.dataset_reads_logged where d.company_id = new.id;
  return null;
end
$$;
create trigger switches_datasets after update of datasets_outside, dataset_reads_logged on vouchsafe.company
  for each row when ((old.datasets_outside, old.dataset_reads_logged) is distinct from (new.datasets_outside, new.dataset_reads_logged))
  execute function vouchsafe.switch_datasets();

-- An address that was invited, and the id in what was done for somebody, go with the account.
create function vouchsafe.forget_shared_with() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from vouchsafe.dataset_invitation i where i.email = old.email;
  update vouchsafe.audit_event e set details = e.details - 'user' where e.details ? 'user' and e.details ->> 'user' = old.id;
  return null;
end
$$;
create trigger forget_shared_with after delete on vouchsafe.user_account
  for each row execute function vouchsafe.forget_shared_with();

-- Row-level security ------------------------------------------------------------------------------------------------

-- For those who manage the dataset alone. `company_only` of after-each.sql stands beside these.
create policy managed on vouchsafe.dataset_invitation as restrictive to vouchsafe_app
  using (dataset_id = any (array(select vouchsafe.managed_datasets())))
  with check (dataset_id = any (array(select vouchsafe.managed_datasets())));
create policy managed on vouchsafe.dataset_request as restrictive to vouchsafe_app
  using (dataset_id = any (array(select vouchsafe.managed_datasets())))
  with check (dataset_id = any (array(select vouchsafe.managed_datasets())));

-- For the server --------------------------------------------------------------------------------------------------

create function vouchsafe.note_dataset_use(
  event text, dataset text, action text, details jsonb, at timestamptz, key text
) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
  acting constant text := nullif(current_setting('vouchsafe.company_id', true), '');
  person constant text := nullif(current_setting('vouchsafe.user_id', true), '');
  owner text;
begin
  if action !~ '^datasets\.[a-z]+(-[a-z]+)*$' then
    raise exception 'an action of datasets' using errcode = 'invalid_parameter_value';
  end if;
  if key is not null and not exists (select from vouchsafe.key k where k.id = key and k.company_id = acting) then
    return false;
  end if;
  select d.company_id into owner from vouchsafe.dataset d
   where d.id = dataset and vouchsafe.dataset_rank_of_actor(d.id) > 0;
  if owner is null then
    return false;
  end if;
  insert into vouchsafe.audit_event (id, company_id, at, actor, action, target, details)
    values (event, owner, at, coalesce(person, key), action, dataset, details);
  return true;
end
$$;

create function vouchsafe.find_dataset_invitation(wanted bytea)
returns table (
  id text, company_id text, company_name text, dataset_name text, email text, "right" text, until timestamptz,
  expires_at timestamptz, used_at timestamptz
)
language sql stable rows 1 security definer set search_path = pg_catalog, pg_temp
begin atomic
  select i.id, i.company_id, c.name, d.name, i.email, i."right", i.until, i.expires_at, i.used_at
  from vouchsafe.dataset_invitation i
  join vouchsafe.dataset d on d.id = i.dataset_id
  join vouchsafe.company c on c.id = i.company_id
  where i.digest = find_dataset_invitation.wanted;
end;

create function vouchsafe.accept_dataset_invitation(wanted bytea, new_grant text, acting text, at timestamptz)
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
  insert into vouchsafe.dataset_grant as g
    (id, dataset_id, company_id, user_id, acting_company_id, "right", granted_by, granted_at, until, email, name, company_name)
    values (new_grant, item.id, item.company_id, person, acting, invited."right", invited.invited_by, at, invited.until,
            case when acting <> item.company_id then who.email end,
            case when acting <> item.company_id then who.name end,
            case when acting <> item.company_id then their_company end)
  on conflict on constraint dataset_grant_dataset_id_user_id_acting_company_id_key
    do update set "right" = excluded."right", granted_by = excluded.granted_by, granted_at = excluded.granted_at,
      until = excluded.until, email = excluded.email, name = excluded.name, company_name = excluded.company_name;
  update vouchsafe.dataset_invitation i set used_at = at where i.id = invited.id;
  delete from vouchsafe.dataset_request r
   where r.dataset_id = item.id and r.asker_id = person and r.acting_company_id = acting;
  return query select 'accepted'::text, item.id, item.name, invited."right", invited.until,
                      (select u.email from vouchsafe.user_account u where u.id = inviter.user_id);
end
$$;

create function vouchsafe.ask_for_dataset(
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
   where r.dataset_id = item.id and r.asker_id = person and r.acting_company_id = acting and r.expires_at <= at;
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

create function vouchsafe.sweep_dataset_sharing(at timestamptz) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  total bigint := 0;
  part bigint;
begin
  delete from vouchsafe.dataset_invitation i where i.expires_at < at or i.used_at is not null;
  get diagnostics part = row_count; total := total + part;
  delete from vouchsafe.dataset_request r where r.expires_at < at;
  get diagnostics part = row_count; total := total + part;
  delete from vouchsafe.dataset_grant g where g.until < at - interval '30 days';
  get diagnostics part = row_count; total := total + part;
  return total;
end
$$;

-- Rights -------------------------------------------------------------------------------------------------------------

grant update (datasets_outside, dataset_reads_logged) on vouchsafe.company to vouchsafe_app;
-- Written by the trigger, from the two switches.
revoke update (may_be_shared_outside) on vouchsafe.dataset from vouchsafe_app;
grant update (shared_outside) on vouchsafe.dataset to vouchsafe_app;
grant update (email, name, company_name) on vouchsafe.dataset_grant to vouchsafe_app;
grant select, insert, delete on vouchsafe.dataset_invitation to vouchsafe_app;
grant select, delete, update (refused_at) on vouchsafe.dataset_request to vouchsafe_app;

grant update (may_be_shared_outside, reads_logged) on vouchsafe.dataset to vouchsafe_system;
create policy system_switches on vouchsafe.dataset for update to vouchsafe_system using (true) with check (true);
grant insert on vouchsafe.audit_event to vouchsafe_system;
grant select, insert, delete, update ("right", granted_by, granted_at, until, email, name, company_name)
  on vouchsafe.dataset_grant to vouchsafe_system;
create policy system on vouchsafe.dataset_grant to vouchsafe_system using (true) with check (true);
grant select, delete, update (used_at) on vouchsafe.dataset_invitation to vouchsafe_system;
create policy system on vouchsafe.dataset_invitation to vouchsafe_system using (true) with check (true);
grant select, insert, delete on vouchsafe.dataset_request to vouchsafe_system;
create policy system on vouchsafe.dataset_request to vouchsafe_system using (true) with check (true);

grant execute on function vouchsafe.dataset_rank(text, boolean, text) to vouchsafe_system;
grant execute on function
  vouchsafe.note_dataset_use(text, text, text, jsonb, timestamptz, text),
  vouchsafe.find_dataset_invitation(bytea),
  vouchsafe.accept_dataset_invitation(bytea, text, text, timestamptz),
  vouchsafe.ask_for_dataset(text, text[], text, text, timestamptz, timestamptz),
  vouchsafe.sweep_dataset_sharing(timestamptz)
to vouchsafe_app;

grant create on schema vouchsafe to vouchsafe_system;
alter function vouchsafe.keep_dataset_switches() owner to vouchsafe_system;
alter function vouchsafe.switch_datasets() owner to vouchsafe_system;
alter function vouchsafe.forget_shared_with() owner to vouchsafe_system;
alter function vouchsafe.note_dataset_use(text, text, text, jsonb, timestamptz, text) owner to vouchsafe_system;
alter function vouchsafe.find_dataset_invitation(bytea) owner to vouchsafe_system;
alter function vouchsafe.accept_dataset_invitation(bytea, text, text, timestamptz) owner to vouchsafe_system;
alter function vouchsafe.ask_for_dataset(text, text[], text, text, timestamptz, timestamptz) owner to vouchsafe_system;
alter function vouchsafe.sweep_dataset_sharing(timestamptz) owner to vouchsafe_system;
revoke create on schema vouchsafe from vouchsafe_system;

set local role vouchsafe_jobs;
grant execute on function
  vouchsafe.enqueue_mail(text, text, text, text, text, jsonb, text, text, timestamptz, timestamptz)
to vouchsafe_system;
set local role vouchsafe_owner;
