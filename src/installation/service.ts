import type { Clock } from '../foundation/clock.ts';
import { digestsEqual } from '../foundation/secret.ts';
import { CannotStart } from '../store/cannot-start.ts';
import type { Database } from '../store/database.ts';
import { fingerprintOf, publicKeyBytes, type InstallationSecrets } from './secrets.ts';
import { claimInstallation, readInstallation } from './store.ts';

/**
 * Makes sure that this process holds the secrets that the database was filled with: with others, no key would be
 * recognised and the promises' history would change its signer.
 * @throws {CannotStart} where they differ.
 */
export const assertSameInstallation = async (
  database: Database,
  secrets: InstallationSecrets,
  clock: Clock,
): Promise<void> => {
  const fingerprint = fingerprintOf(secrets.pepperKey);
  const publicKey = publicKeyBytes(secrets.signingKey);
  const [row] = await database.system(async (tx) => {
    await tx.all(claimInstallation, [new Date(clock.now()), fingerprint, publicKey]);
    return tx.all(readInstallation, []);
  });
  if (row === undefined) throw new Error('the installation could not be read back');
  if (digestsEqual(row.pepper_fingerprint, fingerprint) && digestsEqual(row.signing_public_key, publicKey))
    return;
  throw new CannotStart(
    'The secrets in DATA_DIR/secrets are not the ones that this database was set up with; copy the folder "secrets" from the installation that the database belongs to.',
  );
};
