-- What a key pair may be used for and from where, and what is remembered of attempts against it that failed.
--
-- Functions for the server:
--   locate_public_keys(keys text[]) → public_key, key_id, company_id: which of them there are.
--
-- find_secret gives the pair's networks as well, and whether the secret is the one before the last rotation.

-- `address/bits` only, as src/keys/networks.ts writes them; empty where the pair may be used from everywhere.
alter table vouchsafe.key
  add networks text[] collate "C" not null default '{}',
  add constraint key_networks check (
    cardinality(networks) <= 20 and array_position(networks, null) is null
    and array_to_string(networks, ' ') ~ '^([0-9a-f:.]{2,39}/[0-9]{1,3}( |$))*$'
  );

-- Failed attempts against one pair that no success from their source has closed. From where they came is known in memory
-- only: there is no column for it. A close may be counted before what it closes, so that the number is below zero for a
-- moment.
create table vouchsafe.key_failure (
  key_id text collate "C" primary key references vouchsafe.key on delete cascade,
  company_id text collate "C" not null references vouchsafe.company on delete cascade,
  open int not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  -- When this streak reached the number that is told of; null before.
  noticed_at timestamptz
);
create index key_failure_by_company on vouchsafe.key_failure (company_id);

-- When a company was last told, and what was not told since because a day had not passed.
create table vouchsafe.failure_notice (
  company_id text collate "C" primary key references vouchsafe.company on delete cascade,
  mailed_at timestamptz,
  alarmed_at timestamptz,
  untold_streaks int not null default 0 check (untold_streaks >= 0),
  untold_failures int not null default 0 check (untold_failures >= 0),
  untold_alarms int not null default 0 check (untold_alarms >= 0)
);

create function vouchsafe.locate_public_keys(keys text[])
returns table (public_key text, key_id text, company_id text)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select k.public_key, k.id, k.company_id from vouchsafe.key k where k.public_key = any (keys);
end;

grant update (networks) on vouchsafe.key to vouchsafe_app;
grant select, insert, update on vouchsafe.key_failure, vouchsafe.failure_notice to vouchsafe_app;
grant execute on function vouchsafe.locate_public_keys(text[]) to vouchsafe_app;

drop function vouchsafe.find_secret(bytea);
create function vouchsafe.find_secret(wanted bytea)
returns table (
  key_id text, company_id text, project_id text, public_key text, digest bytea, pepper_id int, scopes text[],
  networks text[], per_second int, per_day int, expires_at timestamptz, revoked_at timestamptz, exposed_at timestamptz,
  revoke_exposed boolean, is_previous boolean
)
language plpgsql stable rows 1 security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
  return query
    select k.id, k.company_id, k.project_id, k.public_key, $1, k.pepper_id, k.scopes, k.networks, p.per_second, p.per_day,
           case when k.secret_digest = $1 then k.expires_at else least(k.expires_at, k.previous_expires_at) end,
           k.revoked_at, k.exposed_at, p.revoke_exposed, k.secret_digest <> $1
    from vouchsafe.key k join vouchsafe.project p on p.id = k.project_id
    where k.secret_digest = $1 or k.previous_digest = $1;
end
$$;
grant execute on function vouchsafe.find_secret(bytea) to vouchsafe_app;

grant create on schema vouchsafe to vouchsafe_system;
alter function vouchsafe.find_secret(bytea) owner to vouchsafe_system;
alter function vouchsafe.locate_public_keys(text[]) owner to vouchsafe_system;
revoke create on schema vouchsafe from vouchsafe_system;
