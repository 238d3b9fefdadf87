/** Writes small MMDB files (MaxMind DB File Format Specification 2.0) for tests: our own, so that no foreign fixture is needed. */

/** What a record is made of. */
export type MmdbValue =
  | string
  | number
  | boolean
  | { readonly [name: string]: MmdbValue }
  | readonly MmdbValue[];

export interface MmdbOptions {
  readonly ipVersion?: 4 | 6;
  readonly recordSize?: 24 | 28 | 32;
  /** Seconds since the epoch. */
  readonly builtAt?: number;
  readonly type?: string;
  /** Leads 2002::/16 and ::ffff:0:0/96 to IPv4's part, as MaxMind's files have it. */
  readonly aliases?: boolean;
}

const sized = (type: number, size: number): Buffer => {
  const extended = type > 7;
  const first = extended ? 0 : type << 5;
  const head = size < 29 ? [first | size] : size < 285 ? [first | 29] : [first | 30];
  const more = size < 29 ? [] : size < 285 ? [size - 29] : [(size - 285) >> 8, (size - 285) & 255];
  return Buffer.from([...head, ...(extended ? [type - 7] : []), ...more]);
};

/** A value as bytes; whole numbers up to 32 bits are `uint32`, others doubles. */
export const encodeMmdb = (value: MmdbValue): Buffer => {
  if (typeof value === 'string') {
    const text = Buffer.from(value);
    return Buffer.concat([sized(2, text.length), text]);
  }
  if (typeof value === 'boolean') return sized(14, value ? 1 : 0);
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(8);
    if (Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff) {
      bytes.writeUInt32BE(value, 0);
      return Buffer.concat([sized(6, 4), bytes.subarray(0, 4)]);
    }
    bytes.writeDoubleBE(value);
    return Buffer.concat([sized(3, 8), bytes]);
  }
  if (Array.isArray(value))
    return Buffer.concat([sized(11, value.length), ...(value as readonly MmdbValue[]).map(encodeMmdb)]);
  const entries = Object.entries(value as Record<string, MmdbValue>);
  return Buffer.concat([
    sized(7, entries.length),
    ...entries.flatMap(([name, part]) => [encodeMmdb(name), encodeMmdb(part)]),
  ]);
};

type Node = [Node | number | undefined, Node | number | undefined];

/** @param bits of a network, as `0` and `1`. */
const bitsOf = (network: string, ipVersion: 4 | 6): string => {
  const [address = '', length = ''] = network.split('/');
  if (!address.includes(':')) {
    const bits = address
      .split('.')
      .map((octet) => Number(octet).toString(2).padStart(8, '0'))
      .join('');
    return `${ipVersion === 6 ? '0'.repeat(96) : ''}${bits.slice(0, Number(length))}`;
  }
  const [before = '', after] = address.split('::');
  const left = before === '' ? [] : before.split(':');
  const right = after === undefined || after === '' ? [] : after.split(':');
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  return groups
    .map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0'))
    .join('')
    .slice(0, Number(length));
};

/** An MMDB of networks that do not overlap, each `address/bits` with its record. */
export const makeMmdb = (
  networks: readonly (readonly [network: string, record: MmdbValue])[],
  {
    ipVersion = 6,
    recordSize = 28,
    builtAt = 1_780_000_000,
    type = 'Test',
    aliases = false,
  }: MmdbOptions = {},
): Buffer => {
  const root: Node = [undefined, undefined];
  const data: Buffer[] = [];
  const offsets = new Map<string, number>();
  let length = 0;
  const offsetOf = (record: MmdbValue): number => {
    const key = JSON.stringify(record);
    const known = offsets.get(key);
    if (known !== undefined) return known;
    const bytes = encodeMmdb(record);
    offsets.set(key, length);
    data.push(bytes);
    length += bytes.length;
    return length - bytes.length;
  };
  const put = (bits: string, leaf: Node | number): void => {
    let node = root;
    for (const bit of bits.slice(0, -1)) {
      const side = bit === '1' ? 1 : 0;
      const next = node[side];
      if (typeof next === 'number') throw new Error('networks overlap');
      node = node[side] = next ?? [undefined, undefined];
    }
    node[bits.at(-1) === '1' ? 1 : 0] = leaf;
  };
  for (const [network, record] of networks) put(bitsOf(network, ipVersion), offsetOf(record));
  if (aliases) {
    let four: Node | number | undefined = root;
    for (let depth = 0; depth < 96; depth++) four = Array.isArray(four) ? four[0] : undefined;
    if (!Array.isArray(four)) throw new Error('there is no part of IPv4');
    put(bitsOf('2002::/16', 6), four);
    put(bitsOf('0:0:0:0:0:ffff::/96', 6), four);
  }
  const numbers = new Map<Node, number>();
  const nodes: Node[] = [];
  const number = (node: Node): void => {
    if (numbers.has(node)) return;
    numbers.set(node, nodes.length);
    nodes.push(node);
    for (const side of node) if (Array.isArray(side)) number(side);
  };
  number(root);
  const valueOf = (side: Node | number | undefined): number => {
    if (side === undefined) return nodes.length;
    return typeof side === 'number' ? nodes.length + 16 + side : (numbers.get(side) ?? 0);
  };
  const tree = nodes.map(([left, right]) => {
    const [zero, one] = [valueOf(left), valueOf(right)];
    const bytes = Buffer.alloc(recordSize / 4);
    if (recordSize === 32) {
      bytes.writeUInt32BE(zero, 0);
      bytes.writeUInt32BE(one, 4);
    } else if (recordSize === 24) {
      bytes.writeUIntBE(zero, 0, 3);
      bytes.writeUIntBE(one, 3, 3);
    } else {
      bytes.writeUIntBE(zero & 0xff_ffff, 0, 3);
      bytes[3] = ((zero >>> 24) << 4) | (one >>> 24);
      bytes.writeUIntBE(one & 0xff_ffff, 4, 3);
    }
    return bytes;
  });
  const metadata = encodeMmdb({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: builtAt,
    database_type: type,
    description: {},
    ip_version: ipVersion,
    languages: [],
    node_count: nodes.length,
    record_size: recordSize,
  });
  return Buffer.concat([
    ...tree,
    Buffer.alloc(16),
    ...data,
    Buffer.from('abcdef4d61784d696e642e636f6d', 'hex'),
    metadata,
  ]);
};
