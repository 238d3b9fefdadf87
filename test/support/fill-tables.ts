/** Rows in every table that could hold something of a person or a company, whichever migration made it, and a search for it. */
import { randomBytes } from 'node:crypto';
import { newId, type CompanyId, type IdPrefix, type UserId } from '../../src/foundation/ids.ts';
import type { RawSql } from './database.ts';

/** What can be found of somebody: a person, and a company. */
export interface Marked {
  readonly user: UserId;
  readonly email: string;
  readonly userName: string;
  readonly company: CompanyId;
  readonly companyName: string;
}

const NOW = Date.UTC(2026, 10, 22, 12);
const DAY_MS = 86_400_000;
let count = 0;

/** A person and a company that nobody else is called like; nothing is written. */
export const markedOnes = (): Marked => {
  count += 1;
  const word = `${count}x${randomBytes(6).toString('hex')}`;
  return {
    user: newId('usr', NOW),
    email: `mark${word}@example.com`,
    userName: `Mark ${word} Person`,
    company: newId('com', NOW),
    companyName: `Mark ${word} Company`,
  };
};

interface Column {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  /** The prefix that a check asks of an id. */
  readonly prefix: string | null;
}

const listColumns = async (sql: RawSql): Promise<readonly Column[]> =>
  (await sql(`
    select c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
           a.attnotnull and not a.atthasdef and a.attidentity = '' as "isRequired",
           (select substring(pg_get_constraintdef(k.oid) from 'is_id\\(''([a-z]+)''') from pg_constraint k
             where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum] limit 1) as prefix
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'vouchsafe'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    order by c.relname, a.attnum`)) as unknown as Column[];

/** Where the type and the name of a column do not say what it takes. A new table may need a line here. */
const SPECIAL: Readonly<Record<string, () => unknown>> = {
  'password.phc': () => `$scrypt$ln=17,r=8,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`,
  'totp.box': () => randomBytes(60),
  'key.public_key': () => `vs_pk_live_${randomBytes(16).toString('hex')}`,
  'key.scopes': () => ['geocoding:read'],
  'dataset.name': () => `wells_${randomBytes(8).toString('hex')}`,
  'dataset.visibility': () => 'private',
  'dataset_grant.right': () => 'read',
  'dataset_version.kind': () => 'create',
  'dataset_index.columns': () => [],
  'dataset_index_use.kind': () => 'equal',
  'dataset_restoration.phase': () => 'failed',
  'dataset_comparison.phase': () => 'failed',
  'dataset_comparison.rows_before': () => [1],
  'dataset_comparison.rows_after': () => [1],
  'upload.phase': () => 'arriving',
  'upload_part.finish': () => 33,
  'dataset_invitation.right': () => 'read',
  'dataset_request.right': () => 'read',
  'domain.origin': () => `https://${randomBytes(8).toString('hex')}.example`,
  'passkey.transports': () => [],
  'webhook.url': () => `https://${randomBytes(8).toString('hex')}.example/hooks`,
  'webhook.events': () => ['key.rotated'],
  'webhook.secret_box': () => randomBytes(60),
  'webhook_delivery.type': () => 'key.rotated',
  'webhook_delivery.state': () => 'failed',
  'webhook_delivery.ended_at': () => new Date(NOW),
  'quota_use.period': () => 'day',
  'usage_day.operation': () => 'geocoding.forward',
  'usage_day.outcome': () => 'ok',
  'request_log.operation': () => 'geocoding.forward',
  'request_log.status': () => 200,
  'unusual_use.kind': () => 'busy',
  'unusual_use.subject': () => '',
  'audit_event.action': () => 'keys.create',
  'audit_event.details': () => null,
  'key_reveal.expires_at': () => new Date(NOW + 900_000),
  'mail.template': () => 'password-changed',
  'mail.expires_at': () => new Date(NOW + 3_600_000),
  'ceremony.purpose': () => 'sign-in',
  'session.browser': () => 'Firefox',
  'session.platform': () => 'Linux',
  'member.role': () => 'owner',
  'invitation.role': () => 'member',
};

/** References that are filled in though they may be empty. */
const PEOPLE = new Set([
  'created_by',
  'made_by',
  'actor',
  'target',
  'invited_by',
  'bound_to',
  'user_id',
  'owner_id',
  'uploaded_by',
  'restored_by',
  'compared_by',
  'granted_by',
  'asker_id',
]);

/** Of rows that others belong to. */
const PARENTS = new Set(['project_id', 'key_id', 'domain_id', 'webhook_id', 'dataset_id', 'upload_id']);

