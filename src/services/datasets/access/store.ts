/** The SQL of access to datasets: what `decideAccess` decides, for one dataset, for a page of them, and for everybody. */
import { statement } from '../../../store/statement.ts';

/** A right that is there, and by which rule; the words of `Right` and `Reason`. */
const ACCESS = { right: 'text', reason: 'text' } as const;

/**
 * What a user who acts in a company may do with one dataset; no row where that is nothing, or there is no such dataset,
 * which nobody outside can tell apart. The role and the grant are read where they stand, so that what was taken away is
 * gone with the next request, on every worker.
 */
export const checkAccess = statement({
  name: 'datasets.check-access',
  text: `select (array['read', 'modify', 'manage'])[greatest(mine.rank, given.rank)] as "right",
                case when mine.rank >= given.rank then mine.reason else 'grant' end as reason
           from vouchsafe.dataset d
           join vouchsafe.member m on m.company_id = $2 and m.user_id = $1
           left join vouchsafe.dataset_grant g
             on g.dataset_id = d.id and g.user_id = $1 and g.acting_company_id = $2
            and (g.until is null or g.until > $4) and (d.company_id = $2 or d.may_be_shared_outside)
          cross join lateral (
            select case when d.company_id = $2
                        then vouchsafe.dataset_rank(m.role, d.owner_id = $1, d.visibility) else 0 end as rank,
                   vouchsafe.dataset_reason(m.role, d.owner_id = $1, d.visibility) as reason) as mine
          cross join lateral (
            select case g."right" when 'modify' then 2 when 'read' then 1 else 0 end as rank) as given
          where d.id = $3 and greatest(mine.rank, given.rank) > 0`,
  params: ['text', 'text', 'text', 'timestamptz'],
  columns: ACCESS,
});

/**
 * A page of the datasets that a user sees while they act in a company, in the order in which they were made, after the id
 * `$4` (empty: from the first), at most `$5`. Each branch has an index of its own that ends a page early.
 */
export const listAccessible = statement({
  name: 'datasets.list-accessible',
  text: `with me as materialized (
           select m.role from vouchsafe.member m where m.company_id = $2 and m.user_id = $1
         ), found as (
           (select d.* from vouchsafe.dataset d
             where d.company_id = $2 and d.visibility = 'company' and d.id > $4 and (select role from me) is not null
             order by d.id limit $5)
           union
           (select d.* from vouchsafe.dataset d
             where d.company_id = $2 and d.visibility = 'private' and d.id > $4 and (select role from me) = 'owner'
             order by d.id limit $5)
           union
           (select d.* from vouchsafe.dataset d
             where d.company_id = $2 and d.owner_id = $1 and d.visibility = 'private' and d.id > $4
               and (select role from me) is not null
             order by d.id limit $5)
           union
           (select d.* from vouchsafe.dataset_grant g join vouchsafe.dataset d on d.id = g.dataset_id
             where g.user_id = $1 and g.acting_company_id = $2 and (g.until is null or g.until > $3)
               and (d.company_id = $2 or d.may_be_shared_outside) and g.dataset_id > $4
               and (select role from me) is not null
             order by g.dataset_id limit $5)
         ), page as (
           select f.* from found f order by f.id limit $5
         )
         select d.id, d.company_id, d.name, d.visibility,
                (array['read', 'modify', 'manage'])[greatest(mine.rank, given.rank)] as "right",
                case when mine.rank >= given.rank then mine.reason else 'grant' end as reason
           from page as d cross join me
           left join vouchsafe.dataset_grant g
             on g.dataset_id = d.id and g.user_id = $1 and g.acting_company_id = $2
            and (g.until is null or g.until > $3) and (d.company_id = $2 or d.may_be_shared_outside)
          cross join lateral (
            select case when d.company_id = $2
                        then vouchsafe.dataset_rank(me.role, d.owner_id = $1, d.visibility) else 0 end as rank,
                   vouchsafe.dataset_reason(me.role, d.owner_id = $1, d.visibility) as reason) as mine
          cross join lateral (
            select case g."right" when 'modify' then 2 when 'read' then 1 else 0 end as rank) as given
          order by d.id`,
  params: ['text', 'text', 'timestamptz', 'text', 'int8'],
  columns: { id: 'text', company_id: 'text', name: 'text', visibility: 'text', ...ACCESS },
});

