import { statement } from '../../store/statement.ts';

const UPLOAD_COLUMNS = {
  id: 'text',
  filename: 'text',
  filetype: 'text',
  length: 'int8',
  at: 'int8',
  phase: 'text',
  corrections: 'jsonb',
  plan: 'jsonb?',
  dataset_id: 'text?',
  makes_dataset: 'bool',
  mode: 'text?',
  expected_version: 'int4?',
  skips_rejected: 'bool',
  ordered: 'bool',
  bytes_read: 'int8',
  rows_read: 'int8',
  rejected: 'int8',
  version: 'int4?',
  failure: 'text?',
  failure_detail: 'text?',
  created_at: 'timestamptz',
  touched_at: 'timestamptz',
} as const;

/** How much of the company's is on its way; whoever asks next in the same company waits until this transaction is over. */
export const countUploads = statement({
  name: 'uploads.count',
  text: 'select uploads, bytes from vouchsafe.uploads_of_company()',
  columns: { uploads: 'int8', bytes: 'int8' },
});

export const insertUpload = statement({
  name: 'uploads.insert',
  text: `insert into vouchsafe.upload (id, company_id, uploaded_by, uploaded_by_key, filename, filetype, length, phase, created_at, touched_at)
         values ($1, $2, $3, $4, $5, $6, $7, 'arriving', $8, $8)`,
  params: ['text', 'text', 'text?', 'text?', 'text', 'text', 'int8', 'timestamptz'],
});

/** One upload, with the offset up to which its bytes are there. Loaded ones have no bytes any more, and are whole. */
export const readUpload = statement({
  name: 'uploads.read',
  text: `select u.id, u.filename, u.filetype, u.length,
                case when u.phase = 'loaded' then u.length else coalesce(
                  (select p.finish from vouchsafe.upload_part p
                    where p.company_id = $1 and p.upload_id = u.id order by p.start desc limit 1), 0) end as at,
                u.phase, u.corrections, u.plan, u.dataset_id, u.makes_dataset, u.mode, u.expected_version, u.skips_rejected, u.ordered,
                u.bytes_read, u.rows_read, u.rejected, u.version, u.failure, u.failure_detail, u.created_at, u.touched_at
           from vouchsafe.upload u where u.company_id = $1 and u.id = $2`,
  params: ['text', 'text'],
  columns: UPLOAD_COLUMNS,
});

/** All of the uploader's, the newest first. */
export const listUploads = statement({
  name: 'uploads.list',
  text: `select u.id, u.filename, u.filetype, u.length,
                case when u.phase = 'loaded' then u.length else coalesce(
                  (select p.finish from vouchsafe.upload_part p
                    where p.company_id = $1 and p.upload_id = u.id order by p.start desc limit 1), 0) end as at,
                u.phase, u.corrections, u.plan, u.dataset_id, u.makes_dataset, u.mode, u.expected_version, u.skips_rejected, u.ordered,
                u.bytes_read, u.rows_read, u.rejected, u.version, u.failure, u.failure_detail, u.created_at, u.touched_at
           from vouchsafe.upload u where u.company_id = $1 order by u.id desc limit 100`,
  params: ['text'],
  columns: UPLOAD_COLUMNS,
});

/**
 * Adds bytes at the offset where the upload ends; no row where it ends elsewhere, would become too long, or takes no bytes
 * in its phase. A unique violation where somebody else was quicker.
 */
export const insertPart = statement({
  name: 'uploads.insert-part',
  text: `insert into vouchsafe.upload_part (company_id, upload_id, start, finish, bytes)
         select $1, $2, $3::int8, $3::int8 + octet_length($4::bytea), $4::bytea
           from vouchsafe.upload u
          where u.company_id = $1 and u.id = $2 and u.phase not in ('loading', 'loaded') and $3::int8 + octet_length($4::bytea) <= u.length
            and $3::int8 = coalesce((select p.finish from vouchsafe.upload_part p
                                where p.company_id = $1 and p.upload_id = $2 order by p.start desc limit 1), 0)
         returning finish`,
  params: ['text', 'text', 'int8', 'bytea'],
  columns: { finish: 'int8' },
});

/** Takes back up to `$4` parts from an offset on, the last ones first; those that went. */
export const removePartsFrom = statement({
  name: 'uploads.remove-parts-from',
  text: `delete from vouchsafe.upload_part
          where company_id = $1 and upload_id = $2
            and start = any (array(select p.start from vouchsafe.upload_part p
                                    where p.company_id = $1 and p.upload_id = $2 and p.start >= $3
                                    order by p.start desc limit $4::int4))
         returning start`,
  params: ['text', 'text', 'int8', 'int4'],
  columns: { start: 'int8' },
});

