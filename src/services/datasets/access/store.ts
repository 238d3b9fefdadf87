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
