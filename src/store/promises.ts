/** What the store promises: companies apart, no network, no statement but the declared ones. */
import type { CompanyId } from '../foundation/ids.ts';
import type { CheckResult, PromiseDefinition } from '../foundation/promise.ts';
import {
  countOpenContent,
  listCompanyTables,
  listPrepared,
  readGranted,
  readReach,
  readRole,
} from './catalog/store.ts';
import type { Database } from './database.ts';
import type { Parsed } from './parse-statements.ts';
import type { AnyStatement } from './statement.ts';

const broken = (evidence: string): CheckResult => ({ state: 'broken', evidence });
const kept = (evidence: string): CheckResult => ({ state: 'kept', evidence });

/** The company of the transaction, whatever PostgreSQL makes of its spelling; `id` in the table of companies itself. */
const OWN_ROWS_ONLY =
  /^\((?:company_id|id) = \( SELECT NULLIF\(current_setting\('vouchsafe\.company_id'::text, true\), ''::text\)(?: AS "nullif")?\)\)$/;

/** The user of the transaction: their own row, or the companies that they are a member of. For reading and leaving only. */
const USER = String.raw`\( SELECT NULLIF\(current_setting\('vouchsafe\.user_id'::text, true\), ''::text\)(?: AS "nullif")?\)`;
const OWN_USER_ONLY = new RegExp(
  String.raw`^\((?:user_id = ${USER}|id = ANY \(ARRAY\( SELECT m\.company_id\s+FROM (?:vouchsafe\.)?member m\s+WHERE \(m\.user_id = ${USER}\)\)\))\)$`,
);

/**
 * The one way in which a company's rows are seen on behalf of another, for reading only: datasets that may be shared so, by
 * a grant that is not over, to the user of the transaction while they act in its company.
 */
const SHARED_WITH_USER =
  /^\(may_be_shared_outside AND \(id = ANY \(ARRAY\( SELECT (?:vouchsafe\.)?granted_datasets\(\) AS granted_datasets\)\)\)\)$/;

const own = (setting: string): string =>
  String.raw`NULLIF\(current_setting\('vouchsafe\.${setting}'::text, true\), ''::text\)`;
const GRANTED = new RegExp(
  String.raw`^BEGIN ATOMIC\s+SELECT g\.dataset_id\s+FROM (?:vouchsafe\.)?dataset_grant g\s+WHERE \(\(g\.user_id = ${own('user_id')}\) AND \(g\.acting_company_id = ${own('company_id')}\) AND \(\(g\.until IS NULL\) OR \(g\.until > statement_timestamp\(\)\)\)\);\s+END$`,
);

