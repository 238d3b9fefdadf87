/** Passkeys: what the browser does between two calls. Loaded when first needed. */
import type { Body } from './client.ts';
import { ApiProblem } from './problem.ts';

/** A new passkey, and a proof by one, as JSON, the way the API takes them. */
export type Attestation = Body<'passkeys.create'>['response'];
export type Assertion = Body<'sessions.create-with-passkey'>['response'];

/** Whether this browser knows passkeys at all. */
export const hasPasskeys = (): boolean => typeof PublicKeyCredential === 'function';

/** Whether it can offer them inside the e-mail field (conditional mediation). */
export const offersPasskeysInFields = async (): Promise<boolean> => {
  if (!hasPasskeys() || typeof PublicKeyCredential.isConditionalMediationAvailable !== 'function')
    return false;
  return PublicKeyCredential.isConditionalMediationAvailable();
};

/** What the person or the device refused, as a sentence. */
const refusal = (error: unknown): ApiProblem => {
  const name = error instanceof Error ? error.name : '';
  if (name === 'InvalidStateError') {
    return new ApiProblem(0, {
      code: 'passkey_exists',
      title: 'This device already holds a passkey for your account.',
      detail: 'Use that one, or choose another device.',
    });
  }
  return new ApiProblem(0, {
    code: 'passkey_refused',
    title: 'No passkey was used.',
    detail: 'The browser or device stopped it, or it took too long. Try again, or choose another way.',
  });
};

/** Makes a new passkey. @throws {ApiProblem} when the person or device refuses. */
export const createPasskey = async (options: Record<string, unknown>): Promise<Attestation> => {
  const { startRegistration } = await import('@simplewebauthn/browser');
  try {
    const credential = await startRegistration({ optionsJSON: options as never });
    return credential as unknown as Attestation;
  } catch (error) {
    throw refusal(error);
  }
};

/** Uses a passkey. With `inField` it waits, unseen, until one is picked in the e-mail field. */
export const assertPasskey = async (
  options: Record<string, unknown>,
  inField = false,
): Promise<Assertion> => {
  const { startAuthentication } = await import('@simplewebauthn/browser');
  try {
    const credential = await startAuthentication({
      optionsJSON: options as never,
      useBrowserAutofill: inField,
    });
    return credential as unknown as Assertion;
  } catch (error) {
    throw refusal(error);
  }
};

/** Stops a wait in the e-mail field, because another way was taken. */
export const stopWaiting = async (): Promise<void> => {
  const { WebAuthnAbortService } = await import('@simplewebauthn/browser');
  WebAuthnAbortService.cancelCeremony();
};
