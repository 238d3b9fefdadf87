import { statement } from '../store/statement.ts';

export const findTotp = statement({
  name: 'factors.find-totp',
  text: 'select box, created_at, confirmed_at, last_step from vouchsafe.totp where user_id = $1',
  params: ['text'],
  columns: { box: 'bytea', created_at: 'timestamptz', confirmed_at: 'timestamptz?', last_step: 'int8' },
});

/** The box is compared as well: an app enrolled anew meanwhile has nothing to do with the code that was checked. */
export const acceptTotpStep = statement({
  name: 'factors.accept-totp-step',
  text: `update vouchsafe.totp set last_step = $3
         where user_id = $1 and box = $2 and confirmed_at is not null and last_step < $3 returning user_id`,
  params: ['text', 'bytea', 'int8'],
  columns: { user_id: 'text' },
});

/** No row where one is confirmed already; one that is not gives way. */
export const startTotp = statement({
  name: 'factors.start-totp',
  text: `insert into vouchsafe.totp as t (user_id, box, created_at) values ($1, $2, $3)
         on conflict (user_id) do update set box = excluded.box, created_at = excluded.created_at, last_step = 0
           where t.confirmed_at is null
         returning user_id`,
  params: ['text', 'bytea', 'timestamptz'],
  columns: { user_id: 'text' },
});

export const confirmTotp = statement({
  name: 'factors.confirm-totp',
  text: `update vouchsafe.totp set confirmed_at = $4, last_step = $3
         where user_id = $1 and box = $2 and confirmed_at is null returning user_id`,
  params: ['text', 'bytea', 'int8', 'timestamptz'],
  columns: { user_id: 'text' },
});

/** One that was started and never confirmed is no factor, and is not removed but given up. */
export const removeTotp = statement({
  name: 'factors.remove-totp',
  text: 'delete from vouchsafe.totp where user_id = $1 and confirmed_at is not null returning user_id',
  params: ['text'],
  columns: { user_id: 'text' },
});

export const useRecovery = statement({
  name: 'factors.use-recovery-code',
  text: `update vouchsafe.recovery_code set used_at = $3
         where user_id = $1 and digest = $2 and used_at is null returning user_id`,
  params: ['text', 'bytea', 'timestamptz'],
  columns: { user_id: 'text' },
});

export const countRecovery = statement({
  name: 'factors.count-recovery-codes',
  text: `select count(*) as unused from vouchsafe.recovery_code where user_id = $1 and used_at is null`,
  params: ['text'],
  columns: { unused: 'int8' },
});

export const deleteRecovery = statement({
  name: 'factors.delete-recovery-codes',
  text: 'delete from vouchsafe.recovery_code where user_id = $1',
  params: ['text'],
});

export const insertRecovery = statement({
  name: 'factors.insert-recovery-code',
  text: 'insert into vouchsafe.recovery_code (user_id, digest, created_at) values ($1, $2, $3)',
  params: ['text', 'bytea', 'timestamptz'],
});

export const insertCeremony = statement({
  name: 'factors.insert-ceremony',
  text: 'insert into vouchsafe.ceremony (digest, purpose, bound_to, expires_at) values ($1, $2, $3, $4)',
  params: ['bytea', 'text', 'text?', 'timestamptz'],
});

export const takeCeremony = statement({
  name: 'factors.take-ceremony',
  text: 'delete from vouchsafe.ceremony where digest = $1 returning purpose, bound_to, expires_at',
  params: ['bytea'],
  columns: { purpose: 'text', bound_to: 'text?', expires_at: 'timestamptz' },
});

export const findPasskey = statement({
  name: 'factors.find-passkey',
  text: `select passkey_id, user_id, public_key, counter, transports, credential_epoch from vouchsafe.find_passkey($1)`,
  params: ['bytea'],
  columns: {
    passkey_id: 'text',
    user_id: 'text',
    public_key: 'bytea',
    counter: 'int8',
    transports: 'text[]',
    credential_epoch: 'int4',
  },
});

/** A counter that another use has passed meanwhile is refused here, as it would have been a moment later. */
export const usePasskey = statement({
  name: 'factors.use-passkey',
  text: `update vouchsafe.passkey set counter = $3, synced = $4, used_on = $5
         where user_id = $1 and id = $2 and (counter < $3 or (counter = 0 and $3 = 0)) returning id`,
  params: ['text', 'text', 'int8', 'bool', 'date'],
  columns: { id: 'text' },
});

export const listPasskeys = statement({
  name: 'factors.list-passkeys',
  text: `select id, credential_id, transports, name, created_at, used_on, synced
         from vouchsafe.passkey where user_id = $1 order by id`,
  params: ['text'],
  columns: {
    id: 'text',
    credential_id: 'bytea',
    transports: 'text[]',
    name: 'text',
    created_at: 'timestamptz',
    used_on: 'date?',
    synced: 'bool',
  },
});

/** No row where the authenticator is enrolled already, with whomever. */
export const insertPasskey = statement({
  name: 'factors.insert-passkey',
  text: `insert into vouchsafe.passkey (id, user_id, credential_id, public_key, counter, transports, synced, name, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing returning id`,
  params: ['text', 'text', 'bytea', 'bytea', 'int8', 'text[]', 'bool', 'text', 'timestamptz'],
  columns: { id: 'text' },
});

export const renamePasskey = statement({
  name: 'factors.rename-passkey',
  text: `update vouchsafe.passkey set name = $3 where user_id = $1 and id = $2
         returning id, name, created_at, used_on, synced`,
  params: ['text', 'text', 'text'],
  columns: { id: 'text', name: 'text', created_at: 'timestamptz', used_on: 'date?', synced: 'bool' },
});

export const removePasskey = statement({
  name: 'factors.remove-passkey',
  text: 'delete from vouchsafe.passkey where user_id = $1 and id = $2 returning name',
  params: ['text', 'text'],
  columns: { name: 'text' },
});

/** What of the user's ways in there is, and whether a company insists on a second factor. */
export const readWaysIn = statement({
  name: 'factors.read-ways-in',
  text: `select exists (select from vouchsafe.password where user_id = $1) as has_password,
                exists (select from vouchsafe.totp where user_id = $1 and confirmed_at is not null) as has_totp,
                (select count(*)::int from vouchsafe.passkey where user_id = $1) as passkeys,
                exists (select from vouchsafe.member m join vouchsafe.company c on c.id = m.company_id
                        where m.user_id = $1 and c.require_second_factor) as is_required`,
  params: ['text'],
  columns: { has_password: 'bool', has_totp: 'bool', passkeys: 'int4', is_required: 'bool' },
});