/** Removes up to `$1` parts of an upload that is gone or loaded; 0 where there are none. */
export const removeLeftParts = statement({
  name: 'uploads.remove-left-parts',
  text: 'select vouchsafe.remove_left_parts($1) as removed',
  params: ['int4'],
  columns: { removed: 'int8?' },
});

/** Removes up to `$1` rejected rows of an upload that is gone; 0 where there are none. */
export const removeLeftRejections = statement({
  name: 'uploads.remove-left-rejections',
  text: 'select vouchsafe.remove_left_rejections($1) as removed',
  params: ['int4'],
  columns: { removed: 'int8?' },
});

/** Which bytes of which upload the transaction reads. */
export const nameBytes = statement({
  name: 'uploads.name-bytes',
  text: `select set_config('vouchsafe.bytes_of', $1, true) as upload, set_config('vouchsafe.bytes_from', $2::int8::text, true) as start,
                set_config('vouchsafe.bytes_to', $3::int8::text, true) as finish`,
  params: ['text', 'int8', 'int8'],
  columns: { upload: 'text?', start: 'text?', finish: 'text?' },
});

/** The piece that begins with the first byte that is named. */
export const readPart = statement({
  name: 'uploads.read-part',
  text: `select p.bytes from vouchsafe.upload_part p
          where p.company_id = current_setting('vouchsafe.company_id', true) and p.upload_id = current_setting('vouchsafe.bytes_of', true)
            and p.start = current_setting('vouchsafe.bytes_from', true)::int8`,
  columns: { bytes: 'bytea' },
});

/** The bytes that are named, as pieces in their order. */
export const readRange = statement({
  name: 'uploads.read-range',
  text: `select substring(p.bytes from greatest(w.start - p.start, 0)::int4 + 1
                          for (least(w.finish, p.finish) - greatest(w.start, p.start))::int4) as bytes
           from (select current_setting('vouchsafe.bytes_from', true)::int8 as start,
                        current_setting('vouchsafe.bytes_to', true)::int8 as finish) as w
           join vouchsafe.upload_part p
             on p.company_id = current_setting('vouchsafe.company_id', true) and p.upload_id = current_setting('vouchsafe.bytes_of', true)
            and p.finish > w.start and p.start < w.finish
          order by p.start`,
  columns: { bytes: 'bytea' },
});

export const touchUpload = statement({
  name: 'uploads.touch',
  text: 'update vouchsafe.upload set touched_at = $3 where company_id = $1 and id = $2',
  params: ['text', 'text', 'timestamptz'],
});

/**
 * All bytes are there: somebody has to look, unless somebody follows what comes who was heard of since `$5`. No row while it is
 * loaded or has been.
 */
export const setWhole = statement({
  name: 'uploads.set-whole',
  text: `update vouchsafe.upload
            set phase = 'looking', corrections = $3, failure = null, failure_detail = null, plan = null, rejected = 0, touched_at = $4,
                claim = case when phase = 'arriving' and ordered and beat_at > $5 then claim end,
                beat_at = case when phase = 'arriving' and ordered and beat_at > $5 then beat_at end,
                tries = case when phase = 'arriving' and ordered and beat_at > $5 then tries else 0 end
          where company_id = $1 and id = $2 and phase not in ('loading', 'loaded')
         returning claim is not null as is_followed`,
  params: ['text', 'text', 'jsonb', 'timestamptz', 'timestamptz'],
  columns: { is_followed: 'bool?' },
});

/** Who follows what comes has read bytes that are taken back: nothing comes of what they did. */
export const dropFollower = statement({
  name: 'uploads.drop-follower',
  text: `update vouchsafe.upload set claim = null, beat_at = null
          where company_id = $1 and id = $2 and phase = 'arriving' and ordered`,
  params: ['text', 'text'],
});

/** All bytes are there, or they are to be read otherwise: somebody has to look. No row while it is loaded or has been. */
export const setLooking = statement({
  name: 'uploads.set-looking',
  text: `update vouchsafe.upload
            set phase = 'looking', corrections = $3, failure = null, failure_detail = null, plan = null, bytes_read = 0, rows_read = 0, rejected = 0,
                claim = null, beat_at = null, tries = 0, touched_at = $4
          where company_id = $1 and id = $2 and phase not in ('loading', 'loaded')
         returning id`,
  params: ['text', 'text', 'jsonb', 'timestamptz'],
  columns: { id: 'text' },
});

