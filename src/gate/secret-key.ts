import type { KeyObject } from 'node:crypto';
import { FIRST_SCOPES, SCOPES, type KeyCaller, type Scope } from '../foundation/caller.ts';
import { isId } from '../foundation/ids.ts';
import { ok, refused, type Result } from '../foundation/result.ts';
import { digestsEqual, hmacSha256 } from '../foundation/secret.ts';
import type { Request } from '../http/route.ts';
import { presentedKey, type CredentialReason, type PresentedKey } from './credential.ts';
import type { KeyCache, KnownKey } from './key-cache.ts';
import { isWellFormedKey } from './key-format.ts';
import { createLookups } from './lookups.ts';
import { createRecentKeys } from './recent-keys.ts';
import { usageRules, type UsageRulesRow } from './usage-rules.ts';
import { readNetworks } from './networks.ts';

/** Why a caller was not identified. Outsiders learn only whether a key was there at all. */
export type SecretKeyReason =
  | CredentialReason
  | 'malformed'
  | 'unknown'
  | 'revoked'
  | 'expired'
  | 'wrong-pair'
  | 'other-network';

/** All of them, for counters. */
export const SECRET_KEY_REASONS = [
  'missing',
  'unreadable',
  'contradictory',
  'malformed',
  'unknown',
  'revoked',
  'expired',
  'wrong-pair',
  'other-network',
] as const satisfies readonly SecretKeyReason[];

/** A row of `find_secret`. */
export interface SecretRow extends UsageRulesRow {
  readonly key_id: string;
  readonly company_id: string;
  readonly project_id: string;
  readonly public_key: string;
  readonly digest: Buffer;
  readonly scopes: readonly string[];
  readonly networks: readonly string[];
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  /** Whether it is the secret before the last rotation. */
  readonly is_previous: boolean;
}

/** Hears what became of each attempt (`failures.ts`). */
export interface FailureWatch {
  /** Where failures of a pair are marked. */
  markOf(publicKey: string): number;
  /** Whether there may be something for `succeeded` to do; costs nothing. */
  mayBeOpen(mark: number, now: number): boolean;
  /** A pair was used with its right secret while `mayBeOpen`. */
  succeeded(publicKey: string, address: Request['address'], now: number): void;
  /** A well-formed public key came with a secret that does not open it. @throws rate_limited (429) for its source. */
  failed(publicKey: string, address: Request['address'], now: number): void;
  /** For the operator's counters. */
  refused(reason: SecretKeyReason): void;
}

export interface SecretKeyGateOptions {
  readonly pepper: KeyObject;
  readonly cache: KeyCache;
  /** Looks a digest up in the database. */
  readonly find: (digest: Buffer) => Promise<SecretRow | undefined>;
  /** Whether revocations are known to have reached this worker within the last second. */
  readonly isCurrent: () => boolean;
  readonly now: () => number;
  /** What counts as one source; each address by itself where left out. */
  readonly sourceOf?: (address: string) => string;
  /** Left out where nobody is told of failed attempts. */
  readonly failures?: FailureWatch;
}

type Verdict = Result<KeyCaller, SecretKeyReason>;

export interface SecretKeyGate {
  identify(request: Request): Verdict | Promise<Verdict>;
}

const isScope = (text: string): text is Scope => (SCOPES as readonly string[]).includes(text);

const SHARED_LISTS: readonly (readonly Scope[])[] = [FIRST_SCOPES, SCOPES];

/** Most keys have the scopes of a new one, or all, and share one list of them. */
const scopesOf = (names: readonly string[]): readonly Scope[] => {
  const scopes = names.filter(isScope);
  const isSame = (list: readonly Scope[]): boolean =>
    list.length === scopes.length && list.every((scope, index) => scopes[index] === scope);
  return SHARED_LISTS.find(isSame) ?? scopes;
};

