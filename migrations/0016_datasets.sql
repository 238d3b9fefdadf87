-- Datasets of companies, and who else may use them. Not their rows: those lie in tables of their own.
--
-- What src/services/datasets/access/rules.ts decides stands here twice more: in the statements of the store beside it, which
-- ask for what a user may see, and in the policies below, which show nothing else even to a statement that forgot to ask.
-- The policies spell the rules out and share nothing with the statements, so that no mistake is made in both.
--
-- Functions for the server:
--   dataset_rank(role text, is_owner bool, visibility text) → int4: what membership gives, of a member of the dataset's
--       company: 0 nothing, 1 read, 2 modify, 3 manage. dataset_reason(…) → text: by which rule.
--   managed_datasets() → setof text: ids of the datasets that the transaction's user manages in the transaction's company.

create table vouchsafe.dataset (
  id text collate "C" primary key check (vouchsafe.is_id('dst', id)),
  company_id text collate "C" not null references vouchsafe.company on delete cascade,
  -- Stands in addresses. Unique in its company only, so that nobody learns from it what others have.
  name text collate "C" not null check (name ~ '^[a-z][a-z0-9_-]{0,62}$'),
  -- Empty once that user has left the company: it is the company's, and its owners go on to manage it.
  owner_id text collate "C",
  visibility text collate "C" not null check (visibility in ('company', 'private')),
  may_be_shared_outside boolean not null default false,
  created_at timestamptz not null,
  unique (company_id, name),
  -- For the foreign key of grants, which names the company as well.
  unique (id, company_id),
  foreign key (company_id, owner_id) references vouchsafe.member (company_id, user_id) on delete set null (owner_id)
);
create index dataset_by_company on vouchsafe.dataset (company_id, visibility, id);
create index dataset_by_owner on vouchsafe.dataset (company_id, owner_id, visibility, id);

create table vouchsafe.dataset_grant (
  id text collate "C" primary key check (vouchsafe.is_id('grt', id)),
  dataset_id text collate "C" not null,
  -- The dataset's.
  company_id text collate "C" not null references vouchsafe.company on delete cascade,
  user_id text collate "C" not null,
  -- In which the user has to act; often another one than the dataset's.
  acting_company_id text collate "C" not null,
  "right" text collate "C" not null check ("right" in ('read', 'modify')),
  -- Empty once that user is gone.
  granted_by text collate "C" references vouchsafe.user_account on delete set null,
  granted_at timestamptz not null,
  -- From then on it counts no more; empty: no end.
  until timestamptz check (until > granted_at),
  unique (dataset_id, user_id, acting_company_id),
  foreign key (dataset_id, company_id) references vouchsafe.dataset (id, company_id) on delete cascade,
  -- A grant ends with the membership in whose name it is used.
  foreign key (acting_company_id, user_id) references vouchsafe.member (company_id, user_id) on delete cascade
);
create index dataset_grant_by_user on vouchsafe.dataset_grant (user_id, acting_company_id, dataset_id);
create index dataset_grant_by_company on vouchsafe.dataset_grant (company_id);
create index dataset_grant_by_granter on vouchsafe.dataset_grant (granted_by) where granted_by is not null;

-- For statements --------------------------------------------------------------------------------------------------

-- Without a search path of their own, so that PostgreSQL puts them into the statement instead of calling them a row.
create function vouchsafe.dataset_rank(role text, is_owner boolean, visibility text) returns int
language sql immutable parallel safe
begin atomic
  select case
    when role = 'owner' then 3
    when is_owner and role in ('admin', 'member') then 3
    when visibility = 'company' then case role when 'admin' then 3 when 'member' then 2 when 'viewer' then 1 else 0 end
    when is_owner and role = 'viewer' then 1
    else 0
  end;
end;

create function vouchsafe.dataset_reason(role text, is_owner boolean, visibility text) returns text
language sql immutable parallel safe
begin atomic
  select case
    when role = 'owner' then 'company_owner'
    when is_owner and role is not null then 'dataset_owner'
    when visibility = 'company' and role is not null then 'company_role'
    else 'not_shared'
  end;
end;

-- Grants are shown to those who manage the dataset. A policy that looked the dataset up itself would go round in a circle,
-- for the dataset's own policy looks grants up; this can only take rows away from what company_only shows.
create function vouchsafe.managed_datasets() returns setof text
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select d.id
  from (select nullif(current_setting('vouchsafe.company_id', true), '') as company,
               nullif(current_setting('vouchsafe.user_id', true), '') as person) as scope
  join vouchsafe.dataset d on d.company_id = scope.company
  left join vouchsafe.member m on m.company_id = scope.company and m.user_id = scope.person
  where case
    when scope.person is null then d.visibility = 'company'
    else coalesce(m.role = 'owner' or (m.role in ('admin', 'member') and d.owner_id = scope.person)
                  or (m.role = 'admin' and d.visibility = 'company'), false)
  end;
