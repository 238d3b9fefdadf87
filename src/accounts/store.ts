import { statement } from '../store/statement.ts';

export const insertCompany = statement({
  name: 'accounts.insert-company',
  text: 'insert into vouchsafe.company (id, name, created_at) values ($1, $2, $3)',
  params: ['text', 'text', 'timestamptz'],
});

export const insertProject = statement({
  name: 'accounts.insert-project',
  text: `insert into vouchsafe.project (id, company_id, name, per_second, per_day, created_at)
         values ($1, $2, $3, $4, $5, $6)`,
  params: ['text', 'text', 'text', 'int4', 'int4?', 'timestamptz'],
});

export const insertOwner = statement({
  name: 'accounts.insert-owner',
  text: `insert into vouchsafe.member (company_id, user_id, role, joined_at) values ($1, $2, 'owner', $3)`,
  params: ['text', 'text', 'timestamptz'],
});

/** Companies that the user of the transaction owns; a second one who counts waits for the first. */
export const lockUser = statement({
  name: 'accounts.lock-user',
  text: 'select id from vouchsafe.user_account where id = $1 for no key update',
  params: ['text'],
  columns: { id: 'text' },
});

export const countOwned = statement({
  name: 'accounts.count-owned',
  text: `select count(*) as owned from vouchsafe.member where user_id = $1 and role = 'owner'`,
  params: ['text'],
  columns: { owned: 'int8' },
});

const COMPANY_COLUMNS = {
  id: 'text',
  name: 'text',
  contact_email: 'text?',
  require_second_factor: 'bool',
  created_at: 'timestamptz',
} as const;

export const readCompany = statement({
  name: 'accounts.read-company',
  text: `select id, name, contact_email, require_second_factor, created_at
           from vouchsafe.company where id = $1`,
  params: ['text'],
  columns: COMPANY_COLUMNS,
});

/** What is null stays as it is; an empty address removes the one that was. */
export const updateCompany = statement({
  name: 'accounts.update-company',
  text: `update vouchsafe.company
            set name = coalesce($2, name),
                contact_email = case when $3::text is null then contact_email else nullif($3, '') end,
                require_second_factor = coalesce($4, require_second_factor)
          where id = $1
          returning id, name, contact_email, require_second_factor, created_at`,
  params: ['text', 'text?', 'text?', 'bool?'],
  columns: COMPANY_COLUMNS,
});

export const companyIds = statement({
  name: 'accounts.company-ids',
  text: 'select id from vouchsafe.company_ids() as id',
  columns: { id: 'text' },
});

export const listProjects = statement({
  name: 'accounts.list-projects',
  text: `select company.name as company_name, project.id as project_id, project.name as project_name,
                project.per_second, project.per_day
           from vouchsafe.project join vouchsafe.company on company.id = project.company_id
          where project.company_id = $1 order by project.id`,
  params: ['text'],
  columns: {
    company_name: 'text',
    project_id: 'text',
    project_name: 'text',
    per_second: 'int4',
    per_day: 'int4?',
  },
});

export const updateProjectLimits = statement({
  name: 'accounts.update-project-limits',
  text: `update vouchsafe.project set per_second = $3, per_day = $4
          where company_id = $1 and id = $2 returning id`,
  params: ['text', 'text', 'int4', 'int4?'],
  columns: { id: 'text' },
});

/** Projects with their usable keys at `$3` and what they used on the day `$4`; all of them where `$2` is null. */
export const showProjects = statement({
  name: 'accounts.show-projects',
  text: `select project.id, project.name, project.per_second, project.per_day, project.created_at,
                (select count(*) from vouchsafe.key
                  where key.company_id = project.company_id and key.project_id = project.id
                    and key.revoked_at is null and (key.expires_at is null or key.expires_at > $3)) as keys,
                coalesce((select sum(usage_day.count) from vouchsafe.usage_day
                           where usage_day.company_id = project.company_id and usage_day.project_id = project.id
                             and usage_day.day = $4 and usage_day.outcome = 'ok'), 0)::int8 as used_today
           from vouchsafe.project
          where project.company_id = $1 and ($2::text is null or project.id = $2)
          order by project.id`,
  params: ['text', 'text?', 'timestamptz', 'date'],
  columns: {
    id: 'text',
    name: 'text',
    per_second: 'int4',
    per_day: 'int4?',
    created_at: 'timestamptz',
    keys: 'int8',
    used_today: 'int8',
  },
});

export const countProjects = statement({
  name: 'accounts.count-projects',
  text: 'select count(*) as projects from vouchsafe.project where company_id = $1',
  params: ['text'],
  columns: { projects: 'int8' },
});

export const lockProject = statement({
  name: 'accounts.lock-project',
  text: 'select name from vouchsafe.project where company_id = $1 and id = $2 for no key update',
  params: ['text', 'text'],
  columns: { name: 'text' },
});

export const renameProject = statement({
  name: 'accounts.rename-project',
  text: 'update vouchsafe.project set name = $3 where company_id = $1 and id = $2',
  params: ['text', 'text', 'text'],
});

/** Erases a project of the transaction's company, with its keys, quotas and usage. */
export const eraseProject = statement({
  name: 'accounts.erase-project',
  text: 'select erased from vouchsafe.erase_project($1) as erased',
  params: ['text'],
  columns: { erased: 'int8' },
});

/** Removes counts that arrived after their project had gone. */
export const sweepUsage = statement({
  name: 'accounts.sweep-usage',
  text: 'select vouchsafe.sweep_usage($1) as swept',
  params: ['date'],
  columns: { swept: 'int8' },
});

/** Counts by day in two ranges of days: `$3` to `$4`, and `$5` to `$6`. */
export const usageByDay = statement({
  name: 'accounts.usage-by-day',
  text: `select day, outcome, sum(count)::int8 as count from vouchsafe.usage_day
          where company_id = $1 and ($2::text is null or project_id = $2)
            and (day between $3 and $4 or day between $5 and $6)
          group by day, outcome`,
  params: ['text', 'text?', 'date', 'date', 'date', 'date'],
  columns: { day: 'date', outcome: 'text', count: 'int8' },
});

export const usageByOperation = statement({
  name: 'accounts.usage-by-operation',
  text: `select operation, outcome, sum(count)::int8 as count from vouchsafe.usage_day
          where company_id = $1 and ($2::text is null or project_id = $2) and day between $3 and $4
          group by operation, outcome order by operation`,
  params: ['text', 'text?', 'date', 'date'],
  columns: { operation: 'text', outcome: 'text', count: 'int8' },
});
