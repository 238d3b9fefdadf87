import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, sign, X509Certificate } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { connect, createServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  Certificate,
  Extension,
  GeneralName,
  id_ce_subjectAltName,
  SubjectAlternativeName,
} from '@peculiar/asn1-x509';
import { ensureLocalCertificate, type LocalCertificate } from './local-ca.ts';

const DAY_MS = 86_400_000;
/** TLS clients look at the real clock. */
const NOW = Date.now();

const newDir = async (t: TestContext): Promise<string> => {
  const parent = await mkdtemp(join(tmpdir(), 'local-ca-'));
  t.after(() => rm(parent, { recursive: true }));
  return join(parent, 'made', 'tls');
};

const read = async (path: string): Promise<X509Certificate> => new X509Certificate(await readFile(path));

/** What a client that trusts only this CA says of a server with this certificate. */
const handshake = async (
  ca: Buffer,
  cert: string | Buffer,
  key: Buffer,
  name: string,
  host = '127.0.0.1',
): Promise<string> => {
  const server = createServer({ cert, key }, (socket) => socket.end());
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const said = await new Promise<string>((resolve) => {
    // An empty servername is what a client sends that calls an IP address.
    const socket = connect(
      { host, port, ca, servername: /[.:]/.test(name) && name !== 'evil.example' ? '' : name },
      () => resolve('trusted'),
    );
    // OpenSSL's codes that Node has no name for are told apart by their message.
    socket.on('error', ({ code, message }: NodeJS.ErrnoException) =>
      resolve(code === undefined || code === 'UNSPECIFIED' ? message : code),
    );
    socket.on('close', () => server.close());
    socket.resume();
  });
  return said;
};

const serve = async (
  { caPath, certPath, keyPath }: LocalCertificate,
  name: string,
  host?: string,
): Promise<string> =>
  handshake(await readFile(caPath), await readFile(certPath), await readFile(keyPath), name, host);

test('makes a certificate that a client trusting only the CA accepts for localhost and the loopback addresses', async (t) => {
  const made = await ensureLocalCertificate(await newDir(t), { now: NOW });
  assert.equal(made.created, true);
  assert.equal(await serve(made, 'localhost'), 'trusted');
  assert.equal(await serve(made, '127.0.0.1'), 'trusted');
  assert.equal(await serve(made, 'evil.example'), 'ERR_TLS_CERT_ALTNAME_INVALID');
  const leaf = await read(made.certPath);
  assert.equal(leaf.checkIP('::1'), '::1');
  assert.equal(leaf.ca, false);
});

test('is not accepted by a client that does not know the CA', async (t) => {
  const made = await ensureLocalCertificate(await newDir(t), { now: NOW });
  const other = await ensureLocalCertificate(await newDir(t), { now: NOW });
  assert.equal(
    await serve({ ...made, caPath: other.caPath }, 'localhost'),
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  );
});

test('makes a CA whose stolen key cannot speak for any other site', async (t) => {
  const dir = await newDir(t);
  const made = await ensureLocalCertificate(dir, { now: NOW });
  const caKey = createPrivateKey(await readFile(join(dir, 'ca.key.pem')));
  const forge = async (name: Partial<GeneralName>): Promise<string> => {
    const forged = AsnConvert.parse((await read(made.certPath)).raw, Certificate);
    const extensions = forged.tbsCertificate.extensions!;
    const index = extensions.findIndex(({ extnID }) => extnID === id_ce_subjectAltName);
    const names = AsnConvert.serialize(new SubjectAlternativeName([new GeneralName(name)]));
    extensions[index] = new Extension({ extnID: id_ce_subjectAltName, extnValue: new OctetString(names) });
    const signature = sign('sha256', Buffer.from(AsnConvert.serialize(forged.tbsCertificate)), caKey);
    forged.signatureAlgorithm = new AlgorithmIdentifier(forged.signatureAlgorithm);
    forged.signatureValue = Uint8Array.from(signature).buffer;
    // What was parsed is otherwise written back as it was.
    delete forged.tbsCertificateRaw;
    return new X509Certificate(Buffer.from(AsnConvert.serialize(forged))).toString();
  };
  const [ca, key] = await Promise.all([readFile(made.caPath), readFile(made.keyPath)]);
  // The control: a certificate forged in the same way for a permitted name is trusted.
  assert.equal(await handshake(ca, await forge({ dNSName: 'localhost' }), key, 'localhost'), 'trusted');
  assert.equal(
    await handshake(ca, await forge({ dNSName: 'evil.example' }), key, 'evil.example'),
    'permitted subtree violation',
  );
});

