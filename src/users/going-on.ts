/** Cookies with which a browser goes on after the credentials changed: those of before are void. */
import type { UserId } from '../foundation/ids.ts';
import type { Cookies } from '../gate/cookies.ts';
import type { Request } from '../http/route.ts';

/** What is needed of the gate's cookies. */
export type GoingOn = Pick<Cookies, 'continueSession' | 'known'>;

/** `Set-Cookie` values: the same session under the new epoch, and the browser known as before. */
export const cookiesToGoOn = (
  cookies: GoingOn,
  request: Request,
  { user, credentialEpoch }: { readonly user: UserId; readonly credentialEpoch: number },
  now: number,
): readonly string[] => {
  const session = cookies.continueSession(request, { credentialEpoch }, now);
  return session === undefined ? [] : [session, cookies.known({ user, credentialEpoch }, now)];
};
