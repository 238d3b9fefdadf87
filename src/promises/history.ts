/** The history of the promises: an append-only chain of hashes, each signed, that a stranger can verify offline. */
import { createPublicKey, hash, sign, verify, type KeyObject } from 'node:crypto';
import type { PromiseState } from './report.ts';

/** What is hashed of one finding. */
export interface Finding {
  /** 1 for the first entry, then without gaps. */
  readonly seq: number;
  readonly promise: string;
  readonly state: PromiseState;
  readonly evidence: string;
  /** ISO 8601 in UTC with milliseconds. */
  readonly checkedAt: string;
  /** `hash` of the entry before; 64 zeros in the first. */
  readonly previousHash: string;
}

/** One link of the chain. */
export interface HistoryEntry extends Finding {
  /** SHA-256 of the canonical finding, in hex. */
  readonly hash: string;
  /** Ed25519 over the 32 bytes of `hash`, in base64. */
  readonly signature: string;
}

/** What stands before the first entry. */
export const GENESIS_HASH = '0'.repeat(64);

/** The finding in the JSON Canonicalization Scheme (RFC 8785): keys in code-unit order, no space. */
export const canonicalJson = ({ seq, promise, state, evidence, checkedAt, previousHash }: Finding): string =>
  JSON.stringify({ checkedAt, evidence, previousHash, promise, seq, state });

const hashOf = (finding: Finding): string => hash('sha256', canonicalJson(finding), 'hex');

/** Hashes and signs a finding. @param key an Ed25519 private key. */
export const sealEntry = (finding: Finding, key: KeyObject): HistoryEntry => {
  const { seq, promise, state, evidence, checkedAt, previousHash } = finding;
  const digest = hashOf(finding);
  const signature = sign(null, Buffer.from(digest, 'hex'), key).toString('base64');
  return { seq, promise, state, evidence, checkedAt, previousHash, hash: digest, signature };
};

/** The public half of a signing key as it stands in the report: SPKI in DER, in base64. */
export const publicKeyOf = (key: KeyObject): string =>
  createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64');

/** What became of a look at a chain; `problem` is a sentence about the first fault. */
export type ChainVerdict =
  | { readonly ok: true; readonly entries: number }
  | { readonly ok: false; readonly problem: string };

const faultOf = (
  entry: HistoryEntry,
  previous: HistoryEntry | undefined,
  key: KeyObject,
): string | undefined => {
  if (previous !== undefined && entry.seq !== previous.seq + 1)
    return `does not follow entry ${previous.seq}`;
  const before = previous?.hash ?? (entry.seq === 1 ? GENESIS_HASH : entry.previousHash);
  if (entry.previousHash !== before) return 'does not carry the hash of the entry before it';
  if (entry.hash !== hashOf(entry)) return 'was changed after it was hashed';
  return verify(null, Buffer.from(entry.hash, 'hex'), key, Buffer.from(entry.signature, 'base64'))
    ? undefined
    : 'is not signed by the key of the report';
};

/**
 * Verifies a run of entries, oldest first: sequence, links, hashes and signatures. A run that begins after entry 1
 * is taken to begin rightly; join it with the run before to be sure.
 * @param publicKey SPKI in base64, as in the report.
 */
export const verifyChain = (entries: readonly HistoryEntry[], publicKey: string): ChainVerdict => {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
  } catch {
    return { ok: false, problem: 'The public key of the report cannot be read.' };
  }
  if (key.asymmetricKeyType !== 'ed25519')
    return { ok: false, problem: 'The public key is not an Ed25519 key.' };
  let previous: HistoryEntry | undefined;
  for (const entry of entries) {
    const fault = faultOf(entry, previous, key);
    if (fault !== undefined) return { ok: false, problem: `Entry ${entry.seq} ${fault}.` };
    previous = entry;
  }
  return { ok: true, entries: entries.length };
};
