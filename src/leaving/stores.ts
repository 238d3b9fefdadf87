/** Where the data of people and companies lies, in words for them, and what of it is a secret even to them. */

/** Names of tables for receipts, plans and files of exports; a table that is not here goes by its own name. */
const NAMES: Readonly<Record<string, string>> = {
  user_account: 'account',
  audit_event: 'audit',
  dataset: 'datasets',
  dataset_comparison: 'dataset-comparisons',
  dataset_generation: 'dataset-generations',
  dataset_grant: 'dataset-grants',
  dataset_index: 'dataset-indexes',
  dataset_index_use: 'dataset-index-use',
  dataset_invitation: 'dataset-invitations',
  dataset_request: 'dataset-requests',
  dataset_restoration: 'dataset-restorations',
  dataset_version: 'dataset-versions',
  domain: 'domains',
  domain_day: 'domain-calls',
  email_change: 'email-changes',
  failure_notice: 'failure-notices',
  invitation: 'invitations',
  key: 'keys',
  key_failure: 'key-failures',
  key_reveal: 'key-links',
  key_use: 'key-use',
  mail: 'mail',
  member: 'memberships',
  passkey: 'passkeys',
  password_reset: 'password-resets',
  project: 'projects',
  quota_use: 'quota',
  recovery_code: 'recovery-codes',
  session: 'sessions',
  upload: 'uploads',
  upload_part: 'upload-parts',
  upload_rejection: 'upload-rejections',
  usage_day: 'usage',
  webhook: 'webhooks',
  webhook_delivery: 'webhook-deliveries',
};

/** The name of a table for people: lower-case words with hyphens. */
export const storeName = (table: string): string => NAMES[table] ?? table.replaceAll('_', '-');

/** What a store holds, for the README of an export. */
export const DESCRIPTIONS: Readonly<Record<string, string>> = {
  account: 'the account: address, name, when it was made and last used',
  audit: 'who changed what in the company, and when',
  company: 'the company and its settings',
  datasets: 'datasets: name, owner, and who may see them',
  'dataset-generations': 'columns and keys that datasets have and had',
  'dataset-versions': 'versions of datasets: when, by whom, and how many rows came and went',
  'dataset-restorations': 'large versions that are being brought back, by whom, and how that ended',
  'dataset-comparisons': 'large versions that are compared, by whom, and how many rows differ',
  'dataset-indexes': 'indexes that people chose for datasets, by the names of their columns',
  'dataset-index-use':
    'how often rows were asked for by each column of a dataset on each day, without a value or a caller',
  'dataset-invitations': 'addresses that were invited to single datasets',
  'dataset-requests': 'who asked for a dataset, when, and in which company',
  'dataset-grants': 'rights on single datasets: whose, given by whom and until when',
  domains: 'web origins whose pages may call a project',
  'domain-calls': 'how often the pages of each domain called, by day',
  'email-changes': 'changes of the e-mail address that wait for their link to be followed',
  'failure-notices': 'when the company was last told of failed attempts with its keys',
  invitations: 'people who were invited to the company',
  keys: 'keys of the projects; the secrets themselves are kept nowhere',
  'key-failures': 'failed attempts with each key that no success has followed; not from where',
  'key-links': 'links to a new secret of a key that the operator sent and nobody has used yet; no secret',
  'key-use': 'when each key was last used, to the quarter of an hour',
  mail: 'mail that has not left yet',
  memberships: 'who belongs to which company, and with which role',
  passkeys: 'passkeys: their public halves and when they were last used',
  password: 'when the password was last set; its hash is not handed out',
  'password-resets': 'links to reset the password that were asked for',
  projects: 'projects and their limits',
  quota: 'units of the quotas of days and months that were used, of projects and keys',
  'recovery-codes': 'when recovery codes were made and used; the codes are kept nowhere',
  sessions: 'sign-ins that are not over: since when, and with which family of browser',
  totp: 'the authenticator app: since when; its secret is not handed out',
  'request-log': 'requests that were logged because the log was turned on: the newest 20,000',
  'unusual-use': 'days that stood out: what, how much, and how much it usually is',
  uploads: 'files on their way into datasets: name, length, and what was found in them',
  'upload-parts': 'which parts of such files have arrived; the bytes themselves are not handed out',
  'upload-rejections': 'rows of such files that did not fit: line, column and why',
  usage: 'requests by project, key, operation, day and outcome, and how many took how long',
  webhooks: 'where programs of the company are told of what happens; the secrets are not handed out',
  'webhook-deliveries': 'messages to webhooks of the last 30 days, and what became of them',
};

/**
 * Columns that no export holds: secrets, and what could be tried against them. `table.column`.
 * A new column of bytes that stands neither here nor below is left out as well, and a test asks for a decision.
 */
export const HIDDEN_COLUMNS: ReadonlySet<string> = new Set([
  'password.phc',
  'totp.box',
  'totp.last_step',
  'recovery_code.digest',
  'password_reset.digest',
  'email_change.digest',
  'invitation.digest',
  'dataset_invitation.digest',
  'key_reveal.digest',
  'key.secret_digest',
  'key.previous_digest',
  'key.pepper_id',
  'upload_part.bytes',
  'webhook.secret_box',
  'webhook.previous_box',
]);

/** Columns that look like secrets and are none. */
export const SHOWN_COLUMNS: ReadonlySet<string> = new Set(['passkey.credential_id', 'passkey.public_key']);

/** Whether an export leaves a column out. @param type as PostgreSQL writes it. */
export const isHidden = (table: string, column: string, type: string): boolean => {
  const name = `${table}.${column}`;
  return HIDDEN_COLUMNS.has(name) || (type === 'bytea' && !SHOWN_COLUMNS.has(name));
};
