/** The SQL that opens a dataset for its rows; the rows' own is rendered. Row-level security shows a dataset to who may read it. */
import { statement } from '../../../store/statement.ts';

/** All of text, as the reader of rows takes them. `version` and `generation` are null while there is no content. */
const FOUND = { id: 'text', version: 'text?', generation: 'text?', is_logged: 'text' } as const;

/** A dataset `$2` of company `$1`, as it is now. */
export const findByName = statement({
  name: 'datasets.find-by-name',
  text: `select d.id, d.current_version::text as version, d.current_generation::text as generation,
                d.reads_logged::text as is_logged
           from vouchsafe.dataset d where d.company_id = $1 and d.name = $2`,
  params: ['text', 'text'],
  columns: FOUND,
});

/** A dataset by its id, also one that another company shares. */
export const findById = statement({
  name: 'datasets.find-by-id',
  text: `select d.id, d.current_version::text as version, d.current_generation::text as generation,
                d.reads_logged::text as is_logged
           from vouchsafe.dataset d where d.id = $1`,
  params: ['text'],
  columns: FOUND,
});

/** Version `$3`, in decimal, of a dataset `$2` of company `$1`; no row where there is no such version. */
export const findVersionByName = statement({
  name: 'datasets.find-version-by-name',
  text: `select d.id, o.version::text as version, o.generation::text as generation, d.reads_logged::text as is_logged
           from vouchsafe.dataset d cross join lateral vouchsafe.open_dataset(d.id, cast($3 as text)::int) as o
          where d.company_id = $1 and d.name = $2`,
  params: ['text', 'text', 'text'],
  columns: FOUND,
});

/** The same by id. */
export const findVersionById = statement({
  name: 'datasets.find-version-by-id',
  text: `select d.id, o.version::text as version, o.generation::text as generation, d.reads_logged::text as is_logged
           from vouchsafe.dataset d cross join lateral vouchsafe.open_dataset(d.id, cast($2 as text)::int) as o
          where d.id = $1`,
  params: ['text', 'text'],
  columns: FOUND,
});
