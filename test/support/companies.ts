/** Two companies with a row in every table of companies, written past row-level security. */
import type { CompanyId, KeyId, ProjectId, UserId } from '../../src/foundation/ids.ts';
import type { RawSql } from './database.ts';

export const COMPANY_A: CompanyId = 'com_01h0000000000000000000000a';
export const COMPANY_B: CompanyId = 'com_01h0000000000000000000000b';
export const PROJECT_A: ProjectId = 'prj_01h0000000000000000000000a';
export const PROJECT_B: ProjectId = 'prj_01h0000000000000000000000b';
export const KEY_A: KeyId = 'key_01h0000000000000000000000a';
export const KEY_B: KeyId = 'key_01h0000000000000000000000b';
export const USER_A: UserId = 'usr_01h0000000000000000000000a';
export const USER_B: UserId = 'usr_01h0000000000000000000000b';

/** The digest under which the key of a company stands: 32 times the same byte. */
export const digestOf = (letter: 'a' | 'b'): Buffer => Buffer.alloc(32, letter);

/** A user with a row in every table of users, and a member of nothing. */
const seedUser = async (superuser: RawSql, letter: 'a' | 'b'): Promise<void> => {
  const tail = `01h0000000000000000000000${letter}`;
  const user = `usr_${tail}`;
  const digest = digestOf(letter);
  await superuser(
    "insert into vouchsafe.user_account (id, email, name, created_at, active_on) values ($1, $2, $3, now(), '2026-11-22')",
    [user, `${letter}@example.com`, `User ${letter}`],
  );
  await superuser('insert into vouchsafe.password (user_id, phc, changed_at) values ($1, $2, now())', [
    user,
    `$scrypt$ln=17,r=8,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`,
  ]);
  await superuser(
    'insert into vouchsafe.totp (user_id, box, created_at, confirmed_at) values ($1, $2, now(), now())',
    [user, Buffer.alloc(60, letter)],
  );
  await superuser(
    `insert into vouchsafe.passkey (id, user_id, credential_id, public_key, counter, transports, synced, name, created_at)
     values ($1, $2, $3, $3, 0, '{}', false, 'Laptop', now())`,
    [`pky_${tail}`, user, digest],
  );
  await superuser(
    'insert into vouchsafe.recovery_code (user_id, digest, created_at) values ($1, $2, now())',
    [user, digest],
  );
  await superuser(
    `insert into vouchsafe.session
       (id, user_id, credential_epoch, is_strong, created_at, seen_at, expires_at, browser, platform)
     values ($1, $2, 1, false, now(), now(), now() + interval '12 hours', 'Firefox', 'Linux')`,
    [`ses_${tail}`, user],
  );
  await superuser(
    `insert into vouchsafe.password_reset (id, user_id, digest, created_at, expires_at)
     values ($1, $2, $3, now(), now() + interval '30 minutes')`,
    [`rst_${tail}`, user, digest],
  );
  await superuser(
    `insert into vouchsafe.email_change (id, user_id, email, digest, created_at, expires_at)
     values ($1, $2, $3, $4, now(), now() + interval '1 day')`,
    [`emc_${tail}`, user, `${letter}2@example.com`, digest],
  );
};

/** What a company has besides projects and keys: its owner, an open invitation, one event and one mail. */
const seedPeople = async (superuser: RawSql, letter: 'a' | 'b'): Promise<void> => {
  const [company, user, key, invitation, event, mail] = ['com', 'usr', 'key', 'inv', 'aud', 'mai'].map(
    (prefix) => `${prefix}_01h0000000000000000000000${letter}`,
  );
  await superuser("insert into vouchsafe.member values ($1, $2, 'owner', now())", [company, user]);
  await superuser(
    `insert into vouchsafe.invitation (id, company_id, email, role, invited_by, digest, created_at, expires_at)
     values ($1, $2, $3, 'member', $4, $5, now(), now() + interval '7 days')`,
    [invitation, company, `${letter}@invited.example`, user, digestOf(letter)],
  );
  await superuser('insert into vouchsafe.key_use (key_id, company_id, used_at) values ($1, $2, now())', [
    key,
    company,
  ]);
  await superuser(
    `insert into vouchsafe.key_failure (key_id, company_id, open, first_at, last_at) values ($1, $2, 1, now(), now())`,
    [key, company],
  );
  await superuser(
    `insert into vouchsafe.key_reveal (id, company_id, key_id, digest, created_at, expires_at)
     values ($1, $2, $3, $4, now(), now() + interval '15 minutes')`,
    [`rvl_01h0000000000000000000000${letter}`, company, key, digestOf(letter)],
  );
  await superuser('insert into vouchsafe.failure_notice (company_id) values ($1)', [company]);
  await superuser(
    `insert into vouchsafe.audit_event (id, company_id, at, actor, action, target)
     values ($1, $2, now(), $3, 'companies.create', $2)`,
    [event, company, user],
  );
  await superuser(
    `insert into vouchsafe.mail (id, company_id, user_id, template, recipient, created_at, expires_at)
     values ($1, $2, $3, 'role-changed', $4, now(), now() + interval '1 day')`,
    [mail, company, user, `${letter}@example.com`],
  );
};

