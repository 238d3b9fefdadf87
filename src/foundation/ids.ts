import { randomBytes } from 'node:crypto';

/** The kinds of things that have an id, by the prefix of their ids. */
export const ID_PREFIXES = [
  ...(['com', 'usr', 'prj', 'key', 'dom', 'dst', 'grt', 'upl', 'op', 'chk'] as const),
  // Sessions, links that are mailed, and what they lead to.
  ...(['ses', 'sup', 'rst', 'emc', 'inv', 'rvl', 'din', 'drq', 'pky', 'aud', 'mai', 'rct'] as const),
  // Where a company's programs are told of what happens, and what is on its way there.
  ...(['whk', 'dlv'] as const),
  // Requests in the log that a project's owner has turned on.
  'log',
] as const;
export type IdPrefix = (typeof ID_PREFIXES)[number];

export type Id<Prefix extends IdPrefix> = `${Prefix}_${string}`;
export type CompanyId = Id<'com'>;
export type ProjectId = Id<'prj'>;
export type KeyId = Id<'key'>;
export type DomainId = Id<'dom'>;
export type UploadId = Id<'upl'>;
export type UserId = Id<'usr'>;
export type SessionId = Id<'ses'>;
export type WebhookId = Id<'whk'>;
export type DeliveryId = Id<'dlv'>;

/** Crockford's base32 in lower case: sorts like the bits it stands for, and has no i, l, o, u to misread. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** 128 bits as 26 characters, most significant first. */
const base32 = (bytes: Uint8Array): string => {
  let bits = 0n;
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte);
  let text = '';
  for (let shift = 125n; shift >= 0n; shift -= 5n) text += ALPHABET[Number((bits >> shift) & 31n)];
  return text;
};

/**
 * A fresh id: `prefix_` and a UUIDv7 (RFC 9562 §5.7) in base32, so that ids sort by the time of their making.
 * @param now milliseconds since the Unix epoch.
 */
export const newId = <Prefix extends IdPrefix>(prefix: Prefix, now: number): Id<Prefix> => {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return `${prefix}_${base32(bytes)}`;
};

const ID_BODY = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/;

/** Whether a text from outside has the form of an id of this kind. */
export const isId = <Prefix extends IdPrefix>(prefix: Prefix, text: string): text is Id<Prefix> =>
  text.startsWith(`${prefix}_`) && ID_BODY.test(text.slice(prefix.length + 1));

/** When an id was made, in milliseconds since the Unix epoch: its first 48 bits (RFC 9562 §5.7). */
export const timeOfId = (id: Id<IdPrefix>): number => {
  const start = id.indexOf('_') + 1;
  let time = 0;
  for (const digit of id.slice(start, start + 10)) time = time * 32 + ALPHABET.indexOf(digit);
  return time;
};
