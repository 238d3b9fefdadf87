import { Problem } from '../foundation/problem.ts';
import type { Request } from '../http/route.ts';

/**
 * A page in a browser on this machine can send requests to loopback under a name of its own (DNS rebinding); the Host
 * header then bears that name. Throws a Problem 403 for any other name than those of loopback.
 */
export const assertLocalName = (request: Request): undefined => {
  const { host } = request.headers.expose();
  const name = typeof host === 'string' ? host.replace(/:\d+$/, '') : '';
  if (name === 'localhost' || name === '127.0.0.1' || name === '[::1]') return undefined;
  throw new Problem(403, 'not_local', 'Only for programs on this machine', {
    detail: 'Call it by 127.0.0.1 or localhost.',
  });
};