/** An authorised domain of the company's project, whose pages called today. */
const seedDomain = async (superuser: RawSql, letter: 'a' | 'b'): Promise<void> => {
  const [company, project, domain] = ['com', 'prj', 'dom'].map(
    (prefix) => `${prefix}_01h0000000000000000000000${letter}`,
  );
  await superuser(
    'insert into vouchsafe.domain (id, company_id, project_id, origin, created_at) values ($1, $2, $3, $4, now())',
    [domain, company, project, `https://${letter}.example`],
  );
  await superuser("insert into vouchsafe.domain_day values ($1, $2, '2026-11-22', 1, now())", [
    domain,
    company,
  ]);
};

/** A webhook of the company, and a message that waits for it. */
const seedWebhook = async (superuser: RawSql, letter: 'a' | 'b'): Promise<void> => {
  const [company, webhook, delivery] = ['com', 'whk', 'dlv'].map(
    (prefix) => `${prefix}_01h0000000000000000000000${letter}`,
  );
  await superuser(
    `insert into vouchsafe.webhook (id, company_id, url, description, events, secret_box, created_at)
     values ($1, $2, $3, '', '{key.rotated}', $4, now())`,
    [webhook, company, `https://${letter}.example/hooks`, Buffer.alloc(60, letter)],
  );
  await superuser(
    `insert into vouchsafe.webhook_delivery (id, company_id, webhook_id, type, body, created_at, state, next_at)
     values ($1, $2, $3, 'key.rotated', '{}', now(), 'waiting', now())`,
    [delivery, company, webhook],
  );
};

/** A file that a key of the company uploads, with a part and a row that does not fit. */
const seedUpload = async (superuser: RawSql, letter: 'a' | 'b'): Promise<void> => {
  const [company, upload, key] = ['com', 'upl', 'key'].map(
    (prefix) => `${prefix}_01h0000000000000000000000${letter}`,
  );
  await superuser(
    `insert into vouchsafe.upload
       (id, company_id, uploaded_by_key, filename, filetype, length, phase, created_at, touched_at)
     values ($1, $2, $3, 'wells.csv', 'text/csv', 2, 'arriving', now(), now())`,
    [upload, company, key],
  );
  await superuser("insert into vouchsafe.upload_part values ($1, $2, 0, 1, 'x')", [upload, company]);
  await superuser("insert into vouchsafe.upload_rejection values ($1, $2, 1, 2, null, 'too long')", [
    upload,
    company,
  ]);
};

