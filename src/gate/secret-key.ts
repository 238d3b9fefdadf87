import type { KeyObject } from 'node:crypto';
import { SCOPES, type KeyCaller, type Scope } from '../foundation/caller.ts';
import { Problem } from '../foundation/problem.ts';
import { isId } from '../foundation/ids.ts';
import { ok, refused, type Result } from '../foundation/result.ts';
import { digestsEqual, hmacSha256 } from '../foundation/secret.ts';
import type { Request } from '../http/route.ts';
import { presentedKey, type CredentialReason, type PresentedKey } from './credential.ts';
import type { KeyCache, KnownKey } from './key-cache.ts';
import { isWellFormedKey } from './key-format.ts';

/** Why a caller was not identified. Outsiders learn only whether a key was there at all. */
export type SecretKeyReason =
  | CredentialReason
  | 'malformed'
  | 'unknown'
  | 'revoked'
  | 'expired'
  | 'wrong-pair';

/** A row of `find_secret`. */
export interface SecretRow {
  readonly key_id: string;
  readonly company_id: string;
  readonly project_id: string;
  readonly public_key: string;
  readonly digest: Buffer;
  readonly scopes: readonly string[];
  readonly per_second: number;
  readonly per_day: number | null;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
}

export interface SecretKeyGateOptions {
  readonly pepper: KeyObject;
  readonly cache: KeyCache;
  /** Looks a digest up in the database. */
  readonly find: (digest: Buffer) => Promise<SecretRow | undefined>;
  /** Whether revocations are known to have reached this worker within the last second. */
  readonly isCurrent: () => boolean;
  readonly now: () => number;
}

type Verdict = Result<KeyCaller, SecretKeyReason>;

export interface SecretKeyGate {
  identify(request: Request): Verdict | Promise<Verdict>;
}

/** Database look-ups under way at once in one worker; a flood of well-formed guesses waits for nobody else's key. */
const MOST_LOOKUPS = 64;

const isScope = (text: string): text is Scope => (SCOPES as readonly string[]).includes(text);

const knownFrom = (row: SecretRow): KnownKey => {
  const { key_id: key, company_id: company, project_id: project } = row;
  if (!isId('key', key) || !isId('com', company) || !isId('prj', project)) {
    throw new Error('find_secret returned an id of another form');
  }
  const limits = { perSecond: row.per_second, perDay: row.per_day };
  return {
    caller: { credential: 'secret-key', company, project, key, scopes: row.scopes.filter(isScope), limits },
    publicKey: row.public_key,
    expiresAt: row.expires_at?.getTime() ?? Number.POSITIVE_INFINITY,
  };
};

/**
 * Identifies the caller by a secret key: a known one costs one digest, a malformed one is refused without touching
 * the database, any other is looked up by HMAC-SHA-256 under the installation's pepper (NIST SP 800-63B: secrets
 * with at least 112 bits need no slow hash).
 */
export const createSecretKeyGate = (options: SecretKeyGateOptions): SecretKeyGate => {
  const { pepper, cache, find, isCurrent, now } = options;
  const underWay = new Map<string, Promise<Result<KnownKey, SecretKeyReason>>>();

  const admit = (known: KnownKey, presented: PresentedKey): Verdict => {
    if (known.expiresAt <= now()) return refused('expired');
    if (presented.publicKey !== undefined && presented.publicKey !== known.publicKey)
      return refused('wrong-pair');
    return ok(known.caller);
  };

  const lookUp = async (name: string, key: string): Promise<Result<KnownKey, SecretKeyReason>> => {
    const digest = hmacSha256(pepper, key);
    const askedAt = cache.generation;
    const row = await find(digest);
    if (row === undefined || !digestsEqual(row.digest, digest)) return refused('unknown');
    if (row.revoked_at !== null) return refused('revoked');
    const known = knownFrom(row);
    // A revocation heard while the answer was on its way must not be undone by it.
    if (cache.generation === askedAt) cache.put(name, known);
    return ok(known);
  };

  const lookUpOnce = (name: string, key: string): Promise<Result<KnownKey, SecretKeyReason>> => {
    const already = underWay.get(name);
    if (already !== undefined) return already;
    if (underWay.size >= MOST_LOOKUPS) {
      throw new Problem(503, 'unavailable', 'Too many keys are being checked', {
        detail: 'Try again in a second.',
        headers: { 'retry-after': '1' },
      });
    }
    const started = lookUp(name, key).finally(() => underWay.delete(name));
    underWay.set(name, started);
    return started;
  };

  /** The last good key of each connection and its name: most connections bring one key, again and again. */
  const lastOf = new WeakMap<Request['address'], { readonly key: string; readonly name: string }>();

  const nameOf = (key: string, connection: Request['address']): string => {
    const last = lastOf.get(connection);
    // Only the connection that brought this very key before could learn anything by the time of the comparison.
    if (last?.key === key) return last.name;
    const name = cache.nameOf(key);
    if (cache.get(name) !== undefined) lastOf.set(connection, { key, name });
    return name;
  };

  return {
    identify: (request) => {
      const presented = presentedKey(request);
      if (!presented.ok) return presented;
      const key = presented.value.secret.expose();
      const name = nameOf(key, request.address);
      const known = isCurrent() ? cache.get(name) : undefined;
      if (known !== undefined) return admit(known, presented.value);
      if (!isWellFormedKey('sk', key)) return refused('malformed');
      return lookUpOnce(name, key).then((found) => (found.ok ? admit(found.value, presented.value) : found));
    },
  };
};
