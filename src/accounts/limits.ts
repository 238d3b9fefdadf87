/** How much there may be of what members make. What projects may use is their plan's, and the operator's business. */

/** Companies that one user may own, so that nobody fills the house with empty ones. */
export const MOST_COMPANIES = 20;
/** Projects of one company. */
export const MOST_PROJECTS = 100;

/** Unicode code points in the name of a company or project. */
export const LONGEST_NAME = 200;