/** A dataset that the company's members share, and its owner's grant on it. */
const seedDataset = async (superuser: RawSql, letter: 'a' | 'b'): Promise<void> => {
  const [company, user, dataset, grant] = ['com', 'usr', 'dst', 'grt'].map(
    (prefix) => `${prefix}_01h0000000000000000000000${letter}`,
  );
  await superuser(
    `insert into vouchsafe.dataset (id, company_id, name, owner_id, visibility, created_at)
     values ($1, $2, 'wells', $3, 'company', now())`,
    [dataset, company, user],
  );
  await superuser(
    "insert into vouchsafe.dataset_generation (dataset_id, company_id, number, columns, key, made_at) values ($1, $2, 1, '[]', '{}', now())",
    [dataset, company],
  );
  await superuser(
    `insert into vouchsafe.dataset_version (dataset_id, company_id, number, generation, kind, made_by, made_at, rows)
     values ($1, $2, 1, 1, 'create', $3, now(), 0)`,
    [dataset, company, user],
  );
  await superuser(
    "insert into vouchsafe.dataset_index (dataset_id, company_id, number, columns, created_at) values ($1, $2, 1, '{}', now())",
    [dataset, company],
  );
  await superuser(
    "insert into vouchsafe.dataset_index_use (dataset_id, company_id, column_name, kind, day, count) values ($1, $2, 'x', 'equal', current_date, 1)",
    [dataset, company],
  );
  await superuser(
    `insert into vouchsafe.dataset_restoration
       (id, company_id, dataset_id, number, phase, rows, created_at)
     values ($1, $2, $3, 1, 'failed', 0, now())`,
    [`op_01h0000000000000000000000${letter}`, company, dataset],
  );
  await superuser(
    `insert into vouchsafe.dataset_comparison
       (id, company_id, compared_by, dataset_id, a, b, phase, rows, created_at)
     values ($1, $2, $3, $4, 1, 1, 'failed', 0, now())`,
    [`op_01h0000000000000000000001${letter}`, company, user, dataset],
  );
  await superuser(
    `insert into vouchsafe.dataset_grant
       (id, dataset_id, company_id, user_id, acting_company_id, "right", granted_by, granted_at)
     values ($1, $2, $3, $4, $3, 'read', $4, now())`,
    [grant, dataset, company, user],
  );
  await superuser(
    `insert into vouchsafe.dataset_invitation
       (id, dataset_id, company_id, email, "right", invited_by, digest, created_at, expires_at)
     values ($1, $2, $3, $4, 'read', $5, $6, now(), now() + interval '7 days')`,
    [
      `din_01h0000000000000000000000${letter}`,
      dataset,
      company,
      `${letter}@invited.example`,
      user,
      digestOf(letter),
    ],
  );
  await superuser(
    `insert into vouchsafe.dataset_request
       (id, dataset_id, company_id, asker_id, acting_company_id, email, company_name, "right", created_at, expires_at)
     values ($1, $2, $3, $4, $3, $5, $6, 'read', now(), now() + interval '30 days')`,
    [
      `drq_01h0000000000000000000000${letter}`,
      dataset,
      company,
      user,
      `${letter}@example.com`,
      `Company ${letter}`,
    ],
  );
};

/**
 * Writes companies A and B, each with one project (10 a second, `perDay` a day), one key, one counter and one quota, and
 * an owner with a row in every table of users. A new table of companies or users needs a row here, or `every-table` fails.
 */
export const seedCompanies = async (superuser: RawSql, perDay: number | null = 1000): Promise<void> => {
  for (const letter of ['a', 'b'] as const) {
    const [company, project, key] = ['com', 'prj', 'key'].map(
      (prefix) => `${prefix}_01h0000000000000000000000${letter}`,
    );
    await superuser('insert into vouchsafe.company (id, name, created_at) values ($1, $2, now())', [
      company,
      `Company ${letter}`,
    ]);
    await superuser(
      "insert into vouchsafe.project (id, company_id, name, per_second, per_day, created_at) values ($1, $2, 'Maps', 10, $3, now())",
      [project, company, perDay],
    );
    await superuser(
      `insert into vouchsafe.key (id, company_id, project_id, public_key, secret_digest, pepper_id, name, scopes, created_at)
       values ($1, $2, $3, $4, $5, 0, 'First', '{geocoding:read}', now())`,
      [key, company, project, `vs_pk_live_${letter.repeat(32)}`, digestOf(letter)],
    );
    await superuser(
      "select vouchsafe.add_usage(md5($1), 1, array[$1], array[$2], '{\"\"}', '{geocoding.forward}', '{2026-11-22}', '{ok}', '{1}', '{1}')",
      [company, project],
    );
    await superuser(
      `insert into vouchsafe.quota_use (company_id, project_id, subject, period, starts, used)
       values ($1, $2, $2, 'day', '2026-11-22', 0)`,
      [company, project],
    );
    await superuser(
      "insert into vouchsafe.unusual_use values ($1, $2, 'busy', '', '2026-11-22', 5000, null, 10, 20, now(), null)",
      [company, project],
    );
    await seedDomain(superuser, letter);
    await seedWebhook(superuser, letter);
    await superuser("select vouchsafe.make_log_day('2026-11-22')");
    await superuser(
      `insert into vouchsafe.request_log (id, company_id, project_id, key_id, at, operation, status, duration_us, query)
       values ($1, $2, $3, $4, '2026-11-22 12:00Z', 'geocoding.forward', 200, 1, 'q=Paris')`,
      [`log_01h0000000000000000000000${letter}`, company, project, key],
    );
    await seedUser(superuser, letter);
    await seedPeople(superuser, letter);
    await seedDataset(superuser, letter);
    await seedUpload(superuser, letter);
  }
};
