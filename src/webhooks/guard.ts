/** Finds out where a webhook's address leads, and refuses what is not public (OWASP SSRF Prevention Cheat Sheet, case 2). */
import { isIP } from 'node:net';
import type { LookupAddress } from 'node:dns';
import { ok, refused, type Result } from '../foundation/result.ts';
import { reachOf } from './addresses.ts';
import { createResolve, NameUnknown, type Resolve } from './resolve.ts';

/** Why nothing is sent there: the name leads nowhere, no name server said, or somewhere that is not public. */
export type GuardFault = 'name_not_found' | 'name_unanswered' | 'not_public';

export interface Guard {
  /**
   * The addresses behind a host, every one of them allowed. A connection has to be made to one of these: whoever asks
   * again may be told another (DNS rebinding). Rejects where `signal` aborts.
   */
  locate(url: URL, signal: AbortSignal): Promise<Result<readonly LookupAddress[], GuardFault>>;
}

export interface GuardOptions {
  /** WEBHOOK_NETWORKS as `readConfig` has checked it: networks besides public ones. */
  readonly networks: readonly string[];
  /** Asks the name servers where left out. */
  readonly resolve?: Resolve;
}

/** Makes the guard; it remembers nothing from one question to the next. */
export const createGuard = ({ networks, resolve = createResolve() }: GuardOptions): Guard => {
  const mayReach = reachOf(networks);
  const addressesOf = async (hostname: string, signal: AbortSignal): Promise<readonly LookupAddress[]> => {
    const literal = hostname.replaceAll(/[[\]]/g, '');
    const family = isIP(literal);
    return family === 0 ? resolve(hostname, signal) : [{ address: literal, family }];
  };
  return {
    locate: async ({ hostname }, signal) => {
      try {
        const found = await addressesOf(hostname, signal);
        if (found.length === 0) return refused('name_not_found');
        // One that is not public among many is no slip.
        return found.every(({ address }) => mayReach(address)) ? ok(found) : refused('not_public');
      } catch (error) {
        if (error instanceof NameUnknown) return refused('name_unanswered');
        throw error;
      }
    },
  };
};
