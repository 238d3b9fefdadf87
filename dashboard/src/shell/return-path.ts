/** Where to go after signing in. */

/** A path inside the dashboard, or undefined: an address of elsewhere is never followed (open redirect). */
export const safeReturnPath = (value: unknown): string | undefined =>
  typeof value === 'string' && value.length < 512 && /^\/(?![/\\])[\w\-./~%?=&]*$/.test(value)
    ? value
    : undefined;

/** The `back` parameter of the sign-in pages. */
export const validateBack = (search: Record<string, unknown>): { back?: string } => {
  const back = safeReturnPath(search['back']);
  return back === undefined ? {} : { back };
};
