import { statement } from '../store/statement.ts';

/** Nobody else changes the user's ways in until the transaction ends. */
export const lockUser = statement({
  name: 'users.lock',
  text: 'select email, name, credential_epoch from vouchsafe.user_account where id = $1 for update',
  params: ['text'],
  columns: { email: 'text', name: 'text?', credential_epoch: 'int4' },
});

/** Reads anew after the lock: a statement sees what was committed before it began. */
export const findLiveSession = statement({
  name: 'users.find-live-session',
  text: `select s.id from vouchsafe.session s join vouchsafe.user_account u on u.id = s.user_id
         where s.user_id = $1 and s.id = $2 and s.ended_at is null and s.expires_at > $3
           and s.credential_epoch = u.credential_epoch`,
  params: ['text', 'text', 'timestamptz'],
  columns: { id: 'text' },
});

export const raiseEpoch = statement({
  name: 'users.raise-epoch',
  text: `update vouchsafe.user_account set credential_epoch = credential_epoch + 1
         where id = $1 returning credential_epoch`,
  params: ['text'],
  columns: { credential_epoch: 'int4' },
});

/** The one session that stays goes on under the present epoch. */
export const keepSession = statement({
  name: 'users.keep-session',
  text: `update vouchsafe.session set credential_epoch = $3 where user_id = $1 and id = $2 and ended_at is null`,
  params: ['text', 'text', 'int4'],
});

/** `$2` stays; null where none does. */
export const endSessions = statement({
  name: 'users.end-sessions',
  text: `update vouchsafe.session set ended_at = $3
         where user_id = $1 and id is distinct from $2 and ended_at is null returning id`,
  params: ['text', 'text?', 'timestamptz'],
  columns: { id: 'text' },
});

export const setStrength = statement({
  name: 'users.set-strength',
  text: 'update vouchsafe.session set is_strong = $3 where user_id = $1 and id = $2 and is_strong <> $3',
  params: ['text', 'text', 'bool'],
});

export const renameUser = statement({
  name: 'users.rename',
  text: 'update vouchsafe.user_account set name = $2 where id = $1 returning email',
  params: ['text', 'text?'],
  columns: { email: 'text' },
});

export const hasSecondFactor = statement({
  name: 'users.has-second-factor',
  text: `select exists (select from vouchsafe.totp where user_id = $1 and confirmed_at is not null)
             or exists (select from vouchsafe.passkey where user_id = $1) as has_factor`,
  params: ['text'],
  columns: { has_factor: 'bool' },
});

export const setPassword = statement({
  name: 'users.set-password',
  text: `insert into vouchsafe.password (user_id, phc, changed_at) values ($1, $2, $3)
         on conflict (user_id) do update set phc = excluded.phc, changed_at = excluded.changed_at`,
  params: ['text', 'text', 'timestamptz'],
});

/** Links to set a new password, on their way to an address or into hands that may not be the owner's any more. */
export const voidPasswordResets = statement({
  name: 'users.void-password-resets',
  text: 'update vouchsafe.password_reset set used_at = $2 where user_id = $1 and used_at is null',
  params: ['text', 'timestamptz'],
});

export const voidEmailChanges = statement({
  name: 'users.void-email-changes',
  text: 'update vouchsafe.email_change set used_at = $2 where user_id = $1 and used_at is null',
  params: ['text', 'timestamptz'],
});

export const insertEmailChange = statement({
  name: 'users.insert-email-change',
  text: `insert into vouchsafe.email_change (id, user_id, email, digest, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6)`,
  params: ['text', 'text', 'text', 'bytea', 'timestamptz', 'timestamptz'],
});

/** A change that this user asked for, by the digest of its token; those of others are as good as none. */
export const useEmailChange = statement({
  name: 'users.use-email-change',
  text: `update vouchsafe.email_change set used_at = $3
         where user_id = $1 and digest = $2 and used_at is null and expires_at > $3 returning email`,
  params: ['text', 'bytea', 'timestamptz'],
  columns: { email: 'text' },
});

export const setEmail = statement({
  name: 'users.set-email',
  text: 'update vouchsafe.user_account set email = $2 where id = $1 returning email',
  params: ['text', 'text'],
  columns: { email: 'text' },
});
