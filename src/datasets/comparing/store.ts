import { statement } from '../../store/statement.ts';

/** Bytes of the tables that comparing versions `$2` and `$3` would read. */
export const comparisonSize = statement({
  name: 'comparisons.size',
  text: 'select vouchsafe.comparison_size($1, $2, $3) as bytes',
  params: ['text', 'int4', 'int4'],
  columns: { bytes: 'int8' },
});

/** No row where there is one already that has not failed. */
export const insertComparison = statement({
  name: 'comparisons.insert',
  text: `insert into vouchsafe.dataset_comparison (id, company_id, compared_by, dataset_id, a, b, phase, rows, created_at)
         values ($1, $2, $3, $4, $5, $6, 'waiting', $7, $8)
         on conflict (company_id, compared_by, dataset_id, a, b) where phase <> 'failed' do nothing
         returning id`,
  params: ['text', 'text', 'text', 'text', 'int4', 'int4', 'int8', 'timestamptz'],
  columns: { id: 'text' },
});

export const queueComparison = statement({
  name: 'comparisons.queue',
  text: 'select vouchsafe.queue_comparison($1) as queued',
  params: ['text'],
  columns: { queued: 'void' },
});

/** Of the transaction's user: the one of these versions that waits, is under way, or is done. */
export const findSame = statement({
  name: 'comparisons.find-same',
  text: `select c.id from vouchsafe.dataset_comparison c
          where c.company_id = $1 and c.compared_by = $2 and c.dataset_id = $3 and c.a = $4 and c.b = $5 and c.phase <> 'failed'`,
  params: ['text', 'text', 'text', 'int4', 'int4'],
  columns: { id: 'text' },
});

/** Of the transaction's user, on whatever dataset. */
export const countUnderWay = statement({
  name: 'comparisons.count-under-way',
  text: `select count(*) as under_way from vouchsafe.dataset_comparison c
          where c.company_id = $1 and c.compared_by = $2 and c.phase in ('waiting', 'comparing')`,
  params: ['text', 'text'],
  columns: { under_way: 'int8' },
});

/** Forgets those of the user that ended first, but the last `$3`. */
export const dropOldest = statement({
  name: 'comparisons.drop-oldest',
  text: `delete from vouchsafe.dataset_comparison c
          where c.company_id = $1 and c.compared_by = $2 and c.id in (
            select o.id from vouchsafe.dataset_comparison o
             where o.company_id = $1 and o.compared_by = $2 and o.ended_at is not null
             order by o.ended_at desc, o.id offset $3)`,
  params: ['text', 'text', 'int8'],
});

/** One that the transaction's user asked for. */
export const readComparison = statement({
  name: 'comparisons.read',
  text: `select c.id, c.dataset_id, c.a, c.b, c.phase, c.rows, c.rows_done, c.added, c.changed, c.removed, c.failure, c.created_at
           from vouchsafe.dataset_comparison c where c.company_id = $1 and c.id = $2`,
  params: ['text', 'text'],
  columns: {
    id: 'text',
    dataset_id: 'text',
    a: 'int4',
    b: 'int4',
    phase: 'text',
    rows: 'int8',
    rows_done: 'int8',
    added: 'int8?',
    changed: 'int8?',
    removed: 'int8?',
    failure: 'text?',
    created_at: 'timestamptz',
  },
});

/** Rows of one that is done: the first `$2` left out, at most `$3`, and none behind `$4` bytes of cells. */
export const listCompared = statement({
  name: 'comparisons.list-compared',
  text: `select d.kind, d.key::jsonb, d.before::jsonb, d.after::jsonb from vouchsafe.list_compared($1, $2, $3, $4) as d`,
  params: ['text', 'int4', 'int4', 'int4'],
  columns: { kind: 'text', key: 'jsonb?', before: 'jsonb?', after: 'jsonb?' },
});

/** Whose it is, where there is something to do. */
export const findComparison = statement({
  name: 'comparisons.find',
  text: 'select company_id, compared_by from vouchsafe.find_comparison($1)',
  params: ['text'],
  columns: { company_id: 'text?', compared_by: 'text?' },
});

/** What has something to do to it that nobody has been at since `$1`. */
export const listWaiting = statement({
  name: 'comparisons.list-waiting',
  text: 'select comparison_id, company_id, compared_by from vouchsafe.waiting_comparisons($1, $2)',
  params: ['timestamptz', 'int4'],
  columns: { comparison_id: 'text?', company_id: 'text?', compared_by: 'text?' },
});

/** Takes it up as `$3`, unless somebody is at it who was heard of since `$5`. */
export const claimComparison = statement({
  name: 'comparisons.claim',
  text: `update vouchsafe.dataset_comparison
            set phase = 'comparing', claim = $3, beat_at = $4, rows_done = 0, tries = tries + 1
          where company_id = $1 and id = $2 and phase in ('waiting', 'comparing')
            and (claim is null or beat_at is null or beat_at < $5)
         returning dataset_id, a, b, tries`,
  params: ['text', 'text', 'text', 'timestamptz', 'timestamptz'],
  columns: { dataset_id: 'text', a: 'int4', b: 'int4', tries: 'int4' },
});

/** Says that `$3` is still at it and how far; no row where it is no longer theirs to go on with. */
export const beat = statement({
  name: 'comparisons.beat',
  text: `update vouchsafe.dataset_comparison set beat_at = $4, rows_done = least(rows, $5)
          where company_id = $1 and id = $2 and claim = $3 and phase = 'comparing'
         returning id`,
  params: ['text', 'text', 'text', 'timestamptz', 'int8'],
  columns: { id: 'text' },
});

/** Makes the two tables into which both versions are read; they last as long as the transaction. */
export const openComparison = statement({
  name: 'comparisons.open',
  text: 'select vouchsafe.open_comparison($1) as opened',
  params: ['text'],
  columns: { opened: 'void' },
});

/** Reads rows of side `$2`, 1 or 2, behind row `$3`, at most `$4`; the last one, null at the end. */
export const comparePart = statement({
  name: 'comparisons.part',
  text: 'select vouchsafe.compare_part($1, $2, $3, $4) as last',
  params: ['text', 'int4', 'int8', 'int4'],
  columns: { last: 'int8?' },
});

/** Puts both side by side as `$2`, and keeps the first `$3` rows that differ; false where it is no longer theirs. */
export const finishComparison = statement({
  name: 'comparisons.finish',
  text: 'select vouchsafe.finish_comparison($1, $2, $3, $4) as finished',
  params: ['text', 'text', 'int4', 'timestamptz'],
  columns: { finished: 'bool' },
});

/** Ends what `$3` was at, for the reason `$4`. */
export const failComparison = statement({
  name: 'comparisons.fail',
  text: `update vouchsafe.dataset_comparison
            set phase = 'failed', failure = $4, ended_at = $5, claim = null, beat_at = null
          where company_id = $1 and id = $2 and claim = $3 and phase = 'comparing'`,
  params: ['text', 'text', 'text', 'text', 'timestamptz'],
});

/** Leaves it to whoever comes next; that it was begun does not count. */
export const releaseComparison = statement({
  name: 'comparisons.release',
  text: `update vouchsafe.dataset_comparison set claim = null, beat_at = null, tries = tries - 1
          where company_id = $1 and id = $2 and claim = $3 and phase = 'comparing'`,
  params: ['text', 'text', 'text'],
});

/** Forgets those that ended before. */
export const sweepComparisons = statement({
  name: 'comparisons.sweep',
  text: 'select vouchsafe.sweep_comparisons($1) as swept',
  params: ['timestamptz'],
  columns: { swept: 'int8?' },
});
