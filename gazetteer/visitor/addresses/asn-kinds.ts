/** Which autonomous systems are hosts, VPNs, satellite networks…, and the ranges that they announce. */
import { readFileSync } from 'node:fs';
import type { NetworkKind } from '../../../src/services/visitor/addresses/facts.ts';
import { isKind, type KindsRow, type NetworkRow } from './rows.ts';

/**
 * `gazetteer/data/addresses/asn-kinds.json`: `hosting`, `vpn` and `tor_exit` are the lists of X4BNet/lists_vpn, without
 * the entries that it names as something else (universities, a bank, hotels, broadcasters, access networks);
 * `satellite` are the networks of satellite operators by the names that the ASN data give them.
 */
const FILE = new URL('../../data/addresses/asn-kinds.json', import.meta.url);

/** Kinds by the number of the system. */
export const readAsnKinds = (): ReadonlyMap<number, readonly NetworkKind[]> => {
  const kinds = new Map<number, readonly NetworkKind[]>();
  const lists = JSON.parse(readFileSync(FILE, 'utf8')) as Readonly<Record<string, readonly number[]>>;
  for (const [kind, numbers] of Object.entries(lists)) {
    if (!isKind(kind)) throw new Error(`${kind} in asn-kinds.json is no kind of network.`);
    for (const asn of numbers) kinds.set(asn, [...(kinds.get(asn) ?? []), kind]);
  }
  return kinds;
};

/** The rows of the layer `kinds` by the systems that announce them. */
export async function* kindsOfNetworks(
  networks: AsyncIterable<NetworkRow>,
  kindsOf: ReadonlyMap<number, readonly NetworkKind[]>,
): AsyncGenerator<KindsRow> {
  for await (const { first, last, network } of networks) {
    const kinds = kindsOf.get(network.asn);
    if (kinds !== undefined) yield { first, last, kinds };
  }
}
