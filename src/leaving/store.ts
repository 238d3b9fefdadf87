/** The SQL of leaving: what there is of somebody, taking it away, and reading it out. */
import { statement } from '../store/statement.ts';

const STORES = { store: 'text', rows: 'int8' } as const;

/** Turns the rest of the transaction to another company of the same person; row-level security shows that one's rows. */
export const enterCompany = statement({
  name: 'leaving.enter-company',
  text: "select set_config('vouchsafe.company_id', $1, true) as company",
  params: ['text'],
  columns: { company: 'text' },
});

/** Companies of a user, in the order in which they are locked. */
export const listMemberships = statement({
  name: 'leaving.list-memberships',
  text: `select m.company_id, c.name, m.role from vouchsafe.member m join vouchsafe.company c on c.id = m.company_id
          where m.user_id = $1 order by m.company_id`,
  params: ['text'],
  columns: { company_id: 'text', name: 'text', role: 'text' },
});

/** Keeps a company's row, which changes of owners wait for, until the end of the transaction. */
export const lockCompany = statement({
  name: 'leaving.lock-company',
  text: 'select id from vouchsafe.company where id = $1 for update',
  params: ['text'],
  columns: { id: 'text' },
});

/** How many belong to a company, and how many owners it has besides one user. */
export const countMembers = statement({
  name: 'leaving.count-members',
  text: `select count(*) as members, count(*) filter (where role = 'owner' and user_id <> $2) as other_owners
           from vouchsafe.member where company_id = $1`,
  params: ['text', 'text'],
  columns: { members: 'int8', other_owners: 'int8' },
});

/** Whom to tell that a company is gone. */
export const listAddresses = statement({
  name: 'leaving.list-addresses',
  text: `select m.user_id, u.email from vouchsafe.member m join vouchsafe.user_account u on u.id = m.user_id
          where m.company_id = $1 order by m.user_id`,
  params: ['text'],
  columns: { user_id: 'text', email: 'text' },
});

export const readCompanyName = statement({
  name: 'leaving.read-company-name',
  text: 'select name from vouchsafe.company where id = $1',
  params: ['text'],
  columns: { name: 'text' },
});

/** The user's row, kept from everybody else until the end of the transaction. */
export const lockUser = statement({
  name: 'leaving.lock-user',
  text: 'select email, vouchsafe.last_active(id) as active_on from vouchsafe.user_account where id = $1 for update',
  params: ['text'],
  columns: { email: 'text', active_on: 'date' },
});

export const companyStores = statement({
  name: 'leaving.company-stores',
  text: 'select store, rows from vouchsafe.company_stores($1)',
  params: ['text'],
  columns: STORES,
});

/** Without what lies in these companies. */
export const userStores = statement({
  name: 'leaving.user-stores',
  text: 'select store, rows from vouchsafe.user_stores($1, $2)',
  params: ['text', 'text[]'],
  columns: STORES,
});

/** Removes up to `$2` parts of the files that are uploaded into a company; once there are fewer, up to `$3` rejected rows. */
export const removeUploaded = statement({
  name: 'leaving.remove-uploaded',
  text: 'select parts, rejections from vouchsafe.remove_uploaded($1, $2, $3)',
  params: ['text', 'int4', 'int4'],
  columns: { parts: 'int8', rejections: 'int8' },
});

export const eraseCompanyRows = statement({
  name: 'leaving.erase-company',
  text: 'select store, rows from vouchsafe.erase_company($1)',
  params: ['text'],
  columns: STORES,
});

export const eraseUserRows = statement({
  name: 'leaving.erase-user',
  text: 'select store, rows from vouchsafe.erase_user($1)',
  params: ['text'],
  columns: STORES,
});

/** First in its transaction: everything that follows sees one and the same moment. */
export const beginSnapshot = statement({
  name: 'leaving.begin-snapshot',
  text: 'set transaction isolation level repeatable read',
});

/** Every table that holds something of a company or a user, with its columns in their order. */
export const listColumns = statement({
  name: 'leaving.list-columns',
  text: `select t.store, array_agg(a.attname::text order by a.attnum) as columns,
                array_agg(format_type(a.atttypid, a.atttypmod) order by a.attnum) as types,
                t.of_company, t.of_user
           from (select c.oid, c.relname::text as store,
                        c.relname = 'company' or c.relname in (select vouchsafe.tables_with('company_id')) as of_company,
                        c.relname = 'user_account' or c.relname in (select vouchsafe.tables_with('user_id')) as of_user
                   from pg_class c
                  where c.relnamespace = 'vouchsafe'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition) t
           join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
          where t.of_company or t.of_user
          group by t.store, t.of_company, t.of_user order by t.store`,
  params: [],
  columns: { store: 'text', columns: 'text[]', types: 'text[]', of_company: 'bool', of_user: 'bool' },
});

export const readRole = statement({
  name: 'leaving.read-role',
  text: 'select role from vouchsafe.member where company_id = $1 and user_id = $2',
  params: ['text', 'text'],
  columns: { role: 'text' },
});

/** Begins to read a store; gives a name to go on with. */
export const openRows = statement({
  name: 'leaving.open-rows',
  text: 'select vouchsafe.open_rows($1, $2, $3, $4) as rows',
  params: ['text', 'text', 'text', 'text[]'],
  columns: { rows: 'text' },
});

/** The next rows, each as JSON. */
export const nextRows = statement({
  name: 'leaving.next-rows',
  text: 'select line from vouchsafe.next_rows($1, $2) as line',
  params: ['text', 'int4'],
  columns: { line: 'text' },
});

/** Users whom nobody saw since a day, and what they were told. */
export const dormantUsers = statement({
  name: 'leaving.dormant-users',
  text: `select user_id, email, active_on, warned_30_at, warned_7_at, warning_until, is_waiting
           from vouchsafe.dormant_users($1)`,
  params: ['date'],
  columns: {
    user_id: 'text',
    email: 'text',
    active_on: 'date',
    warned_30_at: 'timestamptz?',
    warned_7_at: 'timestamptz?',
    warning_until: 'timestamptz?',
    is_waiting: 'bool',
  },
});

/** Notes what is known of the warnings of a user. */
export const noteWarnings = statement({
  name: 'leaving.note-warnings',
  text: 'update vouchsafe.user_account set warned_30_at = $2, warned_7_at = $3, warning_until = $4 where id = $1',
  params: ['text', 'timestamptz?', 'timestamptz?', 'timestamptz?'],
});

export const sweepExpired = statement({
  name: 'leaving.sweep-expired',
  text: 'select vouchsafe.sweep_expired($1) as swept',
  params: ['timestamptz'],
  columns: { swept: 'int8' },
});

/** The newest versions of the company's datasets. */
export const listContent = statement({
  name: 'leaving.list-content',
  text: 'select c.dataset, c.name, c.version, c.columns from vouchsafe.exported_content($1) as c',
  params: ['text'],
  columns: { dataset: 'text', name: 'text', version: 'int4', columns: 'text[]' },
});

/** Rows of version `$3` behind row `$4`, each a JSON list of texts and nulls: at most `$5`, and no more once they have `$6` bytes. */
export const readContent = statement({
  name: 'leaving.read-content',
  text: 'select c.number, c.line from vouchsafe.read_content($1, $2, $3, $4, $5, $6) as c',
  params: ['text', 'text', 'int4', 'int8', 'int4', 'int4'],
  columns: { number: 'int8', line: 'text' },
});
