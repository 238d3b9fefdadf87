/** A software authenticator: makes passkeys and uses them as a browser with a platform authenticator would (WebAuthn). */
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** Options as our endpoints send them, as far as they are read here. */
interface CreationOptions {
  readonly challenge: string;
  readonly rp: { readonly id?: string };
  readonly user: { readonly id: string };
  readonly excludeCredentials?: readonly { readonly id: string }[];
}
interface RequestOptions {
  readonly challenge: string;
  readonly rpId?: string;
  readonly allowCredentials?: readonly { readonly id: string }[];
}

/** What a test can have done wrong; what an honest browser would do where left out. */
export interface Deviations {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly type?: string;
  readonly crossOrigin?: boolean;
  readonly topOrigin?: string;
  readonly userVerified?: boolean;
  readonly userPresent?: boolean;
  readonly counter?: number;
  /** Base64url; null leaves it out. */
  readonly userHandle?: string | null;
  /** Attestation format and statement of a registration. */
  readonly format?: string;
  readonly statement?: ReadonlyMap<string, Cbor>;
  readonly credentialId?: Buffer;
  /** Signs with a key of somebody else. */
  readonly wrongKey?: boolean;
}

export interface RegistrationJson {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly authenticatorAttachment: string;
  readonly clientExtensionResults: Record<string, unknown>;
  readonly response: {
    readonly clientDataJSON: string;
    readonly attestationObject: string;
    readonly transports: string[];
  };
}
export interface AssertionJson {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly authenticatorAttachment: string;
  readonly clientExtensionResults: Record<string, unknown>;
  readonly response: {
    readonly clientDataJSON: string;
    readonly authenticatorData: string;
    readonly signature: string;
    readonly userHandle?: string;
  };
}

export interface Authenticator {
  /** Answers creation options; remembers the passkey. Throws where it holds one of `excludeCredentials`. */
  register(options: unknown, deviations?: Deviations): RegistrationJson;
  /** Answers request options with a passkey that is allowed, the youngest one. */
  use(options: unknown, deviations?: Deviations): AssertionJson;
  /** Credential ids of the passkeys that it holds, base64url, the oldest first. */
  passkeys(): readonly string[];
}

interface Passkey {
  readonly id: string;
  readonly rpId: string;
  readonly userHandle: string;
  readonly privateKey: KeyObject;
  counter: number;
}

type Cbor = number | string | Uint8Array | readonly Cbor[] | ReadonlyMap<string | number, Cbor>;

const head = (major: number, value: number): Buffer => {
  if (value < 24) return Buffer.from([(major << 5) | value]);
  if (value < 0x100) return Buffer.from([(major << 5) | 24, value]);
  return Buffer.from([(major << 5) | 25, value >> 8, value & 0xff]);
};

/** CBOR (RFC 8949) of what authenticators write: whole numbers, texts, bytes, lists and maps. */
export const encodeCbor = (value: Cbor): Buffer => {
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === 'string')
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(encodeCbor)]);
  const entries = [...(value as ReadonlyMap<string | number, Cbor>)];
  return Buffer.concat([head(5, entries.length), ...entries.flat().map((part) => encodeCbor(part))]);
};

const sha256 = (bytes: string | Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

/** COSE_Key of ES256 (RFC 9053 §2.1, §7.1). */
const coseKeyOf = (publicKey: KeyObject): Buffer => {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  return encodeCbor(
    new Map<number, Cbor>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Buffer.from(x, 'base64url')],
      [-3, Buffer.from(y, 'base64url')],
    ]),
  );
};

export interface AuthenticatorOptions {
  /** Where the page stands, with its port. */
  readonly origin: string;
  /** Whether its passkeys are kept by more than one device. */
  readonly synced?: boolean;
  /** Whether it counts uses; one that does not says 0 always. */
  readonly counts?: boolean;
}

