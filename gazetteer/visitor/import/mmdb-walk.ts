/** Goes through all networks of an MMDB in the order of their addresses; every node of its tree is visited once. */
import { ImportError } from '../../import/import-error.ts';
import { networkAround, type AddressRange } from './range.ts';
import type { MmdbFile } from './mmdb-file.ts';
import { joinRanges } from './join-ranges.ts';

/** Networks, and the offset of their record in the data section. */
export interface MmdbNetwork extends AddressRange {
  readonly offset: number;
}

const V4_DEPTH = 96;

/** The record of a node: the left one for bit 0, the right one for bit 1. */
const readRecord = ({ bytes, recordSize }: MmdbFile, node: number, bit: number): number => {
  const at = (node * recordSize) / 4;
  switch (recordSize) {
    case 24:
      return bytes.readUIntBE(at + 3 * bit, 3);
    case 28: {
      const middle = bytes[at + 3] ?? 0;
      return bit === 0
        ? (middle >> 4) * 0x100_0000 + bytes.readUIntBE(at, 3)
        : (middle & 15) * 0x100_0000 + bytes.readUIntBE(at + 4, 3);
    }
    case 32:
    default:
      return bytes.readUInt32BE(at + 4 * bit);
  }
};

/** A subtree that is still to be visited. */
interface Branch {
  readonly record: number;
  readonly depth: number;
  readonly words: readonly [number, number, number, number];
}

/** In which word of an address a depth lies, and what the bit there is worth. */
const withBit = (words: Branch['words'], depth: number): Branch['words'] => {
  const next: [number, number, number, number] = [...words];
  const word = depth >> 5;
  next[word] = ((next[word] ?? 0) | (0x8000_0000 >>> (depth & 31))) >>> 0;
  return next;
};

/** The node under which IPv4 lies in a tree of IPv6; a leaf where the tree ends before. */
const fourStart = (file: MmdbFile): number => {
  let record = 0;
  if (file.ipVersion === 6)
    for (let depth = 0; depth < V4_DEPTH && record < file.nodeCount; depth++)
      record = readRecord(file, record, 0);
  return record;
};

/** Networks one by one. */
function* leaves(file: MmdbFile): Generator<MmdbNetwork, void, void> {
  const { nodeCount, ipVersion, dataLength, title } = file;
  const depthOfTree = ipVersion === 4 ? 32 : 128;
  const four = fourStart(file);
  const seen = new Uint8Array(Math.ceil(nodeCount / 8));
  const damaged = (node: number, what: string): ImportError =>
    new ImportError({ file: title, byte: (node * file.recordSize) / 4, what, todo: 'download it again' });
  const stack: Branch[] = [{ record: 0, depth: 0, words: [0, 0, 0, 0] }];
  for (let branch = stack.pop(); branch !== undefined; branch = stack.pop()) {
    const { record, depth, words } = branch;
    if (record === nodeCount) continue;
    if (record > nodeCount) {
      // A pointer counts from the tree's end; the separator of 16 bytes lies between.
      const offset = record - nodeCount - 16;
      if (offset < 0 || offset >= dataLength) throw damaged(0, 'a network leads to no record');
      const [a, b, c, d] = words;
      const isFour = ipVersion === 4 || (depth >= V4_DEPTH && a === 0 && b === 0 && c === 0);
      if (isFour)
        yield {
          ...networkAround(
            { version: 4, a: ipVersion === 4 ? a : d, b: 0, c: 0, d: 0 },
            ipVersion === 4 ? depth : depth - V4_DEPTH,
          ),
          offset,
        };
      else yield { ...networkAround({ version: 6, a, b, c, d }, depth), offset };
      continue;
    }
    const mask = 1 << (record & 7);
    if (((seen[record >> 3] ?? 0) & mask) !== 0) {
      // 2002::/16, 2001::/32 and ::ffff:0:0/96 lead to IPv4's part, which has been visited; nothing else may.
      if (record === four && ipVersion === 6) continue;
      throw damaged(record, 'its tree leads twice to one node');
    }
    seen[record >> 3] = (seen[record >> 3] ?? 0) | mask;
    if (depth >= depthOfTree) throw damaged(record, 'its tree is deeper than addresses are long');
    stack.push({ record: readRecord(file, record, 1), depth: depth + 1, words: withBit(words, depth) });
    stack.push({ record: readRecord(file, record, 0), depth: depth + 1, words });
  }
}

/** Networks in the order of their addresses; neighbours with one record are joined. Throws `ImportError` for damage. */
export const walkMmdb = (file: MmdbFile): Generator<MmdbNetwork, void, void> =>
  joinRanges(leaves(file), (one, other) => one.offset === other.offset);
