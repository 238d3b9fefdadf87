import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { CertificateError, loadCertificate } from './load-certificate.ts';
import { ensureLocalCertificate } from './local-ca.ts';

const NOW = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;

let dir: string;
let cert: string;
let key: string;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'load-certificate-'));
  ({ certPath: cert, keyPath: key } = await ensureLocalCertificate(join(dir, 'tls'), { now: NOW }));
});
after(() => rm(dir, { recursive: true }));

const file = async (name: string, content: string): Promise<string> => {
  const path = join(dir, name);
  await writeFile(path, content);
  return path;
};

const refusal = async (certPath: string, keyPath: string, now = NOW): Promise<string> => {
  try {
    await loadCertificate(certPath, keyPath, now);
    return 'accepted';
  } catch (error) {
    assert.ok(error instanceof CertificateError);
    assert.doesNotMatch(error.message, /\n/);
    return error.message;
  }
};

const privateKey = (passphrase?: string): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({
      type: 'pkcs8',
      format: 'pem',
      ...(passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase }),
    })
    .toString();

test('hands over a pair as it stands in its files, chain included', async () => {
  const chain = await file(
    'chain.pem',
    (await readFile(cert, 'utf8')) + (await readFile(join(dir, 'tls', 'ca.pem'), 'utf8')),
  );
  assert.deepEqual(await loadCertificate(chain, key, NOW), {
    cert: await readFile(chain, 'utf8'),
    key: await readFile(key, 'utf8'),
  });
});

test('names the variable whose file is missing or cannot be read', async () => {
  assert.match(
    await refusal(join(dir, 'none.pem'), key),
    /^TLS_CERT must name a PEM file, but there is no file at /,
  );
  assert.match(
    await refusal(cert, join(dir, 'none.pem')),
    /^TLS_KEY must name a PEM file, but there is no file at /,
  );
  await mkdir(join(dir, 'folder'));
  assert.match(await refusal(join(dir, 'folder'), key), /^TLS_CERT must .* cannot be read \(EISDIR\)/);
});

test('names the variable whose file is not PEM', async () => {
  const broken = '-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----\n';
  for (const content of ['', 'nonsense', broken, await readFile(key, 'utf8')]) {
    assert.match(
      await refusal(await file('not.pem', content), key),
      /^TLS_CERT must name a file with a certificate in PEM form/,
    );
  }
  for (const content of ['', 'nonsense', await readFile(cert, 'utf8')]) {
    assert.match(
      await refusal(cert, await file('not.pem', content)),
      /^TLS_KEY must name a file with a private key in PEM form/,
    );
  }
});

test('says when the key has a passphrase, or belongs to another certificate', async () => {
  assert.match(
    await refusal(cert, await file('locked.pem', privateKey('secret'))),
    /^TLS_KEY must .* without a passphrase/,
  );
  assert.match(
    await refusal(cert, await file('other.pem', privateKey())),
    /^TLS_KEY must be the private key of the first certificate/,
  );
});

test('says when the certificate has expired or is not valid yet', async () => {
  assert.equal(await refusal(cert, key, NOW + 396 * DAY_MS), 'accepted');
  assert.match(await refusal(cert, key, NOW + 398 * DAY_MS), /^TLS_CERT must .* expired on 2027-02-0\d$/);
  assert.match(await refusal(cert, key, NOW - DAY_MS), /^TLS_CERT must .* valid from 2025-12-31 only$/);
});
