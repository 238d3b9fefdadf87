-- Links by which an owner makes a new secret of a key, and authorised domains with all hosts below them.
--
-- Functions for the server:
--   find_key_reveal(wanted bytea: a token's digest)
--       → at most one row: id, company_id, key_id, expires_at, used_at. Used and expired ones are found too.
--   sweep_key_reveals(at timestamptz) → int8: links that are used or over, dropped.

-- `https://*.example.com` stands for all hosts below example.com; the star stands there and nowhere else.
alter table vouchsafe.domain
  drop constraint domain_origin_check,
  add constraint domain_origin_check check (
    length(origin) <= 300
    and origin ~ '^https://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]+)?$|^https://\[[0-9a-f:]+\](:[0-9]+)?$'
  );

-- A link that whoever runs the installation had sent to a company's owners. Neither its token is here nor any secret: the
-- secret is made when the link is used.
create table vouchsafe.key_reveal (
  id text collate "C" primary key check (vouchsafe.is_id('rvl', id)),
  company_id text collate "C" not null references vouchsafe.company on delete cascade,
  key_id text collate "C" not null references vouchsafe.key on delete cascade,
  digest bytea not null unique check (octet_length(digest) = 32),
  created_at timestamptz not null,
  expires_at timestamptz not null check (expires_at <= created_at + interval '15 minutes'),
  used_at timestamptz
);
create index key_reveal_by_company on vouchsafe.key_reveal (company_id);
create unique index key_reveal_once on vouchsafe.key_reveal (key_id) where used_at is null;

alter table vouchsafe.mail
  drop constraint mail_link_purpose_check,
  add constraint mail_link_purpose_check
    check (link_purpose in ('sign-up', 'password-reset', 'email-change', 'invitation', 'key-reveal'));

create function vouchsafe.find_key_reveal(wanted bytea)
returns table (id text, company_id text, key_id text, expires_at timestamptz, used_at timestamptz)
language sql stable rows 1 security definer set search_path = pg_catalog, pg_temp
begin atomic
  select r.id, r.company_id, r.key_id, r.expires_at, r.used_at from vouchsafe.key_reveal r where r.digest = find_key_reveal.wanted;
end;

create function vouchsafe.sweep_key_reveals(at timestamptz) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  dropped bigint;
begin
  delete from vouchsafe.key_reveal r where r.expires_at < at or r.used_at is not null;
  get diagnostics dropped = row_count;
  return dropped;
end
$$;

grant select, insert, delete, update (used_at) on vouchsafe.key_reveal to vouchsafe_app;
grant select, delete on vouchsafe.key_reveal to vouchsafe_system;
create policy system on vouchsafe.key_reveal to vouchsafe_system using (true);

grant execute on function
  vouchsafe.find_key_reveal(bytea), vouchsafe.sweep_key_reveals(timestamptz)
to vouchsafe_app;

grant create on schema vouchsafe to vouchsafe_system;
alter function vouchsafe.find_key_reveal(bytea) owner to vouchsafe_system;
alter function vouchsafe.sweep_key_reveals(timestamptz) owner to vouchsafe_system;
revoke create on schema vouchsafe from vouchsafe_system;
