/** Identifies the person behind a session's cookie: the token says which session, the database whether it still is one. */
import {
  ROLES,
  type Membership,
  type PendingCaller,
  type Role,
  type SessionCaller,
} from '../foundation/caller.ts';
import { isId, type CompanyId, type SessionId, type UserId } from '../foundation/ids.ts';
import { Problem, type ProofMethod } from '../foundation/problem.ts';
import { ok, refused, type Result } from '../foundation/result.ts';
import type { Request } from '../http/route.ts';
import { RENEWAL_MS, ticketOf, type SessionClaims } from './claims.ts';
import type { CookieReason, Cookies } from './cookies.ts';
import type { KeyRing } from './key-ring.ts';
import type { KnownSession, SessionMemory, SessionPerson } from './session-memory.ts';
import type { WriteMarks } from './write-marks.ts';

/** Why nobody was identified. Outsiders learn nothing of it. */
export type SessionReason = CookieReason | 'ended' | 'another-epoch';

/** A row of `find_session`. */
export interface SessionRow {
  readonly session_id: string;
  readonly user_id: string;
  readonly email: string;
  readonly name: string | null;
  readonly credential_epoch: number;
  readonly seen_at: Date;
  readonly expires_at: Date;
  readonly is_strong: boolean;
  readonly has_password: boolean;
  readonly has_totp: boolean;
  readonly has_passkey: boolean;
  readonly companies: readonly string[];
  readonly company_names: readonly string[];
  readonly roles: readonly string[];
  readonly second_factor_required: readonly boolean[];
}

export interface SessionGateOptions {
  readonly cookies: Cookies;
  readonly ring: KeyRing;
  readonly memory: SessionMemory;
  readonly marks: WriteMarks;
  readonly find: (session: SessionId) => Promise<SessionRow | undefined>;
  /** Notes that a session is in use; not waited for. */
  readonly touch: (user: UserId, session: SessionId, at: number) => void;
  /** Whether ends of sessions are known to have reached this worker within the last second. */
  readonly isCurrent: () => boolean;
  readonly now: () => number;
}

type Verdict<Caller> = Result<Caller, SessionReason>;
type Eventually<Value> = Value | Promise<Value>;

export interface SessionGate {
  identify(request: Request): Eventually<Verdict<SessionCaller>>;
  /** By what the database says now, for refusals that a memory must not give. */
  identifyAfresh(request: Request): Promise<Verdict<SessionCaller>>;
  /** Whether a caller of `identify` came out of memory. */
  isRemembered(caller: SessionCaller): boolean;
  /** Somebody between the two steps. The credentials' epoch is for the second step to compare. */
  identifyPending(request: Request): Eventually<Verdict<PendingCaller>>;
}

/** A memory of this age is asked for anew, even if nothing was heard. */
const REMEMBER_MS = 15 * 60_000;
/** How often a session's last use is written down. */
export const TOUCH_MS = 15 * 60_000;
/** Database look-ups under way at once in one worker. */
const MOST_LOOKUPS = 64;

const isRole = (text: string | undefined): text is Role =>
  (ROLES as readonly (string | undefined)[]).includes(text);

const membershipsOf = (row: SessionRow): ReadonlyMap<CompanyId, Membership> => {
  const memberships = new Map<CompanyId, Membership>();
  for (const [index, company] of row.companies.entries()) {
    const role = row.roles[index];
    if (!isId('com', company) || !isRole(role))
      throw new Error('find_session returned a membership of another form');
    memberships.set(company, {
      company,
      companyName: row.company_names[index] ?? '',
      role,
      requiresSecondFactor: row.second_factor_required[index] ?? true,
    });
  }
  return memberships;
};

/** With a second factor enrolled, a password alone proves nothing. */
const proofMethodsOf = (row: SessionRow): readonly ProofMethod[] => {
  const second: ProofMethod[] = [];
  if (row.has_totp) second.push('totp');
  if (row.has_passkey) second.push('passkey');
  return second.length > 0 ? second : ['password'];
};

const personOf = (row: SessionRow): SessionPerson => {
  const { session_id: session, user_id: user } = row;
  if (!isId('ses', session) || !isId('usr', user))
    throw new Error('find_session returned an id of another form');
  return {
    credential: 'session',
    session,
    user,
    email: row.email,
    name: row.name,
    isStrong: row.is_strong,
    hasSecondFactor: row.has_totp || row.has_passkey,
    proofMethods: proofMethodsOf(row),
    memberships: membershipsOf(row),
  };
};

/** When a token is old enough for a younger one: by its own age, or once the ring has turned. */
const renewalDueAt = ({ iat }: SessionClaims, ring: KeyRing): number => {
  const [issuedAt, turnedAt] = [iat * 1000, ring.currentSince()];
  return turnedAt > issuedAt ? Math.min(issuedAt + RENEWAL_MS, turnedAt) : issuedAt + RENEWAL_MS;
};

