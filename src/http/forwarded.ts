/** Whose request a trusted proxy passes on: `X-Forwarded-For` and `Forwarded` (RFC 7239), read from the right. */
import { isIP, isIPv6, SocketAddress } from 'node:net';
import { ipv4Of } from '../foundation/ipv4.ts';

/** Whether a peer is one of the operator's own proxies. */
export type IsTrusted = (address: string) => boolean;

/** Proxies in a row that are believed; a chain that is longer says nothing of its beginning. */
const MOST_HOPS = 16;

/** The longest hop that is read, in characters: `Forwarded` may carry a host name of 255 and more besides. */
const LONGEST_HOP = 512;

const MAPPED_IPV4 = '::ffff:';

/** Lower case, zeros left out (RFC 5952), IPv4 as IPv4: as a socket of our own would have given it. */
const canonical = (text: string): string | undefined => {
  // What an interface is called on the proxy (RFC 4007 §11) means nothing here.
  const zone = text.indexOf('%');
  if (zone !== -1 && !isIPv6(text)) return undefined;
  const plain = zone === -1 ? text : text.slice(0, zone);
  const version = isIP(plain);
  if (version === 0) return undefined;
  if (version === 4) return plain;
  const { address } = new SocketAddress({ address: plain, family: 'ipv6' });
  return address.startsWith(MAPPED_IPV4) && address.includes('.')
    ? address.slice(MAPPED_IPV4.length)
    : address;
};

/** A port in digits, or what RFC 7239 §6.3 calls an obfuscated one. */
const PORT = /^:(?:\d{1,5}|_[A-Za-z0-9._-]{1,64})$/;

/**
 * The address of a node (RFC 7239 §6): IPv4, IPv6 with or without brackets, a port cut off. Undefined for `unknown`, for an
 * obfuscated name and for everything else that is no address.
 */
export const parseNode = (text: string): string | undefined => {
  if (ipv4Of(text) >= 0) return text;
  if (text.startsWith('[')) {
    const end = text.indexOf(']');
    const rest = text.slice(end + 1);
    if (end === -1 || (rest !== '' && !PORT.test(rest))) return undefined;
    const inside = text.slice(1, end);
    return isIPv6(inside) ? canonical(inside) : undefined;
  }
  const colon = text.indexOf(':');
  // One colon ends an IPv4 address; IPv6 has two at least.
  if (colon !== -1 && text.indexOf(':', colon + 1) === -1) {
    if (!PORT.test(text.slice(colon))) return undefined;
    const address = text.slice(0, colon);
    return isIP(address) === 4 ? address : undefined;
  }
  return canonical(text);
};

/** Whether the character at `index` is escaped: an odd number of backslashes before it (RFC 9110 §5.6.4). */
const isEscaped = (text: string, index: number): boolean => {
  let at = index;
  while (at > 0 && text[at - 1] === '\\') at -= 1;
  return (index - at) % 2 === 1;
};

/**
 * Where the last element of a list begins that ends before `end`; undefined where it is too long or its quotes do not
 * match. From the right, because what is on the left may have been written by anybody: a quote left open there swallows
 * nothing here.
 */
const beginningOf = (text: string, end: number): number | undefined => {
  let isQuoted = false;
  for (let index = end - 1; index >= 0; index -= 1) {
    if (end - index > LONGEST_HOP) return undefined;
    const character = text[index];
    if (character === '"' && !isEscaped(text, index)) isQuoted = !isQuoted;
    else if (character === ',' && !isQuoted) return index + 1;
  }
  return isQuoted ? undefined : 0;
};

/** One `name=value` of an element; a value in quotes may hold any character, escaped ones among them. */
const PAIR = /^[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s",;\\=]*))[ \t]*(?:;|$)/;

/** The `for` of one element of `Forwarded`; undefined where there is none, there are two, or anything is malformed. */
export const readFor = (element: string): string | undefined => {
  let rest = element;
  let found: string | undefined;
  while (rest !== '') {
    const pair = PAIR.exec(rest);
    if (pair === null) return undefined;
    const [whole, name = '', quoted, bare] = pair;
    rest = rest.slice(whole.length);
    if (name.toLowerCase() !== 'for') continue;
    if (found !== undefined) return undefined;
    found = quoted?.replaceAll(/\\(.)/g, '$1') ?? bare ?? '';
  }
  return found;
};

/**
 * Walks a header field from its last hop to the first, over all its lines, as long as the hop is a trusted proxy.
 * @returns the first address that is none; or the last proxy's own, where the field ends before or says nothing we can read.
 *   Undefined where the field did not come.
 */
const walk = (
  raw: readonly string[],
  name: string,
  peer: string,
  isTrusted: IsTrusted,
  read: (element: string) => string | undefined,
): string | undefined => {
  let hop = peer;
  let hops = 0;
  let came = false;
  for (let line = raw.length - 2; line >= 0; line -= 2) {
    const candidate = raw[line];
    if (candidate?.length !== name.length || candidate.toLowerCase() !== name) continue;
    came = true;
    const value = raw[line + 1] ?? '';
    let end = value.length;
    while (end >= 0) {
      const begin = beginningOf(value, end);
      if (begin === undefined || (hops += 1) > MOST_HOPS) return hop;
      const node = read(value.slice(begin, end).trim());
      const address = node === undefined ? undefined : parseNode(node);
      if (address === undefined) return hop;
      if (!isTrusted(address)) return address;
      hop = address;
      end = begin - 1;
    }
  }
  return came ? hop : undefined;
};

/**
 * The caller's address of a request that a trusted proxy passed on. Never a guess: from the first hop on that cannot be read
 * (`unknown`, a made-up name, a malformed or overlong one, the seventeenth) it is the address of the proxy that wrote it.
 * Where both fields came and do not lead to the same address, one of them was passed on as somebody sent it, and nobody can
 * say which: then it is the peer's own.
 * @param raw names and values in turn, as `IncomingMessage.rawHeaders` has them.
 * @param peer the address of the connection, which is trusted.
 */
export const forwardedAddress = (raw: readonly string[], peer: string, isTrusted: IsTrusted): string => {
  const listed = walk(raw, 'x-forwarded-for', peer, isTrusted, (element) => element);
  const standard = walk(raw, 'forwarded', peer, isTrusted, readFor);
  if (listed === undefined) return standard ?? peer;
  return standard === undefined || standard === listed ? listed : peer;
};
