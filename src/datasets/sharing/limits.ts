/** Grants of one dataset. More are a list of people that nobody looks through; see decision 38. */
export const MOST_GRANTS = 1000;
/** Invitations to datasets of one company that are open at the same time. */
export const MOST_INVITATIONS = 100;
/** How long an invitation can be accepted: a week. */
export const INVITATION_MS = 7 * 86_400_000;
/** How long a request can be decided, and is not made again: thirty days. */
export const REQUEST_MS = 30 * 86_400_000;
/** What asking for access takes, whatever there is to ask for. */
export const ASK_ANSWER_MS = 300;
/** Managers who are written to about one request. */
export const MOST_TOLD = 10;
/** Evaluations of one AuthZEN request. */
export const MOST_EVALUATIONS = 100;
/** People, or datasets, on one page. */
export const PAGE = 100;

/** How often something may be done: so many at once, and one more after each so many milliseconds. */
export const RATES = {
  /** Invitations that one user sends, over all companies and datasets. */
  inviting: { burst: 30, everyMs: 120_000 },
  /** Mails of one company to one address. */
  invited: { burst: 3, everyMs: 600_000 },
  /** Requests of one user for datasets, over all companies. */
  asking: { burst: 20, everyMs: 60_000 },
} as const;
/** Below it decisions are asked for (OpenID AuthZEN); their errors say which request they answer. */
export const DECISIONS = '/access/v1';
