import { statement } from '../store/statement.ts';

const DOMAIN_COLUMNS = {
  id: 'text',
  origin: 'text',
  created_at: 'timestamptz',
  last_called_at: 'timestamptz?',
  calls: 'int8',
} as const;

/** Domains of a project, or one of them, by origin; with their calls since the day `$4`, and the last since the day `$5`. */
export const showDomains = statement({
  name: 'domains.show',
  text: `select domain.id, domain.origin, domain.created_at,
                (select max(use.last_called_at) from vouchsafe.domain_day as use
                  where use.domain_id = domain.id and use.company_id = domain.company_id and use.day >= $5) as last_called_at,
                coalesce((select sum(use.count) from vouchsafe.domain_day as use
                  where use.domain_id = domain.id and use.company_id = domain.company_id and use.day >= $4), 0)::int8 as calls
           from vouchsafe.domain
          where domain.company_id = $1 and domain.project_id = $2 and ($3::text is null or domain.id = $3)
          order by domain.origin`,
  params: ['text', 'text', 'text?', 'date', 'date'],
  columns: DOMAIN_COLUMNS,
});

/** Whether pages of localhost may call. */
export const readSwitch = statement({
  name: 'domains.read-switch',
  text: 'select allow_localhost from vouchsafe.project where company_id = $1 and id = $2',
  params: ['text', 'text'],
  columns: { allow_localhost: 'bool' },
});

/** Whoever changes the domains of a project waits for the one before, so that they can be counted. */
export const lockProjectOfDomains = statement({
  name: 'domains.lock-project',
  text: 'select allow_localhost from vouchsafe.project where company_id = $1 and id = $2 for no key update',
  params: ['text', 'text'],
  columns: { allow_localhost: 'bool' },
});

export const countDomains = statement({
  name: 'domains.count',
  text: `select count(*) as domains, coalesce(bool_or(origin = $3), false) as has
           from vouchsafe.domain where company_id = $1 and project_id = $2`,
  params: ['text', 'text', 'text'],
  columns: { domains: 'int8', has: 'bool' },
});

export const insertDomain = statement({
  name: 'domains.insert',
  text: 'insert into vouchsafe.domain (id, company_id, project_id, origin, created_at) values ($1, $2, $3, $4, $5)',
  params: ['text', 'text', 'text', 'text', 'timestamptz'],
});

export const removeDomain = statement({
  name: 'domains.remove',
  text: 'delete from vouchsafe.domain where company_id = $1 and project_id = $2 and id = $3 returning origin',
  params: ['text', 'text', 'text'],
  columns: { origin: 'text' },
});

export const setSwitch = statement({
  name: 'domains.set-switch',
  text: 'update vouchsafe.project set allow_localhost = $3 where company_id = $1 and id = $2',
  params: ['text', 'text', 'bool'],
});

/** Adds calls to the counters of many domains at once; arrays of equal length, each domain and day once. */
export const countDomainCalls = statement({
  name: 'domains.count-calls',
  text: 'select vouchsafe.count_domain_calls($1, $2, $3, $4) as written',
  params: ['text[]', 'date[]', 'int8[]', 'timestamptz'],
  columns: { written: 'int4' },
});

/** Forgets how often the pages of domains called before a day. */
export const dropDomainDaysBefore = statement({
  name: 'domains.drop-days-before',
  text: 'select vouchsafe.drop_domain_days_before($1) as dropped',
  params: ['date'],
  columns: { dropped: 'int8' },
});
