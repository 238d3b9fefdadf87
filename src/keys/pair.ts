/** Making secrets: the only place where one is made, digested and given back. */
import type { KeyObject } from 'node:crypto';
import type { Scope } from '../foundation/caller.ts';
import { newId, type CompanyId, type KeyId, type ProjectId } from '../foundation/ids.ts';
import { hmacSha256, type Secret } from '../foundation/secret.ts';
import { generateKey } from '../gate/key-format.ts';
import type { Transaction } from '../store/transaction.ts';
import { keyRevoked } from './problems.ts';
import { insertKey, rotateKey } from './store.ts';

/** A new pair; the secret is here and nowhere else. */
export interface CreatedKey {
  readonly id: KeyId;
  readonly publicKey: string;
  readonly secret: Secret;
}

export interface Pepper {
  readonly pepper: KeyObject;
  readonly pepperId: number;
}

export interface NewPair {
  readonly company: CompanyId;
  readonly project: ProjectId;
  /** Checked. */
  readonly name: string;
  readonly createdBy: string | null;
  readonly scopes: readonly Scope[];
  /** Canonical; empty where the pair may be used from everywhere. */
  readonly networks: readonly string[];
  readonly expiresAt: Date | null;
  /** Limits of the pair's own, beside its project's; null where there is none. */
  readonly perSecond: number | null;
  readonly perDay: number | null;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

const HOUR_MS = 3_600_000;

/** Adds a pair to a project of the transaction's company. */
export const addPair = async (
  tx: Transaction,
  { pepper, pepperId }: Pepper,
  { company, project, name, createdBy, scopes, networks, expiresAt, perSecond, perDay, now }: NewPair,
): Promise<CreatedKey> => {
  const id = newId('key', now);
  const publicKey = generateKey('pk', 'live').expose();
  const secret = generateKey('sk', 'live');
  const digest = hmacSha256(pepper, secret.expose());
  const at = new Date(now);
  await tx.all(insertKey, [
    id,
    company,
    project,
    publicKey,
    digest,
    pepperId,
    name,
    scopes,
    networks,
    expiresAt,
    at,
    createdBy,
    perSecond,
    perDay,
  ]);
  return { id, publicKey, secret };
};

export interface Rotation {
  readonly company: CompanyId;
  readonly key: KeyId;
  /** How long the secret before goes on working. */
  readonly overlapHours: number;
  readonly now: number;
}

/** Gives a pair another secret; at most two work at a time. @throws key_revoked (409). */
export const replaceSecret = async (
  tx: Transaction,
  { pepper, pepperId }: Pepper,
  { company, key, overlapHours, now }: Rotation,
): Promise<{ readonly secret: Secret; readonly previousEndsAt: Date | null }> => {
  const secret = generateKey('sk', 'live');
  const digest = hmacSha256(pepper, secret.expose());
  const previousEndsAt = overlapHours > 0 ? new Date(now + overlapHours * HOUR_MS) : null;
  const row = await tx.one(rotateKey, [company, key, digest, pepperId, previousEndsAt]);
  if (row === undefined) throw keyRevoked();
  return { secret, previousEndsAt };
};
