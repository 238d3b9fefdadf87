import { statement } from '../store/statement.ts';

/** The name of a project of the company, to know that there is one. */
export const findProject = statement({
  name: 'usage.find-project',
  text: 'select name from vouchsafe.project where company_id = $1 and id = $2',
  params: ['text', 'text'],
  columns: { name: 'text' },
});

export const findKey = statement({
  name: 'usage.find-key',
  text: 'select name from vouchsafe.key where company_id = $1 and id = $2',
  params: ['text', 'text'],
  columns: { name: 'text' },
});

/** Counts by day of a project (`$2`) and key (`$3`), or all, in two ranges of days: `$4` to `$5`, and `$6` to `$7`. */
export const usageByDay = statement({
  name: 'usage.by-day',
  text: `select day, outcome, sum(count)::int8 as count from vouchsafe.usage_day
          where company_id = $1 and ($2::text is null or project_id = $2) and ($3::text is null or key_id = $3)
            and (day between $4 and $5 or day between $6 and $7)
          group by day, outcome`,
  params: ['text', 'text?', 'text?', 'date', 'date', 'date', 'date'],
  columns: { day: 'date', outcome: 'text', count: 'int8' },
});

/** Counts and durations by operation, and by project and key, in one walk: of each row one or the other is null. */
export const usageByPart = statement({
  name: 'usage.by-part',
  text: `select operation, project_id, key_id, outcome, sum(count)::int8 as count,
                array[sum(durations[1]), sum(durations[2]), sum(durations[3]), sum(durations[4]), sum(durations[5]),
                      sum(durations[6]), sum(durations[7]), sum(durations[8]), sum(durations[9]), sum(durations[10]),
                      sum(durations[11]), sum(durations[12]), sum(durations[13])]::int8[] as durations
           from vouchsafe.usage_day
          where company_id = $1 and ($2::text is null or project_id = $2) and ($3::text is null or key_id = $3)
            and day between $4 and $5
          group by grouping sets ((operation, outcome), (project_id, key_id, outcome))
          order by operation, project_id, key_id, outcome`,
  params: ['text', 'text?', 'text?', 'date', 'date'],
  columns: {
    operation: 'text?',
    project_id: 'text?',
    key_id: 'text?',
    outcome: 'text',
    count: 'int8',
    durations: 'int8[]',
  },
});

export const listKeyNames = statement({
  name: 'usage.key-names',
  text: 'select id, name from vouchsafe.key where company_id = $1 and id = any ($2)',
  params: ['text', 'text[]'],
  columns: { id: 'text', name: 'text' },
});

/** Every counter of a range of days, at most `$6` of them, with the names of project and key. */
export const listCounters = statement({
  name: 'usage.list-counters',
  text: `select used.day, used.project_id, project.name as project_name, used.key_id, key.name as key_name,
                used.operation, used.outcome, used.count, used.durations
           from vouchsafe.usage_day as used
           left join vouchsafe.project on project.company_id = used.company_id and project.id = used.project_id
           left join vouchsafe.key on key.company_id = used.company_id and key.id = used.key_id
          where used.company_id = $1 and ($2::text is null or used.project_id = $2)
            and ($3::text is null or used.key_id = $3) and used.day between $4 and $5
          order by used.day, used.project_id, used.key_id, used.operation, used.outcome
          limit $6`,
  params: ['text', 'text?', 'text?', 'date', 'date', 'int8'],
  columns: {
    day: 'date',
    project_id: 'text',
    project_name: 'text?',
    key_id: 'text',
    key_name: 'text?',
    operation: 'text',
    outcome: 'text',
    count: 'int8',
    durations: 'int8[]',
  },
});

// What is unusual --------------------------------------------------------------------------------------------------

/** Companies that used something since a day. */
export const companiesInUse = statement({
  name: 'usage.companies-in-use',
  text: 'select company from vouchsafe.companies_in_use($1) as company',
  params: ['date'],
  columns: { company: 'text' },
});

/** The company, which nobody else looks through until the end of the transaction. */
export const lockCompanyForFindings = statement({
  name: 'usage.lock-company',
  text: 'select name, contact_email, mail_unusual from vouchsafe.company where id = $1 for no key update',
  params: ['text'],
  columns: { name: 'text', contact_email: 'text?', mail_unusual: 'bool' },
});

export const listProjectsSince = statement({
  name: 'usage.projects',
  text: 'select id, name, created_at from vouchsafe.project where company_id = $1 order by id',
  params: ['text'],
  columns: { id: 'text', name: 'text', created_at: 'timestamptz' },
});

