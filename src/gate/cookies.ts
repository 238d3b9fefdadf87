/** The cookies of signing in: what each is called, who may make one, and what one that comes back is worth. */
import type { Id, UserId } from '../foundation/ids.ts';
import { refused, type Result } from '../foundation/result.ts';
import { expiredHostCookie, hostCookie, readCookie } from '../http/cookie.ts';
import type { Request } from '../http/route.ts';
import {
  checkClaims,
  KNOWN_MS,
  PENDING_MS,
  sessionClaimsOf,
  SIGN_UP_MS,
  ticketOf,
  toSeconds,
  type ClaimsByKind,
  type ClaimsReason,
  type PersonClaims,
  type Proof,
  type SessionTicket,
} from './claims.ts';
import type { KeyRing } from './key-ring.ts';
import { openToken, sealToken, type TokenKind, type TokenReason } from './session-token.ts';

/** A name for each kind of token: none is ever looked for under another's. */
export const COOKIES = {
  session: '__Host-vs-session',
  pending: '__Host-vs-pending',
  known: '__Host-vs-known',
  'sign-up': '__Host-vs-sign-up',
} as const satisfies Readonly<Record<TokenKind, string>>;

/** `Set-Cookie` value that makes a browser forget the cookie of a kind. */
export const forgetCookie = (kind: TokenKind): string => expiredHostCookie(COOKIES[kind]);

/** Why a cookie is worth nothing; outsiders learn only whether there was one. */
export type CookieReason = 'missing' | 'ambiguous' | TokenReason | ClaimsReason;

/** Somebody, and the epoch of the credentials that they have shown. */
export interface Person {
  readonly user: UserId;
  readonly credentialEpoch: number;
}

/** What changes when a session goes on with a new token. */
export interface SessionChanges {
  /** Milliseconds since the Unix epoch. */
  readonly provenAt?: number;
  /** Added to those of before. */
  readonly proofs?: readonly Proof[];
  readonly credentialEpoch?: number;
}

/** Makes and reads the cookies; `now` is milliseconds since the Unix epoch. Makers give `Set-Cookie` values. */
export interface Cookies {
  session(ticket: SessionTicket, now: number): string;
  /** The session of a request goes on with these changes; undefined where the request has none that can be read. */
  continueSession(request: Request, changes: SessionChanges, now: number): string | undefined;
  pending(person: Person, now: number): string;
  known(person: Person, now: number): string;
  signUp(id: Id<'sup'>, now: number): string;
  /** What the request's cookie of a kind says. Only claims: whether the session has ended, the database knows. */
  read<Kind extends TokenKind>(
    kind: Kind,
    request: Request,
    now: number,
  ): Result<ClaimsByKind[Kind], CookieReason>;
}

const personClaims = ({ user, credentialEpoch }: Person, lifetimeMs: number, now: number): PersonClaims => ({
  v: 1,
  sub: user,
  iat: toSeconds(now),
  exp: toSeconds(now + lifetimeMs),
  ep: credentialEpoch,
});

/** @param ring of this thread. */
export const createCookies = (ring: KeyRing): Cookies => {
  const keyFor = (kind: TokenKind): ReturnType<KeyRing['current']> =>
    kind === 'known' ? ring.lasting : ring.current();

  const make = <Kind extends TokenKind>(kind: Kind, claims: ClaimsByKind[Kind], now: number): string =>
    hostCookie(COOKIES[kind], sealToken(kind, keyFor(kind), claims), claims.exp - toSeconds(now));

  const find = (kind: TokenKind): KeyRing['find'] =>
    kind === 'known' ? (id) => (id === ring.lasting.id ? ring.lasting : undefined) : ring.find;

  const read = <Kind extends TokenKind>(
    kind: Kind,
    request: Request,
    now: number,
  ): Result<ClaimsByKind[Kind], CookieReason> => {
    const cookie = readCookie(request.exposeHeader('cookie'), COOKIES[kind]);
    if (cookie.kind !== 'value') return refused(cookie.kind);
    const opened = openToken(kind, cookie.value, find(kind));
    return opened.ok ? checkClaims(kind, opened.value, now) : opened;
  };

  return {
    session: (ticket, now) => make('session', sessionClaimsOf(ticket, now), now),
    continueSession: (request, changes, now) => {
      const present = read('session', request, now);
      if (!present.ok) return undefined;
      const before = ticketOf(present.value);
      const proofs = [...new Set([...before.proofs, ...(changes.proofs ?? [])])];
      return make('session', sessionClaimsOf({ ...before, ...changes, proofs }, now), now);
    },
    pending: (person, now) => make('pending', personClaims(person, PENDING_MS, now), now),
    known: (person, now) => make('known', personClaims(person, KNOWN_MS, now), now),
    signUp: (id, now) =>
      make('sign-up', { v: 1, sub: id, iat: toSeconds(now), exp: toSeconds(now + SIGN_UP_MS) }, now),
    read,
  };
};
