/** What our tokens say, and for how long they may be believed. Times in a token are whole seconds (RFC 7519 §2). */
import { z } from 'zod';
import { isId, type Id, type IdPrefix, type SessionId, type UserId } from '../foundation/ids.ts';
import { ok, refused, type Result } from '../foundation/result.ts';

/** How somebody has proved who they are, in the words of RFC 8176 (`rec` is ours: a recovery code). */
export const PROOFS = ['pwd', 'otp', 'hwk', 'rec'] as const;
export type Proof = (typeof PROOFS)[number];

/** A session ends this long after its sign-in, whatever happens. */
export const SESSION_MS = 12 * 3_600_000;
/** A session that is not used ends after this. */
export const IDLE_MS = 3_600_000;
/** A token of this age is replaced by a younger one. */
export const RENEWAL_MS = 15 * 60_000;
/** Between password and second factor. */
export const PENDING_MS = 10 * 60_000;
/** How long a browser that has signed in is known. */
export const KNOWN_MS = 90 * 86_400_000;
/** As long as the link that is mailed. */
export const SIGN_UP_MS = 86_400_000;

/** How far another node's clock may run ahead of ours. */
const LEEWAY_MS = 60_000;

const id = <Prefix extends IdPrefix>(prefix: Prefix) =>
  z.custom<Id<Prefix>>((value) => typeof value === 'string' && isId(prefix, value));
const seconds = z.int().min(0).max(100_000_000_000);
const epoch = z.int().min(1);
const version = z.literal(1);

const sessionClaims = z.strictObject({
  v: version,
  sub: id('usr'),
  sid: id('ses'),
  amr: z.array(z.enum(PROOFS)).min(1).max(PROOFS.length),
  proven_at: seconds,
  iat: seconds,
  exp: seconds,
  abs: seconds,
  ep: epoch,
});
const personClaims = z.strictObject({ v: version, sub: id('usr'), iat: seconds, exp: seconds, ep: epoch });
const signUpClaims = z.strictObject({ v: version, sub: id('sup'), iat: seconds, exp: seconds });

/** Of a session: `abs` is when it ends at the latest, `ep` the epoch of the credentials it was made with. */
export type SessionClaims = z.output<typeof sessionClaims>;
/** Of a browser between the two steps, and of one that is known. */
export type PersonClaims = z.output<typeof personClaims>;
export type SignUpClaims = z.output<typeof signUpClaims>;

export interface ClaimsByKind {
  readonly session: SessionClaims;
  readonly pending: PersonClaims;
  readonly known: PersonClaims;
  readonly 'sign-up': SignUpClaims;
}

const SCHEMAS = {
  session: sessionClaims,
  pending: personClaims,
  known: personClaims,
  'sign-up': signUpClaims,
} as const;

const LIFETIMES_MS = {
  session: IDLE_MS,
  pending: PENDING_MS,
  known: KNOWN_MS,
  'sign-up': SIGN_UP_MS,
} as const;

export type ClaimsReason = 'not-claims' | 'expired' | 'from-the-future';

/** Whole seconds since the Unix epoch. */
export const toSeconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);

/** Claims of one kind out of what a token held, if they are of their form and of this time. */
export const checkClaims = <Kind extends keyof ClaimsByKind>(
  kind: Kind,
  value: unknown,
  now: number,
): Result<ClaimsByKind[Kind], ClaimsReason> => {
  const parsed = SCHEMAS[kind].safeParse(value);
  if (!parsed.success) return refused('not-claims');
  const claims = parsed.data;
  const latest = toSeconds(now + LEEWAY_MS);
  if (claims.iat > latest) return refused('from-the-future');
  if (claims.exp * 1000 <= now) return refused('expired');
  if (claims.exp - claims.iat > LIFETIMES_MS[kind] / 1000) return refused('not-claims');
  if (kind === 'session') {
    const { proven_at, iat, exp, abs } = claims as SessionClaims;
    if (proven_at > latest) return refused('from-the-future');
    if (exp > abs || abs - iat > SESSION_MS / 1000) return refused('not-claims');
  }
  return ok(claims as ClaimsByKind[Kind]);
};

/** A session as the one who signs somebody in knows it. Times in milliseconds since the Unix epoch. */
export interface SessionTicket {
  readonly session: SessionId;
  readonly user: UserId;
  readonly credentialEpoch: number;
  readonly proofs: readonly Proof[];
  /** The last fresh proof. */
  readonly provenAt: number;
  /** The sign-in: `created_at` of the session's row. */
  readonly startedAt: number;
}

/** The claims of a token made now. */
export const sessionClaimsOf = (ticket: SessionTicket, now: number): SessionClaims => {
  const abs = toSeconds(ticket.startedAt + SESSION_MS);
  return {
    v: 1,
    sub: ticket.user,
    sid: ticket.session,
    amr: [...ticket.proofs],
    proven_at: toSeconds(ticket.provenAt),
    iat: toSeconds(now),
    exp: Math.min(toSeconds(now + IDLE_MS), abs),
    abs,
    ep: ticket.credentialEpoch,
  };
};

/** The other way round, to the second. */
export const ticketOf = (claims: SessionClaims): SessionTicket => ({
  session: claims.sid,
  user: claims.sub,
  credentialEpoch: claims.ep,
  proofs: claims.amr,
  provenAt: claims.proven_at * 1000,
  startedAt: claims.abs * 1000 - SESSION_MS,
});
