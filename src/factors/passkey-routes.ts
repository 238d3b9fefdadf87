/** Endpoints of passkeys. */
import { z } from 'zod';
import { defineEndpoint } from '../http/endpoint.ts';
import { nameField } from '../http/fields.ts';
import type { AnyRoute } from '../http/route.ts';
import { cookiesToGoOn, type GoingOn } from '../users/going-on.ts';
import type { PasskeyService } from './passkey-service.ts';
import { ceremonyOptions, registrationResponse } from './schemas.ts';
import { passkeyIdOf, passkeyItem, recoveryCodeList, wirePasskey } from './wire.ts';

const TAG = 'Security of the account';
const PARAMS = { passkey: z.string().max(40).describe('The id of a passkey.') };
const NAME = nameField(100)
  .describe('What its owner calls it.')
  .meta({ examples: ['My laptop'] });

export const createPasskeyRoutes = (passkeys: PasskeyService, cookies: GoingOn): readonly AnyRoute[] => [
  defineEndpoint({
    operation: 'passkeys.options',
    method: 'POST',
    path: '/v1/account/passkeys/options',
    access: { session: true },
    fresh: true,
    tag: TAG,
    summary: 'Start to add a passkey',
    description: 'Gives what the browser needs to make a passkey; to be answered once, within five minutes.',
    body: z.strictObject({}),
    reply: {
      status: 200,
      description: 'Options for `navigator.credentials.create()`.',
      schema: z.strictObject({ options: ceremonyOptions }),
    },
    problems: { 409: '`too_many_passkeys`: one has to go first.' },
    handle: async (_, { caller }) => ({ body: { options: { ...(await passkeys.options(caller)) } } }),
  }),
  defineEndpoint({
    operation: 'passkeys.create',
    method: 'POST',
    path: '/v1/account/passkeys',
    access: { session: true },
    fresh: true,
    tag: TAG,
    summary: 'Add the passkey that the browser made',
    description:
      'It is a way to sign in and a second factor at once. This session counts as one with a second factor from now on. With the first factor come ten recovery codes. The owner gets a mail.',
    body: z.strictObject({ name: NAME, response: registrationResponse }),
    reply: {
      status: 200,
      description: 'The passkey, and recovery codes where there were none.',
      schema: z.strictObject({ passkey: passkeyItem, recovery_codes: recoveryCodeList.nullable() }),
    },
    problems: {
      400: '`passkey_invalid`, or `challenge_over`: the answer does not hold, or comes too late.',
      409: '`passkey_exists`, or `too_many_passkeys`.',
    },
    handle: async ({ body }, { caller, now }) => {
      const { passkey, recoveryCodes } = await passkeys.add(caller, body, now);
      const codes = recoveryCodes === null ? null : [...recoveryCodes];
      return { body: { passkey: wirePasskey(passkey), recovery_codes: codes } };
    },
  }),
  defineEndpoint({
    operation: 'passkeys.rename',
    method: 'PATCH',
    path: '/v1/account/passkeys/:passkey',
    access: { session: true },
    tag: TAG,
    summary: 'Rename a passkey',
    description: 'Changes what its owner calls it, and nothing else.',
    params: PARAMS,
    body: z.strictObject({ name: NAME }),
    reply: { status: 200, description: 'The passkey.', schema: passkeyItem },
    problems: { 404: '`passkey_not_found`: this account has no such passkey.' },
    handle: async ({ params, body }, { caller }) => ({
      body: wirePasskey(await passkeys.rename(caller, passkeyIdOf(params.passkey), body.name)),
    }),
  }),
  defineEndpoint({
    operation: 'passkeys.remove',
    method: 'DELETE',
    path: '/v1/account/passkeys/:passkey',
    access: { session: true },
    fresh: true,
    tag: TAG,
    summary: 'Remove a passkey',
    description:
      'It opens the account no longer, and all other sessions end. With the last factor go the recovery codes. The owner gets a mail.',
    params: PARAMS,
    reply: { status: 204, description: 'It is removed.' },
    problems: {
      404: '`passkey_not_found`: this account has no such passkey.',
      409: '`only_way_in`, or `second_factor_needed`: it is the only way into the account, or the last factor where a company requires one.',
    },
    handle: async ({ params }, { caller, request, now }) => {
      const { user } = caller;
      const { credentialEpoch } = await passkeys.remove(caller, passkeyIdOf(params.passkey), now);
      return { body: undefined, cookies: cookiesToGoOn(cookies, request, { user, credentialEpoch }, now) };
    },
  }),
];
