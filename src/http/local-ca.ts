/** A certificate for localhost without asking anyone, from a CA that can speak for this machine only. */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { randomSecretBytes } from '../foundation/secret.ts';
import type { Issued } from './x509.ts';

export interface LocalCertificate {
  /** The CA that clients have to trust, PEM. */
  readonly caPath: string;
  readonly certPath: string;
  readonly keyPath: string;
  /** True when the CA is new, and clients have to be told of it. */
  readonly created: boolean;
}

const DAY_MS = 86_400_000;
/** A leaf or a CA with less than this left is replaced. */
const RENEW_BEFORE_MS = 30 * DAY_MS;

/** Writes all or nothing, readable by the owner only. */
const writeAtomically = async (path: string, text: string): Promise<void> => {
  const draft = `${path}.${randomSecretBytes(6).toString('hex')}.tmp`;
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
};

interface Held {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
}

/** Reads a pair; undefined where a file is missing, unreadable, of another pair, not yet valid, or soon to expire. */
const readPair = async (certPath: string, keyPath: string, now: number): Promise<Held | undefined> => {
  try {
    const certificate = new X509Certificate(await readFile(certPath));
    const key = createPrivateKey(await readFile(keyPath));
    const isCurrent =
      certificate.validFromDate.getTime() <= now &&
      certificate.validToDate.getTime() - now >= RENEW_BEFORE_MS &&
      certificate.checkPrivateKey(key);
    return isCurrent ? { certificate, key } : undefined;
  } catch {
    return undefined;
  }
};

const writePair = async (issued: Issued, certPath: string, keyPath: string): Promise<void> => {
  await writeAtomically(keyPath, issued.key);
  await writeAtomically(certPath, issued.certificate);
};

/**
 * Makes a local CA and a certificate for `localhost`, 127.0.0.1 and ::1 in `dir`, or uses those that are there.
 * The leaf is renewed by the same CA when it has less than 30 days left or cannot be read; the CA likewise, in which
 * case clients have to trust the new one. Keys are 0600 in a directory of 0700.
 * Rejects with the file system's error where the directory cannot be written.
 * @param options.now milliseconds since the Unix epoch.
 */
export const ensureLocalCertificate = async (
  dir: string,
  options: { readonly now: number },
): Promise<LocalCertificate> => {
  const { now } = options;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await chmod(dir, 0o700);
  const caPath = join(dir, 'ca.pem');
  const caKeyPath = join(dir, 'ca.key.pem');
  const certPath = join(dir, 'localhost.pem');
  const keyPath = join(dir, 'localhost.key.pem');

  const heldCa = await readPair(caPath, caKeyPath, now);
  const leaf = await readPair(certPath, keyPath, now);
  if (heldCa !== undefined && leaf?.certificate.verify(heldCa.certificate.publicKey) === true) {
    return { caPath, certPath, keyPath, created: false };
  }
  // Loaded when it is needed: most starts find a certificate, and the encoder of certificates is large.
  const { issueAuthority, issueLeaf } = await import('./x509.ts');
  if (heldCa !== undefined) {
    await writePair(await issueLeaf(heldCa.certificate, heldCa.key, now), certPath, keyPath);
    return { caPath, certPath, keyPath, created: false };
  }
  const made = await issueAuthority(now);
  await writePair(made, caPath, caKeyPath);
  const ca = new X509Certificate(made.certificate);
  await writePair(await issueLeaf(ca, createPrivateKey(made.key), now), certPath, keyPath);
  return { caPath, certPath, keyPath, created: true };
};
