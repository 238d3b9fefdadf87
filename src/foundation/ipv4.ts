/** IPv4 addresses as numbers, read faster than by an expression. */

const DOT = 46;
const ZERO = 48;

/** An address of four decimal numbers without leading zeros as an unsigned number of 32 bits; -1 for any other text. */
export const ipv4Of = (text: string): number => {
  const { length } = text;
  if (length > 15) return -1;
  let value = 0;
  let octet = -1;
  let dots = 0;
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === DOT) {
      if (octet < 0 || dots === 3) return -1;
      dots += 1;
      value = value * 256 + octet;
      octet = -1;
      continue;
    }
    const digit = code - ZERO;
    if (digit < 0 || digit > 9 || octet === 0) return -1;
    octet = octet < 0 ? digit : octet * 10 + digit;
    if (octet > 255) return -1;
  }
  return dots === 3 && octet >= 0 ? value * 256 + octet : -1;
};