/**
 * Who may use a dataset `$2` of company `$1`, in which company they have to act, by which rule and until when; ordered by
 * user and company, after the pair (`$4`, `$5`), at most `$6`. For those who manage it: to others it shows members only.
 */
export const listPeople = statement({
  name: 'datasets.list-people',
  text: `select distinct on (p.user_id, p.acting_company_id)
                p.user_id, p.acting_company_id, (array['read', 'modify', 'manage'])[p.rank] as "right", p.reason, p.until
           from (
             select m.user_id, m.company_id as acting_company_id, vouchsafe.dataset_rank(m.role, d.owner_id = m.user_id, d.visibility) as rank,
                    vouchsafe.dataset_reason(m.role, d.owner_id = m.user_id, d.visibility) as reason, null as until, 0 as layer
               from vouchsafe.dataset d join vouchsafe.member m on m.company_id = d.company_id
              where d.company_id = $1 and d.id = $2
             union all
             select g.user_id, g.acting_company_id, case g."right" when 'modify' then 2 else 1 end, 'grant', g.until, 1
               from vouchsafe.dataset d join vouchsafe.dataset_grant g on g.dataset_id = d.id and g.company_id = d.company_id
              where d.company_id = $1 and d.id = $2 and (g.until is null or g.until > $3)
                and (g.acting_company_id = $1 or d.may_be_shared_outside)
           ) as p
          where p.rank > 0 and (p.user_id, p.acting_company_id) > ($4, $5)
          order by p.user_id, p.acting_company_id, p.rank desc, p.layer
          limit $6`,
  params: ['text', 'text', 'timestamptz', 'text', 'text', 'int8'],
  columns: { user_id: 'text', acting_company_id: 'text', ...ACCESS, until: 'timestamptz?' },
});

/** Needs modify; the number of a generation that is not published yet. `$3` the key, empty for none. */
export const makeGeneration = statement({
  name: 'datasets.make-generation',
  text: 'select vouchsafe.make_generation($1, $2, $3) as generation',
  params: ['text', 'jsonb', 'text[]'],
  columns: { generation: 'int4' },
});

/** Makes a generation the current version. `$3` upload, create or restore; `$4` which version it follows, null for any. */
export const publishGeneration = statement({
  name: 'datasets.publish-generation',
  text: 'select vouchsafe.publish_generation($1, $2, $3, $4) as version',
  params: ['text', 'int4', 'text', 'int4?'],
  columns: { version: 'int4' },
});

/** Puts the rows of a generation that is not published into the current one, and drops it. `$3` as above. */
export const appendGeneration = statement({
  name: 'datasets.append-generation',
  text: 'select vouchsafe.append_generation($1, $2, $3) as version',
  params: ['text', 'int4', 'int4?'],
  columns: { version: 'int4' },
});

/** From here to the end of the transaction no other edit of this dataset begins. */
export const beginEdit = statement({
  name: 'datasets.begin-edit',
  text: 'select e.version, e.generation from vouchsafe.begin_edit($1) as e',
  params: ['text'],
  columns: { version: 'int4', generation: 'int4' },
});

/** The new version and what it counts; the old one and zeros where nothing was touched. */
export const endEdit = statement({
  name: 'datasets.end-edit',
  text: 'select e.version, e.added, e.changed, e.removed from vouchsafe.end_edit($1) as e',
  params: ['text'],
  columns: { version: 'int4', added: 'int8', changed: 'int8', removed: 'int8' },
});

/**
 * A dataset by id, with what the actor may do, at a version (null: the current one). No row where the actor may not know of
 * it, or it has no such version. Version 0 has neither generation, columns nor key.
 */
export const openDataset = statement({
  name: 'datasets.open',
  text: `select o."right", o.company_id, o.name, o.version, o.generation, o.columns, o.key, o.rows, o.current_version
           from vouchsafe.open_dataset($1, $2) as o`,
  params: ['text', 'int4?'],
  columns: {
    right: 'text',
    company_id: 'text',
    name: 'text',
    version: 'int4',
    generation: 'int4?',
    columns: 'jsonb?',
    key: 'text[]?',
    rows: 'int8',
    current_version: 'int4',
  },
});