const plain = (type: string): unknown => {
  if (type.startsWith('timestamp')) return new Date(NOW);
  if (type === 'date') return '2026-11-22';
  if (type === 'boolean') return false;
  if (/^(?:integer|bigint|smallint|double|numeric)/.test(type)) return 1;
  if (type === 'bytea') return randomBytes(32);
  if (type === 'jsonb') return {};
  return type.endsWith('[]') ? [] : undefined;
};

const valueFor = (column: Column, marked: Marked, ids: ReadonlyMap<string, string>): unknown => {
  const { table, name, type, isRequired, prefix } = column;
  const special = SPECIAL[`${table}.${name}`];
  if (special !== undefined) {
    const value = special();
    if (value !== null) return value;
  }
  if (table === 'user_account' && name === 'id') return marked.user;
  if (table === 'company' && name === 'id') return marked.company;
  if (name === 'company_id' || name === 'acting_company_id') return marked.company;
  if (table === 'quota_use' && name === 'subject') return ids.get('project_id');
  if (PEOPLE.has(name)) return marked.user;
  if (PARENTS.has(name)) return ids.get(name);
  if (/email|recipient/.test(name)) return marked.email;
  if (name === 'details' || name === 'params') return { email: marked.email };
  if (name === 'name') return table === 'user_account' ? marked.userName : marked.companyName;
  if (name === 'company_name') return marked.companyName;
  if (name === 'id') return newId((prefix ?? 'chk') as IdPrefix, NOW);
  if (name === 'expires_at' && isRequired) return new Date(NOW + DAY_MS);
  return isRequired ? (plain(type) ?? marked.companyName) : undefined;
};

const FIRST = [
  'company',
  'user_account',
  'member',
  'project',
  'key',
  'domain',
  'webhook',
  'dataset',
  'upload',
];

export interface FillOptions {
  /** Tables that get no row. */
  readonly besides?: readonly string[];
}

/**
 * Writes a row into every table with a `company_id`, a `user_id` or an address, that names the marked ones wherever it can.
 * Gives the tables. Throws where a table takes no such row: say in `SPECIAL` what it takes.
 */
export const fillTables = async (
  superuser: RawSql,
  marked: Marked,
  { besides = [] }: FillOptions = {},
): Promise<readonly string[]> => {
  const columns = await listColumns(superuser);
  await superuser("select vouchsafe.make_usage_month('2026-11-22'), vouchsafe.make_log_day('2026-11-22')");
  const ids = new Map<string, string>();
  const names = [...new Set(columns.map(({ table }) => table))]
    .filter((table) => {
      const own = columns.filter((column) => column.table === table).map(({ name }) => name);
      return (
        FIRST.includes(table) ||
        own.some((name) => /^(?:company_id|user_id|bound_to|actor)$|email|recipient/.test(name))
      );
    })
    .filter((table) => !besides.includes(table))
    // Parents first.
    .sort(
      (a, b) => (FIRST.includes(a) ? FIRST.indexOf(a) : 99) - (FIRST.includes(b) ? FIRST.indexOf(b) : 99),
    );
  for (const table of names) {
    const filled = columns
      .filter((column) => column.table === table)
      .map((column) => ({ name: column.name, type: column.type, value: valueFor(column, marked, ids) }))
      .filter(({ value }) => value !== undefined);
    const id = filled.find(({ name }) => name === 'id')?.value;
    if (PARENTS.has(`${table}_id`)) ids.set(`${table}_id`, String(id));
    await superuser(
      `insert into vouchsafe.${table} (${filled.map(({ name }) => `"${name}"`).join(', ')})
       values (${filled.map((_, index) => `$${index + 1}`).join(', ')})`,
      filled.map(({ type, value }) => (type === 'jsonb' ? JSON.stringify(value) : value)),
    );
  }
  return names;
};

/** Every row of every table of the whole database, ours and the queue's, that holds one of these texts: `schema.table`. */
export const findEverywhere = async (
  superuser: RawSql,
  marks: readonly string[],
): Promise<readonly string[]> => {
  const tables = await superuser(`
    select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relispartition and n.nspname not in ('pg_catalog', 'information_schema')
      and n.nspname not like 'pg\\_%' order by 1`);
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await superuser(
      `select 1 from ${String(name)} t where exists (select from unnest($1::text[]) m where position(m in t::text) > 0)`,
      [marks],
    );
    found.push(...rows.map(() => String(name)));
  }
  return found;
};

/** Everything by which somebody could be found. */
export const marksOf = ({ user, email, userName, company, companyName }: Marked): readonly string[] => [
  user,
  email,
  userName,
  company,
  companyName,
];
