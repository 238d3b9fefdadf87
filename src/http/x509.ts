/** The two X.509 certificates (RFC 5280) that this installation can issue: its local CA, and a leaf for localhost. */
import { createPublicKey, generateKeyPair, hash, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_nameConstraints,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  NameConstraints,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509';
import { randomSecretBytes } from '../foundation/secret.ts';

/** A certificate and its private key, both PEM. */
export interface Issued {
  readonly certificate: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;
/** The longest that browsers accept for a leaf. */
const LEAF_DAYS = 397;
const AUTHORITY_DAYS = 5 * 365;
/** Clocks of clients run late. */
const BACKDATE_MS = DAY_MS / 24;

const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const COMMON_NAME = '2.5.4.3';

const newKeyPair = promisify(generateKeyPair);

const named = (commonName: string): Name =>
  new Name([
    new RelativeDistinguishedName([
      new AttributeTypeAndValue({ type: COMMON_NAME, value: new AttributeValue({ utf8String: commonName }) }),
    ]),
  ]);

const extension = (id: string, critical: boolean, value: object): Extension =>
  new Extension({ extnID: id, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });

/** RFC 7093 §2 (1): the leftmost 160 bits of SHA-256 over the public key. */
const keyIdentifier = (publicKey: KeyObject): KeyIdentifier => {
  const info = AsnConvert.parse(publicKey.export({ type: 'spki', format: 'der' }), SubjectPublicKeyInfo);
  const digest = hash('sha256', Buffer.from(info.subjectPublicKey), 'buffer');
  return new KeyIdentifier(Uint8Array.from(digest.subarray(0, 20)));
};

/** 126 random bits with the first one set: positive, never zero, never short (RFC 5280 §4.1.2.2). */
const newSerial = (): ArrayBuffer => {
  const bytes = Uint8Array.from(randomSecretBytes(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.buffer;
};

const toPem = (der: ArrayBuffer): string => new X509Certificate(Buffer.from(der)).toString();

interface Order {
  readonly subject: Name;
  readonly issuer: Name;
  readonly publicKey: KeyObject;
  readonly signedBy: KeyObject;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly extensions: readonly Extension[];
}

const issue = (order: Order): string => {
  const algorithm = new AlgorithmIdentifier({ algorithm: ECDSA_WITH_SHA256 });
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: newSerial(),
    signature: algorithm,
    issuer: order.issuer,
    validity: new Validity({ notBefore: new Date(order.notBefore), notAfter: new Date(order.notAfter) }),
    subject: order.subject,
    subjectPublicKeyInfo: AsnConvert.parse(
      order.publicKey.export({ type: 'spki', format: 'der' }),
      SubjectPublicKeyInfo,
    ),
    extensions: new Extensions([...order.extensions]),
  });
  const signature = sign('sha256', Buffer.from(AsnConvert.serialize(tbsCertificate)), order.signedBy);
  return toPem(
    AsnConvert.serialize(
      new Certificate({
        tbsCertificate,
        signatureAlgorithm: algorithm,
        signatureValue: Uint8Array.from(signature).buffer,
      }),
    ),
  );
};

const privatePem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

const permitted = (name: Partial<GeneralName>): GeneralSubtree =>
  new GeneralSubtree({ base: new GeneralName(name), minimum: 0 });

/**
 * A fresh CA, ECDSA P-256, for five years. Its name constraints are critical, so that a client either honours them
 * or trusts the CA not at all: whoever steals its key can sign for loopback names and nothing else on the web.
 * @param now milliseconds since the Unix epoch.
 */
export const issueAuthority = async (now: number): Promise<Issued> => {
  const { publicKey, privateKey } = await newKeyPair('ec', { namedCurve: 'P-256' });
  const name = named(`Vouchsafe local CA ${randomSecretBytes(4).toString('hex')}`);
  const certificate = issue({
    subject: name,
    issuer: name,
    publicKey,
    signedBy: privateKey,
    notBefore: now - BACKDATE_MS,
    notAfter: now + AUTHORITY_DAYS * DAY_MS,
    extensions: [
      extension(id_ce_basicConstraints, true, new BasicConstraints({ cA: true, pathLenConstraint: 0 })),
      extension(id_ce_keyUsage, true, new KeyUsage(KeyUsageFlags.keyCertSign)),
      extension(
        id_ce_nameConstraints,
        true,
        new NameConstraints({
          permittedSubtrees: new GeneralSubtrees([
            permitted({ dNSName: 'localhost' }),
            permitted({ iPAddress: '127.0.0.0/8' }),
            permitted({ iPAddress: '::1/128' }),
          ]),
        }),
      ),
      extension(id_ce_extKeyUsage, false, new ExtendedKeyUsage([id_kp_serverAuth])),
      extension(id_ce_subjectKeyIdentifier, false, keyIdentifier(publicKey)),
    ],
  });
  return { certificate, key: privatePem(privateKey) };
};

/**
 * A fresh leaf for `localhost`, 127.0.0.1 and ::1 under a CA, for 397 days or as long as the CA lives.
 * @param now milliseconds since the Unix epoch.
 */
export const issueLeaf = async (
  authority: X509Certificate,
  authorityKey: KeyObject,
  now: number,
): Promise<Issued> => {
  const { publicKey, privateKey } = await newKeyPair('ec', { namedCurve: 'P-256' });
  const issuer = AsnConvert.parse(authority.raw, Certificate).tbsCertificate.subject;
  const certificate = issue({
    subject: named('localhost'),
    issuer,
    publicKey,
    signedBy: authorityKey,
    notBefore: now - BACKDATE_MS,
    // The whole span counts, its start included.
    notAfter: Math.min(now - BACKDATE_MS + LEAF_DAYS * DAY_MS - 1_000, authority.validToDate.getTime()),
    extensions: [
      extension(id_ce_basicConstraints, true, new BasicConstraints({ cA: false })),
      extension(id_ce_keyUsage, true, new KeyUsage(KeyUsageFlags.digitalSignature)),
      extension(id_ce_extKeyUsage, false, new ExtendedKeyUsage([id_kp_serverAuth])),
      extension(
        id_ce_subjectAltName,
        false,
        new SubjectAlternativeName([
          new GeneralName({ dNSName: 'localhost' }),
          new GeneralName({ iPAddress: '127.0.0.1' }),
          new GeneralName({ iPAddress: '::1' }),
        ]),
      ),
      extension(id_ce_subjectKeyIdentifier, false, keyIdentifier(publicKey)),
      extension(
        id_ce_authorityKeyIdentifier,
        false,
        new AuthorityKeyIdentifier({
          keyIdentifier: keyIdentifier(
            createPublicKey(authority.publicKey.export({ type: 'spki', format: 'pem' })),
          ),
        }),
      ),
    ],
  });
  return { certificate, key: privatePem(privateKey) };
};
