/** The operator's own certificate, from the files that TLS_CERT and TLS_KEY name. */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Certificate } from './edge-tls.ts';

/** A certificate that cannot be served; the message is one sentence for the operator that names the variable. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
}

const readPem = async (variable: string, path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no file' : `the file cannot be read (${code ?? 'unknown'})`;
    throw new CertificateError(`${variable} must name a PEM file, but ${why} at ${path}`, { cause: error });
  }
};

const parseCertificate = (pem: string): X509Certificate => {
  try {
    if (pem.includes('-----BEGIN CERTIFICATE-----')) return new X509Certificate(pem);
  } catch {
    // Said below, together with what is no PEM at all.
  }
  throw new CertificateError(
    'TLS_CERT must name a file with a certificate in PEM form ("-----BEGIN CERTIFICATE-----")',
  );
};

const parseKey = (pem: string): KeyObject => {
  if (/^-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(pem)) {
    throw new CertificateError(
      'TLS_KEY must name a private key without a passphrase; protect the file instead',
    );
  }
  try {
    return createPrivateKey(pem);
  } catch {
    throw new CertificateError(
      'TLS_KEY must name a file with a private key in PEM form ("-----BEGIN PRIVATE KEY-----")',
    );
  }
};

/**
 * Reads and checks a certificate chain and its key.
 * @param now milliseconds since the Unix epoch.
 * @throws {CertificateError} naming TLS_CERT or TLS_KEY: missing, not PEM, not a pair, not yet or no longer valid.
 */
export const loadCertificate = async (
  certPath: string,
  keyPath: string,
  now: number,
): Promise<Certificate> => {
  const cert = await readPem('TLS_CERT', certPath);
  const key = await readPem('TLS_KEY', keyPath);
  const certificate = parseCertificate(cert);
  if (!certificate.checkPrivateKey(parseKey(key))) {
    throw new CertificateError(
      'TLS_KEY must be the private key of the first certificate in TLS_CERT, but it is another one',
    );
  }
  const until = certificate.validToDate;
  const from = certificate.validFromDate;
  if (until.getTime() <= now) {
    throw new CertificateError(
      `TLS_CERT must name a valid certificate, but it expired on ${until.toISOString().slice(0, 10)}`,
    );
  }
  if (from.getTime() > now) {
    throw new CertificateError(
      `TLS_CERT must name a valid certificate, but it is valid from ${from.toISOString().slice(0, 10)} only`,
    );
  }
  return { cert, key };
};
