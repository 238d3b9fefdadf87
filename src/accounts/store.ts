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
