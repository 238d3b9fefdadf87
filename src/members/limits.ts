/** Invitations of one company that are open at the same time. */
export const MOST_INVITATIONS = 20;
/** How long an invitation can be accepted: a week. */
export const INVITATION_MS = 7 * 86_400_000;

/** How often something may be tried: so many at once, and one more after each so many milliseconds. */
export const RATES = {
  /** Invitations that one user sends, over all companies. */
  inviting: { burst: 30, everyMs: 120_000 },
  /** Mails of one company to one address. */
  invited: { burst: 3, everyMs: 600_000 },
  /** Tokens of links from one source. */
  token: { burst: 20, everyMs: 5000 },
} as const;
