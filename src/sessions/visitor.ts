/** Who knocks, before anybody is identified: a source for limits, a rough device, and what the browser kept for us. */
import type { Id, UserId } from '../foundation/ids.ts';
import type { Cookies } from '../gate/cookies.ts';
import type { Request } from '../http/route.ts';
import { sourceOf } from '../limits/source.ts';
import { deviceOf, type Device } from './browser.ts';
import type { Guesser } from './guessing.ts';

export interface Visitor {
  /** An IPv4 address, or an IPv6 /64; lives in memory only. */
  readonly source: string;
  readonly device: Device;
  /** Who signed in here before, with credentials of which epoch, and when (seconds since the Unix epoch). */
  readonly known:
    | { readonly user: UserId; readonly credentialEpoch: number; readonly at: number }
    | undefined;
  /** The sign-up that this browser asked for last. */
  readonly signUp: Id<'sup'> | undefined;
}

/** Reads a request as a visitor's; cookies that are not ours, or are over, count as none. */
export const visitorOf = (cookies: Cookies, request: Request, now: number): Visitor => {
  const known = cookies.read('known', request, now);
  const signUp = cookies.read('sign-up', request, now);
  return {
    source: sourceOf(request.address.expose()),
    device: deviceOf(request.exposeHeader('user-agent')),
    known: known.ok
      ? { user: known.value.sub, credentialEpoch: known.value.ep, at: known.value.iat }
      : undefined,
    signUp: signUp.ok ? signUp.value.sub : undefined,
  };
};

/** The visitor as somebody who tries to be this user; familiar only where this very account signed in here lately. */
export const guesserOf = (
  { source, known }: Visitor,
  user: string | undefined,
  credentialEpoch: number | undefined,
): Guesser => {
  const isFamiliar = known !== undefined && known.user === user && known.credentialEpoch === credentialEpoch;
  // Every sign-in made a proof of its own, and each has its own budget: one that was taken along burns only itself.
  return { source, familiar: isFamiliar ? `${known.user} ${known.at}` : undefined };
};
