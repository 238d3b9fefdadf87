/** Why a caller may not go on, in words for the outside; which are fewer than those for the operator. */
import type { QuotaState, Scope } from '../foundation/caller.ts';
import { Problem, type ProofMethod } from '../foundation/problem.ts';
import type { Access } from './route.ts';

/** Why a caller was not identified, as far as an outsider may know. */
export type IdentifyRefusal =
  | 'missing'
  | 'invalid'
  | 'origin-missing'
  | 'origin-not-allowed'
  | 'no-domain'
  | 'secret-in-browser';

/** Why a caller may not go on now. */
export interface LimitRefusal {
  /** `unavailable`: the units of a quota cannot be had at the moment. */
  readonly limit: 'per-second' | 'per-day' | 'per-month' | 'unavailable';
  /** Whose limit it is. */
  readonly of: 'project' | 'key' | 'session';
  readonly retryAfterMs: number;
  readonly quota: QuotaState | undefined;
}

/** Why an identified caller may not do this. */
export type AuthoriseRefusal =
  | {
      readonly because: 'scope-missing';
      /** Where a key with it could do this; without, no key can. */
      readonly scope?: Scope;
    }
  | { readonly because: 'no-member' | 'role' | 'second-factor-required' }
  | { readonly because: 'proof-not-fresh'; readonly methods: readonly ProofMethod[] };

const invalidKey = (refusal: IdentifyRefusal): Problem =>
  new Problem(401, refusal === 'missing' ? 'missing_key' : 'invalid_key', 'No valid key', {
    detail:
      refusal === 'missing'
        ? 'Send a secret key as "Authorization: Bearer vs_sk_…".'
        : 'The key is not one that works here. Check it for typos, that it has not been revoked, and that it is a secret key; a public key works from pages of authorised domains only.',
    headers: { 'www-authenticate': 'Bearer realm="vouchsafe"' },
  });

/** What a page can be told that is known, and still may not call. */
const PAGE_REFUSALS: Readonly<Record<Exclude<IdentifyRefusal, 'missing' | 'invalid'>, () => Problem>> = {
  'origin-missing': () =>
    new Problem(403, 'origin_missing', 'No page sent this', {
      detail:
        'A public project id works from pages of authorised domains, whose browsers send an Origin. From a server, use a secret key.',
    }),
  'origin-not-allowed': () =>
    new Problem(403, 'origin_not_allowed', 'This origin is not authorised', {
      detail:
        "The page's origin is not among the project's authorised domains, exactly as it stands in the Origin field.",
    }),
  'no-domain': () =>
    new Problem(403, 'no_domain', 'The project has no authorised domain', {
      detail: 'Add the domain of the page to the project first.',
    }),
  'secret-in-browser': () =>
    new Problem(403, 'secret_in_browser', 'A secret key was sent by a page', {
      detail:
        'Everybody who opens the page can read it. Rotate it, use the public key instead, and add the domain to the project.',
    }),
};

/** 401 `sign_in_required`: the same whether there was no session, or one that is over, or a forged one. */
export const signInRequired = (): Problem =>
  new Problem(401, 'sign_in_required', 'Sign in first', {
    detail: 'There is no session, or it is over.',
    headers: { 'www-authenticate': 'Cookie realm="vouchsafe"' },
  });

/** 401, or 403 for a page that may not call. */
export const unauthenticated = (access: Access, refusal: IdentifyRefusal): Problem =>
  !('secretKey' in access)
    ? signInRequired()
    : refusal === 'missing' || refusal === 'invalid'
      ? invalidKey(refusal)
      : PAGE_REFUSALS[refusal]();

/** The header that says when to come back, in whole seconds (RFC 9110 §10.2.3). */
export const retryAfter = (milliseconds: number): Readonly<Record<string, string>> => ({
  'retry-after': String(Math.max(1, Math.ceil(milliseconds / 1000))),
});

const WHOSE = { project: 'The project', key: 'The key', session: 'This session' } as const;

/** 429, 402 or 503, with the time at which to come back. */
export const overLimit = ({ limit, of, retryAfterMs }: LimitRefusal): Problem => {
  const headers = retryAfter(retryAfterMs);
  if (limit === 'per-second') {
    return new Problem(429, 'rate_limited', 'Too many requests', {
      detail: `${WHOSE[of]} has used its requests for this second.`,
      headers,
    });
  }
  if (limit === 'unavailable') {
    return new Problem(503, 'unavailable', 'Quotas cannot be counted at the moment', {
      detail: 'Nothing was spent. Try again in a second.',
      headers,
    });
  }
  const [period, turn] =
    limit === 'per-day' ? ['today', '00:00 UTC'] : ['this month', '00:00 UTC on the first of the next one'];
  return new Problem(402, 'quota_exceeded', 'Quota exceeded', {
    detail: `${WHOSE[of]} has used its requests for ${period}; the count starts anew at ${turn}.`,
    headers,
  });
};

/** 429 for a source whose requests nobody stands behind. */
export const tooManyStrangers = (): Problem =>
  new Problem(429, 'rate_limited', 'Too many requests', {
    detail: 'Too many requests without a valid key or session came from this address.',
    headers: { 'retry-after': '1' },
  });

type Because = AuthoriseRefusal['because'];

const REFUSALS: Readonly<Record<Exclude<Because, 'proof-not-fresh' | 'scope-missing'>, () => Problem>> = {
  'no-member': () => new Problem(404, 'company_not_found', 'There is no such company', { field: 'company' }),
  role: () =>
    new Problem(403, 'forbidden', 'Not allowed', {
      detail: 'Your role in this company does not allow this. Ask one of its owners.',
    }),
  'second-factor-required': () =>
    new Problem(403, 'second_factor_required', 'This company requires a second factor', {
      detail: 'Add a second factor to your account, then sign in with it.',
    }),
};

const proofRequired = (methods: readonly ProofMethod[]): Problem =>
  new Problem(403, 'fresh_proof_required', 'Prove once more who you are', {
    detail: 'This needs a proof from the last ten minutes: POST /v1/session/proof, then try again.',
    extensions: { methods },
  });

const scopeMissing = (scope: Scope | undefined): Problem =>
  new Problem(403, 'forbidden', 'Not allowed', {
    detail:
      scope === undefined
        ? 'The key does not have the scope for this.'
        : `The key does not have the scope for this, ${scope}. Whoever may manage the project's keys can add it in the dashboard.`,
  });

/** 403, or 404 for what the caller may not know of. */
export const notAllowed = (refusal: AuthoriseRefusal): Problem => {
  if (refusal.because === 'proof-not-fresh') return proofRequired(refusal.methods);
  if (refusal.because === 'scope-missing') return scopeMissing(refusal.scope);
  return REFUSALS[refusal.because]();
};

/** 401: the session ended, or the credentials changed, while the request was under way. */
export const sessionEnded = (): Problem =>
  new Problem(401, 'session_ended', 'Sign in again', { detail: 'Your sign-in ended meanwhile.' });

/** 429: guessing, or mailing, is slowed. */
export const tooManyAttempts = (retryAfterMs: number): Problem =>
  new Problem(429, 'too_many_attempts', 'Too many attempts', {
    detail: 'Wait a little, then try again.',
    headers: retryAfter(retryAfterMs),
  });