/** A fresh authenticator without passkeys. */
export const createAuthenticator = ({
  origin,
  synced = false,
  counts = true,
}: AuthenticatorOptions): Authenticator => {
  const held: Passkey[] = [];

  const clientDataOf = (type: string, challenge: string, deviations: Deviations): Buffer =>
    Buffer.from(
      JSON.stringify({
        type: deviations.type ?? type,
        challenge: deviations.challenge ?? challenge,
        origin: deviations.origin ?? origin,
        crossOrigin: deviations.crossOrigin ?? false,
        ...(deviations.topOrigin === undefined ? {} : { topOrigin: deviations.topOrigin }),
      }),
    );

  /** Authenticator data (WebAuthn §6.1). */
  const authDataOf = (
    rpId: string,
    counter: number,
    deviations: Deviations,
    attested: Buffer = Buffer.alloc(0),
  ): Buffer => {
    const { userPresent = true, userVerified = true } = deviations;
    const flags =
      (userPresent ? 1 : 0) | (userVerified ? 4 : 0) | (synced ? 0x18 : 0) | (attested.length > 0 ? 0x40 : 0);
    const tail = Buffer.alloc(5);
    tail.writeUInt8(flags);
    tail.writeUInt32BE(deviations.counter ?? counter, 1);
    return Buffer.concat([sha256(deviations.rpId ?? rpId), tail, attested]);
  };

  const envelope = {
    type: 'public-key',
    authenticatorAttachment: 'platform',
    clientExtensionResults: {},
  } as const;

  return {
    passkeys: () => held.map(({ id }) => id),
    register: (given, deviations = {}) => {
      const options = given as CreationOptions;
      const rpId = options.rp.id ?? new URL(origin).hostname;
      if (options.excludeCredentials?.some(({ id }) => held.some((passkey) => passkey.id === id)) === true) {
        throw new Error('InvalidStateError: this authenticator is enrolled already');
      }
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const credentialId = deviations.credentialId ?? randomBytes(32);
      const id = base64url(credentialId);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(credentialId.length);
      const attested = Buffer.concat([Buffer.alloc(16), length, credentialId, coseKeyOf(publicKey)]);
      held.push({ id, rpId, userHandle: options.user.id, privateKey, counter: 0 });
      const attestationObject = encodeCbor(
        new Map<string, Cbor>([
          ['fmt', deviations.format ?? 'none'],
          ['attStmt', deviations.statement ?? new Map()],
          ['authData', authDataOf(rpId, 0, deviations, attested)],
        ]),
      );
      return {
        id,
        rawId: id,
        ...envelope,
        response: {
          clientDataJSON: base64url(clientDataOf('webauthn.create', options.challenge, deviations)),
          attestationObject: base64url(attestationObject),
          transports: ['internal', 'hybrid'],
        },
      };
    },
    use: (given, deviations = {}) => {
      const options = given as RequestOptions;
      const allowed = options.allowCredentials?.map(({ id }) => id) ?? [];
      const passkey = held.findLast(({ id }) => allowed.length === 0 || allowed.includes(id));
      if (passkey === undefined)
        throw new Error('NotAllowedError: no passkey of this authenticator is allowed');
      if (counts) passkey.counter += 1;
      const rpId = options.rpId ?? passkey.rpId;
      const clientData = clientDataOf('webauthn.get', options.challenge, deviations);
      const authData = authDataOf(rpId, passkey.counter, deviations);
      const key =
        deviations.wrongKey === true
          ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
          : passkey.privateKey;
      const userHandle = deviations.userHandle === undefined ? passkey.userHandle : deviations.userHandle;
      return {
        id: passkey.id,
        rawId: passkey.id,
        ...envelope,
        response: {
          clientDataJSON: base64url(clientData),
          authenticatorData: base64url(authData),
          // ECDSA as ASN.1 (WebAuthn §6.5.5), which is what Node writes.
          signature: base64url(sign('sha256', Buffer.concat([authData, sha256(clientData)]), key)),
          ...(userHandle === null ? {} : { userHandle }),
        },
      };
    },
  };
};
