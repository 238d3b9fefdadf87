/** Endpoints of authenticator apps. */
import { z } from 'zod';
import { defineEndpoint } from '../http/endpoint.ts';
import type { AnyRoute } from '../http/route.ts';
import { cookiesToGoOn, type GoingOn } from '../users/going-on.ts';
import { totpCode } from './schemas.ts';
import type { TotpService } from './totp-service.ts';
import { recoveryCodeList } from './wire.ts';

const TAG = 'Security of the account';

export const createTotpRoutes = (totp: TotpService, cookies: GoingOn): readonly AnyRoute[] => [
  defineEndpoint({
    operation: 'totp.start',
    method: 'POST',
    path: '/v1/account/totp',
    access: { session: true },
    fresh: true,
    tag: TAG,
    summary: 'Start to add an authenticator app',
    description:
      'Gives a secret for the app. It counts once a code of the app confirms it, within an hour; starting again before that replaces it.',
    body: z.strictObject({}),
    reply: {
      status: 200,
      description: 'The secret, shown now and never again.',
      schema: z.strictObject({
        secret: z
          .string()
          .describe('32 characters of base32, to be typed into the app.')
          .meta({ examples: ['JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'] }),
        uri: z
          .string()
          .describe('The same as an `otpauth:` address, for a QR code.')
          .meta({ examples: ['otpauth://totp/…'] }),
      }),
    },
    problems: { 409: '`totp_exists`: an app has been added already.' },
    handle: async (_, { caller, now }) => ({ body: await totp.start(caller, now) }),
  }),
  defineEndpoint({
    operation: 'totp.confirm',
    method: 'POST',
    path: '/v1/account/totp/confirm',
    access: { session: true },
    fresh: true,
    tag: TAG,
    summary: 'Confirm the authenticator app',
    description:
      'From now on the account has this second factor, and this session counts as one with it. The code that confirms cannot be used to sign in. With the first factor come ten recovery codes. The owner gets a mail.',
    body: z.strictObject({ code: totpCode }),
    reply: {
      status: 200,
      description: 'Recovery codes where there were none; null where there are some still.',
      schema: z.strictObject({ recovery_codes: recoveryCodeList.nullable() }),
    },
    problems: {
      400: '`code_wrong`: not the code that the app shows now.',
      409: '`totp_not_started`, or `totp_exists`: nothing to confirm, or confirmed already.',
    },
    handle: async ({ body }, { caller, now }) => {
      const codes = await totp.confirm(caller, body.code, now);
      return { body: { recovery_codes: codes === null ? null : [...codes] } };
    },
  }),
  defineEndpoint({
    operation: 'totp.remove',
    method: 'DELETE',
    path: '/v1/account/totp',
    access: { session: true },
    fresh: true,
    tag: TAG,
    summary: 'Remove the authenticator app',
    description:
      'Ends all other sessions. With the last factor go the recovery codes. The owner gets a mail.',
    reply: { status: 204, description: 'It is removed.' },
    problems: {
      404: '`totp_not_found`: there is none.',
      409: '`second_factor_needed`: a company requires a second factor, and this is the last one.',
    },
    handle: async (_, { caller, request, now }) => {
      const { user } = caller;
      const { credentialEpoch } = await totp.remove(caller, now);
      return { body: undefined, cookies: cookiesToGoOn(cookies, request, { user, credentialEpoch }, now) };
    },
  }),
];