/** Which version the views `…_at` show in this transaction. */
export const chooseVersion = statement({
  name: 'datasets.choose-version',
  text: "select set_config('vouchsafe.at_version', $1, true) as version",
  params: ['text'],
  columns: { version: 'text' },
});

/** An event in the log of a dataset's company, by the transaction's actor: event, dataset, action, details, time, key. */
export const noteDatasetUse = statement({
  name: 'datasets.note-use',
  text: 'select vouchsafe.note_dataset_use($1, $2, $3, $4, $5, $6) as noted',
  params: ['text', 'text', 'text', 'jsonb', 'timestamptz', 'text?'],
  columns: { noted: 'bool' },
});

// For keys, which see what the members of their company share -------------------------------------------------------

/**
 * What one person may do with a dataset of company `$1` by its id or name, in each company in which they act, or in `$5`
 * alone: for a key, of the datasets that it sees itself. At the time `$4`.
 */
export const rightsOfPerson = statement({
  name: 'datasets.rights-of-person',
  text: `select d.id as dataset, p.acting_company_id, (array['read', 'modify', 'manage'])[p.rank] as "right", p.reason
           from vouchsafe.dataset d
          cross join lateral (
             select m.company_id as acting_company_id, vouchsafe.dataset_rank(m.role, d.owner_id = m.user_id, d.visibility) as rank,
                    vouchsafe.dataset_reason(m.role, d.owner_id = m.user_id, d.visibility) as reason
               from vouchsafe.member m where m.company_id = d.company_id and m.user_id = $3
             union all
             select g.acting_company_id, case g."right" when 'modify' then 2 else 1 end, 'grant'
               from vouchsafe.dataset_grant g
              where g.dataset_id = d.id and g.company_id = d.company_id and g.user_id = $3
                and (g.until is null or g.until > $4) and (g.acting_company_id = d.company_id or d.may_be_shared_outside)
           ) as p
          where d.company_id = $1 and (d.id = $2 or d.name = $2) and p.rank > 0 and ($5::text is null or p.acting_company_id = $5)
          order by d.id = $2 desc, p.rank desc, p.reason <> 'grant' desc limit 1`,
  params: ['text', 'text', 'text', 'timestamptz', 'text?'],
  columns: { dataset: 'text', acting_company_id: 'text', right: 'text', reason: 'text' },
});

/** A member of the company by their address. */
export const findMemberByEmail = statement({
  name: 'datasets.find-member-by-email',
  text: `select member.user_id from vouchsafe.member
           join vouchsafe.user_account as person on person.id = member.user_id
          where member.company_id = $1 and person.email = $2`,
  params: ['text', 'text'],
  columns: { user_id: 'text' },
});

/**
 * Datasets of company `$1` after the id `$4` on which a person has at least the rank `$3`, at the time `$5`, in any of their
 * companies or in `$7`; at most `$6`.
 */
export const datasetsOfPerson = statement({
  name: 'datasets.datasets-of-person',
  text: `select d.id, d.name from vouchsafe.dataset d
          where d.company_id = $1 and d.id > $4
            and (exists (
                   select from vouchsafe.member m
                    where m.company_id = $1 and m.user_id = $2 and ($7::text is null or $7 = $1)
                      and vouchsafe.dataset_rank(m.role, d.owner_id = m.user_id, d.visibility) >= $3)
                 or exists (
                   select from vouchsafe.dataset_grant g
                    where g.dataset_id = d.id and g.company_id = $1 and g.user_id = $2
                      and (g.until is null or g.until > $5) and (g.acting_company_id = $1 or d.may_be_shared_outside)
                      and ($7::text is null or g.acting_company_id = $7)
                      and case g."right" when 'modify' then 2 else 1 end >= $3))
          order by d.id limit $6`,
  params: ['text', 'text', 'int4', 'text', 'timestamptz', 'int8', 'text?'],
  columns: { id: 'text', name: 'text' },
});

/** Which key acts in this transaction: for the versions that come of it, and for what is shown to this key alone. */
export const nameKey = statement({
  name: 'datasets.name-key',
  text: "select set_config('vouchsafe.key_id', $1, true) as key",
  params: ['text'],
  columns: { key: 'text' },
});
