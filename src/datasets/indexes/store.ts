/** Indexes that are wanted, what is known of them, and what reads asked for. */
import { statement } from '../../store/statement.ts';

/** Of dataset `$2` of company `$1`, with what PostgreSQL has of them in the current generation. */
export const listIndexes = statement({
  name: 'indexes.list',
  text: `select i.number, i.columns, i.created_at, i.progress, i.generation = d.current_generation as is_current,
                case when i.generation = d.current_generation then i.failure end as failure,
                coalesce(x.indisvalid, false) as is_valid, c.oid is not null as is_there,
                case when x.indisvalid then pg_catalog.pg_relation_size(c.oid) end as bytes
           from vouchsafe.dataset_index i
           join vouchsafe.dataset d on d.id = i.dataset_id
           left join pg_catalog.pg_class c
             on c.relnamespace = (select oid from pg_catalog.pg_namespace where nspname = 'vouchsafe_data')
            and c.relname = (d.id || '_g' || d.current_generation || '_i' || i.number)::name
           left join pg_catalog.pg_index x on x.indexrelid = c.oid
          where i.company_id = $1 and i.dataset_id = $2 and i.removed_at is null
          order by i.number`,
  params: ['text', 'text'],
  columns: {
    number: 'int4',
    columns: 'text[]',
    created_at: 'timestamptz',
    progress: 'int4?',
    is_current: 'bool?',
    failure: 'text?',
    is_valid: 'bool?',
    is_there: 'bool?',
    bytes: 'int8?',
  },
});

/** How often reads of dataset `$2` of company `$1` asked by each column since a UTC day `$3`, most often first. */
export const listUses = statement({
  name: 'indexes.list-uses',
  text: `select column_name, kind, sum(count)::int8 as count from vouchsafe.dataset_index_use
          where company_id = $1 and dataset_id = $2 and day >= $3
          group by column_name, kind order by 3 desc, 1, 2 limit 200`,
  params: ['text', 'text', 'date'],
  columns: { column_name: 'text', kind: 'text', count: 'int8?' },
});

/** Wants an index of dataset `$2`; no row where there are `$5` already. Raises 23505 where there is one of these columns. */
export const insertIndex = statement({
  name: 'indexes.insert',
  text: `insert into vouchsafe.dataset_index (company_id, dataset_id, number, columns, created_at)
         select $1, $2, coalesce(max(i.number), 0) + 1, $3, $4 from vouchsafe.dataset_index i
          where i.company_id = $1 and i.dataset_id = $2
         having count(*) < $5
         returning number`,
  params: ['text', 'text', 'text[]', 'timestamptz', 'int8'],
  columns: { number: 'int4' },
});

/** Wants it no more; no row where there is none of this number. */
export const removeIndex = statement({
  name: 'indexes.remove',
  text: `update vouchsafe.dataset_index set removed_at = $4
          where company_id = $1 and dataset_id = $2 and number = $3 and removed_at is null
         returning columns`,
  params: ['text', 'text', 'int4', 'timestamptz'],
  columns: { columns: 'text[]' },
});

export const queueIndexes = statement({
  name: 'indexes.queue',
  text: 'select vouchsafe.queue_indexes($1) as queued',
  params: ['text'],
  columns: { queued: 'void' },
});

/** What is wanted of the current generation and not there. */
export const indexWork = statement({
  name: 'indexes.work',
  role: 'jobs',
  text: 'select number, columns, generation, content from vouchsafe.index_work($1)',
  params: ['text'],
  columns: { number: 'int4?', columns: 'text[]?', generation: 'int4?', content: 'jsonb?' },
});

/** Names of indexes that have to go. */
export const indexLeftovers = statement({
  name: 'indexes.leftovers',
  role: 'jobs',
  text: 'select name from vouchsafe.index_leftovers($1)',
  params: ['text'],
  columns: { name: 'text?' },
});

/** How far index `$2` of dataset `$1` is in generation `$3`, or why there is none. */
export const noteIndex = statement({
  name: 'indexes.note',
  role: 'jobs',
  text: 'select vouchsafe.note_index($1, $2, $3, $4, $5) as noted',
  params: ['text', 'int4', 'int4', 'int4?', 'text?'],
  columns: { noted: 'void' },
});

export const forgetIndexes = statement({
  name: 'indexes.forget',
  role: 'jobs',
  text: 'select vouchsafe.forget_indexes($1) as forgotten',
  params: ['text'],
  columns: { forgotten: 'void' },
});

/** Datasets of which an index is missing or has to go. */
export const waitingIndexes = statement({
  name: 'indexes.waiting',
  role: 'jobs',
  text: 'select dataset from vouchsafe.waiting_indexes($1)',
  params: ['int4'],
  columns: { dataset: 'text?' },
});
