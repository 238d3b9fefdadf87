-- What webhooks are told of datasets, and the trace of a request that comes from another company.
--
-- What is told stands in the log of the dataset's company already, whoever did it and wherever they acted; so a trigger there has
-- the queue look at it, in the transaction of what happened, and only where a webhook wants to hear of it. Requests and loads that
-- failed are no events of the log, and have a trigger of their own.
--
-- Functions for the server:
--   find_dataset_news(item text) → company_id, happened, dataset_id, dataset_name, actor, at, details: what the item (an event of the
--     log, a request, an upload) has to say to which company; no row where it is gone or over.
--   note_ended_shares(at, events text[]) → how many rights whose time was over were noted in the logs of their companies, as many at
--     most as there are ids of events.

-- A request from another company is an event in the log of the dataset's company, as every other use of its dataset is. One of the
-- company's own stands there by the operation itself.
create function vouchsafe.note_dataset_request() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if new.acting_company_id <> new.company_id then
    insert into vouchsafe.audit_event (id, company_id, at, actor, action, target, details)
      values ('aud' || substr(new.id, 4), new.company_id, new.created_at, new.asker_id, 'datasets.request', new.dataset_id,
              jsonb_build_object('request', new.id, 'right', new."right"));
  end if;
  if vouchsafe.wants_dataset_news(new.company_id) then
    perform vouchsafe.queue_dataset_news(new.id);
  end if;
  return null;
end
$$;

create function vouchsafe.wants_dataset_news(company text) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select exists (
    select from vouchsafe.webhook w
     where w.company_id = wants_dataset_news.company and w.is_enabled and array_to_string(w.events, ' ') like '%dataset.%'
  );
end;

create function vouchsafe.tell_dataset_event() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if vouchsafe.wants_dataset_news(new.company_id) then
    perform vouchsafe.queue_dataset_news(new.id);
  end if;
  return null;
end
$$;

create function vouchsafe.tell_failed_upload() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if vouchsafe.wants_dataset_news(
       coalesce((select d.company_id from vouchsafe.dataset d where d.id = new.dataset_id), new.company_id)) then
    perform vouchsafe.queue_dataset_news(new.id);
  end if;
  return null;
end
$$;

create function vouchsafe.queue_dataset_news(item text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform graphile_worker.add_job('datasets.tell', json_build_object('item', item), max_attempts => 10, job_key => item);
end
$$;

create function vouchsafe.find_dataset_news(item text)
returns table (
  company_id text, happened text, dataset_id text, dataset_name text, actor text, at timestamptz, details jsonb
)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select e.company_id, e.action, e.target, d.name, e.actor, e.at, e.details
    from vouchsafe.audit_event e left join vouchsafe.dataset d on d.id = e.target and d.company_id = e.company_id
   where e.id = find_dataset_news.item and e.action like 'datasets.%'
  union all
  select r.company_id, 'datasets.request', r.dataset_id, d.name, r.asker_id, r.created_at,
         jsonb_build_object('request', r.id, 'right', r."right")
    from vouchsafe.dataset_request r join vouchsafe.dataset d on d.id = r.dataset_id
   where r.id = find_dataset_news.item and r.refused_at is null
  union all
  select coalesce(d.company_id, u.company_id), 'datasets.load-failed', d.id, d.name, coalesce(u.uploaded_by, u.uploaded_by_key),
         u.touched_at, jsonb_build_object('upload', u.id, 'failure', u.failure, 'rejected', u.rejected)
    from vouchsafe.upload u left join vouchsafe.dataset d on d.id = u.dataset_id
   where u.id = find_dataset_news.item and u.phase in ('failed', 'unreadable');
end;

-- A right that ends at its time ends without anybody; the log says so, once for each end that it had.
alter table vouchsafe.dataset_grant add end_noted timestamptz;
update vouchsafe.dataset_grant set end_noted = until where until <= now();
create index dataset_grant_over on vouchsafe.dataset_grant (until) where end_noted is distinct from until;

create function vouchsafe.note_ended_shares(at timestamptz, events text[]) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  noted int := 0;
  ended record;
begin
  for ended in
    select g.id, g.company_id, g.dataset_id, g.user_id, g.until from vouchsafe.dataset_grant g
     where g.until <= note_ended_shares.at and g.end_noted is distinct from g.until
     order by g.until limit cardinality(events) for update skip locked
  loop
    noted := noted + 1;
    update vouchsafe.dataset_grant g set end_noted = g.until where g.id = ended.id;
    insert into vouchsafe.audit_event (id, company_id, at, actor, action, target, details)
      values (events[noted], ended.company_id, ended.until, null, 'datasets.share-over', ended.dataset_id,
              jsonb_build_object('grant', ended.id, 'user', ended.user_id));
  end loop;
  return noted;
end
$$;

create trigger note_request after insert on vouchsafe.dataset_request
  for each row execute function vouchsafe.note_dataset_request();

-- An edit of rows is no news: a program that writes each second would tell itself each second.
create trigger tell_dataset_event after insert on vouchsafe.audit_event
  for each row when (new.action in ('datasets.share', 'datasets.accept-invitation', 'datasets.decide', 'datasets.change-grant',
                                    'datasets.unshare', 'datasets.share-over', 'datasets.load', 'datasets.restore'))
  execute function vouchsafe.tell_dataset_event();

create trigger tell_failed_upload after update of phase on vouchsafe.upload
  for each row when (new.phase in ('failed', 'unreadable') and old.phase is distinct from new.phase)
  execute function vouchsafe.tell_failed_upload();

-- Rights ----------------------------------------------------------------------------------------------------------------

grant select on vouchsafe.webhook to vouchsafe_system;
create policy system on vouchsafe.webhook for select to vouchsafe_system using (true);

revoke execute on function vouchsafe.wants_dataset_news(text), vouchsafe.queue_dataset_news(text),
  vouchsafe.note_dataset_request(), vouchsafe.tell_dataset_event(), vouchsafe.tell_failed_upload() from public;
revoke execute on function vouchsafe.note_ended_shares(timestamptz, text[]) from public;
grant execute on function vouchsafe.find_dataset_news(text), vouchsafe.note_ended_shares(timestamptz, text[]) to vouchsafe_app;
grant update (end_noted) on vouchsafe.dataset_grant to vouchsafe_system;
grant execute on function vouchsafe.wants_dataset_news(text), vouchsafe.queue_dataset_news(text) to vouchsafe_system;

grant create on schema vouchsafe to vouchsafe_jobs, vouchsafe_system;
alter function vouchsafe.queue_dataset_news(text) owner to vouchsafe_jobs;
alter function vouchsafe.wants_dataset_news(text) owner to vouchsafe_system;
alter function vouchsafe.note_dataset_request() owner to vouchsafe_system;
alter function vouchsafe.tell_dataset_event() owner to vouchsafe_system;
alter function vouchsafe.tell_failed_upload() owner to vouchsafe_system;
alter function vouchsafe.find_dataset_news(text) owner to vouchsafe_system;
alter function vouchsafe.note_ended_shares(timestamptz, text[]) owner to vouchsafe_system;
revoke create on schema vouchsafe from vouchsafe_jobs, vouchsafe_system;
