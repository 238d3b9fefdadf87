import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hmacKey, hmacSha256, randomSecretBytes } from '../foundation/secret.ts';

/** The key material of one installation, kept beside the database and never in it. */
export interface InstallationSecrets {
  /** 32 bytes under which key digests are made; plain bytes, so that worker threads can be handed them. */
  readonly pepper: Buffer;
  readonly pepperKey: KeyObject;
  /** 32 bytes from which the keys of sessions, links and second factors are derived; plain for the same reason. */
  readonly master: Buffer;
  /** Ed25519, signs the history of the promises. */
  readonly signingKey: KeyObject;
}

/** The pepper in use; a later rotation adds 2. */
export const PEPPER_ID = 1;

/** Tells two peppers apart without telling anything about either. */
export const fingerprintOf = (pepper: KeyObject): Buffer =>
  hmacSha256(pepper, 'vouchsafe pepper fingerprint');

/** The same of two masters. */
export const masterFingerprintOf = (master: Buffer): Buffer =>
  hmacSha256(hmacKey(master), 'vouchsafe master fingerprint');

/** The public half as SPKI in DER. */
export const publicKeyBytes = (signingKey: KeyObject): Buffer =>
  createPublicKey(signingKey).export({ type: 'spki', format: 'der' });

/**
 * Reads a secret file, or makes it: written whole to a file of its own, then linked into place, so that a kill leaves
 * nothing half-written and two processes agree on one.
 */
const readOrMake = async (path: string, make: () => Buffer | string): Promise<Buffer> => {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const draft = `${path}.${process.pid}.${randomSecretBytes(6).toString('hex')}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(make());
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return readFile(path);
};

const newSigningKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** Opens `DATA_DIR/secrets`, making what is not there yet. Nodes that share a database share these files. */
export const openSecrets = async (dataDir: string): Promise<InstallationSecrets> => {
  const folder = join(dataDir, 'secrets');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const pepper = await readOrMake(join(folder, 'pepper'), () => randomSecretBytes(32));
  const master = await readOrMake(join(folder, 'master'), () => randomSecretBytes(32));
  const signing = await readOrMake(join(folder, 'signing-key.pem'), newSigningKey);
  return { pepper, pepperKey: hmacKey(pepper), master, signingKey: createPrivateKey(signing) };
};