test('uses what is there: nothing is written again', async (t) => {
  const dir = await newDir(t);
  await ensureLocalCertificate(dir, { now: NOW });
  const contents = async (): Promise<string[]> =>
    Promise.all((await readdir(dir)).sort().map((name) => readFile(join(dir, name), 'utf8')));
  const first = await contents();
  assert.equal((await ensureLocalCertificate(dir, { now: NOW + 300 * DAY_MS })).created, false);
  assert.deepEqual(await contents(), first);
  assert.deepEqual((await readdir(dir)).sort(), [
    'ca.key.pem',
    'ca.pem',
    'localhost.key.pem',
    'localhost.pem',
  ]);
});

test('lives no longer than browsers accept, and is backdated for clocks that run late', async (t) => {
  const { certPath } = await ensureLocalCertificate(await newDir(t), { now: NOW });
  const leaf = await read(certPath);
  assert.ok(leaf.validToDate.getTime() - leaf.validFromDate.getTime() <= 397 * DAY_MS);
  assert.ok(leaf.validFromDate.getTime() < NOW);
});

test('gives every certificate a serial number of its own', async (t) => {
  const dir = await newDir(t);
  const { caPath, certPath } = await ensureLocalCertificate(dir, { now: NOW });
  const serials = [await read(caPath), await read(certPath)].map(({ serialNumber }) => serialNumber);
  await rm(certPath);
  await ensureLocalCertificate(dir, { now: NOW });
  serials.push((await read(certPath)).serialNumber);
  assert.equal(new Set(serials).size, 3);
  for (const serial of serials) assert.match(serial, /^[4-7][0-9A-F]{31}$/);
});

test('renews a leaf with less than thirty days left by the same CA', async (t) => {
  const dir = await newDir(t);
  const { caPath, certPath } = await ensureLocalCertificate(dir, { now: NOW });
  const [ca, before] = await Promise.all([readFile(caPath, 'utf8'), read(certPath)]);
  const later = NOW + 368 * DAY_MS;
  assert.equal((await ensureLocalCertificate(dir, { now: later })).created, false);
  const renewed = await read(certPath);
  assert.equal(await readFile(caPath, 'utf8'), ca);
  assert.notEqual(renewed.serialNumber, before.serialNumber);
  assert.ok(renewed.verify(createPublicKey(ca)));
  assert.ok(renewed.validToDate.getTime() > later + 300 * DAY_MS);
});

test('makes a new CA when the old one is about to end, and no leaf that outlives its CA', async (t) => {
  const dir = await newDir(t);
  const { caPath, certPath } = await ensureLocalCertificate(dir, { now: NOW });
  const end = (await read(caPath)).validToDate.getTime();
  await ensureLocalCertificate(dir, { now: end - 60 * DAY_MS });
  assert.equal((await read(certPath)).validToDate.getTime(), end);
  assert.equal((await ensureLocalCertificate(dir, { now: end - 20 * DAY_MS })).created, true);
  assert.ok((await read(caPath)).validToDate.getTime() > end);
});

test('repairs whatever is missing, cut off, or of another pair', async (t) => {
  const spoil: Readonly<Record<string, (path: string) => Promise<void>>> = {
    missing: (path) => rm(path),
    empty: (path) => writeFile(path, ''),
    cut: async (path) => writeFile(path, (await readFile(path, 'utf8')).slice(0, 100)),
  };
  for (const [how, change] of Object.entries(spoil)) {
    for (const name of ['ca.pem', 'ca.key.pem', 'localhost.pem', 'localhost.key.pem']) {
      const dir = await newDir(t);
      await ensureLocalCertificate(dir, { now: NOW });
      await change(join(dir, name));
      const repaired = await ensureLocalCertificate(dir, { now: NOW });
      assert.equal(repaired.created, name.startsWith('ca'), `${how} ${name}`);
      assert.equal(await serve(repaired, 'localhost'), 'trusted', `${how} ${name}`);
    }
  }
  const [one, two] = [await newDir(t), await newDir(t)];
  await ensureLocalCertificate(one, { now: NOW });
  const other = await ensureLocalCertificate(two, { now: NOW });
  await writeFile(join(one, 'localhost.key.pem'), await readFile(other.keyPath));
  await writeFile(join(one, 'localhost.pem'), await readFile(other.certPath));
  assert.equal(await serve(await ensureLocalCertificate(one, { now: NOW }), 'localhost'), 'trusted');
});

test('keeps keys from everyone but their owner, also in a directory that was open before', async (t) => {
  const dir = await newDir(t);
  await ensureLocalCertificate(dir, { now: NOW });
  await chmod(dir, 0o755);
  await ensureLocalCertificate(dir, { now: NOW });
  assert.equal((await stat(dir)).mode & 0o777, 0o700);
  for (const name of await readdir(dir))
    assert.equal((await stat(join(dir, name))).mode & 0o777, 0o600, name);
});
