/** Who asks, for limits on those that nobody stands behind. */

/** Whether a group is written as systems write it (RFC 5952): lower case, no zero before others. */
const GROUPS = /^(?:0|[1-9a-f][0-9a-f]{0,3})(?::(?:0|[1-9a-f][0-9a-f]{0,3})){3}(?=:)/;

/** IPv6 counts by its /64, the least that one household or machine gets (RFC 6177). */
export const sourceOf = (address: string): string => {
  if (!address.includes(':')) return address;
  const written = GROUPS.exec(address)?.[0];
  if (written !== undefined) return written;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array.from({ length: zeros }, () => '0'), ...right];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
};
