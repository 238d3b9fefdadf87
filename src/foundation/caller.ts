import type { CompanyId, KeyId, ProjectId } from './ids.ts';

/** What a key may be allowed to do. One word per service and kind of access. */
export const SCOPES = ['geocoding:read'] as const;
export type Scope = (typeof SCOPES)[number];

/** What a project may use. */
export interface ProjectLimits {
  /** Requests in any one second, counted by a sliding window. */
  readonly perSecond: number;
  /** Requests in a UTC day; `null` where the plan has none. */
  readonly perDay: number | null;
}

/** The state of a project's daily quota after this request, for contracts that show it. */
export interface QuotaState {
  readonly limit: number;
  readonly remaining: number;
  /** When the count starts anew, in seconds since the Unix epoch. */
  readonly resetSeconds: number;
}

/** Who stands behind one request, once it is identified. Made by `gate`, read by everyone else. */
export interface Caller {
  readonly credential: 'secret-key';
  readonly company: CompanyId;
  readonly project: ProjectId;
  readonly key: KeyId;
  readonly scopes: readonly Scope[];
  readonly limits: ProjectLimits;
}
