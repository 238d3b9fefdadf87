/** Internet addresses as numbers: reading the text of one, and writing it in the one form that it has. */

/**
 * 4 or 6. IPv4 is one unsigned number of 32 bits in `a`, the others are 0; IPv6 is four, the highest first. An IPv4
 * address that is written as an IPv6 one (`::ffff:192.0.2.1`) is version 4.
 */
export interface Address {
  readonly version: 4 | 6;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

const DOT = 46;
const COLON = 58;
const ZERO = 48;

/** The longest text without a zone: eight groups of which the last two are written as IPv4. */
const LONGEST = 45;
/** Names of interfaces are shorter than this wherever zones are in use. */
const ZONE = /^[0-9A-Za-z._~-]{1,32}$/u;
/** What the upper 80 bits being 0 and the next 16 being 1 says (RFC 4291 §2.5.5.2). */
const MAPPED = 0xffff;

/** Four decimal numbers without leading zeros; -1 where it is anything else (RFC 6943 §3.1.1: no other form is read). */
const readFour = (text: string, start: number, end: number): number => {
  let value = 0;
  let octet = -1;
  let dots = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === DOT) {
      if (octet < 0 || ++dots > 3) return -1;
      value = value * 256 + octet;
      octet = -1;
    } else {
      const digit = code - ZERO;
      if (digit < 0 || digit > 9 || octet === 0) return -1;
      octet = octet < 0 ? digit : octet * 10 + digit;
      if (octet > 255) return -1;
    }
  }
  return dots === 3 && octet >= 0 ? value * 256 + octet : -1;
};

const hexDigit = (code: number): number => {
  if (code >= ZERO && code <= 57) return code - ZERO;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
};

const fourOf = (a: number): Address => ({ version: 4, a, b: 0, c: 0, d: 0 });

/** The eight groups of the text that is being read; empty between two calls, so that no address stays behind. */
const groups = new Uint16Array(8);

/** Reads groups into `groups`. @returns how many stand before the gap, times 16, plus how many there are; -1 where it is no address. */
const readGroups = (text: string, start: number, end: number): number => {
  let count = 0;
  let gap = -1;
  let at = start;
  if (text.charCodeAt(at) === COLON) {
    if (text.charCodeAt(at + 1) !== COLON || at + 1 >= end) return -1;
    gap = 0;
    at += 2;
  }
  while (at < end) {
    if (count === 8) return -1;
    const from = at;
    let value = 0;
    let code = 0;
    for (; at < end; at++) {
      code = text.charCodeAt(at);
      const digit = hexDigit(code);
      if (digit < 0) break;
      value = value * 16 + digit;
    }
    if (at < end && code === DOT) {
      const four = count <= 6 ? readFour(text, from, end) : -1;
      if (four < 0) return -1;
      groups[count++] = four >>> 16;
      groups[count++] = four & MAPPED;
      break;
    }
    if (at === from || at - from > 4) return -1;
    groups[count++] = value;
    if (at === end) break;
    if (code !== COLON || ++at === end) return -1;
    if (text.charCodeAt(at) === COLON) {
      if (gap >= 0) return -1;
      gap = count;
      at++;
    }
  }
  if (gap < 0) return count === 8 ? 8 * 16 + 8 : -1;
  return count <= 7 ? gap * 16 + count : -1;
};

/** Moves what stands after the gap to the end, and gives the address. Loops: calls of built-ins take longer than eight steps. */
const sixOf = (read: number): Address => {
  const gap = read >> 4;
  const count = read & 15;
  const moved = 8 - count;
  for (let at = count - 1; at >= gap; at--) groups[at + moved] = groups[at] as number;
  for (let at = gap; at < gap + moved; at++) groups[at] = 0;
  const a = (((groups[0] as number) << 16) | (groups[1] as number)) >>> 0;
  const b = (((groups[2] as number) << 16) | (groups[3] as number)) >>> 0;
  const c = (((groups[4] as number) << 16) | (groups[5] as number)) >>> 0;
  const d = (((groups[6] as number) << 16) | (groups[7] as number)) >>> 0;
  return a === 0 && b === 0 && c === MAPPED ? fourOf(d) : { version: 6, a, b, c, d };
};

const readSix = (text: string, start: number, end: number): Address | undefined => {
  if (end - start < 2 || end - start > LONGEST) return undefined;
  const read = readGroups(text, start, end);
  const address = read < 0 ? undefined : sixOf(read);
  for (let at = 0; at < 8; at++) groups[at] = 0;
  return address;
};

/** Without brackets and without the zone, which says nothing outside the machine that wrote it. */
const readWithZone = (text: string): Address | undefined => {
  let start = 0;
  let end = text.length;
  const zone = text.indexOf('%');
  if (zone < 0 && !text.startsWith('[')) return undefined;
  if (text.startsWith('[')) {
    if (!text.endsWith(']')) return undefined;
    start = 1;
    end--;
  }
  if (zone >= 0) {
    if (!ZONE.test(text.slice(zone + 1, end).replace(/^25(?=.)/u, ''))) return undefined;
    end = zone;
  }
  return readSix(text, start, end);
};

/**
 * Reads an address. Strict: four decimal octets without leading zeros, or IPv6 as RFC 4291 §2.2 writes it, which may
 * stand in brackets and may have a zone (RFC 4007), which is cut off. Ports, networks, blanks, octal and short forms are refused.
 */
export const parseAddress = (text: string): Address | undefined => {
  const { length } = text;
  if (length < 2 || length > 96) return undefined;
  for (let at = 0; at < 6 && at < length; at++) {
    const code = text.charCodeAt(at);
    if (code === DOT) {
      const four = length <= 15 ? readFour(text, 0, length) : -1;
      return four < 0 ? undefined : fourOf(four);
    }
    if (code === COLON) break;
  }
  return readSix(text, 0, length) ?? readWithZone(text);
};

const groupsOf = ({ a, b, c, d }: Address): number[] =>
  [a, b, c, d].flatMap((word) => [word >>> 16, word & MAPPED]);

/** The canonical text: dotted for IPv4, RFC 5952 for IPv6, always in hexadecimal groups. */
export const formatAddress = (address: Address): string => {
  const { version, a } = address;
  if (version === 4)
    return `${String(a >>> 24)}.${String((a >>> 16) & 255)}.${String((a >>> 8) & 255)}.${String(a & 255)}`;
  const parts = groupsOf(address);
  let [from, longest] = [0, 1];
  for (let at = 0; at < 8; at++) {
    let end = at;
    while (end < 8 && parts[end] === 0) end++;
    if (end - at > longest) [from, longest] = [at, end - at];
    at = Math.max(at, end);
  }
  const written = parts.map((part) => part.toString(16));
  if (longest === 1) return written.join(':');
  return `${written.slice(0, from).join(':')}::${written.slice(from + longest).join(':')}`;
};

/** Which of two addresses of one version comes first: negative, 0 or positive. */
export const compareAddresses = (one: Address, other: Address): number =>
  one.a - other.a || one.b - other.b || one.c - other.c || one.d - other.d;
