import { statement } from '../store/statement.ts';

/** Notes which secrets this installation's digests and signatures are made with; the first process decides. */
export const claimInstallation = statement({
  name: 'installation.claim',
  text: `insert into vouchsafe.installation (created_at, pepper_fingerprint, signing_public_key)
         values ($1, $2, $3) on conflict do nothing`,
  params: ['timestamptz', 'bytea', 'bytea'],
});

export const readInstallation = statement({
  name: 'installation.read',
  text: 'select pepper_fingerprint, signing_public_key from vouchsafe.installation',
  columns: { pepper_fingerprint: 'bytea', signing_public_key: 'bytea' },
});
