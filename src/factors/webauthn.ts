/** The WebAuthn library, read when a passkey is first used: parsing it takes every thread's start a tenth of a second. */
import type * as WebAuthn from '@simplewebauthn/server';
import type * as Decoders from '@simplewebauthn/server/helpers';

export const loadWebAuthn = async (): Promise<typeof WebAuthn> => import('@simplewebauthn/server');

/** Its decoders, which come along with it. */
export const loadDecoders = async (): Promise<typeof Decoders> => import('@simplewebauthn/server/helpers');
