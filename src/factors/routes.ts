/** Endpoints of second factors, as a table. */
import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { defineEndpoint } from '../http/endpoint.ts';
import type { AnyRoute } from '../http/route.ts';
import type { Database } from '../store/database.ts';
import type { GoingOn } from '../users/going-on.ts';
import { createFactors } from './factors-service.ts';
import { createPasskeyRoutes } from './passkey-routes.ts';
import { createPasskeyService } from './passkey-service.ts';
import type { Passkeys } from './passkeys.ts';
import { createTotpRoutes } from './totp-routes.ts';
import { createTotpService } from './totp-service.ts';
import { passkeyItem, recoveryCodeList, wirePasskey } from './wire.ts';

const TAG = 'Security of the account';

export interface FactorParts {
  readonly database: Database;
  readonly passkeys: Passkeys;
  /** `deriveKey(master, 'totp')`. */
  readonly boxKey: KeyObject;
  /** `deriveKey(master, 'recovery-code')`. */
  readonly codeKey: KeyObject;
  /** The name under which authenticator apps list an account: `issuerOf(publicUrl)`. */
  readonly issuer: string;
  readonly cookies: GoingOn;
}

/** The installation's name in authenticator apps. */
export const issuerOf = (publicUrl: string): string => `Vouchsafe ${new URL(publicUrl).hostname}`;

export const createFactorRoutes = (parts: FactorParts): readonly AnyRoute[] => {
  const factors = createFactors(parts);
  return [
    defineEndpoint({
      operation: 'factors.show',
      method: 'GET',
      path: '/v1/account/factors',
      access: { session: true },
      tag: TAG,
      summary: 'Show how one gets into the account',
      description: 'Whether there is a password, and which second factors there are.',
      reply: {
        status: 200,
        description: 'The factors; no secret of any.',
        schema: z.strictObject({
          password: z.boolean().describe('Whether there is one.'),
          totp: z
            .strictObject({ since: z.iso.datetime() })
            .nullable()
            .describe('The authenticator app; null where there is none.'),
          passkeys: z.array(passkeyItem),
          recovery_codes_left: z.int().min(0),
        }),
      },
      handle: async (_, { caller }) => {
        const { hasPassword, totpSince, passkeys, recoveryCodesLeft } = await factors.show(caller.user);
        return {
          body: {
            password: hasPassword,
            totp: totpSince === null ? null : { since: totpSince.toISOString() },
            passkeys: passkeys.map(wirePasskey),
            recovery_codes_left: recoveryCodesLeft,
          },
        };
      },
    }),
    ...createTotpRoutes(createTotpService(parts), parts.cookies),
    ...createPasskeyRoutes(createPasskeyService(parts), parts.cookies),
    defineEndpoint({
      operation: 'recovery-codes.replace',
      method: 'POST',
      path: '/v1/account/recovery-codes',
      access: { session: true },
      fresh: true,
      tag: TAG,
      summary: 'Make new recovery codes',
      description: 'The codes of before are void. The owner gets a mail.',
      body: z.strictObject({}),
      reply: {
        status: 200,
        description: 'Ten codes.',
        schema: z.strictObject({ recovery_codes: recoveryCodeList }),
      },
      problems: { 409: '`no_second_factor`: there is none that they could stand in for.' },
      handle: async (_, { caller, now }) => ({
        body: { recovery_codes: [...(await factors.replaceCodes(caller, now))] },
      }),
    }),
  ];
};
