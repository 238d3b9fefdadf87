/** The control plane: where its rooms are put together to routes, the same in every thread. */
import type { KeyObject } from 'node:crypto';
import { createAccountRoutes } from './accounts/routes.ts';
import { createAuditRoutes } from './audit/routes.ts';
import { createIndexRoutes } from './datasets/indexes/routes.ts';
import { createUploadRoutes } from './datasets/uploads/routes.ts';
import { createDatasetRoutes } from './datasets/routes.ts';
import { createSharingRoutes } from './datasets/sharing/routes.ts';
import { createDomainRoutes } from './domains/routes.ts';
import { createFactorRoutes, issuerOf } from './factors/routes.ts';
import { createPasskeys } from './factors/passkeys.ts';
import type { Clock } from './foundation/clock.ts';
import { deriveKey } from './foundation/derive.ts';
import type { Log } from './foundation/log.ts';
import type { Cookies } from './gate/cookies.ts';
import type { SessionGate } from './gate/session.ts';
import type { AnyRoute } from './http/route.ts';
import { PEPPER_ID } from './installation/secrets.ts';
import { createKeyRoutes } from './keys/routes.ts';
import { createLeavingRoutes } from './leaving/routes.ts';
import type { Attempts } from './limits/attempts.ts';
import { sourceOf } from './limits/source.ts';
import { enqueueMail } from './mail/outbox.ts';
import { createMemberRoutes, roleRoutes } from './members/routes.ts';
import type { PasswordHasher } from './passwords/hasher.ts';
import { createPlaygroundRoutes, type PlaygroundParts } from './playground/routes.ts';
import { createRequestLogRoutes } from './request-log/routes.ts';
import { createSessionRoutes } from './sessions/routes.ts';
import { RATES } from './sessions/rules.ts';
import { createStartSession } from './sessions/start.ts';
import type { Database } from './store/database.ts';
import { createUsageRoutes } from './usage/routes.ts';
import { createUserRoutes } from './users/routes.ts';
import { createGuard } from './webhooks/guard.ts';
import { createWebhookRoutes } from './webhooks/routes.ts';

/** What the routes are made of in one thread. */
export interface FeatureParts {
  readonly publicUrl: string;
  /** 32 secret bytes, for `deriveKey`. */
  readonly master: Uint8Array;
  /** Under which key digests are made. */
  readonly pepper: KeyObject;
  readonly database: Database;
  readonly sessions: SessionGate;
  /** Somebody's memberships have changed: what the process remembers of their sessions counts for nothing. */
  readonly noteAccess: (user: string) => void;
  /** Walks a request as if this caller's key had come with it. */
  readonly askAs: PlaygroundParts['askAs'];
  readonly cookies: Cookies;
  readonly attempts: Attempts;
  readonly hasher: PasswordHasher;
  /** Networks besides public ones that webhooks may lead to. */
  readonly webhookNetworks: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
}

/** Reports of exposed keys by one source: 20 at once, and 20 more each minute. */
const REPORT_RATE = { burst: 20, everyMs: 3000 } as const;

/** Messages that members of one company send by hand: 10 at once, and 10 more each minute. */
const SEND_RATE = { burst: 10, everyMs: 6000 } as const;

/** The routes, in the order of their tags in the document. Making them calls nothing of the parts. */
export const featureRoutes = (parts: FeatureParts): readonly AnyRoute[] => {
  const { publicUrl, master, database, cookies, clock, sessions } = parts;
  const linkKey = deriveKey(master, 'link');
  const totpKey = deriveKey(master, 'totp');
  const recoveryKey = deriveKey(master, 'recovery-code');
  const { hostname, origin } = new URL(publicUrl);
  const passkeys = createPasskeys({ database, rpId: hostname, rpName: 'Vouchsafe', origin, clock });
  return [
    ...createSessionRoutes({ ...parts, passkeys, linkKey, totpKey, recoveryKey }),
    ...createUserRoutes({ ...parts, linkKey }),
    ...createFactorRoutes({
      database,
      passkeys,
      cookies,
      boxKey: totpKey,
      codeKey: recoveryKey,
      issuer: issuerOf(publicUrl),
    }),
    ...createAccountRoutes(parts),
    ...createPlaygroundRoutes(parts),
    ...createUsageRoutes(parts),
    ...createDomainRoutes(parts),
    ...createDatasetRoutes(parts),
    ...createIndexRoutes(parts),
    ...createSharingRoutes({
      database,
      linkKey,
      publicUrl,
      enqueueMail,
      spend: (bucket, rate, now) => {
        const verdict = parts.attempts.spend(bucket, rate, now);
        return verdict.ok ? 0 : verdict.retryAfterMs;
      },
      spendToken: (address, now) => {
        const verdict = parts.attempts.spend(`token ${sourceOf(address.expose())}`, RATES.token, now);
        return verdict.ok ? 0 : verdict.retryAfterMs;
      },
    }),
    ...createRequestLogRoutes(parts),
    ...createMemberRoutes({
      ...parts,
      linkKey,
      enqueueMail,
      startSession: createStartSession(cookies),
      identifySession: async (request) => {
        const verdict = await sessions.identify(request);
        return verdict.ok ? verdict.value : undefined;
      },
    }),
    ...roleRoutes(),
    ...createKeyRoutes({
      ...parts,
      pepperId: PEPPER_ID,
      enqueueMail,
      spendReport: (address, now) => {
        const source = sourceOf(address.expose());
        const verdict = parts.attempts.spend(`exposed-key ${source}`, REPORT_RATE, now);
        return verdict.ok ? 0 : Math.ceil(verdict.retryAfterMs / 1000);
      },
      // One count for links of all kinds, so one rate.
      spendToken: (address, now) => {
        const verdict = parts.attempts.spend(`token ${sourceOf(address.expose())}`, RATES.token, now);
        return verdict.ok ? 0 : verdict.retryAfterMs;
      },
    }),
    ...createWebhookRoutes({
      database,
      boxKey: deriveKey(master, 'webhook'),
      guard: createGuard({ networks: parts.webhookNetworks }),
      spendSend: (company, now) => {
        const verdict = parts.attempts.spend(`webhook ${company}`, SEND_RATE, now);
        return verdict.ok ? 0 : Math.ceil(verdict.retryAfterMs / 1000);
      },
    }),
    ...createUploadRoutes(parts),
    ...createAuditRoutes(parts),
    ...createLeavingRoutes(parts),
  ];
};

/** The same table for those who only read it: names for the metrics, the OpenAPI document. No route of it can be called. */
export const featureTable = (): readonly AnyRoute[] =>
  featureRoutes({
    publicUrl: 'https://localhost',
    master: new Uint8Array(32),
    webhookNetworks: [] as readonly string[],
  } as FeatureParts);