interface CompanyTable {
  readonly name: string;
  readonly enabled: boolean;
  readonly forced: boolean;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

const isClosed = ({ name, enabled, forced, reads, writes }: CompanyTable, isGrantedOnly: boolean): boolean =>
  enabled &&
  forced &&
  reads.every(
    (policy) =>
      OWN_ROWS_ONLY.test(policy) ||
      OWN_USER_ONLY.test(policy) ||
      (name === 'dataset' && isGrantedOnly && SHARED_WITH_USER.test(policy)),
  ) &&
  writes.every((policy) => OWN_ROWS_ONLY.test(policy));

/** Rows that are visible, of the company asked about and of all others. */
export interface VisibleRows {
  readonly others: number;
  readonly own: number;
}

/** The database as the server uses it, and a way to look at rows. */
export interface CompaniesApartOptions {
  readonly database: Pick<Database, 'run'>;
  /** What a transaction of this company sees; of no company where it is undefined. */
  readonly visibleRows: (company: CompanyId | undefined) => Promise<VisibleRows>;
  /** A company that has rows. */
  readonly someCompany: () => Promise<CompanyId>;
}

/** Row-level security on every table of companies, a role that is bound by it, and a live look. */
export const companiesApart = ({
  database,
  visibleRows,
  someCompany,
}: CompaniesApartOptions): PromiseDefinition => ({
  id: 'companies-apart',
  kind: 'proved by schema',
  sentence: () =>
    "No company's data can be seen or changed on behalf of another, save a dataset that it shares with a single user.",
  enforcedBy:
    'PostgreSQL: forced row-level security on every table with data of companies, and a server role that can neither bypass it nor own a table.',
  check: async () => {
    const [role] = await database.run(readRole, []);
    if (role === undefined || role.superuser || role.bypasses || role.owns) {
      return broken("The server's database role could look past row-level security.");
    }
    const tables = await database.run(listCompanyTables, []);
    if (tables.length === 0) throw new Error('no table of companies was found');
    const [granted] = await database.run(readGranted, []);
    const isGrantedOnly = granted !== undefined && !granted.definer && GRANTED.test(granted.body);
    const open = tables.filter((table) => !isClosed(table, isGrantedOnly));
    if (open.length > 0) {
      return broken(`Not closed to other companies: ${open.map((table) => table.name).join(', ')}.`);
    }
    const [content] = await database.run(countOpenContent, []);
    if (content === undefined || content.tables > 0)
      return broken('There is a table with rows of a dataset that is not closed to other companies.');
    const company = await someCompany();
    const seen = await visibleRows(company);
    if (seen.own === 0) throw new Error('the company of the probe sees nothing of its own');
    if (seen.others > 0) return broken(`A transaction of one company saw ${seen.others} rows of others.`);
    const unscoped = await visibleRows(undefined);
    if (unscoped.others + unscoped.own > 0) return broken('A transaction of no company saw rows of some.');
    const evidence = `All ${tables.length} tables with data of companies are closed; a live transaction of one company saw no row of another, one of no company saw none at all.`;
    return kept(evidence);
  },
});

/** Where the installation's database is. */
export type DatabaseKind = 'embedded' | 'external';

/** What the database says about itself and about our connection to it. */
export interface Reach {
  readonly listens: string;
  readonly permissions: string;
  readonly socket: boolean;
  readonly loopback: boolean;
  /** TLS version of our connection; empty without TLS. */
  readonly tls: string;
}

/** Whether a database of this kind keeps the promise. */
export const judgeReach = (
  kind: DatabaseKind,
  { listens, permissions, socket, loopback, tls }: Reach,
): CheckResult => {
  if (kind === 'embedded') {
    if (listens !== '') return broken('The embedded database listens on a network address.');
    if (permissions !== '0700')
      return broken('The socket of the embedded database is open to other accounts.');
    if (!socket) return broken('The server reached its embedded database over a network address.');
    return kept(
      'The embedded database has no network address; its socket is open to its own account alone (0700).',
    );
  }
  if (socket) return kept('The connection goes through a Unix socket.');
  if (/^TLSv1\.[23]$/.test(tls)) return kept(`The connection is encrypted with ${tls}.`);
  if (loopback) return kept('The connection stays on loopback.');
  return broken('The connection to the database crosses a network without TLS 1.2 or newer.');
};

/** The database cannot be reached, or listened to, from a network. */
export const databaseOffTheNetwork = (
  database: Pick<Database, 'run'>,
  kind: DatabaseKind,
): PromiseDefinition => ({
  id: 'database-off-the-network',
  kind: 'enforced by configuration',
  sentence: () =>
    kind === 'embedded'
      ? 'The database has no network address: it is reached through a Unix socket of this machine only.'
      : 'The database is reached through a Unix socket, over loopback, or over TLS with a verified name; never in clear over a network.',
  enforcedBy:
    kind === 'embedded'
      ? 'The settings with which the server starts its own PostgreSQL; no file can override them.'
      : 'The server does not start with a DATABASE_URL that leads to another machine without sslmode=verify-full.',
  check: async () => {
    const [reach] = await database.run(readReach, []);
    if (reach === undefined) throw new Error('the database did not say how it is reached');
    return judgeReach(kind, reach);
  },
});

/** The declared statements, and PostgreSQL to parse them. */
export interface ParameterisedOptions {
  readonly database: Pick<Database, 'run'>;
  readonly statements: () => readonly AnyStatement[];
  /** Has PostgreSQL parse texts without running them. */
  readonly parse: (texts: readonly string[]) => Promise<readonly Parsed[]>;
}

/** Of the transactions themselves. */
const OWN_PREPARED: ReadonlySet<string> = new Set(['store.set-scope', 'store.set-limit']);

/** Never declared, so that the database layer has to refuse it; harmless if it does not. */
const UNDECLARED: AnyStatement = { name: 'store.undeclared', text: 'select', params: [], columns: {} };

const acceptsUndeclared = async (database: Pick<Database, 'run'>): Promise<boolean> => {
  try {
    await database.run(UNDECLARED, []);
    return true;
  } catch {
    return false;
  }
};

/** Statements are constants, known before the first request; values travel beside them. */
export const parameterisedOnly = ({
  database,
  statements,
  parse,
}: ParameterisedOptions): PromiseDefinition => {
  // What is declared while requests are answered could be built from them.
  const atStart = new Set(statements().map((statement) => statement.text));
  return {
    id: 'parameterised-only',
    kind: 'enforced by configuration',
    sentence: () =>
      'No value that a caller sends becomes part of a database statement: values travel apart from its text.',
    enforcedBy:
      'The database layer sends statements only that are declared as constants or, for rows of datasets, put together from words of our own and names of the dataset’s columns; all with parameters.',
    check: async () => {
      const declared = statements();
      if (declared.length === 0) throw new Error('no statement is declared');
      if (declared.some((statement) => !atStart.has(statement.text))) {
        return broken('A statement was declared while the server was answering requests.');
      }
      const parsed = await parse(declared.map((statement) => statement.text));
      for (const [index, statement] of declared.entries()) {
        const result = parsed[index];
        if (result === undefined || 'refusal' in result)
          return broken(`PostgreSQL refuses the statement ${statement.name}.`);
        if (result.parameters !== statement.params.length) {
          return broken(`The statement ${statement.name} has another number of parameters than is declared.`);
        }
      }
      // Asked first, so that this very statement is among them.
      const prepared = await database.run(listPrepared, []);
      const texts = new Map(declared.map((statement) => [statement.name, statement.text]));
      const strange = prepared.filter(
        ({ name, content }) => texts.get(name) !== content && !OWN_PREPARED.has(name),
      );
      if (strange.length > 0)
        return broken('A database session holds a prepared statement that is not declared.');
      if (await acceptsUndeclared(database))
        return broken('The database layer sent a statement that is not declared.');
      const evidence = `PostgreSQL parsed all ${declared.length} declared statements with exactly their declared parameters; an undeclared one was refused.`;
      return kept(evidence);
    },
  };
};
