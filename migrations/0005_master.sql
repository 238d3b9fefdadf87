-- Which master an installation's sessions, links and second factors are made with. A process with another one could read
-- none of them, and two would take turns in replacing the ring of session keys.
alter table vouchsafe.installation
  -- SHA-256 under the master: tells that it belongs to this database, without telling it. Null until the first start of a
  -- version that has one.
  add column master_fingerprint bytea check (octet_length(master_fingerprint) = 32);

grant update (master_fingerprint) on vouchsafe.installation to vouchsafe_app;
create policy writes_master_once on vouchsafe.installation for update to vouchsafe_app
  using (master_fingerprint is null) with check (master_fingerprint is not null);
