-- Accounts: users and how they sign in, members of companies, invitations, the audit log, and the outbox of mail.
--
-- A second setting, `vouchsafe.user_id`, names the user on whose behalf a transaction runs: tables with a user_id and no
-- company_id show that user's rows only (`user_only`, made by after-each.sql). No token of a mailed link lies in any table:
-- a row keeps the token's SHA-256, and the token itself is an HMAC of the row's id under a key outside the database.
--
-- Functions for the server, besides those of 0001:
--   find_sign_in(wanted text: an e-mail address)
--       → at most one row: user_id, password or null, credential_epoch, has_totp, passkeys int4, recovery_codes int4.
--   find_session(wanted text)
--       → at most one row of a session that is not ended: session_id, user_id, email, name, credential_epoch int4, created_at,
--         seen_at, expires_at, is_strong, has_password, has_totp, has_passkey, companies text[], company_names text[], roles text[],
--         second_factor_required bool[].
--   find_passkey(wanted bytea: a credential id) → passkey_id, user_id, public_key, counter, credential_epoch.
--   find_password_reset, find_invitation (wanted bytea: a token's digest)
--       → one row each as kept, used and expired ones too. Sign-ups belong to nobody yet and are read directly.
--   dormant_users(inactive_since date) → user_id, email, active_on, …: nobody who acts for them was there since that day.
--   last_active(wanted text) → date: the last day on which a user counts as active.
--   touch_keys(keys text[], at timestamptz) → int4: keys whose use was noted; at most once a quarter of an hour each.
--   erase_company(company text), erase_user(wanted text) → one row a table: store, rows. Everything at once, or nothing.
--   company_stores(company text), user_stores(wanted text, besides text[] of companies)
--       → one row a table: store, rows that an erasure would take; of the user's, without those of these companies.
--   open_rows(kind text: company or user, wanted text, store text, hidden text[]) → text: names a cursor over their rows,
--       without the hidden columns. next_rows(rows text, most int4) → at most so many of them, each as JSON.
--   password_parameters() → parameters text, hashes int8. traces(marks text[]) → store text, rows int8.
--   sweep_expired(at timestamptz) → int8: rows of links, ceremonies and sessions that nobody can use any more.
--
-- Notifications go where those of keys go: the id of an ended session, of a user whose credentials or memberships changed,
-- of a company whose rules changed.

create table vouchsafe.user_account (
  id text collate "C" primary key check (vouchsafe.is_id('usr', id)),
  -- Canonical: lower case, ASCII, the domain as A-labels; so that no two look alike.
  email text collate "C" not null unique check (email = lower(email) and email ~ '^[!-~]+@[!-~]+$' and length(email) <= 254),
  name text check (length(name) between 1 and 100),
  -- Grows when the password, a second factor or the address changes; sessions of an older one are over.
  credential_epoch int not null default 1,
  created_at timestamptz not null,
  -- The last day with a sign-in; no time of day.
  active_on date not null,
  -- When a warning that the account will be deleted for disuse was known to have been handed over.
  warned_30_at timestamptz,
  warned_7_at timestamptz,
  -- Until when the outbox tries to hand over the warning that is under way.
  warning_until timestamptz
);

create table vouchsafe.password (
  user_id text collate "C" primary key references vouchsafe.user_account on delete cascade,
  -- PHC string format of scrypt; nothing else is taken.
  phc text collate "C" not null check (phc ~ '^\$scrypt\$ln=\d{1,2},r=\d{1,2},p=\d{1,2}\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$'),
  changed_at timestamptz not null
);

create table vouchsafe.totp (
  user_id text collate "C" primary key references vouchsafe.user_account on delete cascade,
  -- AES-256-GCM under a key outside the database: nonce, ciphertext, tag.
  box bytea not null check (octet_length(box) between 40 and 100),
  created_at timestamptz not null,
  confirmed_at timestamptz,
  -- RFC 6238 time step of the last accepted code; none at or before it is accepted again.
  last_step bigint not null default 0
);

create table vouchsafe.passkey (
  id text collate "C" primary key check (vouchsafe.is_id('pky', id)),
  user_id text collate "C" not null references vouchsafe.user_account on delete cascade,
  credential_id bytea not null unique check (octet_length(credential_id) between 16 and 1023),
  public_key bytea not null check (octet_length(public_key) between 32 and 2000),
  counter bigint not null check (counter >= 0),
  transports text[] collate "C" not null check (cardinality(transports) <= 8),
  -- Kept by more than one device (backup state of WebAuthn §6.1.3).
  synced boolean not null,
  name text not null check (length(name) between 1 and 100),
  created_at timestamptz not null,
  used_on date
);
create index passkey_by_user on vouchsafe.passkey (user_id);

create table vouchsafe.recovery_code (
  user_id text collate "C" not null references vouchsafe.user_account on delete cascade,
  digest bytea not null check (octet_length(digest) = 32),
  created_at timestamptz not null,
  used_at timestamptz,
  primary key (user_id, digest)
);

-- What a browser's challenge was for (WebAuthn §13.4.3); taken out when answered, so that each is answered once.
create table vouchsafe.ceremony (
  digest bytea primary key check (octet_length(digest) = 32),
  purpose text collate "C" not null check (purpose ~ '^[a-z-]{1,40}$'),
  -- Whom it is bound to: a user, or a sign-up; null where the passkey itself will say.
  bound_to text collate "C" check (vouchsafe.is_id('(usr|sup)', bound_to)),
  expires_at timestamptz not null
);

create table vouchsafe.session (
  id text collate "C" primary key check (vouchsafe.is_id('ses', id)),
  user_id text collate "C" not null references vouchsafe.user_account on delete cascade,
  credential_epoch int not null,
  -- Whether a second factor, or a passkey that verified its user, was shown.
  is_strong boolean not null,
  created_at timestamptz not null,
  -- To the quarter of an hour.
  seen_at timestamptz not null,
  expires_at timestamptz not null,
  -- A family and a system out of a short list; the user agent itself is not kept.
  browser text collate "C" not null check (browser ~ '^[A-Za-z ]{1,20}$'),
  platform text collate "C" not null check (platform ~ '^[A-Za-z ]{1,20}$'),
  ended_at timestamptz
);
create index session_by_user on vouchsafe.session (user_id);

-- The ring of keys under which sessions are encrypted, each wrapped under the master key outside the database.
create table vouchsafe.ring_key (
  id text collate "C" primary key check (id ~ '^[A-Za-z0-9_-]{8,32}$'),
  wrapped bytea not null check (octet_length(wrapped) between 60 and 100),
  created_at timestamptz not null
);

-- Not yet users: an address counts only once its owner has followed the link.
create table vouchsafe.sign_up (
  id text collate "C" primary key check (vouchsafe.is_id('sup', id)),
  email text collate "C" not null check (email = lower(email) and length(email) <= 254),
  phc text collate "C" check (phc ~ '^\$scrypt\$ln=\d{1,2},r=\d{1,2},p=\d{1,2}\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$'),
  company_name text not null check (length(company_name) between 1 and 200),
  digest bytea not null unique check (octet_length(digest) = 32),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);

create table vouchsafe.password_reset (
  id text collate "C" primary key check (vouchsafe.is_id('rst', id)),
  user_id text collate "C" not null references vouchsafe.user_account on delete cascade,
  digest bytea not null unique check (octet_length(digest) = 32),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index password_reset_by_user on vouchsafe.password_reset (user_id);

create table vouchsafe.email_change (
  id text collate "C" primary key check (vouchsafe.is_id('emc', id)),
  user_id text collate "C" not null references vouchsafe.user_account on delete cascade,
  email text collate "C" not null check (email = lower(email) and length(email) <= 254),
  digest bytea not null unique check (octet_length(digest) = 32),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index email_change_by_user on vouchsafe.email_change (user_id);

alter table vouchsafe.company
  add contact_email text collate "C" check (contact_email = lower(contact_email) and length(contact_email) <= 254),
  add require_second_factor boolean not null default false;

create table vouchsafe.member (
  company_id text collate "C" not null references vouchsafe.company on delete cascade,
  user_id text collate "C" not null references vouchsafe.user_account on delete cascade,
  role text collate "C" not null check (role in ('owner', 'admin', 'member', 'viewer')),
  joined_at timestamptz not null,
  primary key (company_id, user_id)
);
create index member_by_user on vouchsafe.member (user_id);

create table vouchsafe.invitation (
  id text collate "C" primary key check (vouchsafe.is_id('inv', id)),
  company_id text collate "C" not null references vouchsafe.company on delete cascade,
  email text collate "C" not null check (email = lower(email) and length(email) <= 254),
  role text collate "C" not null check (role in ('owner', 'admin', 'member', 'viewer')),
  -- Who invited; empty once that user is gone.
  invited_by text collate "C" references vouchsafe.user_account on delete set null,
  digest bytea not null unique check (octet_length(digest) = 32),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create unique index invitation_once on vouchsafe.invitation (company_id, email) where used_at is null;

-- The secret before the last rotation, and until when it works.
alter table vouchsafe.key
  add previous_digest bytea unique check (octet_length(previous_digest) = 32),
  add previous_expires_at timestamptz,
  add constraint key_previous_whole check ((previous_digest is null) = (previous_expires_at is null));

-- Apart from the key, so that noting its use is no change of it.
create table vouchsafe.key_use (
  key_id text collate "C" primary key references vouchsafe.key on delete cascade,
  company_id text collate "C" not null references vouchsafe.company on delete cascade,
  -- To the quarter of an hour.
  used_at timestamptz not null
);
create index key_use_by_company on vouchsafe.key_use (company_id);

-- Who changed what, and when; no address, no value that could be a secret.
create table vouchsafe.audit_event (
  id text collate "C" primary key check (vouchsafe.is_id('aud', id)),
  company_id text collate "C" not null references vouchsafe.company on delete cascade,
  at timestamptz not null,
  -- Empty once that user is erased.
  actor text collate "C" check (vouchsafe.is_id('(usr|op|key)', actor)),
  action text collate "C" not null check (action ~ '^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$' and length(action) <= 64),
  target text collate "C" check (target ~ '^[a-z]{2,3}_[0-9a-hjkmnp-tv-z]{26}$'),
  details jsonb not null default '{}' check (jsonb_typeof(details) = 'object' and length(details::text) <= 2000 and details::text !~ 'vs_sk_')
);
create index audit_event_by_company on vouchsafe.audit_event (company_id, id desc);
create index audit_event_by_actor on vouchsafe.audit_event (actor) where actor is not null;
create index audit_event_by_target on vouchsafe.audit_event (target) where target like 'usr%';
create index audit_event_by_email on vouchsafe.audit_event ((details ->> 'email')) where details ? 'email';

-- Mail that has not left yet. A row goes when its mail was handed over; the local mailbox keeps it for a week.
create table vouchsafe.mail (
  id text collate "C" primary key check (vouchsafe.is_id('mai', id)),
  -- Whom and what it is about, so that it goes with them; both may be empty.
  company_id text collate "C",
  user_id text collate "C",
  template text collate "C" not null check (template ~ '^[a-z0-9-]{1,40}$'),
  recipient text collate "C" not null check (length(recipient) <= 254 and recipient !~ '[\s,;<>]'),
  params jsonb not null default '{}' check (jsonb_typeof(params) = 'object' and length(params::text) <= 4000),
  link_purpose text collate "C" check (link_purpose in ('sign-up', 'password-reset', 'email-change', 'invitation')),
  link_id text collate "C" check (link_id ~ '^[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}$'),
  created_at timestamptz not null,
  -- Later it is not worth sending: its link is over.
  expires_at timestamptz not null,
  attempts int not null default 0,
  delivered_at timestamptz,
  check ((link_purpose is null) = (link_id is null))
);

-- Guards ---------------------------------------------------------------------------------------------------------

-- Two owners who demote each other at the same time meet at the company's row.
create function vouchsafe.keep_an_owner() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from vouchsafe.company where id = old.company_id for update;
  if found and not exists (select from vouchsafe.member where company_id = old.company_id and role = 'owner') then
    raise exception 'a company keeps an owner' using errcode = 'check_violation', constraint = 'company_keeps_an_owner';
  end if;
  return null;
end
$$;
create constraint trigger company_keeps_an_owner after update or delete on vouchsafe.member
  deferrable initially deferred for each row when (old.role = 'owner') execute function vouchsafe.keep_an_owner();

create function vouchsafe.keep_audit() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  -- An erased user leaves; what was done stays.
  if (new.actor is null or new.actor = old.actor) and (new.target is null or new.target = old.target)
     and old.details @> new.details
     and to_jsonb(new) - '{actor,target,details}'::text[] = to_jsonb(old) - '{actor,target,details}'::text[] then
    return new;
  end if;
  raise exception 'audit_event is append-only' using errcode = 'insufficient_privilege';
end
$$;
create trigger append_only before update on vouchsafe.audit_event
  for each row execute function vouchsafe.keep_audit();

-- What others must hear --------------------------------------------------------------------------------------------

-- Argument 0 is the column that names whom to forget.
create function vouchsafe.note_access_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update vouchsafe.key_epoch set epoch = epoch + 1;
  perform pg_notify('vouchsafe_keys', to_jsonb(case when tg_op = 'INSERT' then new else old end) ->> tg_argv[0]);
  return null;
end
$$;
create trigger session_ended after update on vouchsafe.session
  for each row when (old.ended_at is distinct from new.ended_at or old.is_strong is distinct from new.is_strong
                     or old.credential_epoch is distinct from new.credential_epoch)
  execute function vouchsafe.note_access_change('id');
create trigger session_deleted after delete on vouchsafe.session
  for each row execute function vouchsafe.note_access_change('id');
create trigger user_changed after update on vouchsafe.user_account
  for each row when (old.credential_epoch <> new.credential_epoch or old.email <> new.email or old.name is distinct from new.name)
  execute function vouchsafe.note_access_change('id');
create trigger user_deleted after delete on vouchsafe.user_account
  for each row execute function vouchsafe.note_access_change('id');
create trigger member_changed after insert or update or delete on vouchsafe.member
  for each row execute function vouchsafe.note_access_change('user_id');
create trigger factor_changed after insert or update of confirmed_at or delete on vouchsafe.totp
  for each row execute function vouchsafe.note_access_change('user_id');
create trigger factor_changed after insert or delete on vouchsafe.passkey
  for each row execute function vouchsafe.note_access_change('user_id');
create trigger company_rules_changed after update on vouchsafe.company
  for each row when (old.require_second_factor <> new.require_second_factor or old.name <> new.name)
  execute function vouchsafe.note_access_change('id');

-- Across companies and users -----------------------------------------------------------------------------------------

create function vouchsafe.find_sign_in(wanted text)
returns table (user_id text, password text, credential_epoch int, has_totp boolean, passkeys int, recovery_codes int)
language sql stable rows 1 security definer set search_path = pg_catalog, pg_temp
begin atomic
  select u.id, p.phc, u.credential_epoch,
         exists (select from vouchsafe.totp t where t.user_id = u.id and t.confirmed_at is not null),
         (select count(*)::int from vouchsafe.passkey k where k.user_id = u.id),
         (select count(*)::int from vouchsafe.recovery_code r where r.user_id = u.id and r.used_at is null)
  from vouchsafe.user_account u left join vouchsafe.password p on p.user_id = u.id
  where u.email = find_sign_in.wanted;
end;

create function vouchsafe.find_session(wanted text)
returns table (
  session_id text, user_id text, email text, name text, credential_epoch int, created_at timestamptz, seen_at timestamptz,
  expires_at timestamptz, is_strong boolean, has_password boolean, has_totp boolean, has_passkey boolean, companies text[], company_names text[], roles text[], second_factor_required boolean[]
)
language sql stable rows 1 security definer set search_path = pg_catalog, pg_temp
begin atomic
  select s.id, s.user_id, u.email, u.name, s.credential_epoch, s.created_at, s.seen_at, s.expires_at, s.is_strong,
         exists (select from vouchsafe.password p where p.user_id = u.id),
         exists (select from vouchsafe.totp t where t.user_id = u.id and t.confirmed_at is not null),
         exists (select from vouchsafe.passkey k where k.user_id = u.id),
         array(select m.company_id from vouchsafe.member m where m.user_id = u.id order by m.company_id),
         array(select c.name from vouchsafe.member m join vouchsafe.company c on c.id = m.company_id
               where m.user_id = u.id order by m.company_id),
         array(select m.role from vouchsafe.member m where m.user_id = u.id order by m.company_id),
         array(select c.require_second_factor from vouchsafe.member m join vouchsafe.company c on c.id = m.company_id
               where m.user_id = u.id order by m.company_id)
  from vouchsafe.session s join vouchsafe.user_account u on u.id = s.user_id
  where s.id = find_session.wanted and s.ended_at is null and s.credential_epoch = u.credential_epoch;
end;

create function vouchsafe.find_passkey(wanted bytea)
returns table (passkey_id text, user_id text, email text, public_key bytea, counter bigint, transports text[], credential_epoch int)
language sql stable rows 1 security definer set search_path = pg_catalog, pg_temp
begin atomic
  select k.id, k.user_id, u.email, k.public_key, k.counter, k.transports, u.credential_epoch
  from vouchsafe.passkey k join vouchsafe.user_account u on u.id = k.user_id where k.credential_id = find_passkey.wanted;
end;

create function vouchsafe.find_password_reset(wanted bytea)
returns table (id text, user_id text, email text, expires_at timestamptz, used_at timestamptz)
language sql stable rows 1 security definer set search_path = pg_catalog, pg_temp
begin atomic
  select r.id, r.user_id, u.email, r.expires_at, r.used_at
  from vouchsafe.password_reset r join vouchsafe.user_account u on u.id = r.user_id where r.digest = find_password_reset.wanted;
end;

create function vouchsafe.find_invitation(wanted bytea)
returns table (id text, company_id text, company_name text, email text, role text, invited_by text, expires_at timestamptz, used_at timestamptz)
language sql stable rows 1 security definer set search_path = pg_catalog, pg_temp
begin atomic
  select i.id, i.company_id, c.name, i.email, i.role, i.invited_by, i.expires_at, i.used_at
  from vouchsafe.invitation i join vouchsafe.company c on c.id = i.company_id where i.digest = find_invitation.wanted;
end;

create function vouchsafe.touch_keys(keys text[], at timestamptz) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  quarter constant timestamptz := date_bin('15 minutes', at, '2000-01-01Z');
  written int;
begin
  insert into vouchsafe.key_use as u (key_id, company_id, used_at)
    select k.id, k.company_id, quarter from vouchsafe.key k where k.id = any (keys) order by k.id
  on conflict (key_id) do update set used_at = excluded.used_at where u.used_at < excluded.used_at;
  get diagnostics written = row_count;
  return written;
end
$$;

-- A user counts as active through sessions, through calls with the keys of their companies, and, where nobody else owns a
-- company, through its other members.
create function vouchsafe.last_active(wanted text) returns date
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select greatest(
    u.active_on,
    (select max(k.used_at)::date from vouchsafe.member m join vouchsafe.key_use k on k.company_id = m.company_id
      where m.user_id = u.id),
    (select max(o.active_on) from vouchsafe.member mine
       join vouchsafe.member other on other.company_id = mine.company_id and other.user_id <> mine.user_id
       join vouchsafe.user_account o on o.id = other.user_id
      where mine.user_id = u.id and mine.role = 'owner'
        and not exists (select from vouchsafe.member w where w.company_id = mine.company_id and w.role = 'owner'
                          and w.user_id <> mine.user_id)))
  from vouchsafe.user_account u where u.id = last_active.wanted;
end;

create function vouchsafe.dormant_users(inactive_since date)
returns table (
  user_id text, email text, active_on date, warned_30_at timestamptz, warned_7_at timestamptz, warning_until timestamptz,
  is_waiting boolean
)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
  return query
    select u.id, u.email, a.active_on, u.warned_30_at, u.warned_7_at, u.warning_until,
           exists (select from vouchsafe.mail m where m.user_id = u.id and m.template like 'dormant-%' and m.delivered_at is null)
    from vouchsafe.user_account u cross join lateral (select vouchsafe.last_active(u.id) as active_on) a
    -- The first comparison leaves few for the second, which costs a look at their companies.
    where u.active_on < $1 and a.active_on < $1 and u.email not like '%@canary.invalid'
    order by u.id;
end
$$;

create function vouchsafe.sweep_expired(at timestamptz) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  total bigint := 0;
  part bigint;
begin
  delete from vouchsafe.ceremony where expires_at < at;
  get diagnostics part = row_count; total := total + part;
  delete from vouchsafe.sign_up where expires_at < at or used_at is not null;
  get diagnostics part = row_count; total := total + part;
  delete from vouchsafe.password_reset where expires_at < at or used_at is not null;
  get diagnostics part = row_count; total := total + part;
  delete from vouchsafe.email_change where expires_at < at or used_at is not null;
  get diagnostics part = row_count; total := total + part;
  delete from vouchsafe.invitation where expires_at < at or used_at is not null;
  get diagnostics part = row_count; total := total + part;
  delete from vouchsafe.session where expires_at < at or ended_at is not null;
  get diagnostics part = row_count; total := total + part;
  -- Receipts of erasures, delivered ones in a local mailbox as well: nobody is left to whom they could belong.
  delete from vouchsafe.mail where template in ('account-deleted', 'company-deleted') and expires_at < at;
  get diagnostics part = row_count; total := total + part;
  return total;
end
$$;

-- Leaving ------------------------------------------------------------------------------------------------------------

-- The tables with a column of this name, whichever migration made them.
create function vouchsafe.tables_with(wanted text) returns setof text
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
  select c.relname::text from pg_class c
  where c.relnamespace = 'vouchsafe'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = tables_with.wanted and not a.attisdropped)
  order by c.relname;
end;

-- These are the owner's, whom row-level security shows this company or user only: a mistake in them can take no other
-- row. Children that go with their parents by foreign key are counted before.
create function vouchsafe.company_stores(company text) returns table (store text, rows bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  item text;
begin
  perform set_config('vouchsafe.company_id', company, true);
  for item in select vouchsafe.tables_with('company_id') loop
    return query execute format('select %L::text, count(*) from vouchsafe.%I where company_id = $1', item, item) using company;
  end loop;
  return query select 'company'::text, count(*) from vouchsafe.company c where c.id = company;
end
$$;

create function vouchsafe.erase_company(company text) returns table (store text, rows bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  item text;
begin
  perform set_config('vouchsafe.company_id', company, true);
  -- Whoever is about to write for this company (add_usage, forget_the_gone) is done, or finds it gone.
  perform from vouchsafe.company c where c.id = company for update;
  return query select s.store, s.rows from vouchsafe.company_stores(company) s where s.rows > 0;
  -- Keys and projects late, since to tell of their going takes the one row of key_epoch until the end. Members last, with
  -- the company itself, so that it never is without an owner.
  for item in select t from vouchsafe.tables_with('company_id') t where t <> 'member' order by t in ('key', 'project'), t loop
    execute format('delete from vouchsafe.%I where company_id = $1', item) using company;
  end loop;
  delete from vouchsafe.company c where c.id = company;
end
$$;

create function vouchsafe.user_stores(wanted text, besides text[] default '{}') returns table (store text, rows bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  item text;
begin
  perform set_config('vouchsafe.user_id', wanted, true);
  for item in select vouchsafe.tables_with('user_id') loop
    return query execute format('select %L::text, count(*) from vouchsafe.%I where user_id = $1', item, item)
        || case when item in (select vouchsafe.tables_with('company_id'))
                then ' and (company_id is null or not company_id = any ($2))' else '' end
      using wanted, besides;
  end loop;
  return query select 'user_account'::text, count(*) from vouchsafe.user_account u where u.id = wanted;
end
$$;

create function vouchsafe.erase_user(wanted text) returns table (store text, rows bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  item text;
begin
  perform set_config('vouchsafe.user_id', wanted, true);
  perform from vouchsafe.user_account u where u.id = wanted for update;
  return query select s.store, s.rows from vouchsafe.user_stores(wanted) s where s.rows > 0;
  perform vouchsafe.forget_actor(wanted);
  for item in select vouchsafe.tables_with('user_id') loop
    execute format('delete from vouchsafe.%I where user_id = $1', item) using wanted;
  end loop;
  delete from vouchsafe.user_account u where u.id = wanted;
end
$$;

-- What names a user without belonging to them: what they did, made or began in companies that stay, and mail to others.
create function vouchsafe.forget_actor(wanted text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  address text;
  called text;
begin
  select u.email, u.name into address, called from vouchsafe.user_account u where u.id = wanted;
  update vouchsafe.audit_event set actor = null where actor = wanted;
  update vouchsafe.audit_event set target = null where target = wanted;
  update vouchsafe.audit_event set details = details - 'email' where details ? 'email' and details ->> 'email' = address;
  update vouchsafe.key set created_by = null where created_by = wanted;
  update vouchsafe.company set contact_email = null where contact_email = address;
  delete from vouchsafe.ceremony where bound_to = wanted;
  delete from vouchsafe.ceremony c using vouchsafe.sign_up s where s.email = address and c.bound_to = s.id;
  delete from vouchsafe.sign_up s where s.email = address;
  delete from vouchsafe.email_change e where e.email = address;
  delete from vouchsafe.invitation i where i.email = address;
  delete from vouchsafe.mail m where m.recipient = address;
  update vouchsafe.mail m set params = (
      select jsonb_object_agg(p.key, case
        when position(address in p.value::text) > 0 or p.value = to_jsonb(called) then to_jsonb('somebody who has left'::text)
        else p.value end)
      from jsonb_each(m.params) p)
    where exists (select from jsonb_each(m.params) p
                  where position(address in p.value::text) > 0 or p.value = to_jsonb(called));
end
$$;

-- A request that was under way while its user or company was erased writes nothing that names them: where there is no
-- foreign key, this looks at the row and locks it, so that the erasure waits for what is written, or is found done.
create function vouchsafe.forget_the_gone() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_table_name = 'audit_event' then
    if new.actor like 'usr%' then
      perform from vouchsafe.user_account where id = new.actor for key share;
      if not found then
        new.actor := null;
      end if;
    end if;
    if new.target like 'usr%' then
      perform from vouchsafe.user_account where id = new.target for key share;
      if not found then
        new.target := null;
      end if;
    end if;
  elsif tg_table_name = 'key' then
    perform from vouchsafe.user_account where id = new.created_by for key share;
    if not found then
      new.created_by := null;
    end if;
  elsif tg_table_name = 'ceremony' then
    perform from vouchsafe.user_account where id = new.bound_to for key share;
    if not found then
      return null;
    end if;
  else
    if new.company_id is not null then
      perform from vouchsafe.company where id = new.company_id for key share;
      if not found then
        return null;
      end if;
    end if;
    if new.user_id is not null then
      perform from vouchsafe.user_account where id = new.user_id for key share;
      if not found then
        return null;
      end if;
    end if;
  end if;
  return new;
end
$$;
create trigger of_somebody before insert on vouchsafe.audit_event
  for each row when (new.actor like 'usr%' or new.target like 'usr%') execute function vouchsafe.forget_the_gone();
create trigger of_somebody before insert on vouchsafe.key
  for each row when (new.created_by like 'usr%') execute function vouchsafe.forget_the_gone();
create trigger of_somebody before insert on vouchsafe.ceremony
  for each row when (new.bound_to like 'usr%') execute function vouchsafe.forget_the_gone();
create trigger of_somebody before insert on vouchsafe.mail
  for each row when (new.company_id is not null or new.user_id is not null) execute function vouchsafe.forget_the_gone();

-- Using a session counts as being there; written once a day.
create function vouchsafe.note_activity() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  update vouchsafe.user_account set active_on = new.seen_at::date where id = new.user_id and active_on < new.seen_at::date;
  return null;
end
$$;
create trigger activity after insert or update of seen_at on vouchsafe.session
  for each row execute function vouchsafe.note_activity();

-- The owner's, like the erasure: an export sees what an erasure would take.
create function vouchsafe.open_rows(kind text, wanted text, store text, hidden text[]) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  rows refcursor;
  own constant text := case when store in ('company', 'user_account') then 'id' else kind || '_id' end;
  -- Ids say little to a person: a member's address and name, or the company's name, stand beside them.
  more constant text := case
    when store <> 'member' then ''
    when kind = 'company' then
      ' || (select jsonb_build_object(''email'', u.email, ''name'', u.name) from vouchsafe.user_account u where u.id = t.user_id)'
    else ' || (select jsonb_build_object(''company_name'', c.name) from vouchsafe.company c where c.id = t.company_id)' end;
begin
  perform set_config('vouchsafe.company_id', case when kind = 'company' then wanted else '' end, true);
  perform set_config('vouchsafe.user_id', case when kind = 'user' then wanted else '' end, true);
  open rows for execute format('select ((to_jsonb(t) - $2)%s)::text from vouchsafe.%I t where t.%I = $1', more, store, own)
    using wanted, hidden;
  return rows::text;
end
$$;

create function vouchsafe.next_rows(rows text, most int) returns setof text
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  source refcursor := rows;
  line text;
begin
  for step in 1 .. most loop
    fetch source into line;
    exit when not found;
    return next line;
  end loop;
end
$$;

-- For the checks of promises ------------------------------------------------------------------------------------------

-- How hard hashes are to guess, and how many there are of each kind; neither salts nor hashes.
create function vouchsafe.password_parameters() returns table (parameters text, hashes bigint)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select substring(p.phc from '^\$[a-z0-9]+\$[^$]*'), count(*)
  from (select phc from vouchsafe.password union all select phc from vouchsafe.sign_up where phc is not null) p
  group by 1 order by 1;
end;

-- How many rows outside a company's and a user's own tables hold one of these texts: ids, addresses and names of a synthetic
-- user. Large tables are asked by their indices.
create function vouchsafe.traces(marks text[]) returns table (store text, rows bigint)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  item text;
  pattern constant text := (select string_agg(regexp_replace(m, '([^a-zA-Z0-9_@ ])', '\\\1', 'g'), '|') from unnest(marks) m);
begin
  if exists (select from unnest(marks) m where length(m) < 20) or cardinality(marks) not between 1 and 10 then
    raise exception 'marks of twenty characters and more' using errcode = 'invalid_parameter_value';
  end if;
  foreach item in array array['user_account', 'company', 'project', 'key', 'sign_up', 'ceremony', 'invitation', 'email_change', 'mail'] loop
    return query execute format('select %L::text, count(*) from vouchsafe.%I t where t::text ~ $1', item, item) using pattern;
  end loop;
  return query select 'audit_event'::text, count(*) from vouchsafe.audit_event e
    where e.actor = any (marks) or (e.target = any (marks) and e.target like 'usr%')
       or (e.details ? 'email' and e.details ->> 'email' = any (marks)) or e.company_id = any (marks);
end
$$;


-- Rights -----------------------------------------------------------------------------------------------------------

grant select, insert, delete on vouchsafe.user_account, vouchsafe.password, vouchsafe.totp, vouchsafe.passkey,
  vouchsafe.recovery_code, vouchsafe.ceremony, vouchsafe.session, vouchsafe.sign_up, vouchsafe.password_reset,
  vouchsafe.email_change, vouchsafe.member, vouchsafe.invitation, vouchsafe.key_use, vouchsafe.ring_key
to vouchsafe_app;
grant select, insert on vouchsafe.audit_event to vouchsafe_app;
grant update (email, name, credential_epoch, active_on, warned_30_at, warned_7_at, warning_until) on vouchsafe.user_account
  to vouchsafe_app;
grant update (phc, changed_at) on vouchsafe.password to vouchsafe_app;
grant update (box, created_at, confirmed_at, last_step) on vouchsafe.totp to vouchsafe_app;
grant update (name, counter, synced, used_on) on vouchsafe.passkey to vouchsafe_app;
grant update (used_at) on vouchsafe.recovery_code, vouchsafe.sign_up, vouchsafe.password_reset, vouchsafe.email_change to vouchsafe_app;
grant update (credential_epoch, is_strong, seen_at, ended_at) on vouchsafe.session to vouchsafe_app;
grant update (role) on vouchsafe.member to vouchsafe_app;
grant update (role, invited_by, digest, created_at, expires_at, used_at) on vouchsafe.invitation to vouchsafe_app;
grant update (name, contact_email, require_second_factor) on vouchsafe.company to vouchsafe_app;
grant update (secret_digest, pepper_id, previous_digest, previous_expires_at) on vouchsafe.key to vouchsafe_app;

grant select on vouchsafe.user_account, vouchsafe.password, vouchsafe.totp, vouchsafe.passkey, vouchsafe.recovery_code,
  vouchsafe.member to vouchsafe_system;
grant select, delete on vouchsafe.ceremony, vouchsafe.session, vouchsafe.sign_up, vouchsafe.password_reset,
  vouchsafe.email_change, vouchsafe.invitation, vouchsafe.mail to vouchsafe_system;
grant select, insert, update (used_at) on vouchsafe.key_use to vouchsafe_system;
grant select, update (actor, target, details) on vouchsafe.audit_event to vouchsafe_system;
grant update (params) on vouchsafe.mail to vouchsafe_system;
grant update (created_by) on vouchsafe.key to vouchsafe_system;
-- The ids only to be able to lock the rows.
grant update (id, contact_email) on vouchsafe.company to vouchsafe_system;
grant update (id) on vouchsafe.user_account to vouchsafe_system;

create policy own_row on vouchsafe.user_account
  using (id = (select nullif(current_setting('vouchsafe.user_id', true), '')))
  with check (id = (select nullif(current_setting('vouchsafe.user_id', true), '')));
-- Name and address of the members of one's company.
create policy fellows on vouchsafe.user_account for select
  using (id = any (array(select m.user_id from vouchsafe.member m
                         where m.company_id = (select nullif(current_setting('vouchsafe.company_id', true), '')))));
create policy of_member on vouchsafe.company for select
  using (id = any (array(select m.company_id from vouchsafe.member m
                         where m.user_id = (select nullif(current_setting('vouchsafe.user_id', true), '')))));

-- Rows that nobody can use without a secret that is not in the database: a link's token, an authenticator, the master key.
create policy anyone on vouchsafe.ceremony to vouchsafe_app using (true) with check (true);
create policy anyone on vouchsafe.sign_up to vouchsafe_app using (true) with check (true);
create policy anyone on vouchsafe.ring_key to vouchsafe_app using (true) with check (true);

create policy system on vouchsafe.user_account for select to vouchsafe_system using (true);
create policy system on vouchsafe.password for select to vouchsafe_system using (true);
create policy system on vouchsafe.totp for select to vouchsafe_system using (true);
create policy system on vouchsafe.passkey for select to vouchsafe_system using (true);
create policy system on vouchsafe.recovery_code for select to vouchsafe_system using (true);
create policy system on vouchsafe.member for select to vouchsafe_system using (true);
create policy system on vouchsafe.ceremony to vouchsafe_system using (true);
create policy system on vouchsafe.session to vouchsafe_system using (true);
create policy system on vouchsafe.sign_up to vouchsafe_system using (true);
create policy system on vouchsafe.password_reset to vouchsafe_system using (true);
create policy system on vouchsafe.email_change to vouchsafe_system using (true);
create policy system on vouchsafe.invitation to vouchsafe_system using (true);
create policy system on vouchsafe.mail to vouchsafe_system using (true);
create policy system on vouchsafe.key_use to vouchsafe_system using (true) with check (true);
create policy system on vouchsafe.audit_event to vouchsafe_system using (true) with check (true);
create policy system_locks on vouchsafe.company for update to vouchsafe_system using (true) with check (true);
create policy system_locks on vouchsafe.user_account for update to vouchsafe_system using (true) with check (true);

grant execute on function vouchsafe.tables_with(text) to vouchsafe_app;
grant execute on function
  vouchsafe.find_sign_in(text), vouchsafe.find_session(text), vouchsafe.find_passkey(bytea),
  vouchsafe.find_password_reset(bytea), vouchsafe.find_invitation(bytea),
  vouchsafe.touch_keys(text[], timestamptz), vouchsafe.dormant_users(date), vouchsafe.sweep_expired(timestamptz),
  vouchsafe.company_stores(text), vouchsafe.erase_company(text), vouchsafe.user_stores(text, text[]),
  vouchsafe.erase_user(text), vouchsafe.open_rows(text, text, text, text[]), vouchsafe.next_rows(text, int),
  vouchsafe.last_active(text), vouchsafe.password_parameters(), vouchsafe.traces(text[])
to vouchsafe_app;

grant create on schema vouchsafe to vouchsafe_system;
alter function vouchsafe.keep_an_owner() owner to vouchsafe_system;
alter function vouchsafe.note_access_change() owner to vouchsafe_system;
alter function vouchsafe.find_sign_in(text) owner to vouchsafe_system;
alter function vouchsafe.find_session(text) owner to vouchsafe_system;
alter function vouchsafe.find_passkey(bytea) owner to vouchsafe_system;
alter function vouchsafe.find_password_reset(bytea) owner to vouchsafe_system;
alter function vouchsafe.find_invitation(bytea) owner to vouchsafe_system;
alter function vouchsafe.touch_keys(text[], timestamptz) owner to vouchsafe_system;
alter function vouchsafe.last_active(text) owner to vouchsafe_system;
alter function vouchsafe.dormant_users(date) owner to vouchsafe_system;
alter function vouchsafe.forget_the_gone() owner to vouchsafe_system;
alter function vouchsafe.password_parameters() owner to vouchsafe_system;
alter function vouchsafe.traces(text[]) owner to vouchsafe_system;
alter function vouchsafe.sweep_expired(timestamptz) owner to vouchsafe_system;
alter function vouchsafe.forget_actor(text) owner to vouchsafe_system;

set local role vouchsafe_system;
-- A secret replaced by a rotation works until its end, and no longer than its pair.
create or replace function vouchsafe.find_secret(wanted bytea)
returns table (
  key_id text, company_id text, project_id text, public_key text, digest bytea, pepper_id int, scopes text[], per_second int,
  per_day int, expires_at timestamptz, revoked_at timestamptz, exposed_at timestamptz, revoke_exposed boolean
)
language plpgsql stable rows 1 security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
  return query
    select k.id, k.company_id, k.project_id, k.public_key, $1, k.pepper_id, k.scopes, p.per_second, p.per_day,
           case when k.secret_digest = $1 then k.expires_at else least(k.expires_at, k.previous_expires_at) end,
           k.revoked_at, k.exposed_at, p.revoke_exposed
    from vouchsafe.key k join vouchsafe.project p on p.id = k.project_id
    where k.secret_digest = $1 or k.previous_digest = $1;
end
$$;
-- What a worker counted for a company that is gone meanwhile is dropped: the row that tells so is locked, so that an
-- erasure either finds what is written here or is found done.
create or replace function vouchsafe.add_usage(
  companies text[], projects text[], operations text[], days date[], outcomes text[], counts bigint[]
) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  here text[];
  written int;
begin
  here := array(select c.id from vouchsafe.company c where c.id = any (companies) order by c.id for key share);
  perform vouchsafe.make_usage_month(month)
    from (select distinct date_trunc('month', day)::date as month from unnest(days) as day) as months
    where to_regclass('vouchsafe.usage_day_' || to_char(month, 'YYYY_MM')) is null;
  insert into vouchsafe.usage_day as u (company_id, project_id, operation, day, outcome, count)
    select company, project, operation, day, outcome, sum(amount)::bigint
    from unnest(companies, projects, operations, days, outcomes, counts)
      as t (company, project, operation, day, outcome, amount)
    where company = any (here)
    group by company, project, operation, day, outcome
    -- One order for all writers, so that they cannot wait for each other in a circle.
    order by company, project, operation, day, outcome
  on conflict (company_id, project_id, operation, day, outcome)
    do update set count = u.count + excluded.count;
  get diagnostics written = row_count;
  return written;
end
$$;
-- By its new owner, since a function's rights of before go with its owner of before.
grant execute on function vouchsafe.forget_actor(text) to vouchsafe_owner;
set local role vouchsafe_owner;

revoke create on schema vouchsafe from vouchsafe_system;