const knownFrom = (row: SecretRow, failures: FailureWatch | undefined): KnownKey => {
  const { key_id: key, company_id: company, project_id: project } = row;
  if (!isId('key', key) || !isId('com', company) || !isId('prj', project)) {
    throw new Error('find_secret returned an id of another form');
  }
  return {
    caller: {
      credential: 'secret-key',
      company,
      project,
      key,
      scopes: scopesOf(row.scopes),
      ...usageRules(row),
    },
    publicKey: row.public_key,
    isInNetworks: readNetworks(row.networks),
    mark: failures?.markOf(row.public_key) ?? 0,
    expiresAt: row.expires_at?.getTime() ?? Number.POSITIVE_INFINITY,
  };
};

/**
 * Identifies the caller by a secret key: a known one costs one digest, a malformed one is refused without touching
 * the database, any other is looked up by HMAC-SHA-256 under the installation's pepper (NIST SP 800-63B: secrets
 * with at least 112 bits need no slow hash).
 */
export const createSecretKeyGate = (options: SecretKeyGateOptions): SecretKeyGate => {
  const { pepper, cache, find, isCurrent, now, failures, sourceOf } = options;
  const lookups = createLookups<Result<KnownKey, SecretKeyReason>>(sourceOf);

  /** Every refusal goes through here, so that none goes uncounted. */
  const refuse = (
    reason: SecretKeyReason,
    { publicKey }: Partial<PresentedKey>,
    request: Request,
  ): Verdict => {
    if (failures !== undefined) {
      failures.refused(reason);
      // The secret was looked at first: the right one is let in however many wrong ones came before.
      if (publicKey !== undefined && isWellFormedKey('pk', publicKey))
        failures.failed(publicKey, request.address, now());
    }
    return refused(reason);
  };

  const admit = (known: KnownKey, presented: PresentedKey, request: Request): Verdict => {
    const at = now();
    if (known.expiresAt <= at) return refuse('expired', presented, request);
    if (presented.publicKey !== undefined && presented.publicKey !== known.publicKey)
      return refuse('wrong-pair', presented, request);
    if (known.isInNetworks !== undefined && !known.isInNetworks(request.address.expose()))
      return refuse('other-network', presented, request);
    if (failures?.mayBeOpen(known.mark, at) === true)
      failures.succeeded(known.publicKey, request.address, at);
    return ok(known.caller);
  };

  const lookUp = async (name: string, key: string): Promise<Result<KnownKey, SecretKeyReason>> => {
    const digest = hmacSha256(pepper, key);
    const askedAt = cache.generation;
    const row = await find(digest);
    if (row === undefined || !digestsEqual(row.digest, digest)) return refused('unknown');
    if (row.revoked_at !== null) return refused('revoked');
    const known = knownFrom(row, failures);
    // A revocation heard while the answer was on its way must not be undone by it.
    if (cache.generation === askedAt) cache.put(name, known);
    return ok(known);
  };

  const recent = createRecentKeys();

  return {
    identify: (request) => {
      const presented = presentedKey(request);
      if (!presented.ok) return refuse(presented.reason, {}, request);
      const key = presented.value.secret.expose();
      // Without news of revocations nothing that is remembered counts.
      const isFresh = isCurrent();
      const lately = isFresh ? recent.get(key, cache.generation) : undefined;
      if (lately !== undefined) return admit(lately, presented.value, request);
      const name = cache.nameOf(key);
      const known = isFresh ? cache.get(name) : undefined;
      if (known !== undefined) {
        recent.put(key, known, cache.generation);
        return admit(known, presented.value, request);
      }
      if (!isWellFormedKey('sk', key)) return refuse('malformed', presented.value, request);
      const looked = lookups.run({ name, address: request.address, isFamiliar: cache.isFamiliar(name) }, () =>
        lookUp(name, key),
      );
      return looked.then((found) =>
        found.ok
          ? admit(found.value, presented.value, request)
          : refuse(found.reason, presented.value, request),
      );
    },
  };
};
