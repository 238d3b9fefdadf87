/** Keeps the certificate that new connections are served with, and takes up a renewed one without a restart. */
import { X509Certificate } from 'node:crypto';
import type { Clock } from '../foundation/clock.ts';
import type { Log } from '../foundation/log.ts';
import type { Certificate } from './edge-tls.ts';
import { CertificateError } from './load-certificate.ts';

/** The certificate of one process. */
export interface CertificateKeeper {
  current(): Certificate;
  /** PEM of each certificate that a new connection may meet: the current one, and shortly after a renewal the one before. */
  served(): readonly string[];
  /** Until the current one expires; below 0 afterwards. */
  secondsLeft(): number;
  /** Looks for a renewed one now and then. @param onRenewal told of each, which is valid and fits its key. */
  watch(onRenewal: (certificate: Certificate) => void): void;
  /** Resolves when nothing is being read any more. */
  close(): Promise<void>;
}

export interface KeeperOptions {
  readonly first: Certificate;
  /** Reads it anew. Rejects with a CertificateError where what is there cannot be served. */
  readonly load: () => Promise<Certificate>;
  /** Milliseconds between two looks. */
  readonly everyMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Threads are told of a renewal at once, but one that is busy hears it late. */
const LINGER_MS = 60_000;

export const createCertificateKeeper = ({
  first,
  load,
  everyMs,
  clock,
  log,
}: KeeperOptions): CertificateKeeper => {
  let current = first;
  let before: { readonly certificate: Certificate; readonly until: number } | undefined;
  let under: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  /** What kept the last look from being of use, and what of it has been said. */
  let trouble = '';
  let said = '';

  const take = (next: Certificate): void => {
    before = { certificate: current, until: clock.monotonic() + LINGER_MS };
    current = next;
    const until = new X509Certificate(next.cert).validToDate.toISOString().slice(0, 10);
    log.info(`a renewed certificate is served from now on, valid until ${until}`, {
      code: 'certificate_renewed',
    });
  };

  const look = async (onRenewal: (certificate: Certificate) => void): Promise<void> => {
    try {
      const next = await load();
      trouble = said = '';
      if (next.cert === current.cert && next.key === current.key) return;
      take(next);
      onRenewal(next);
    } catch (error) {
      const found = error instanceof CertificateError ? error.message : 'it cannot be read';
      // Programs that renew write two files one after the other: what is wrong once may be right at the next look.
      if (found === trouble && found !== said) {
        said = found;
        log.warn(`no renewed certificate can be served, and the one in use goes on: ${found}`, {
          code: 'certificate_not_renewed',
          ...(error instanceof CertificateError ? {} : { error }),
        });
      }
      trouble = found;
    }
  };

  return {
    current: () => current,
    served: () => {
      if (before !== undefined && before.until <= clock.monotonic()) before = undefined;
      return before === undefined ? [current.cert] : [current.cert, before.certificate.cert];
    },
    secondsLeft: () =>
      Math.floor((new X509Certificate(current.cert).validToDate.getTime() - clock.now()) / 1000),
    watch: (onRenewal) => {
      timer = setInterval(() => {
        under ??= look(onRenewal).finally(() => (under = undefined));
      }, everyMs);
    },
    close: async () => {
      clearInterval(timer);
      await under;
    },
  };
};
