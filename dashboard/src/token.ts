/**
 * The token of a mailed link. It stands in the fragment, which no server ever sees, and leaves the address bar at once:
 * no history, no screenshot, no copied address holds it. It is kept in memory until it has been used.
 */
import { useSyncExternalStore } from 'react';

let token: string | undefined;
const listeners = new Set<() => void>();

/** Takes the token out of the address; called before the router looks at it, and at every change of the fragment. */
export const takeToken = (): void => {
  const found = /^#token=([A-Za-z0-9_-]{1,128})$/.exec(location.hash);
  if (found === null) return;
  token = found[1];
  history.replaceState(history.state, '', location.pathname + location.search);
  for (const listener of listeners) listener();
};

/** Forgets the token once it has been used. */
export const dropToken = (): void => {
  token = undefined;
};

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** The token of the link that led here, if one did. */
export const useToken = (): string | undefined => useSyncExternalStore(subscribe, () => token);
