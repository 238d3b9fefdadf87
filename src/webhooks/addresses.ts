/** Which addresses on the network a message may go to: public ones, and those of networks that the operator allows. */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Whether a message may be sent to an address. */
export type MayReach = (address: string) => boolean;

type Network = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

/** All that is handed out for use on the internet (IANA, IPv6 Global Unicast Address Assignments). */
const GLOBAL_V6: Network = ipaddr.parseCIDR('2000::/3');

/** Public by its number, but it is the host of a virtual machine at Azure, with the machine's own credentials. */
const HOST_OF_AZURE = '168.63.129.16';

const isIn = (address: ipaddr.IPv4 | ipaddr.IPv6, [network, bits]: Network): boolean =>
  address.kind() === network.kind() && address.match(network, bits);

/**
 * Whether an address is one of the internet's: not this machine, not a network of somebody's own, not one that leads to
 * another address inside of it (IPv4-mapped, NAT64, 6to4, Teredo), nothing reserved (IANA special-purpose registries).
 */
export const isPublicAddress: MayReach = (text) => {
  // The library reads short, octal and hexadecimal forms as well.
  if (isIP(text) === 0) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv6' ? isIn(address, GLOBAL_V6) : address.toString() !== HOST_OF_AZURE;
};

/** Public addresses, and those in networks in CIDR notation, which `readConfig` has checked. */
export const reachOf = (networks: readonly string[]): MayReach => {
  const allowed = networks.map((network): Network => ipaddr.parseCIDR(network));
  return (text) => {
    if (isPublicAddress(text)) return true;
    if (isIP(text) === 0) return false;
    const address = ipaddr.parse(text);
    return allowed.some((network) => isIn(address, network));
  };
};
