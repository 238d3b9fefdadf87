import type { ProjectLimits } from '../foundation/caller.ts';

/** What a new project may use until its plan says otherwise: requests in a second, and in a UTC day. */
export const NEW_PROJECT_LIMITS = {
  perSecond: 10,
  burst: 10,
  perDay: 2500,
  perMonth: null,
  isSoft: false,
} as const satisfies ProjectLimits;

/** Companies that one user may own, so that nobody fills the house with empty ones. */
export const MOST_COMPANIES = 20;
/** Projects of one company. */
export const MOST_PROJECTS = 100;

/** Unicode code points in the name of a company or project. */
export const LONGEST_NAME = 200;
