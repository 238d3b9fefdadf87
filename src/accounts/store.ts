import { statement } from '../store/statement.ts';

export const insertCompany = statement({
  name: 'accounts.insert-company',
  text: 'insert into vouchsafe.company (id, name, created_at) values ($1, $2, $3)',
  params: ['text', 'text', 'timestamptz'],
});

/** A project with the limits of its company's plan. */
export const insertProject = statement({
  name: 'accounts.insert-project',
  text: 'insert into vouchsafe.project (id, company_id, name, created_at) values ($1, $2, $3, $4)',
  params: ['text', 'text', 'text', 'timestamptz'],
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

const LIMIT_COLUMNS = {
  per_second: 'int4',
  burst: 'int4',
  per_day: 'int4?',
  per_month: 'int4?',
  is_soft: 'bool',
} as const;

const COMPANY_COLUMNS = {
  id: 'text',
  name: 'text',
  contact_email: 'text?',
  require_second_factor: 'bool',
  mail_unusual: 'bool',
  created_at: 'timestamptz',
} as const;

export const readCompany = statement({
  name: 'accounts.read-company',
  text: `select id, name, contact_email, require_second_factor, mail_unusual, created_at
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
                require_second_factor = coalesce($4, require_second_factor),
                mail_unusual = coalesce($5, mail_unusual)
          where id = $1
          returning id, name, contact_email, require_second_factor, mail_unusual, created_at`,
  params: ['text', 'text?', 'text?', 'bool?', 'bool?'],
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
                company.plan, project.per_second is not null as has_own_limits,
                limits.per_second, limits.burst, limits.per_day, limits.per_month, limits.is_soft
           from vouchsafe.project join vouchsafe.company on company.id = project.company_id,
                vouchsafe.limits_of(project.id) as limits
          where project.company_id = $1 order by project.id`,
  params: ['text'],
  columns: {
    company_name: 'text',
    project_id: 'text',
    project_name: 'text',
    plan: 'text',
    has_own_limits: 'bool',
    ...LIMIT_COLUMNS,
  },
});

/** Limits of a project's own; its plan's where `$3` is null. A burst of null is as many as in a second. */
export const updateProjectLimits = statement({
  name: 'accounts.update-project-limits',
  text: `update vouchsafe.project set per_second = $3, burst = $4, per_day = $5, per_month = $6, is_soft = $7
          where company_id = $1 and id = $2 returning id`,
  params: ['text', 'text', 'int4?', 'int4?', 'int4?', 'int4?', 'bool?'],
  columns: { id: 'text' },
});

export const listPlans = statement({
  name: 'accounts.list-plans',
  text: 'select name, per_second, burst, per_day, per_month, is_soft from vouchsafe.plan order by name',
  columns: { name: 'text', ...LIMIT_COLUMNS },
});

/** Makes a plan, or gives one other limits. */
export const writePlan = statement({
  name: 'accounts.write-plan',
  text: `insert into vouchsafe.plan (name, per_second, burst, per_day, per_month, is_soft) values ($1, $2, $3, $4, $5, $6)
         on conflict (name) do update set per_second = excluded.per_second, burst = excluded.burst,
           per_day = excluded.per_day, per_month = excluded.per_month, is_soft = excluded.is_soft`,
  params: ['text', 'int4', 'int4', 'int4?', 'int4?', 'bool'],
});

/** No company may have it. */
export const deletePlan = statement({
  name: 'accounts.delete-plan',
  text: 'delete from vouchsafe.plan where name = $1 returning name',
  params: ['text'],
  columns: { name: 'text' },
});

export const readPlanOf = statement({
  name: 'accounts.read-plan-of',
  text: 'select name, plan from vouchsafe.company where id = $1',
  params: ['text'],
  columns: { name: 'text', plan: 'text' },
});

export const givePlan = statement({
  name: 'accounts.give-plan',
  text: 'update vouchsafe.company set plan = $2 where id = $1 and plan <> $2 returning id',
  params: ['text', 'text'],
  columns: { id: 'text' },
});

/**
 * Projects with their limits, their usable keys at `$3`, and what they used on the day `$4` and in its month until then;
 * all of them where `$2` is null. A plan is named where the limits are its.
 */
export const showProjects = statement({
  name: 'accounts.show-projects',
  text: `select project.id, project.name, project.created_at,
                limits.per_second, limits.burst, limits.per_day, limits.per_month, limits.is_soft,
                (select company.plan from vouchsafe.company
                  where company.id = project.company_id and project.per_second is null) as plan,
                (select count(*) from vouchsafe.key
                  where key.company_id = project.company_id and key.project_id = project.id
                    and key.revoked_at is null and (key.expires_at is null or key.expires_at > $3)) as keys,
                coalesce((select sum(usage_day.count) from vouchsafe.usage_day
                           where usage_day.company_id = project.company_id and usage_day.project_id = project.id
                             and usage_day.day = $4 and usage_day.outcome = 'ok'), 0)::int8 as used_today,
                coalesce((select sum(usage_day.count) from vouchsafe.usage_day
                           where usage_day.company_id = project.company_id and usage_day.project_id = project.id
                             and usage_day.day between date_trunc('month', $4::date)::date and $4
                             and usage_day.outcome = 'ok'), 0)::int8 as used_this_month
           from vouchsafe.project, vouchsafe.limits_of(project.id) as limits
          where project.company_id = $1 and ($2::text is null or project.id = $2)
          order by project.id`,
  params: ['text', 'text?', 'timestamptz', 'date'],
  columns: {
    id: 'text',
    name: 'text',
    created_at: 'timestamptz',
    ...LIMIT_COLUMNS,
    plan: 'text?',
    keys: 'int8',
    used_today: 'int8',
    used_this_month: 'int8',
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
