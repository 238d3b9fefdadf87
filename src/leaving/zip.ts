/**
 * What stands in a zip file around the compressed bytes (APPNOTE.TXT 6.3.10 of PKWARE), with the 64-bit fields of §4.5.3 where
 * 32 do not reach; libraries that write zip files in pieces stop at 4 GiB.
 */

/** Of one file, once it is written. */
export interface ZipEntry {
  readonly name: Buffer;
  readonly crc: number;
  readonly compressed: number;
  readonly size: number;
  /** Where its header begins. */
  readonly offset: number;
}

const MOST_32 = 0xff_ff_ff_ff;
const MOST_16 = 0xff_ff;
/** Sizes follow the bytes (bit 3), and names are UTF-8 (bit 11). */
const FLAGS = 0x0808;
const DEFLATE = 8;
const [PLAIN, WITH_64] = [20, 45];

/** §4.4.6: two seconds and a day in sixteen bits each, from 1980 on; in UTC here. */
const dosTime = (now: number): number => {
  const at = new Date(Math.max(now, Date.UTC(1980, 0, 1)));
  const day = ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1);
  return day * 0x1_00_00 + time;
};

const isLarge = ({ compressed, size }: Pick<ZipEntry, 'compressed' | 'size'>): boolean =>
  compressed > MOST_32 || size > MOST_32;

/** Before the bytes of a file, of which neither size nor sum is known yet. @param now milliseconds since the Unix epoch. */
export const localHeader = (name: Buffer, now: number): Buffer => {
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04_03_4b_50, 0);
  head.writeUInt16LE(PLAIN, 4);
  head.writeUInt16LE(FLAGS, 6);
  head.writeUInt16LE(DEFLATE, 8);
  head.writeUInt32LE(dosTime(now), 10);
  head.writeUInt16LE(name.length, 26);
  return Buffer.concat([head, name]);
};

/** Behind them (§4.3.9); sizes have eight bytes where four do not hold them, as Go and Info-ZIP write it. */
export const dataDescriptor = (entry: ZipEntry): Buffer => {
  const large = isLarge(entry);
  const tail = Buffer.alloc(large ? 24 : 16);
  tail.writeUInt32LE(0x08_07_4b_50, 0);
  tail.writeUInt32LE(entry.crc, 4);
  if (large) {
    tail.writeBigUInt64LE(BigInt(entry.compressed), 8);
    tail.writeBigUInt64LE(BigInt(entry.size), 16);
  } else {
    tail.writeUInt32LE(entry.compressed, 8);
    tail.writeUInt32LE(entry.size, 12);
  }
  return tail;
};

/** §4.5.3: what does not fit into 32 bits, in this order. */
const extra64 = ({ size, compressed, offset }: ZipEntry): Buffer => {
  const values = [size, compressed, offset].filter((value) => value >= MOST_32);
  if (values.length === 0) return Buffer.alloc(0);
  const extra = Buffer.alloc(4 + 8 * values.length);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(8 * values.length, 2);
  for (const [index, value] of values.entries()) extra.writeBigUInt64LE(BigInt(value), 4 + 8 * index);
  return extra;
};

const centralHeader = (entry: ZipEntry, now: number): Buffer => {
  const extra = extra64(entry);
  const head = Buffer.alloc(46);
  head.writeUInt32LE(0x02_01_4b_50, 0);
  head.writeUInt16LE(WITH_64, 4);
  head.writeUInt16LE(extra.length === 0 ? PLAIN : WITH_64, 6);
  head.writeUInt16LE(FLAGS, 8);
  head.writeUInt16LE(DEFLATE, 10);
  head.writeUInt32LE(dosTime(now), 12);
  head.writeUInt32LE(entry.crc, 16);
  head.writeUInt32LE(Math.min(entry.compressed, MOST_32), 20);
  head.writeUInt32LE(Math.min(entry.size, MOST_32), 24);
  head.writeUInt16LE(entry.name.length, 28);
  head.writeUInt16LE(extra.length, 30);
  head.writeUInt32LE(Math.min(entry.offset, MOST_32), 42);
  return Buffer.concat([head, entry.name, extra]);
};

/** What ends the archive. @param offset where it begins. */
export const centralDirectory = (entries: readonly ZipEntry[], offset: number, now: number): Buffer => {
  const directory = Buffer.concat(entries.map((entry) => centralHeader(entry, now)));
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06_05_4b_50, 0);
  end.writeUInt16LE(Math.min(entries.length, MOST_16), 8);
  end.writeUInt16LE(Math.min(entries.length, MOST_16), 10);
  end.writeUInt32LE(Math.min(directory.length, MOST_32), 12);
  end.writeUInt32LE(Math.min(offset, MOST_32), 16);
  if (entries.length < MOST_16 && offset < MOST_32) return Buffer.concat([directory, end]);
  // §4.3.14 and §4.3.15.
  const end64 = Buffer.alloc(76);
  end64.writeUInt32LE(0x06_06_4b_50, 0);
  end64.writeBigUInt64LE(44n, 4);
  end64.writeUInt16LE(WITH_64, 12);
  end64.writeUInt16LE(WITH_64, 14);
  end64.writeBigUInt64LE(BigInt(entries.length), 24);
  end64.writeBigUInt64LE(BigInt(entries.length), 32);
  end64.writeBigUInt64LE(BigInt(directory.length), 40);
  end64.writeBigUInt64LE(BigInt(offset), 48);
  end64.writeUInt32LE(0x07_06_4b_50, 56);
  end64.writeBigUInt64LE(BigInt(offset + directory.length), 64);
  end64.writeUInt32LE(1, 72);
  return Buffer.concat([directory, end64, end]);
};
