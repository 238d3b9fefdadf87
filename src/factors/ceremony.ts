/** Challenges of passkeys: made once, known by their digest, answered once, within five minutes. */
import { hash } from 'node:crypto';
import type { Clock } from '../foundation/clock.ts';
import type { Id, UserId } from '../foundation/ids.ts';
import { randomSecretBytes } from '../foundation/secret.ts';
import type { Database } from '../store/database.ts';
import { challengeOver } from './problems.ts';
import { insertCeremony, takeCeremony } from './store.ts';

/** What a challenge may be answered for; an answer to one is none to another. */
export const PASSKEY_PURPOSES = ['sign-up', 'enrol', 'sign-in', 'second-factor', 'proof'] as const;
export type PasskeyPurpose = (typeof PASSKEY_PURPOSES)[number];

/** Whom a challenge is for: a user, a sign-up, or, at sign-in, whoever the passkey says. */
export type BoundTo = UserId | Id<'sup'> | null;

export interface Ceremony {
  readonly purpose: PasskeyPurpose;
  readonly boundTo: BoundTo;
}

/** Milliseconds in which a challenge can be answered. */
export const CEREMONY_MS = 5 * 60_000;

/** WebAuthn §13.4.3 asks for 16 bytes at least. */
const CHALLENGE_BYTES = 32;

const digestOf = (challenge: string): Buffer => hash('sha256', challenge, 'buffer');

/** A fresh challenge, 32 bytes, and the row that will know it. */
export const openCeremony = async (
  database: Database,
  clock: Clock,
  { purpose, boundTo }: Ceremony,
): Promise<Uint8Array<ArrayBuffer>> => {
  const challenge = new Uint8Array(randomSecretBytes(CHALLENGE_BYTES));
  const digest = digestOf(Buffer.from(challenge).toString('base64url'));
  await database.run(insertCeremony, [digest, purpose, boundTo, new Date(clock.now() + CEREMONY_MS)]);
  return challenge;
};

/**
 * Takes the challenge of an answer out, whether the rest of the answer holds or not.
 * @param challenge base64url, as the browser wrote it. @throws challenge_over (400).
 */
export const closeCeremony = async (
  database: Database,
  clock: Clock,
  challenge: string,
  wanted: Ceremony,
): Promise<void> => {
  const [row] = await database.run(takeCeremony, [digestOf(challenge)]);
  const isWanted = row !== undefined && row.purpose === wanted.purpose && row.bound_to === wanted.boundTo;
  if (!isWanted || row.expires_at.getTime() <= clock.now()) throw challengeOver();
};
