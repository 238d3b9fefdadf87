import { statement } from '../../store/statement.ts';

/** Bytes of the tables that bringing version `$2` back would read. */
export const restorationSize = statement({
  name: 'restorations.size',
  text: 'select vouchsafe.restoration_size($1, $2) as bytes',
  params: ['text', 'int4'],
  columns: { bytes: 'int8' },
});

export const insertRestoration = statement({
  name: 'restorations.insert',
  text: `insert into vouchsafe.dataset_restoration
           (id, company_id, restored_by, dataset_id, number, expected_version, phase, rows, created_at)
         values ($1, $2, $3, $4, $5, $6, 'waiting', $7, $8)`,
  params: ['text', 'text', 'text', 'text', 'int4', 'int4?', 'int8', 'timestamptz'],
});

export const queueRestoration = statement({
  name: 'restorations.queue',
  text: 'select vouchsafe.queue_restoration($1) as queued',
  params: ['text'],
  columns: { queued: 'void' },
});

/** One that the transaction's user asked for. */
export const readRestoration = statement({
  name: 'restorations.read',
  text: `select r.id, r.dataset_id, r.number, r.expected_version, r.phase, r.rows, r.rows_done, r.version, r.failure, r.created_at
           from vouchsafe.dataset_restoration r where r.company_id = $1 and r.id = $2`,
  params: ['text', 'text'],
  columns: {
    id: 'text',
    dataset_id: 'text',
    number: 'int4',
    expected_version: 'int4?',
    phase: 'text',
    rows: 'int8',
    rows_done: 'int8',
    version: 'int4?',
    failure: 'text?',
    created_at: 'timestamptz',
  },
});

/** Whose it is, where there is something to do. */
export const findRestoration = statement({
  name: 'restorations.find',
  text: 'select company_id, restored_by from vouchsafe.find_restoration($1)',
  params: ['text'],
  columns: { company_id: 'text?', restored_by: 'text?' },
});

/** What has something to do to it that nobody has been at since `$1`. */
export const listWaiting = statement({
  name: 'restorations.list-waiting',
  text: 'select restoration_id, company_id, restored_by from vouchsafe.waiting_restorations($1, $2)',
  params: ['timestamptz', 'int4'],
  columns: { restoration_id: 'text?', company_id: 'text?', restored_by: 'text?' },
});

/** Takes it up as `$3`, unless somebody is at it who was heard of since `$5`. */
export const claimRestoration = statement({
  name: 'restorations.claim',
  text: `update vouchsafe.dataset_restoration
            set phase = 'restoring', claim = $3, beat_at = $4, rows_done = 0, tries = tries + 1
          where company_id = $1 and id = $2 and phase in ('waiting', 'restoring')
            and (claim is null or beat_at is null or beat_at < $5)
         returning dataset_id, number, expected_version, tries`,
  params: ['text', 'text', 'text', 'timestamptz', 'timestamptz'],
  columns: { dataset_id: 'text', number: 'int4', expected_version: 'int4?', tries: 'int4' },
});

/** Says that `$3` is still at it and how far; no row where it is no longer theirs to go on with. */
export const beat = statement({
  name: 'restorations.beat',
  text: `update vouchsafe.dataset_restoration set beat_at = $4, rows_done = $5
          where company_id = $1 and id = $2 and claim = $3 and phase = 'restoring'
         returning id`,
  params: ['text', 'text', 'text', 'timestamptz', 'int8'],
  columns: { id: 'text' },
});

/** Ends what `$3` was at, in phase `$4`; no row where it is no longer theirs. */
export const endRestoration = statement({
  name: 'restorations.end',
  text: `update vouchsafe.dataset_restoration
            set phase = $4, version = $5, failure = $6, rows_done = $7, ended_at = $8, claim = null, beat_at = null
          where company_id = $1 and id = $2 and claim = $3 and phase = 'restoring'
         returning id`,
  params: ['text', 'text', 'text', 'text', 'int4?', 'text?', 'int8', 'timestamptz'],
  columns: { id: 'text' },
});

/** Leaves it to whoever comes next; that it was begun does not count. */
export const releaseRestoration = statement({
  name: 'restorations.release',
  text: `update vouchsafe.dataset_restoration set claim = null, beat_at = null, tries = tries - 1
          where company_id = $1 and id = $2 and claim = $3 and phase = 'restoring'`,
  params: ['text', 'text', 'text'],
});

/** Forgets those that ended before. */
export const sweepRestorations = statement({
  name: 'restorations.sweep',
  text: 'select vouchsafe.sweep_restorations($1) as swept',
  params: ['timestamptz'],
  columns: { swept: 'int8?' },
});
