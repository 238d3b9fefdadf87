import { statement } from '../store/statement.ts';

/** Notes which secrets this installation's digests and signatures are made with; the first process decides. */
export const claimInstallation = statement({
  name: 'installation.claim',
  text: `insert into vouchsafe.installation (created_at, pepper_fingerprint, signing_public_key)
         values ($1, $2, $3) on conflict do nothing`,
  params: ['timestamptz', 'bytea', 'bytea'],
});

/** Notes the master as well, where none is noted yet. */
export const claimMaster = statement({
  name: 'installation.claim-master',
  text: 'update vouchsafe.installation set master_fingerprint = $1 where master_fingerprint is null',
  params: ['bytea'],
});

export const readInstallation = statement({
  name: 'installation.read',
  text: 'select pepper_fingerprint, signing_public_key, master_fingerprint from vouchsafe.installation',
  columns: { pepper_fingerprint: 'bytea', signing_public_key: 'bytea', master_fingerprint: 'bytea?' },
});

/** Makes processes that start at once do what is done once one after another; the lock goes with the transaction. */
export const lockFirstStart = statement({
  name: 'installation.lock-first-start',
  text: "select pg_advisory_xact_lock(hashtextextended('vouchsafe first start', 0)) as locked",
  columns: { locked: 'void' },
});
