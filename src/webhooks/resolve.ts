/** Asks the name servers where a host is. */
import { Resolver } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';

/** Addresses of a name, none where it has none. @throws NameUnknown where no name server said. */
export type Resolve = (hostname: string, signal: AbortSignal) => Promise<readonly LookupAddress[]>;

/** No answer about a name; another attempt may get one. */
export class NameUnknown extends Error {
  override readonly name = 'NameUnknown';
}

const EACH_TRY_MS = 2000;
const TRIES = 2;

/** The name server's word for “there is none”. */
const NONE = new Set(['ENOTFOUND', 'ENODATA']);

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

/**
 * Asks for IPv4 and IPv6 at once, without `getaddrinfo`, whose four threads belong to the whole process: a name server that
 * keeps silent would hold files and mail up. Names in /etc/hosts and search domains are therefore not looked at.
 * @param servers `address:port`; those of this machine where left out.
 */
export const createResolve =
  (servers?: readonly string[]): Resolve =>
  async (hostname, signal) => {
    signal.throwIfAborted();
    const resolver = new Resolver({ timeout: EACH_TRY_MS, tries: TRIES });
    if (servers !== undefined) resolver.setServers(servers);
    const cancel = (): void => resolver.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const [v4, v6] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
      signal.throwIfAborted();
      const found: LookupAddress[] = [];
      if (v4.status === 'fulfilled') for (const address of v4.value) found.push({ address, family: 4 });
      if (v6.status === 'fulfilled') for (const address of v6.value) found.push({ address, family: 6 });
      const isSilent = [v4, v6].some(
        (answer) => answer.status === 'rejected' && !NONE.has(String(codeOf(answer.reason))),
      );
      if (found.length === 0 && isSilent) throw new NameUnknown();
      return found;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  };
