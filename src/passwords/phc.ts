/** Hashes of passwords as PHC strings: `$scrypt$ln=17,r=8,p=1$salt$hash`, base64 without padding (PHC string format, 2015). */
import { scryptSync } from 'node:crypto';
import { digestsEqual, randomSecretBytes } from '../foundation/secret.ts';

/** The cost of one scrypt hash: N = 2^`ln`, block size `r`, parallelism `p` (RFC 7914 §2). */
export interface ScryptCost {
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

/** A PHC string taken apart. */
export interface Phc {
  readonly cost: ScryptCost;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** What new hashes cost: N=2^17, r=8, p=1, which is 128 MiB (OWASP Password Storage Cheat Sheet, scrypt). */
export const CURRENT: ScryptCost = { ln: 17, r: 8, p: 1 };

const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** A stored string that asks for more than this is not ours; it must not take the server's memory or its time. */
const MOST_MEMORY = 512 * 2 ** 20;
const MOST_WORK = 2 ** 24;

const FORM = /^\$scrypt\$ln=([1-9]\d?),r=([1-9]\d?),p=([1-9]\d?)\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;

/** Bytes of memory that one hash takes: 128·N·r for the table, 128·r·p for the blocks (RFC 7914 §2). */
const memoryOf = ({ ln, r, p }: ScryptCost): number => 128 * r * (2 ** ln + p);

/** Time is proportional to N·r·p. */
const workOf = ({ ln, r, p }: ScryptCost): number => 2 ** ln * r * p;

/** Bits that no byte fills have to be zero, so that every hash has exactly one form (RFC 4648 §3.5). */
const decode = (text: string): Buffer | undefined => {
  const bytes = Buffer.from(text, 'base64');
  return encode(bytes) === text ? bytes : undefined;
};

const encode = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replace(/=+$/, '');

/**
 * Takes a PHC string apart: scrypt only, ln 10–20, r 1–32, p 1–16, at most 512 MiB and sixteen times the current work,
 * a salt of 16 and a hash of 32 bytes; undefined for anything else.
 */
export const parsePhc = (text: string): Phc | undefined => {
  const found = FORM.exec(text);
  if (found === null) return undefined;
  const cost = { ln: Number(found[1]), r: Number(found[2]), p: Number(found[3]) };
  if (cost.ln < 10 || cost.ln > 20 || cost.r > 32 || cost.p > 16) return undefined;
  if (memoryOf(cost) > MOST_MEMORY + 128 * cost.r * cost.p || workOf(cost) > MOST_WORK) return undefined;
  const salt = decode(found[4] ?? '');
  const hash = decode(found[5] ?? '');
  return salt === undefined || hash === undefined ? undefined : { cost, salt, hash };
};

/** The one text form of a hash. */
export const formatPhc = ({ cost, salt, hash }: Phc): string =>
  `$scrypt$ln=${cost.ln},r=${cost.r},p=${cost.p}$${encode(salt)}$${encode(hash)}`;

/** Whether a stored hash should be made anew at the next sign-in: its cost is not the current one, or it is unreadable. */
export const needsRehash = (text: string): boolean => {
  const cost = parsePhc(text)?.cost;
  return cost === undefined || cost.ln !== CURRENT.ln || cost.r !== CURRENT.r || cost.p !== CURRENT.p;
};

const derive = (password: string, salt: Uint8Array, cost: ScryptCost): Buffer =>
  scryptSync(password, salt, HASH_BYTES, {
    N: 2 ** cost.ln,
    r: cost.r,
    p: cost.p,
    maxmem: memoryOf(cost) + 2 ** 20,
  });

/**
 * Hashes a password at the current cost with a fresh salt. Blocks its thread for about half a second.
 * @param password in its normal form.
 */
export const hashPassword = (password: string, cost = CURRENT): string => {
  const salt = randomSecretBytes(SALT_BYTES);
  return formatPhc({ cost, salt, hash: derive(password, salt, cost) });
};

/** A hash that no password has: for unknown accounts, whose answer has to take as long as any other. Costs nothing to make. */
export const dummyPhc = (): string =>
  formatPhc({
    cost: CURRENT,
    salt: randomSecretBytes(SALT_BYTES),
    hash: randomSecretBytes(HASH_BYTES),
  });

/** Powers of two that sum up to what `cost` falls short of the current work, as `ln` at r = 8, p = 1. */
export const shortfallOf = (cost: ScryptCost): number[] => {
  const missing = Math.max(0, Math.floor((workOf(CURRENT) - workOf(cost)) / 8));
  const steps: number[] = [];
  for (let ln = 20; ln >= 10; ln -= 1) if ((missing & (2 ** ln)) !== 0) steps.push(ln);
  return steps;
};

/**
 * Whether the password is the one of this hash. Blocks its thread. A wrong password against a hash that was made at a
 * lower cost takes as long as against a current one, so that time does not tell an old account from no account.
 * @param password in its normal form.
 */
export const verifyPassword = (password: string, phc: Phc): boolean => {
  const isRight = digestsEqual(derive(password, phc.salt, phc.cost), phc.hash);
  if (!isRight) for (const ln of shortfallOf(phc.cost)) derive(password, phc.salt, { ln, r: 8, p: 1 });
  return isRight;
};
