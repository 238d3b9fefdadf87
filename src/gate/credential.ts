import { Secret } from '../foundation/secret.ts';
import { ok, refused, type Result } from '../foundation/result.ts';
import type { Request } from '../http/route.ts';

/** A secret key as the caller presented it, and the public key where both came (HTTP Basic `pk:sk`). */
export interface PresentedKey {
  readonly secret: Secret;
  readonly publicKey: string | undefined;
}

export type CredentialReason = 'missing' | 'unreadable' | 'contradictory';

/** Longer than any key with its scheme, shorter than anything worth decoding. */
const LONGEST_HEADER = 256;

const BASIC = /^basic +([A-Za-z0-9+/]+={0,2})$/i;
const BEARER = /^bearer +([\x21-\x7e]+)$/i;

const fromBasic = (encoded: string): PresentedKey | undefined => {
  const [publicKey, secret, ...rest] = Buffer.from(encoded, 'base64').toString('latin1').split(':');
  if (publicKey === undefined || secret === undefined || rest.length > 0) return undefined;
  return { secret: new Secret(secret), publicKey };
};

const fromAuthorization = (header: string): PresentedKey | undefined => {
  if (header.length > LONGEST_HEADER) return undefined;
  const bearer = BEARER.exec(header)?.[1];
  if (bearer !== undefined) return { secret: new Secret(bearer), publicKey: undefined };
  const basic = BASIC.exec(header)?.[1];
  return basic === undefined ? undefined : fromBasic(basic);
};

/**
 * Finds the secret key of a request: `Authorization: Bearer sk`, `Authorization: Basic pk:sk`, `X-Api-Key`, or the
 * wire contract's `?key=`. A key given twice must be the same key: which of two would count is nothing to guess.
 */
export const presentedKey = (request: Request): Result<PresentedKey, CredentialReason> => {
  const query = request.query.expose();
  const authorization = request.exposeHeader('authorization');
  const apiKey = request.exposeHeader('x-api-key');
  const parameter = query.values.get('key');

  let found: PresentedKey | undefined;
  if (authorization !== undefined) {
    found = fromAuthorization(authorization);
    if (found === undefined) return refused('unreadable');
  }
  if (apiKey !== undefined) {
    if (apiKey.length > LONGEST_HEADER) return refused('unreadable');
    if (found !== undefined && found.secret.expose() !== apiKey) return refused('contradictory');
    found ??= { secret: new Secret(apiKey), publicKey: undefined };
  }
  // Also where one of several is empty, or cannot be decoded: something was presented, and it is no key.
  if (query.duplicated.has('key') || query.malformed.has('key')) return refused('unreadable');
  if (parameter !== undefined && parameter !== '') {
    if (parameter.length > LONGEST_HEADER) return refused('unreadable');
    if (found !== undefined && found.secret.expose() !== parameter) return refused('contradictory');
    found ??= { secret: new Secret(parameter), publicKey: undefined };
  }
  return found === undefined ? refused('missing') : ok(found);
};