/** Changes what becomes of the columns, for which nobody has to look again. */
export const changePlan = statement({
  name: 'uploads.change-plan',
  text: `update vouchsafe.upload set phase = 'ready', corrections = $3, plan = $4, failure = null, failure_detail = null, touched_at = $5
          where company_id = $1 and id = $2 and phase in ('ready', 'failed')
         returning id`,
  params: ['text', 'text', 'jsonb', 'jsonb', 'timestamptz'],
  columns: { id: 'text' },
});

export const setLoading = statement({
  name: 'uploads.set-loading',
  text: `update vouchsafe.upload
            set phase = 'loading', dataset_id = $3, makes_dataset = $4, mode = $5, expected_version = $6, skips_rejected = $7,
                failure = null, failure_detail = null, bytes_read = 0, rows_read = 0, rejected = 0, claim = null, beat_at = null, tries = 0, touched_at = $8
          where company_id = $1 and id = $2 and phase in ('ready', 'failed')
         returning id`,
  params: ['text', 'text', 'text', 'bool', 'text', 'int4?', 'bool', 'timestamptz'],
  columns: { id: 'text' },
});

/** What becomes of it once it is there and looked at; no row where that is over, or somebody has said so before. */
export const setOrdered = statement({
  name: 'uploads.set-ordered',
  text: `update vouchsafe.upload
            set ordered = true, dataset_id = $3, makes_dataset = $4, mode = $5, expected_version = $6, skips_rejected = $7, touched_at = $8
          where company_id = $1 and id = $2 and phase in ('arriving', 'looking') and not ordered
         returning id`,
  params: ['text', 'text', 'text', 'bool', 'text', 'int4?', 'bool', 'timestamptz'],
  columns: { id: 'text' },
});

export const queueUpload = statement({
  name: 'uploads.queue',
  text: 'select vouchsafe.queue_upload($1) as queued',
  params: ['text'],
  columns: { queued: 'void' },
});

export const removeUpload = statement({
  name: 'uploads.remove',
  text: 'delete from vouchsafe.upload where company_id = $1 and id = $2 returning filename, phase, dataset_id, makes_dataset',
  params: ['text', 'text'],
  columns: { filename: 'text', phase: 'text', dataset_id: 'text?', makes_dataset: 'bool' },
});

/** Whose it is, where there is something to do, and whether its bytes still come. */
export const findUpload = statement({
  name: 'uploads.find',
  text: 'select company_id, uploaded_by, uploaded_by_key, arriving from vouchsafe.find_upload($1)',
  params: ['text'],
  columns: { company_id: 'text?', uploaded_by: 'text?', uploaded_by_key: 'text?', arriving: 'bool?' },
});

/** What has something to do to it that nobody has been at since. */
export const listWaiting = statement({
  name: 'uploads.list-waiting',
  text: 'select upload_id, company_id, uploaded_by, uploaded_by_key from vouchsafe.waiting_uploads($1, $2)',
  params: ['timestamptz', 'int4'],
  columns: { upload_id: 'text?', company_id: 'text?', uploaded_by: 'text?', uploaded_by_key: 'text?' },
});

/** Takes it up as `$3`, unless somebody is at it who was heard of since `$5`; `tries` counts this one as well. */
export const claimUpload = statement({
  name: 'uploads.claim',
  text: `update vouchsafe.upload set claim = $3, beat_at = $4, tries = tries + 1, bytes_read = 0, rows_read = 0, rejected = 0
          where company_id = $1 and id = $2 and (phase in ('looking', 'loading') or (phase = 'arriving' and ordered))
            and (claim is null or beat_at is null or beat_at < $5)
         returning tries`,
  params: ['text', 'text', 'text', 'timestamptz', 'timestamptz'],
  columns: { tries: 'int4' },
});

/** Says that `$3` is still at it and how far; no row where it is no longer theirs to go on with. */
export const beat = statement({
  name: 'uploads.beat',
  text: `update vouchsafe.upload set beat_at = $4, bytes_read = $5, rows_read = $6, rejected = $7
          where company_id = $1 and id = $2 and claim = $3 and (phase in ('looking', 'loading') or (phase = 'arriving' and ordered))
         returning id`,
  params: ['text', 'text', 'text', 'timestamptz', 'int8', 'int8', 'int8'],
  columns: { id: 'text' },
});