/** Identifies sessions: a known one costs one decryption, any other one look-up by the session's id. */
export const createSessionGate = (options: SessionGateOptions): SessionGate => {
  const { cookies, ring, memory, marks, find, touch, isCurrent, now } = options;
  const underWay = new Map<string, Promise<KnownSession | undefined>>();
  const fromMemory = new WeakSet<SessionCaller>();

  const callerOf = (known: KnownSession, claims: SessionClaims): Verdict<SessionCaller> => {
    const { person } = known;
    if (known.expiresAt <= now()) return refused('expired');
    // A cookie from before the credentials changed is void, even where the session goes on with a younger one.
    if (person.user !== claims.sub || known.credentialEpoch !== claims.ep) return refused('another-epoch');
    // Only once the database has been asked does a session get a longer life.
    const dueAt = renewalDueAt(claims, ring);
    const isDue = now() >= dueAt && known.askedAt >= dueAt;
    const renewal = isDue ? cookies.session(ticketOf(claims), now()) : undefined;
    return ok({ ...person, provenAt: claims.proven_at * 1000, renewal });
  };

  const lookUp = async (claims: SessionClaims): Promise<KnownSession | undefined> => {
    const [askedAt, mark, generation] = [now(), marks.of(claims.sub), memory.generation];
    const row = await find(claims.sid);
    if (row === undefined) return undefined;
    const person = personOf(row);
    const known: KnownSession = {
      person,
      credentialEpoch: row.credential_epoch,
      expiresAt: row.expires_at.getTime(),
      askedAt,
      mark,
    };
    // An end that was heard while the answer was on its way must not be undone by it.
    if (memory.generation === generation) memory.put(known);
    if (askedAt - row.seen_at.getTime() >= TOUCH_MS) touch(person.user, person.session, askedAt);
    return known;
  };

  /** Requests at the same time share one look-up, as long as nothing has changed in between. */
  const lookUpOnce = (claims: SessionClaims): Promise<KnownSession | undefined> => {
    const name = `${claims.sid} ${marks.of(claims.sub)} ${memory.generation}`;
    const already = underWay.get(name);
    if (already !== undefined) return already;
    if (underWay.size >= MOST_LOOKUPS) {
      throw new Problem(503, 'unavailable', 'Too many sessions are being checked', {
        detail: 'Try again in a second.',
        headers: { 'retry-after': '1' },
      });
    }
    const started = lookUp(claims).finally(() => underWay.delete(name));
    underWay.set(name, started);
    return started;
  };

  const ask = async (claims: SessionClaims): Promise<Verdict<SessionCaller>> => {
    const known = await lookUpOnce(claims);
    return known === undefined ? refused('ended') : callerOf(known, claims);
  };

  const isTrusted = (known: KnownSession, claims: SessionClaims): boolean => {
    const dueAt = renewalDueAt(claims, ring);
    return (
      isCurrent() &&
      known.mark === marks.of(claims.sub) &&
      Math.abs(now() - known.askedAt) < REMEMBER_MS &&
      (now() < dueAt || known.askedAt >= dueAt)
    );
  };

  /** What a cookie says, now or, where its key is not known yet, once the ring was read again. */
  const read = <Kind extends 'session' | 'pending', Value>(
    kind: Kind,
    request: Request,
    next: (claims: ReturnType<typeof cookies.read<Kind>> & { ok: true }) => Eventually<Verdict<Value>>,
  ): Eventually<Verdict<Value>> => {
    const first = cookies.read(kind, request, now());
    if (first.ok) return next(first);
    if (first.reason !== 'unknown-key') return first;
    return ring.refresh().then(() => {
      const second = cookies.read(kind, request, now());
      return second.ok ? next(second) : second;
    });
  };

  return {
    identify: (request) =>
      read<'session', SessionCaller>('session', request, ({ value: claims }) => {
        const known = memory.get(claims.sid);
        if (known === undefined || !isTrusted(known, claims)) return ask(claims);
        const verdict = callerOf(known, claims);
        // Also this refusal may be one that the database would not give any more.
        if (!verdict.ok) return ask(claims);
        fromMemory.add(verdict.value);
        return verdict;
      }),
    identifyAfresh: async (request) =>
      read<'session', SessionCaller>('session', request, ({ value }) => ask(value)),
    isRemembered: (caller) => fromMemory.has(caller),
    identifyPending: (request) =>
      read<'pending', PendingCaller>('pending', request, ({ value: { sub, ep } }) =>
        ok({ credential: 'pending', user: sub, credentialEpoch: ep }),
      ),
  };
};
