-- Where the nodes of an installation meet to share limits per second: one row a node, changed ten times a second at most.
-- No log is written for it, and a crash of the database empties it: what it holds is a second old at most, and every node
-- writes its own again.
--
-- Functions for the server:
--   swap_rates(node text, beat int8, state bytea)
--       → node, beat, state of every other node that wrote within the last ten seconds. Writes this node's row first. Rows
--         that nobody has written for a minute are removed.

-- What a node admitted lately, by 64 bits of a digest of a project's or key's id (src/limits/shared-entries.ts): nobody can be
-- told from it, and nobody's requests.
create unlogged table vouchsafe.rate_node (
  node text collate "C" primary key check (node ~ '^[0-9a-f]{16}$'),
  -- Another number each time; 0 when the node has left.
  beat bigint not null check (beat >= 0),
  state bytea not null check (octet_length(state) <= 300000),
  -- By the database's clock, which is the only one that is asked.
  written_at timestamptz not null
) with (
  fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
  toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 2000
);
-- It is rewritten before compressing it would pay.
alter table vouchsafe.rate_node alter state set storage external;

create function vouchsafe.swap_rates(node text, beat bigint, state bytea)
returns table (other text, other_beat bigint, other_state bytea)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into vouchsafe.rate_node as r (node, beat, state, written_at)
    values ($1, $2, $3, clock_timestamp())
    on conflict on constraint rate_node_pkey
    do update set beat = excluded.beat, state = excluded.state, written_at = excluded.written_at;
  delete from vouchsafe.rate_node r where r.written_at < clock_timestamp() - interval '1 minute';
  return query
    select r.node, r.beat, r.state from vouchsafe.rate_node r
    where r.node <> $1 and r.written_at > clock_timestamp() - interval '10 seconds';
end
$$;

grant select, insert, update, delete on vouchsafe.rate_node to vouchsafe_system;
create policy system on vouchsafe.rate_node to vouchsafe_system using (true) with check (true);
grant execute on function vouchsafe.swap_rates(text, bigint, bytea) to vouchsafe_app;

grant create on schema vouchsafe to vouchsafe_system;
alter function vouchsafe.swap_rates(text, bigint, bytea) owner to vouchsafe_system;
revoke create on schema vouchsafe from vouchsafe_system;