end;

-- Row-level security ------------------------------------------------------------------------------------------------

-- `company_only` and `user_sees` of after-each.sql stand beside these. What is restrictive only takes away; it binds the
-- server alone, so that erasures and exports, which the owner of the tables does, find everything.

-- The one way in which rows of a company are seen on behalf of another: a grant to this user, in the company in which they
-- act, that is not over, of a dataset that may be shared so.
create policy shared on vouchsafe.dataset for select to vouchsafe_app using (
  may_be_shared_outside
  and id = any (array(
    select g.dataset_id from vouchsafe.dataset_grant g
    where g.user_id = (select nullif(current_setting('vouchsafe.user_id', true), ''))
      and g.acting_company_id = (select nullif(current_setting('vouchsafe.company_id', true), ''))
      and (g.until is null or g.until > now())))
);

-- A company without a user, which is what a key acts for, sees what its members share.
create policy seen on vouchsafe.dataset as restrictive for select to vouchsafe_app using (
  company_id <> (select nullif(current_setting('vouchsafe.company_id', true), ''))
  or (visibility = 'company' and (select nullif(current_setting('vouchsafe.user_id', true), '')) is null)
  or ((visibility = 'company' or owner_id = (select nullif(current_setting('vouchsafe.user_id', true), '')))
      and (select m.role from vouchsafe.member m
            where m.company_id = (select nullif(current_setting('vouchsafe.company_id', true), ''))
              and m.user_id = (select nullif(current_setting('vouchsafe.user_id', true), ''))) is not null)
  or (select m.role from vouchsafe.member m
       where m.company_id = (select nullif(current_setting('vouchsafe.company_id', true), ''))
         and m.user_id = (select nullif(current_setting('vouchsafe.user_id', true), ''))) = 'owner'
  or id = any (array(
    select g.dataset_id from vouchsafe.dataset_grant g
    where g.user_id = (select nullif(current_setting('vouchsafe.user_id', true), ''))
      and g.acting_company_id = (select nullif(current_setting('vouchsafe.company_id', true), ''))
      and (g.until is null or g.until > now())))
);

-- Whoever makes one owns it, and a viewer makes none.
create policy made on vouchsafe.dataset as restrictive for insert to vouchsafe_app with check (
  (visibility = 'company' and (select nullif(current_setting('vouchsafe.user_id', true), '')) is null)
  or (owner_id = (select nullif(current_setting('vouchsafe.user_id', true), ''))
      and (select m.role from vouchsafe.member m
            where m.company_id = (select nullif(current_setting('vouchsafe.company_id', true), ''))
              and m.user_id = (select nullif(current_setting('vouchsafe.user_id', true), '')))
          in ('owner', 'admin', 'member'))
);

create policy changed on vouchsafe.dataset as restrictive for update to vouchsafe_app
  using (id = any (array(select vouchsafe.managed_datasets())))
  with check (true);
create policy deleted on vouchsafe.dataset as restrictive for delete to vouchsafe_app
  using (id = any (array(select vouchsafe.managed_datasets())));

-- Somebody's own, of the company in which they act; all of a dataset for those who manage it, and for nobody else.
create policy managed on vouchsafe.dataset_grant as restrictive to vouchsafe_app
  using (
    (user_id = (select nullif(current_setting('vouchsafe.user_id', true), ''))
     and acting_company_id = coalesce((select nullif(current_setting('vouchsafe.company_id', true), '')), acting_company_id))
    or dataset_id = any (array(select vouchsafe.managed_datasets()))
  )
  with check (dataset_id = any (array(select vouchsafe.managed_datasets())));

-- Rights -------------------------------------------------------------------------------------------------------------

grant select, insert, delete on vouchsafe.dataset, vouchsafe.dataset_grant to vouchsafe_app;
grant update (name, owner_id, visibility, may_be_shared_outside) on vouchsafe.dataset to vouchsafe_app;
grant update ("right", granted_by, granted_at, until) on vouchsafe.dataset_grant to vouchsafe_app;

grant select on vouchsafe.dataset to vouchsafe_system;
create policy system on vouchsafe.dataset for select to vouchsafe_system using (true);

grant execute on function
  vouchsafe.dataset_rank(text, boolean, text), vouchsafe.dataset_reason(text, boolean, text), vouchsafe.managed_datasets()
to vouchsafe_app;

grant create on schema vouchsafe to vouchsafe_system;
alter function vouchsafe.managed_datasets() owner to vouchsafe_system;
revoke create on schema vouchsafe from vouchsafe_system;