export const usageOfProjects = statement({
  name: 'usage.of-projects',
  text: `select project_id, operation, day, outcome, sum(count)::int8 as count from vouchsafe.usage_day
          where company_id = $1 and day between $2 and $3
          group by project_id, operation, day, outcome`,
  params: ['text', 'date', 'date'],
  columns: { project_id: 'text', operation: 'text', day: 'date', outcome: 'text', count: 'int8' },
});

/** Domains whose first calls came on `$2` or later, in projects that had another domain before them. */
export const listNewDomains = statement({
  name: 'usage.new-domains',
  text: `select domain.id, domain.project_id, min(called.day) as day, sum(called.count)::int8 as calls
           from vouchsafe.domain join vouchsafe.domain_day as called
             on called.domain_id = domain.id and called.company_id = domain.company_id
          where domain.company_id = $1
            and exists (select from vouchsafe.domain as older
                         where older.company_id = domain.company_id and older.project_id = domain.project_id
                           and older.created_at < domain.created_at)
          group by domain.id
         having min(called.day) >= $2
          order by domain.id`,
  params: ['text', 'date'],
  columns: { id: 'text', project_id: 'text', day: 'date', calls: 'int8' },
});

/** Writes a finding down, or brings its figures up to date; `is_new` tells which. */
export const upsertUnusual = statement({
  name: 'usage.upsert-unusual',
  text: `insert into vouchsafe.unusual_use as known
           (company_id, project_id, kind, subject, day, figure, total, usual_low, usual_high, found_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (project_id, day, kind, subject) do update set
           figure = excluded.figure, total = excluded.total, usual_low = excluded.usual_low,
           usual_high = excluded.usual_high
         returning xmax = 0 as is_new`,
  params: ['text', 'text', 'text', 'text', 'date', 'int8', 'int8?', 'float8?', 'float8?', 'timestamptz'],
  columns: { is_new: 'bool' },
});

/** When the company was last told. */
export const lastTold = statement({
  name: 'usage.last-told',
  text: 'select max(told_at) as told_at from vouchsafe.unusual_use where company_id = $1',
  params: ['text'],
  columns: { told_at: 'timestamptz?' },
});

/** Marks what was found since `$2` and not told, as told. */
export const markTold = statement({
  name: 'usage.mark-told',
  text: `update vouchsafe.unusual_use set told_at = $3
          where company_id = $1 and found_at >= $2 and told_at is null
          returning project_id, kind, subject, day, figure, total, usual_low, usual_high`,
  params: ['text', 'timestamptz', 'timestamptz'],
  columns: {
    project_id: 'text',
    kind: 'text',
    subject: 'text',
    day: 'date',
    figure: 'int8',
    total: 'int8?',
    usual_low: 'float8?',
    usual_high: 'float8?',
  },
});

export const listOrigins = statement({
  name: 'usage.origins',
  text: 'select id, origin from vouchsafe.domain where company_id = $1 and id = any ($2)',
  params: ['text', 'text[]'],
  columns: { id: 'text', origin: 'text' },
});

/** Findings of days from `$3` on, newest first, at most `$4`. */
export const listUnusual = statement({
  name: 'usage.list-unusual',
  text: `select found.project_id, project.name as project_name, found.kind, found.subject, domain.origin, found.day,
                found.figure, found.total, found.usual_low, found.usual_high, found.found_at
           from vouchsafe.unusual_use as found
           join vouchsafe.project on project.company_id = found.company_id and project.id = found.project_id
           left join vouchsafe.domain on domain.company_id = found.company_id and domain.id = found.subject
          where found.company_id = $1 and ($2::text is null or found.project_id = $2) and found.day >= $3
          order by found.day desc, found.found_at desc, found.project_id, found.kind, found.subject
          limit $4`,
  params: ['text', 'text?', 'date', 'int8'],
  columns: {
    project_id: 'text',
    project_name: 'text',
    kind: 'text',
    subject: 'text',
    origin: 'text?',
    day: 'date',
    figure: 'int8',
    total: 'int8?',
    usual_low: 'float8?',
    usual_high: 'float8?',
    found_at: 'timestamptz',
  },
});

/** Drops findings of days before `$1`, of all companies. */
export const dropUnusualBefore = statement({
  name: 'usage.drop-unusual-before',
  text: 'select vouchsafe.drop_unusual_before($1) as dropped',
  params: ['date'],
  columns: { dropped: 'int8' },
});
