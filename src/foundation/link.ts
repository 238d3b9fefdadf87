/** Tokens of mailed links: made from the id of a row and a key outside the database, so that no table holds one. */
import { hash, type KeyObject } from 'node:crypto';
import { Problem } from './problem.ts';
import { hmacSha256, Secret } from './secret.ts';

export const LINK_PURPOSES = [
  'sign-up',
  'password-reset',
  'email-change',
  'invitation',
  'key-reveal',
  'dataset-invitation',
] as const;
export type LinkPurpose = (typeof LINK_PURPOSES)[number];

/** The token of one link, 43 characters of base64url; the same for the same purpose and id. */
export const linkToken = (key: KeyObject, purpose: LinkPurpose, id: string): Secret =>
  new Secret(hmacSha256(key, `${purpose}:${id}`).toString('base64url'));

/** SHA-256 of a token, 32 bytes: what a row keeps. Enough without a key, since a token has 256 bits of its own. */
export const digestOfToken = (token: Secret): Buffer => hash('sha256', token.expose(), 'buffer');

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** Whether a text from outside has the form of a token. */
export const isLinkToken = (text: string): boolean => TOKEN.test(text);

/** 410: a link that was used, has run out, or never was: one answer. */
export const linkInvalid = (detail = 'Links work once and for a limited time. Ask for a new one.'): Problem =>
  new Problem(410, 'link_invalid', 'This link does not work any more', { detail, field: '/token' });
