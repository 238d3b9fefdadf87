/** Names under which people who have nothing to do with each other have their pages (publicsuffix.org). */

/**
 * Whether the public suffix list has this very name, private part included: `com`, `co.uk`, `github.io`. A top-level name
 * that the list does not know counts as one (the list's own default rule).
 * The list is loaded when somebody first adds a domain with a wildcard, and by nobody else.
 * @param host in punycode.
 */
export const isPublicSuffix = async (host: string): Promise<boolean> => {
  const { getPublicSuffix } = await import('tldts');
  return getPublicSuffix(host, { allowPrivateDomains: true }) === host;
};
