import type { CompanyId, DomainId, KeyId, ProjectId, SessionId, UserId } from './ids.ts';
import type { ProofMethod } from './problem.ts';

/** What a key may be allowed to do. One word per service and kind of access. */
export const SCOPES = ['geocoding:read', 'visitor:read', 'datasets:read', 'datasets:write'] as const;
export type Scope = (typeof SCOPES)[number];

/** What a new key may do where nobody says anything: to read. What changes data is asked for. */
export const FIRST_SCOPES = [
  'geocoding:read',
  'visitor:read',
  'datasets:read',
] as const satisfies readonly Scope[];

/** What a project may use. */
export interface ProjectLimits {
  /** Requests a second, over time. */
  readonly perSecond: number;
  /** Requests that may come at once. */
  readonly burst: number;
  /** Units in a UTC day; `null` where the plan has no such limit. */
  readonly perDay: number | null;
  /** Units in a UTC month; `null` where the plan has no such limit. */
  readonly perMonth: number | null;
  /** Whether requests beyond the units of a day or a month are answered all the same. */
  readonly isSoft: boolean;
}

/** What one key may use of its project's limits; `null` where only those hold. */
export interface KeyLimits {
  readonly perSecond: number | null;
  /** Units in a UTC day; always hard. */
  readonly perDay: number | null;
}

/** What a project's owner wants logged of each request. */
export interface RequestLogging {
  /** Whether the query is logged as well. */
  readonly queries: boolean;
}

/** The state of a project's daily quota after this request, for contracts that show it. */
export interface QuotaState {
  readonly limit: number;
  readonly remaining: number;
  /** When the count starts anew, in seconds since the Unix epoch. */
  readonly resetSeconds: number;
}

/** The state of one limit, for the IETF's RateLimit fields. */
export interface LimitState {
  /** Lower-case words with hyphens. */
  readonly name: string;
  /** Units in the window; undefined where that is nobody's business. */
  readonly quota: number | undefined;
  readonly windowSeconds: number;
  readonly remaining: number;
  /** Whole seconds until there is more than `remaining`. */
  readonly resetSeconds: number;
}

/** A program with a project's secret key. */
export interface KeyCaller {
  readonly credential: 'secret-key';
  readonly company: CompanyId;
  readonly project: ProjectId;
  readonly key: KeyId;
  readonly scopes: readonly Scope[];
  readonly limits: ProjectLimits;
  /** Undefined where the key has no limits of its own. */
  readonly keyLimits: KeyLimits | undefined;
  /** Undefined where nothing is logged, which is the rule. */
  readonly logging: RequestLogging | undefined;
}

/** A page of an authorised domain, with a project's public key or its id. */
export interface BrowserCaller {
  readonly credential: 'browser';
  readonly company: CompanyId;
  readonly project: ProjectId;
  /** The pair whose public key it was; undefined where the project's id was given. */
  readonly key: KeyId | undefined;
  /** Undefined for a page of the developer's own machine. */
  readonly domain: DomainId | undefined;
  readonly scopes: readonly Scope[];
  readonly limits: ProjectLimits;
  /** Undefined where the key has no limits of its own. */
  readonly keyLimits: KeyLimits | undefined;
  /** Undefined where nothing is logged, which is the rule. */
  readonly logging: RequestLogging | undefined;
}

/** Whoever calls for a project: rate, quota and use are the project's. */
export type ProjectCaller = KeyCaller | BrowserCaller;

/** What a member may do in a company, from least to most is `viewer`, `member`, `admin`, `owner`. */
export const ROLES = ['owner', 'admin', 'member', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

export interface Membership {
  readonly company: CompanyId;
  readonly companyName: string;
  readonly role: Role;
  /** Whether the company lets only those in who signed in with a second factor. */
  readonly requiresSecondFactor: boolean;
}

/** A person who has signed in. */
export interface SessionCaller {
  readonly credential: 'session';
  readonly session: SessionId;
  readonly user: UserId;
  readonly email: string;
  readonly name: string | null;
  /** When the person last proved who they are, in milliseconds since the Unix epoch. */
  readonly provenAt: number;
  /** Whether a second factor, or a passkey that verified its user, was shown at sign-in. */
  readonly isStrong: boolean;
  /** Whether a second factor is enrolled. */
  readonly hasSecondFactor: boolean;
  /** What would do as a fresh proof; where it is left out, what follows from `hasSecondFactor`. */
  readonly proofMethods?: readonly ProofMethod[];
  readonly memberships: ReadonlyMap<CompanyId, Membership>;
  /** A `Set-Cookie` value with a younger token, to go out with the answer; undefined while the present one is young. */
  readonly renewal: string | undefined;
}

/** A person between password and second factor. Nothing but the second step takes it. */
export interface PendingCaller {
  readonly credential: 'pending';
  readonly user: UserId;
  /** The credentials' epoch when the password was right; another one now makes this void. */
  readonly credentialEpoch: number;
}

/** Who stands behind one request, once it is identified. Made by `gate`, read by everyone else. */
export type Caller = ProjectCaller | SessionCaller | PendingCaller;

/** Whether a program or a page calls for a project, and not a person. */
export const isProjectCaller = (caller: Caller): caller is ProjectCaller =>
  caller.credential === 'secret-key' || caller.credential === 'browser';
