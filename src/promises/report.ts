/** The security report as plain data: what `/security.json` sends, what the page shows, what a stranger verifies. */
import type { PromiseKind } from '../foundation/promise.ts';

/** `unchecked`: never checked yet, not checked for too long, or the check itself could not run. */
export const PROMISE_STATES = ['kept', 'broken', 'unchecked'] as const;
/** One of PROMISE_STATES. */
export type PromiseState = (typeof PROMISE_STATES)[number];

/** One promise as the public sees it. */
export interface PromiseView {
  readonly id: string;
  readonly sentence: string;
  readonly kind: PromiseKind;
  readonly state: PromiseState;
  readonly enforcedBy: string;
  /** ISO 8601 in UTC with milliseconds; null before the first check. */
  readonly checkedAt: string | null;
  readonly evidence: string;
  /** A command for strangers, where there is one. */
  readonly repeat?: string;
}

/** Everything that an installation promises, with what its checks last found. */
export interface SecurityReport {
  readonly installation: { readonly name: string; readonly url: string; readonly version: string };
  readonly generatedAt: string;
  readonly promises: readonly PromiseView[];
  readonly history: {
    readonly entries: number;
    /** Hash of the newest entry in hex; null before the first. */
    readonly head: string | null;
    /** Ed25519 public key, SPKI in DER, in base64. */
    readonly publicKey: string;
  };
}

/** What stands in for evidence before a first check has ended. */
export const NOT_CHECKED_YET = 'Not checked yet since the start.';

/** What stands in for evidence when a check threw or took too long: whatever it threw might quote a value. */
export const COULD_NOT_RUN = 'The check could not run.';
