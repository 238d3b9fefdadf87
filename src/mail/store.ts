/** Mail in the outbox: put in by the server's role, seen by the role of jobs alone. */
import { statement } from '../store/statement.ts';

const MAIL = {
  id: 'text',
  template: 'text',
  recipient: 'text',
  params: 'jsonb',
  link_purpose: 'text?',
  link_id: 'text?',
  created_at: 'timestamptz',
  expires_at: 'timestamptz',
} as const;

/** A mail and its job, in the caller's transaction: mail, company, user, template, recipient, params, link, at, expires. */
export const insertMail = statement({
  name: 'mail.insert',
  text: 'select vouchsafe.enqueue_mail($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
  params: [
    ...(['text', 'text?', 'text?', 'text', 'text', 'jsonb', 'text?', 'text?'] as const),
    ...(['timestamptz', 'timestamptz'] as const),
  ],
  columns: { enqueue_mail: 'void' },
});

/** A mail that has not left yet, counted as tried once more. */
export const takeMail = statement({
  name: 'mail.take',
  text: `update vouchsafe.mail set attempts = attempts + 1 where id = $1 and delivered_at is null
         returning id, template, recipient, params, link_purpose, link_id, created_at, expires_at`,
  params: ['text'],
  columns: MAIL,
  role: 'jobs',
});

/** Forgets a mail; gives its id where it was there. */
export const deleteMail = statement({
  name: 'mail.delete',
  text: 'delete from vouchsafe.mail where id = $1 returning id',
  params: ['text'],
  columns: { id: 'text' },
  role: 'jobs',
});

/** Puts a mail into the local mailbox. */
export const keepMail = statement({
  name: 'mail.keep',
  text: 'update vouchsafe.mail set delivered_at = $2 where id = $1 and delivered_at is null returning id',
  params: ['text', 'timestamptz'],
  columns: { id: 'text' },
  role: 'jobs',
});

/** Drops mail that nobody waits for any more (before $1), and what the local mailbox kept long enough (before $2). */
export const dropOldMail = statement({
  name: 'mail.drop-old',
  text: `with gone as (
           delete from vouchsafe.mail
            where (delivered_at is null and expires_at < $1) or delivered_at < $2
           returning delivered_at is null as is_lost
         ) select count(*) filter (where is_lost) as lost, count(*) filter (where not is_lost) as kept from gone`,
  params: ['timestamptz', 'timestamptz'],
  columns: { lost: 'int8', kept: 'int8' },
  role: 'jobs',
});

/** The newest mails, at most $1 of them. */
export const listMail = statement({
  name: 'mail.list',
  text: `select id, template, recipient, params, link_purpose, link_id, created_at, expires_at
           from vouchsafe.mail order by created_at desc, id desc limit $1`,
  params: ['int8'],
  columns: MAIL,
  role: 'jobs',
});

/** One mail by its id. */
export const findMail = statement({
  name: 'mail.find',
  text: `select id, template, recipient, params, link_purpose, link_id, created_at, expires_at
           from vouchsafe.mail where id = $1`,
  params: ['text'],
  columns: MAIL,
  role: 'jobs',
});

/** How many mails have not left yet. */
export const countWaitingMail = statement({
  name: 'mail.count-waiting',
  text: 'select count(*) as waiting from vouchsafe.mail where delivered_at is null',
  params: [],
  columns: { waiting: 'int8' },
  role: 'jobs',
});

/** All that the outbox and the queue hold of one mail, as text; for the check that no token is among it. */
export const readMailAsText = statement({
  name: 'mail.read-as-text',
  text: `select row_to_json(m)::text as mail, vouchsafe.queue_as_text(m.id) as job
           from vouchsafe.mail m where m.id = $1`,
  params: ['text'],
  columns: { mail: 'text', job: 'text' },
  role: 'jobs',
});

/** Mail that should be gone: past its end ($1), or in the mailbox for too long ($2). */
export const countOverdueMail = statement({
  name: 'mail.count-overdue',
  text: `select count(*) filter (where delivered_at is null and expires_at < $1) as lost,
                count(*) filter (where delivered_at < $2) as kept,
                count(*) as total
           from vouchsafe.mail`,
  params: ['timestamptz', 'timestamptz'],
  columns: { lost: 'int8', kept: 'int8', total: 'int8' },
  role: 'jobs',
});
