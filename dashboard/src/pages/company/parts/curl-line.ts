/** The first call that anybody makes, as a line for a terminal. */

/** Stands where the secret goes as long as nobody has one. */
export const SECRET_PLACEHOLDER = 'YOUR_SECRET_KEY';

const LOCAL = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether a host is this machine, whose certificate comes from the installation's own authority. */
export const isLocalHost = (hostname: string): boolean => LOCAL.test(hostname);

/** The line. Double quotes, because they mean the same to sh, PowerShell and cmd; neither key nor address has any inside. */
export const curlLine = (
  { origin, hostname }: { readonly origin: string; readonly hostname: string },
  secret = SECRET_PLACEHOLDER,
): string =>
  [
    'curl',
    ...(isLocalHost(hostname) ? ['--cacert data/tls/ca.pem'] : []),
    `-H "X-Api-Key: ${secret}"`,
    `"${origin}/geocode/v1/json?q=Berlin"`,
  ].join(' ');
