import { statement } from '../store/statement.ts';

export const findSignIn = statement({
  name: 'sessions.find-sign-in',
  text: `select user_id, password, credential_epoch, has_totp, passkeys, recovery_codes
           from vouchsafe.find_sign_in($1)`,
  params: ['text'],
  columns: {
    user_id: 'text',
    password: 'text?',
    credential_epoch: 'int4',
    has_totp: 'bool',
    passkeys: 'int4',
    recovery_codes: 'int4',
  },
});

export const insertSession = statement({
  name: 'sessions.insert-session',
  text: `insert into vouchsafe.session
           (id, user_id, credential_epoch, is_strong, created_at, seen_at, expires_at, browser, platform)
         values ($1, $2, $3, $4, $5, date_bin('15 minutes', $5, '2000-01-01Z'), $6, $7, $8)`,
  params: ['text', 'text', 'int4', 'bool', 'timestamptz', 'timestamptz', 'text', 'text'],
});

export const noteActive = statement({
  name: 'sessions.note-active',
  text: `update vouchsafe.user_account
            set active_on = greatest(active_on, $2), warned_30_at = null, warned_7_at = null
          where id = $1 and (active_on < $2 or warned_30_at is not null or warned_7_at is not null)`,
  params: ['text', 'date'],
});

/**
 * Waits for whoever is changing credentials or factors, or deleting the user; what is read after it is how things are.
 * No weaker lock, since noting activity takes this one anyway, and two sign-ins would wait for each other.
 */
export const lockUser = statement({
  name: 'sessions.lock-user',
  text: 'select email, name, credential_epoch from vouchsafe.user_account where id = $1 for no key update',
  params: ['text'],
  columns: { email: 'text', name: 'text?', credential_epoch: 'int4' },
});

export const listMemberships = statement({
  name: 'sessions.list-memberships',
  text: `select m.company_id, c.name, m.role, c.require_second_factor
           from vouchsafe.member m join vouchsafe.company c on c.id = m.company_id
          where m.user_id = $1 order by m.company_id`,
  params: ['text'],
  columns: { company_id: 'text', name: 'text', role: 'text', require_second_factor: 'bool' },
});

export const readCredentials = statement({
  name: 'sessions.read-credentials',
  text: `select u.email, u.credential_epoch, p.phc,
                exists (select from vouchsafe.totp t where t.user_id = u.id and t.confirmed_at is not null) as has_totp,
                (select count(*)::int4 from vouchsafe.passkey k where k.user_id = u.id) as passkeys,
                (select count(*)::int4 from vouchsafe.recovery_code r
                  where r.user_id = u.id and r.used_at is null) as recovery_codes
           from vouchsafe.user_account u left join vouchsafe.password p on p.user_id = u.id
          where u.id = $1`,
  params: ['text'],
  columns: {
    email: 'text',
    credential_epoch: 'int4',
    phc: 'text?',
    has_totp: 'bool',
    passkeys: 'int4',
    recovery_codes: 'int4',
  },
});

/** Only while the hash is the one that was verified. */
export const replaceHash = statement({
  name: 'sessions.replace-hash',
  text: 'update vouchsafe.password set phc = $3 where user_id = $1 and phc = $2',
  params: ['text', 'text', 'text'],
});

export const setPassword = statement({
  name: 'sessions.set-password',
  text: `insert into vouchsafe.password (user_id, phc, changed_at) values ($1, $2, $3)
         on conflict (user_id) do update set phc = excluded.phc, changed_at = excluded.changed_at`,
  params: ['text', 'text', 'timestamptz'],
});

export const raiseEpoch = statement({
  name: 'sessions.raise-epoch',
  text: `update vouchsafe.user_account set credential_epoch = credential_epoch + 1
          where id = $1 returning credential_epoch`,
  params: ['text'],
  columns: { credential_epoch: 'int4' },
});

export const listSessions = statement({
  name: 'sessions.list',
  text: `select s.id, s.created_at, s.seen_at, s.browser, s.platform, s.is_strong
           from vouchsafe.session s join vouchsafe.user_account u on u.id = s.user_id
          where s.user_id = $1 and s.ended_at is null and s.expires_at > $2
            and s.credential_epoch = u.credential_epoch
          order by s.id desc limit 200`,
  params: ['text', 'timestamptz'],
  columns: {
    id: 'text',
    created_at: 'timestamptz',
    seen_at: 'timestamptz',
    browser: 'text',
    platform: 'text',
    is_strong: 'bool',
  },
});

