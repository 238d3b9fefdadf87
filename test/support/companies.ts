/** Two companies with a row in every table of companies, written past row-level security. */
import type { CompanyId, KeyId, ProjectId } from '../../src/foundation/ids.ts';
import type { RawSql } from './database.ts';

export const COMPANY_A: CompanyId = 'com_01h0000000000000000000000a';
export const COMPANY_B: CompanyId = 'com_01h0000000000000000000000b';
export const PROJECT_A: ProjectId = 'prj_01h0000000000000000000000a';
export const PROJECT_B: ProjectId = 'prj_01h0000000000000000000000b';
export const KEY_A: KeyId = 'key_01h0000000000000000000000a';
export const KEY_B: KeyId = 'key_01h0000000000000000000000b';

/** The digest under which the key of a company stands: 32 times the same byte. */
export const digestOf = (letter: 'a' | 'b'): Buffer => Buffer.alloc(32, letter);

/**
 * Writes companies A and B, each with one project (10 a second, `perDay` a day), one key, one counter and one quota.
 * A new table of companies needs a row here, or `every-table` fails.
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
      "select vouchsafe.add_usage(array[$1], array[$2], '{geocoding.forward}', '{2026-11-22}', '{ok}', '{1}')",
      [company, project],
    );
    await superuser(
      "insert into vouchsafe.quota_day (company_id, project_id, day, used) values ($1, $2, '2026-11-22', 0)",
      [company, project],
    );
  }
};
