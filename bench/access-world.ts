/** The world of the access bench: 1,000 companies, 20,000 users, 50,000 datasets and 100,000 grants, the same in every run. */
import { connect } from '../src/store/connection.ts';
import type { BenchDatabase } from './ground.ts';

/** How large a world is; its numbers are multiples of its companies. */
export interface WorldSize {
  readonly companies: number;
  readonly users: number;
  readonly datasets: number;
}

export const WHOLE_WORLD: WorldSize = { companies: 1_000, users: 20_000, datasets: 50_000 };

const idOf = (prefix: string, number: string): string =>
  `'${prefix}_0' || substr(md5('${prefix}' || (${number})), 1, 25)`;

/**
 * $1 companies, $2 users, $3 datasets; every statement takes what it needs. User i is in company i modulo the companies, one
 * in twenty in four more; a company's dataset belongs to one of its users.
 */
const FILL = [
  `insert into company (id, name, created_at) select ${idOf('com', 'i')}, 'World ' || i, now()
     from generate_series(0, $1::int - 1) i where $2::int + $3::int > 0`,
  `insert into user_account (id, email, created_at, active_on)
     select ${idOf('usr', 'i')}, 'user' || i || '@example.com', now(), now()
     from generate_series(0, $2::int - 1) i where $1::int + $3::int > 0`,
  `insert into member (company_id, user_id, role, joined_at)
     select ${idOf('com', '(i + k * 131) % $1::int')}, ${idOf('usr', 'i')},
            case when k > 0 then 'member' else coalesce((array['owner', 'admin', 'viewer'])[1 + i / $1::int], 'member') end, now()
     from generate_series(0, $2::int - 1) i, generate_series(0, 4) k
     where k = 0 or i % 20 = 0 and $3::int > 0`,
  `insert into dataset (id, company_id, name, owner_id, visibility, may_be_shared_outside, created_at)
     select ${idOf('dst', 'j')}, ${idOf('com', 'j % $1::int')}, 'set_' || j,
            ${idOf('usr', 'j % $1::int + $1::int * (j / $1::int % ($2::int / $1::int))')},
            case when j / $1::int % 4 = 0 then 'private' else 'company' end, j % 10 = 0, now()
     from generate_series(0, $3::int - 1) j`,
  // Two a dataset: one to a colleague; of the other, one in ten to somebody of another company.
  `insert into dataset_grant (id, dataset_id, company_id, user_id, acting_company_id, "right", granted_at, until)
     select ${idOf('grt', "j || ' ' || k")}, ${idOf('dst', 'j')}, ${idOf('com', 'j % $1::int')}, ${idOf('usr', 'u')},
            ${idOf('com', 'u % $1::int')}, case when j % 2 = 0 then 'read' else 'modify' end, now(),
            case when j % 5 = 0 then now() + interval '30 days' end
     from (select j, k, case
             when k = 1 and j % 10 = 0 then (j * 31 + 7) % $2::int
             else j % $1::int + $1::int * ((j / $1::int + 3 + 4 * k) % ($2::int / $1::int)) end as u
             from generate_series(0, $3::int - 1) j, generate_series(0, 1) k) g
     on conflict do nothing`,
] as const;

/** Fills a fresh database with a world. */
export const fillWorld = async (
  { superuser }: BenchDatabase,
  { companies, users, datasets }: WorldSize,
): Promise<void> => {
  const client = await connect(superuser, { name: 'bench' });
  try {
    await client.query('set search_path = vouchsafe');
    // The rows are right by how they are made.
    await client.query('set session_replication_role = replica');
    for (const text of FILL) await client.query(text, [companies, users, datasets]);
    await client.query('vacuum analyze dataset');
    await client.query('vacuum analyze dataset_grant');
    await client.query('vacuum analyze member');
  } finally {
    await client.end();
  }
};
