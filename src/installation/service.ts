import type { Clock } from '../foundation/clock.ts';
import { digestsEqual } from '../foundation/secret.ts';
import { CannotStart } from '../store/cannot-start.ts';
import type { Database } from '../store/database.ts';
import { fingerprintOf, masterFingerprintOf, publicKeyBytes, type InstallationSecrets } from './secrets.ts';
import { claimInstallation, claimMaster, lockFirstStart, readInstallation } from './store.ts';

/**
 * Makes sure that this process holds the secrets that the database was filled with: with others, no key would be
 * recognised, no session and no second factor could be read, and the promises' history would change its signer.
 * @throws {CannotStart} where they differ.
 */
export const assertSameInstallation = async (
  database: Database,
  secrets: InstallationSecrets,
  clock: Clock,
): Promise<void> => {
  const fingerprint = fingerprintOf(secrets.pepperKey);
  const publicKey = publicKeyBytes(secrets.signingKey);
  const master = masterFingerprintOf(secrets.master);
  const isSame = await database.system(async (tx) => {
    await tx.all(claimInstallation, [new Date(clock.now()), fingerprint, publicKey]);
    const claimed = await tx.one(readInstallation, []);
    if (claimed === undefined) throw new Error('the installation could not be read back');
    const { pepper_fingerprint: pepper, signing_public_key: signer } = claimed;
    if (!digestsEqual(pepper, fingerprint) || !digestsEqual(signer, publicKey)) return false;
    await tx.all(claimMaster, [master]);
    const noted = (await tx.one(readInstallation, []))?.master_fingerprint;
    return noted != null && digestsEqual(noted, master);
  });
  if (isSame) return;
  throw new CannotStart(
    'The secrets in DATA_DIR/secrets are not the ones that this database was set up with; copy the folder "secrets" from the installation that the database belongs to.',
  );
};

/** Does what only the first of several processes that start at once is to do; the others come after it and see it done. */
export const oneAfterAnother = <Value>(
  database: Pick<Database, 'system'>,
  work: () => Promise<Value>,
): Promise<Value> =>
  database.system(async (tx) => {
    await tx.all(lockFirstStart, []);
    return work();
  });
