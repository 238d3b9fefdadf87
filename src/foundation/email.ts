/** E-mail addresses in the one form in which they are kept and compared, so that no two people can be taken for each other. */
import { domainToASCII, domainToUnicode } from 'node:url';
import { Problem } from './problem.ts';

/** RFC 5321 §4.5.3.1 and its erratum 1690: octets of a local part, and of a whole address without its brackets. */
const LONGEST_LOCAL = 64;
const LONGEST = 254;
/** A domain in U-labels may be longer than in A-labels, but not by so much. Code units, before anything is computed. */
const LONGEST_INPUT = 1000;

/** Dot-string of RFC 5321 §4.1.2: no quotes, no spaces, no dot at either end or beside another. */
const LOCAL = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i;
/** Letters, digits and hyphens (RFC 1123 §2.1), at least two labels, the last one not a number. */
const DOMAIN =
  /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?=[a-z0-9-]*[a-z])[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const ASCII = /^\p{ASCII}*$/u;

/** A sign beyond ASCII that a compatibility mapping turns into ASCII: full-width letters, the Kelvin sign, the long s. */
const isDisguised = (sign: string): boolean =>
  !ASCII.test(sign) && ASCII.test(sign.normalize('NFKC').toLowerCase());

/** Latin beside letters that look like Latin ones (UTS 39 §5.2): nobody registers that for an honest name. */
const isMixed = (label: string): boolean =>
  /\p{Script=Latin}/u.test(label) &&
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Lisu}]/u.test(
    label,
  );

const isHonestLabel = (label: string): boolean => !label.startsWith('xn--') && !isMixed(label);

/** The domain in A-labels; undefined where that is not exactly what was written, in upper or lower case. */
const canonicalDomain = (text: string): string | undefined => {
  // Before NFC, which makes a K of the Kelvin sign.
  if (Array.from(text).some(isDisguised)) return undefined;
  const written = text.normalize('NFC').toLowerCase();
  const ascii = domainToASCII(written);
  const unicode = domainToUnicode(ascii);
  if (!DOMAIN.test(ascii) || (written !== ascii && written !== unicode)) return undefined;
  // What does not decode stands as it is, with its prefix.
  return unicode.split('.').every(isHonestLabel) ? ascii : undefined;
};

/**
 * The canonical form of an address: lower case, ASCII, the domain as A-labels; spaces around it are left out.
 * Undefined for what is no address, has a local part beyond ASCII, or would turn into somebody else's by a mapping of
 * look-alikes. Canonical addresses stay as they are.
 */
export const canonicalEmail = (text: string): string | undefined => {
  if (text.length > LONGEST_INPUT) return undefined;
  const trimmed = text.trim();
  const at = trimmed.lastIndexOf('@');
  const local = trimmed.slice(0, Math.max(0, at));
  if (local.length > LONGEST_LOCAL || !LOCAL.test(local)) return undefined;
  const domain = canonicalDomain(trimmed.slice(at + 1));
  if (domain === undefined) return undefined;
  const email = `${local.toLowerCase()}@${domain}`;
  return email.length <= LONGEST ? email : undefined;
};

/** 400: what was given as an address is none that we take. */
export const emailInvalid = (): Problem =>
  new Problem(400, 'email_invalid', 'This is not a valid e-mail address', {
    detail:
      'Write it as name@example.com: plain letters, digits and signs before the @, without quotes or spaces, and the domain as it is registered.',
    field: '/email',
  });
