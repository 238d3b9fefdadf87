/** The RateLimit fields of our own API: draft-ietf-httpapi-ratelimit-headers-11, structured fields of RFC 9651. */
import type { LimitState } from '../foundation/caller.ts';
import type { Reply } from './route.ts';

/** For attempts that are counted somewhere else than in the caller's own limits, and by how much is not said. */
const OTHER = 'attempts';

const policyOf = ({ name, quota, windowSeconds }: LimitState): string =>
  `"${name}";q=${String(quota)};w=${windowSeconds}`;

const stateOf = ({ name, remaining, resetSeconds }: LimitState): string =>
  `"${name}";r=${remaining}${resetSeconds > 0 ? `;t=${resetSeconds}` : ''}`;

const isUsedUp = ({ remaining }: LimitState): boolean => remaining === 0;

/**
 * Adds `RateLimit-Policy` and `RateLimit`. A refusal whose limit is not among `states` names it without its policy, and
 * `Retry-After` is never earlier than any limit that is used up.
 * @param states names are lower-case words with hyphens, numbers are whole and not negative.
 */
export const withRateLimits = (reply: Reply, states: readonly LimitState[]): Reply => {
  const isRefusal = reply.status === 429 || reply.status === 402;
  const retryAfter = Number(reply.headers['retry-after'] ?? 0);
  const other = { name: OTHER, quota: undefined, windowSeconds: 0, remaining: 0, resetSeconds: retryAfter };
  const told = isRefusal && !states.some(isUsedUp) ? [...states, other] : states;
  if (told.length === 0) return reply;
  const policies = told.filter(({ quota }) => quota !== undefined).map(policyOf);
  const headers = isRefusal
    ? {
        ...reply.headers,
        'retry-after': String(
          Math.max(1, retryAfter, ...told.filter(isUsedUp).map((state) => state.resetSeconds)),
        ),
      }
    : reply.headers;
  return {
    ...reply,
    headers,
    extra: [
      ...(reply.extra ?? []),
      ...(policies.length === 0 ? [] : ['ratelimit-policy', policies.join(', ')]),
      'ratelimit',
      told.map(stateOf).join(', '),
    ],
  };
};