/** Ends what `$3` was at, in phase `$4`, or begins the load that was ordered before; no row where it is no longer theirs. */
export const endWork = statement({
  name: 'uploads.end-work',
  text: `update vouchsafe.upload
            set phase = case when $4 = 'ready' and ordered then 'loading' else $4 end, ordered = false, failure = $5, failure_detail = $12, plan = coalesce($6, plan), version = $7, bytes_read = $8, rows_read = $9, rejected = $10,
                claim = null, beat_at = null, tries = 0, touched_at = $11,
                dataset_id = case when $4 in ('failed', 'unreadable') and makes_dataset then null else dataset_id end
          where company_id = $1 and id = $2 and claim = $3 and phase in ('looking', 'loading')
         returning phase`,
  params: [
    'text',
    'text',
    'text',
    'text',
    'text?',
    'jsonb?',
    'int4?',
    'int8',
    'int8',
    'int8',
    'timestamptz',
    'text?',
  ],
  columns: { phase: 'text' },
});

/** Adds rejected rows, of which nobody has the numbers yet; an empty column name is none. */
export const insertRejections = statement({
  name: 'uploads.insert-rejections',
  text: `insert into vouchsafe.upload_rejection (company_id, upload_id, number, line, column_name, reason)
         select $1, $2, r.number, r.line, nullif(r.column_name, ''), r.reason
           from unnest($3::int8[], $4::int8[], $5::text[], $6::text[]) as r(number, line, column_name, reason)`,
  params: ['text', 'text', 'int8[]', 'int8[]', 'text[]', 'text[]'],
});

export const removeRejections = statement({
  name: 'uploads.remove-rejections',
  text: 'delete from vouchsafe.upload_rejection where company_id = $1 and upload_id = $2',
  params: ['text', 'text'],
});

export const listRejections = statement({
  name: 'uploads.list-rejections',
  text: `select number, line, column_name, reason from vouchsafe.upload_rejection
          where company_id = $1 and upload_id = $2 order by number`,
  params: ['text', 'text'],
  columns: { number: 'int4', line: 'int8', column_name: 'text?', reason: 'text' },
});

/** Forgets up to 50 uploads that nothing has happened to since; 0 where there are none. */
export const sweepSomeUploads = statement({
  name: 'uploads.sweep',
  text: 'select vouchsafe.sweep_uploads($1) as swept',
  params: ['timestamptz'],
  columns: { swept: 'int8?' },
});

/** Forgets up to 50 uploads of keys that may upload no more; 0 where there are none. */
export const endUploadsOfKeys = statement({
  name: 'uploads.end-of-keys',
  text: 'select vouchsafe.end_uploads_of_keys() as ended',
  columns: { ended: 'int8?' },
});

/** The transaction's key, where it may upload; it stays as it is until the end of this transaction. */
export const holdKey = statement({
  name: 'uploads.hold-key',
  text: 'select id from vouchsafe.key where company_id = $1 and id = $2 and id = vouchsafe.uploading_key() for share',
  params: ['text', 'text'],
  columns: { id: 'text' },
});

/** Leaves it to whoever comes next, as if nobody had been at it. */
export const releaseUpload = statement({
  name: 'uploads.release',
  text: `update vouchsafe.upload set claim = null, beat_at = null, tries = greatest(tries - 1, 0)
          where company_id = $1 and id = $2 and claim = $3`,
  params: ['text', 'text', 'text'],
});

/** Datasets that were made for an upload, never had content, and get none any more. */
export const removeUnfilledDatasets = statement({
  name: 'uploads.remove-unfilled-datasets',
  text: 'select vouchsafe.remove_unfilled_datasets() as removed',
  columns: { removed: 'int8?' },
});

/** One of the company's own that the actor sees. */
export const findDatasetNamed = statement({
  name: 'uploads.find-dataset',
  text: 'select id from vouchsafe.dataset where company_id = $1 and name = $2',
  params: ['text', 'text'],
  columns: { id: 'text' },
});

/** Its maker owns it; nobody does where a key has made it. */
export const insertDatasetOfUpload = statement({
  name: 'uploads.insert-dataset',
  text: `insert into vouchsafe.dataset (id, company_id, name, title, owner_id, visibility, created_at, made_for_upload)
         values ($1, $2, $3, $4, $5, $6, $7, true)`,
  params: ['text', 'text', 'text', 'text?', 'text?', 'text', 'timestamptz'],
});

/** Ends what `$3` was at and could not end itself, with the code `$4`. */
export const failClaimed = statement({
  name: 'uploads.fail-claimed',
  text: `update vouchsafe.upload
            set phase = case phase when 'looking' then 'unreadable' else 'failed' end, ordered = false, failure = $4, claim = null, beat_at = null,
                tries = 0, touched_at = $5
          where company_id = $1 and id = $2 and claim = $3 and phase in ('looking', 'loading')
         returning makes_dataset`,
  params: ['text', 'text', 'text', 'text', 'timestamptz'],
  columns: { makes_dataset: 'bool' },
});
