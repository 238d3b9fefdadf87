import { statement } from '../store/statement.ts';

/** What migration 0017 knows of a dataset, and who manages it; of those that may be seen. Ids come from `listAccessible`. */
export const showDatasets = statement({
  name: 'datasets.show',
  text: `select d.id, d.company_id, d.name, d.title, d.description, d.visibility, d.owner_id, coalesce(u.name, u.email) as owner_name,
                d.may_be_shared_outside, d.current_version, s.company_name, s.rows, s.columns as column_count,
                d.created_at, s.changed_at
           from vouchsafe.dataset d
           join vouchsafe.dataset_sizes($2) as s on s.id = d.id
           left join vouchsafe.user_account u on u.id = d.owner_id and d.company_id = $1
          where d.id = any ($2)
          order by d.id`,
  params: ['text', 'text[]'],
  columns: {
    id: 'text',
    company_id: 'text',
    name: 'text',
    title: 'text?',
    description: 'text?',
    visibility: 'text',
    owner_id: 'text?',
    owner_name: 'text?',
    may_be_shared_outside: 'bool',
    current_version: 'int4',
    company_name: 'text',
    rows: 'int8',
    column_count: 'int4',
    created_at: 'timestamptz',
    changed_at: 'timestamptz',
  },
});

export const findDatasetByName = statement({
  name: 'datasets.find-own',
  text: 'select id from vouchsafe.dataset where company_id = $1 and name = $2',
  params: ['text', 'text'],
  columns: { id: 'text' },
});

/** Also those that the actor does not see: no more than the number. */
export const countDatasets = statement({
  name: 'datasets.count',
  text: 'select vouchsafe.count_datasets($1) as datasets',
  params: ['text'],
  columns: { datasets: 'int8' },
});

export const insertDataset = statement({
  name: 'datasets.insert-dataset',
  text: `insert into vouchsafe.dataset (id, company_id, name, title, description, owner_id, visibility, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)`,
  params: ['text', 'text', 'text', 'text?', 'text?', 'text', 'text', 'timestamptz'],
});

/** What is null stays as it is; an empty title or description takes the one away that was. */
export const updateDataset = statement({
  name: 'datasets.update-dataset',
  text: `update vouchsafe.dataset
            set name = coalesce($3, name),
                title = case when $4::text is null then title else nullif($4, '') end,
                description = case when $5::text is null then description else nullif($5, '') end,
                visibility = coalesce($6, visibility),
                owner_id = coalesce($7, owner_id)
          where company_id = $1 and id = $2
          returning id`,
  params: ['text', 'text', 'text?', 'text?', 'text?', 'text?', 'text?'],
  columns: { id: 'text' },
});

export const deleteDataset = statement({
  name: 'datasets.delete-dataset',
  text: 'delete from vouchsafe.dataset where company_id = $1 and id = $2 returning name',
  params: ['text', 'text'],
  columns: { name: 'text' },
});

/** Newest first, those before `$2`, at most `$3`; names of whoever is of the actor's company `$4`. */
export const listVersions = statement({
  name: 'datasets.list-versions',
  text: `select v.number, v.generation, v.kind, u.id as user_id, coalesce(u.name, u.email) as user_name, k.id as key_id, k.name as key_name, v.made_at,
                v.rows, v.added, v.changed, v.removed
           from vouchsafe.list_versions($1, $2, $3) as v
           left join vouchsafe.user_account u on u.id = v.made_by
           left join vouchsafe.key k on k.id = v.made_by_key and k.company_id = $4
          order by v.number desc`,
  params: ['text', 'int4', 'int4', 'text'],
  columns: {
    number: 'int4',
    generation: 'int4',
    kind: 'text',
    user_id: 'text?',
    user_name: 'text?',
    key_id: 'text?',
    key_name: 'text?',
    made_at: 'timestamptz',
    rows: 'int8',
    added: 'int8?',
    changed: 'int8?',
    removed: 'int8?',
  },
});

export const countDifferences = statement({
  name: 'datasets.count-differences',
  text: 'select d.added, d.changed, d.removed from vouchsafe.count_differences($1, $2, $3) as d',
  params: ['text', 'int4', 'int4'],
  columns: { added: 'int8', changed: 'int8', removed: 'int8' },
});

/** In the order of the rows; the first `$4` left out, at most `$5`. Versions never change, so that pages stay as they are. */
export const listDifferences = statement({
  name: 'datasets.list-differences',
  text: `select d.kind, d.key::jsonb, d.before::jsonb, d.after::jsonb
           from vouchsafe.list_differences($1, $2, $3, $4, $5) as d`,
  params: ['text', 'int4', 'int4', 'int8', 'int4'],
  columns: { kind: 'text', key: 'jsonb?', before: 'jsonb?', after: 'jsonb?' },
});

/** Copies rows of version `$2` behind row `$4` into generation `$3`, at most `$5`; the last one, null at the end. */
export const restorePart = statement({
  name: 'datasets.restore-part',
  text: 'select vouchsafe.restore_part($1, $2, $3, $4, $5) as last',
  params: ['text', 'int4', 'int4', 'int8', 'int4'],
  columns: { last: 'int8?' },
});

/** Takes what deleted datasets left while they were read, and what no upload finished; at most `$1`. */
export const dropRemains = statement({
  name: 'datasets.drop-remains',
  text: 'select vouchsafe.drop_remains($1) as dropped',
  params: ['int4'],
  columns: { dropped: 'int4' },
});
