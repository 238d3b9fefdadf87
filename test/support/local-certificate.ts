/** A certificate of a local authority, for tests that speak TLS. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Certificate } from '../../src/http/edge-tls.ts';
import { ensureLocalCertificate } from '../../src/http/local-ca.ts';

/** Both in PEM. */
export interface LocalCertificate {
  readonly certificate: Certificate;
  /** The authority that clients have to trust. */
  readonly ca: string;
}

/** Made in a folder that is gone afterwards. */
export const makeLocalCertificate = async (): Promise<LocalCertificate> => {
  const folder = mkdtempSync(join(tmpdir(), 'vs-tls-'));
  try {
    const paths = await ensureLocalCertificate(folder, { now: Date.now() });
    const read = (path: string): string => readFileSync(path, 'utf8');
    return {
      certificate: { cert: read(paths.certPath), key: read(paths.keyPath) },
      ca: read(paths.caPath),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
};
