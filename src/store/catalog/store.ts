/** Questions to PostgreSQL's own catalog: what the schema could hold, who sees what, how we are connected. */
import { statement } from '../statement.ts';

/** Every column of every relation in our schema. Partitions have their parent's columns, which PostgreSQL enforces. */
export const listColumns = statement({
  name: 'store.columns',
  text: `select c.relname::text as relation, a.attname::text as name, format_type(a.atttypid, a.atttypmod) as type
           from pg_class c join pg_attribute a on a.attrelid = c.oid
          where c.relnamespace = 'vouchsafe'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
            and not c.relispartition and a.attnum > 0 and not a.attisdropped
          order by 1, 2`,
  params: [],
  columns: { relation: 'text', name: 'text', type: 'text' },
});

/** Relations that this role could write to outside our schema and that of the rows of datasets. */
export const countWritableElsewhere = statement({
  name: 'store.writable-elsewhere',
  text: `select count(*) as relations
           from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where n.nspname <> 'vouchsafe' and n.nspname <> 'vouchsafe_data' and n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%'
            and c.relkind in ('r', 'p', 'v', 'm', 'f')
            and has_any_column_privilege(c.oid, 'insert, update')`,
  params: [],
  columns: { relations: 'int8' },
});

/** How each table of companies is closed: row-level security, and the policies that hold for this role. */
export const listCompanyTables = statement({
  name: 'store.company-tables',
  text: `select c.relname::text as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
                coalesce((select array_agg(coalesce(pg_get_expr(p.polqual, p.polrelid), 'true') order by p.polname)
                            from pg_policy p
                           where p.polrelid = c.oid and p.polpermissive and p.polcmd in ('*', 'r', 'w', 'd')
                             and exists (select from unnest(p.polroles) as r
                                          where r = 0 or pg_has_role(current_user, r, 'member'))),
                         '{}') as reads,
                coalesce((select array_agg(coalesce(pg_get_expr(coalesce(p.polwithcheck, p.polqual), p.polrelid), 'true')
                                           order by p.polname)
                            from pg_policy p
                           where p.polrelid = c.oid and p.polpermissive and p.polcmd in ('*', 'a', 'w')
                             and exists (select from unnest(p.polroles) as r
                                          where r = 0 or pg_has_role(current_user, r, 'member'))),
                         '{}') as writes
           from pg_class c
          where c.relnamespace = 'vouchsafe'::regnamespace and c.relkind in ('r', 'p')
            and (c.relname = 'company'
                 or exists (select from pg_attribute a
                             where a.attrelid = c.oid and a.attname = 'company_id' and not a.attisdropped))
          order by 1`,
  params: [],
  columns: { name: 'text', enabled: 'bool', forced: 'bool', reads: 'text[]', writes: 'text[]' },
});

/** Which datasets of others the policies take for shared with the transaction's user. */
export const readGranted = statement({
  name: 'store.granted-datasets',
  text: `select coalesce(pg_get_function_sqlbody(p.oid), p.prosrc) as body, p.prosecdef as definer
           from pg_proc p where p.oid = 'vouchsafe.granted_datasets()'::regprocedure`,
  params: [],
  columns: { body: 'text', definer: 'bool' },
});

/** Tables with rows of datasets that this role may read, and that are not closed by row-level security. */
export const countOpenContent = statement({
  name: 'store.open-content',
  text: `select count(*) as tables
           from pg_class c
          where c.relnamespace = 'vouchsafe_data'::regnamespace and c.relkind not in ('v', 'i', 'S', 't')
            and not (c.relkind = 'r' and c.relrowsecurity and c.relforcerowsecurity)
            and has_any_column_privilege(c.oid, 'select')`,
  params: [],
  columns: { tables: 'int8' },
});

/** What the role of this session could do past row-level security. */
export const readRole = statement({
  name: 'store.role',
  text: `select r.rolsuper as superuser, r.rolbypassrls as bypasses,
                exists (select from pg_class c
                         where c.relnamespace = 'vouchsafe'::regnamespace
                           and pg_has_role(current_user, c.relowner, 'usage')) as owns
           from pg_roles r where r.rolname = current_user`,
  params: [],
  columns: { superuser: 'bool', bypasses: 'bool', owns: 'bool' },
});

/** Where the database listens, and how this session came to it; addresses are null over a Unix socket. */
export const readReach = statement({
  name: 'store.reach',
  text: `select current_setting('listen_addresses') as listens, current_setting('unix_socket_permissions') as permissions,
                inet_server_addr() is null as socket,
                coalesce(host(inet_server_addr()) like '127.%' or host(inet_server_addr()) = '::1', false) as loopback,
                coalesce((select s.version from pg_stat_ssl s where s.pid = pg_backend_pid() and s.ssl), '') as tls`,
  params: [],
  columns: { listens: 'text', permissions: 'text', socket: 'bool', loopback: 'bool', tls: 'text' },
});

/** What has been prepared over the wire in this session. */
export const listPrepared = statement({
  name: 'store.prepared',
  text: 'select name, statement as content from pg_prepared_statements where not from_sql',
  params: [],
  columns: { name: 'text', content: 'text' },
});