export const endSession = statement({
  name: 'sessions.end',
  text: `update vouchsafe.session set ended_at = $3
          where user_id = $1 and id = $2 and ended_at is null returning id`,
  params: ['text', 'text', 'timestamptz'],
  columns: { id: 'text' },
});

/** `$2` stays; empty where none does. */
export const endOtherSessions = statement({
  name: 'sessions.end-others',
  text: `update vouchsafe.session set ended_at = $3
          where user_id = $1 and id <> $2 and ended_at is null returning id`,
  params: ['text', 'text', 'timestamptz'],
  columns: { id: 'text' },
});

/** A second factor shown later makes a session strong. Nothing where it ended, or the credentials are not those checked. */
export const proveSession = statement({
  name: 'sessions.prove',
  text: `update vouchsafe.session s set is_strong = s.is_strong or $4
           from vouchsafe.user_account u
          where s.id = $2 and s.user_id = $1 and u.id = s.user_id and s.ended_at is null
            and s.credential_epoch = $3 and u.credential_epoch = $3
         returning s.id`,
  params: ['text', 'text', 'int4', 'bool'],
  columns: { id: 'text' },
});

export const insertSignUp = statement({
  name: 'sessions.insert-sign-up',
  text: `insert into vouchsafe.sign_up (id, email, phc, company_name, digest, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7)`,
  params: ['text', 'text', 'text?', 'text', 'bytea', 'timestamptz', 'timestamptz'],
});

export const findSignUp = statement({
  name: 'sessions.find-sign-up',
  text: `select id, email, phc, company_name from vouchsafe.sign_up
          where digest = $1 and used_at is null and expires_at > $2`,
  params: ['bytea', 'timestamptz'],
  columns: { id: 'text', email: 'text', phc: 'text?', company_name: 'text' },
});

export const useSignUp = statement({
  name: 'sessions.use-sign-up',
  text: `update vouchsafe.sign_up set used_at = $2
          where id = $1 and used_at is null and expires_at > $2 returning id`,
  params: ['text', 'timestamptz'],
  columns: { id: 'text' },
});

/** Nothing where the address has an account already. */
export const insertUser = statement({
  name: 'sessions.insert-user',
  text: `insert into vouchsafe.user_account (id, email, created_at, active_on) values ($1, $2, $3, $4)
         on conflict (email) do nothing returning credential_epoch`,
  params: ['text', 'text', 'timestamptz', 'date'],
  columns: { credential_epoch: 'int4' },
});

export const insertPasswordReset = statement({
  name: 'sessions.insert-password-reset',
  text: `insert into vouchsafe.password_reset (id, user_id, digest, created_at, expires_at)
         values ($1, $2, $3, $4, $5)`,
  params: ['text', 'text', 'bytea', 'timestamptz', 'timestamptz'],
});

export const findPasswordReset = statement({
  name: 'sessions.find-password-reset',
  text: 'select id, user_id, email, expires_at, used_at from vouchsafe.find_password_reset($1)',
  params: ['bytea'],
  columns: { id: 'text', user_id: 'text', email: 'text', expires_at: 'timestamptz', used_at: 'timestamptz?' },
});

export const usePasswordReset = statement({
  name: 'sessions.use-password-reset',
  text: `update vouchsafe.password_reset set used_at = $3
          where user_id = $1 and id = $2 and used_at is null and expires_at > $3 returning id`,
  params: ['text', 'text', 'timestamptz'],
  columns: { id: 'text' },
});

/** Links that were asked for before the password was set anew: whoever asked then may not be whoever set it. */
export const voidPasswordResets = statement({
  name: 'sessions.void-password-resets',
  text: 'update vouchsafe.password_reset set used_at = $2 where user_id = $1 and used_at is null',
  params: ['text', 'timestamptz'],
});

export const voidEmailChanges = statement({
  name: 'sessions.void-email-changes',
  text: 'update vouchsafe.email_change set used_at = $2 where user_id = $1 and used_at is null',
  params: ['text', 'timestamptz'],
});
