/** What a kept request could look like on a disk, and one pass over all bytes that finds any of it. */
import { hash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { digestForms, traceForms } from '../../src/promises/marks.ts';

/** One sequence of bytes to look for. */
export interface Trace {
  readonly what: string;
  readonly bytes: Buffer;
  /** So short that chance brings it up: a find counts only beside a find of another such trace in the same place. */
  readonly weak?: boolean;
}

export interface Find {
  /** A file, a table, a stream. */
  readonly where: string;
  readonly what: string;
  /** Printable characters from around the find, for whoever has to look. */
  readonly around: string;
}

export interface Scanner {
  scan(where: string, content: Buffer | string): Find[];
  /** Every regular file below a folder, links not followed; `seen` counts what was read. */
  scanFolder(folder: string, skip?: (path: string) => boolean): Find[];
  readonly seen: { files: number; bytes: number };
}

const named = (what: string, forms: readonly Buffer[]): Trace[] => forms.map((bytes) => ({ what, bytes }));

/** A text in every way of writing it; also finds it as a part of something longer. */
export const traceText = (what: string, text: string): Trace[] => named(what, traceForms(text));

/** Unsalted digests of a whole value: raw, hexadecimal and base64. */
export const traceDigests = (what: string, value: string | Buffer): Trace[] => {
  const digests = typeof value === 'string' ? digestForms(value) : [];
  const others = ['md5', 'sha1', 'sha256', 'sha512'].flatMap((algorithm) => {
    const digest = hash(algorithm, value, 'buffer');
    const hex = digest.toString('hex');
    const base64 = digest.toString('base64').replace(/=+$/, '');
    return [digest, Buffer.from(hex), Buffer.from(hex.toUpperCase()), Buffer.from(base64)];
  });
  return named(`digest of ${what}`, [...digests, ...others]);
};

const mappedBytes = (bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.alloc(10), Buffer.from('ffff', 'hex'), bytes]);

/** An IPv4 address as text, number, bytes, IPv4-mapped IPv6 address and digest of any of these. */
export const traceAddress = (what: string, address: string): Trace[] => {
  const bytes = Buffer.from(address.split('.').map(Number));
  const reversed = Buffer.from(bytes).reverse();
  const hex = bytes.toString('hex');
  const groups = `${hex.slice(0, 4)}:${hex.slice(4)}`;
  const mapped = mappedBytes(bytes);
  const digested = [
    address,
    `::ffff:${address}`,
    `::ffff:${groups}`,
    bytes,
    mapped,
    String(bytes.readUInt32BE()),
  ];
  return [
    ...traceText(what, address),
    ...[
      hex,
      hex.toUpperCase(),
      reversed.toString('hex'),
      groups,
      groups.toUpperCase(),
      String(bytes.readUInt32BE()),
    ].map((text) => ({ what: `${what} as a number`, bytes: Buffer.from(text) })),
    // Without the leading zeros, which a search would find everywhere.
    { what: `${what}, IPv4-mapped`, bytes: mapped.subarray(10) },
    { what: `${what} in four bytes`, bytes, weak: true },
    { what: `${what} in four bytes`, bytes: reversed, weak: true },
    ...digested.flatMap((value) => traceDigests(what, value)),
  ];
};

/** A coordinate by its digits and as a double in either byte order. */
export const traceCoordinate = (what: string, text: string): Trace[] => {
  const little = Buffer.alloc(8);
  const big = Buffer.alloc(8);
  little.writeDoubleLE(Number(text));
  big.writeDoubleBE(Number(text));
  return [
    ...traceText(what, text),
    { what: `${what} as a double`, bytes: little },
    { what: `${what} as a double`, bytes: big },
  ];
};

const printable = (bytes: Buffer): string => bytes.toString('latin1').replaceAll(/[^ -~]/g, '·');

const AROUND = 60;

/** Makes one pass for any number of traces: the first two bytes of each are looked up at every position. */
export const createScanner = (traces: readonly Trace[]): Scanner => {
  const byPair = new Map<number, Trace[]>();
  const isStart = new Uint8Array(65_536);
  const known = new Set<string>();
  for (const trace of traces) {
    const name = trace.bytes.toString('latin1');
    if (trace.bytes.length < 4 || known.has(name)) continue;
    known.add(name);
    const pair = trace.bytes.readUInt16BE();
    isStart[pair] = 1;
    byPair.set(pair, [...(byPair.get(pair) ?? []), trace]);
  }
  const seen = { files: 0, bytes: 0 };

  const scan = (where: string, content: Buffer | string): Find[] => {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    seen.bytes += bytes.length;
    const finds: Find[] = [];
    const weak = new Map<string, Find>();
    let pair = bytes[0] ?? 0;
    for (let index = 1; index < bytes.length; index += 1) {
      pair = ((pair & 255) << 8) | (bytes[index] ?? 0);
      if (isStart[pair] === 0) continue;
      const start = index - 1;
      for (const trace of byPair.get(pair) ?? []) {
        const end = start + trace.bytes.length;
        if (end > bytes.length || trace.bytes.compare(bytes, start, end) !== 0) continue;
        const around = printable(bytes.subarray(Math.max(0, start - AROUND), end + AROUND));
        const find = { where, what: trace.what, around };
        if (trace.weak === true) weak.set(trace.bytes.toString('hex'), find);
        else finds.push(find);
      }
    }
    return weak.size > 1 ? [...finds, ...weak.values()] : finds;
  };

  const scanFolder = (folder: string, skip: (path: string) => boolean = () => false): Find[] => {
    const finds: Find[] = [];
    const visit = (relative: string): void => {
      for (const name of readdirSync(join(folder, relative))) {
        const path = relative === '' ? name : `${relative}/${name}`;
        if (skip(path)) continue;
        const full = join(folder, path);
        // A name is kept as well as a content.
        finds.push(...scan(`name of ${path}`, path));
        const stats = lstatSync(full, { throwIfNoEntry: false });
        if (stats?.isDirectory() === true) visit(path);
        if (stats?.isSymbolicLink() === true) finds.push(...scan(`link ${path}`, readlinkSync(full)));
        if (stats?.isFile() !== true) continue;
        seen.files += 1;
        finds.push(...scan(path, readFileSync(full)));
      }
    };
    visit('');
    return finds;
  };

  return { scan, scanFolder, seen };
};

/** Files that processes hold open though they are deleted, and where nobody could look for them. */
export interface DeletedButOpen {
  readonly found: readonly { readonly path: string; readonly content: Buffer }[];
  /** What could not be looked at, and the system's reason. */
  readonly unseen: readonly string[];
}

/** Whether a process, or a file of it, has gone since it was listed. */
const hasGone = (error: unknown): boolean =>
  ['ENOENT', 'ESRCH', 'ENXIO'].includes((error as NodeJS.ErrnoException).code ?? '');

/** Contents of files that these processes hold open though they are deleted. Linux only. */
export const deletedButOpen = (pids: readonly number[]): DeletedButOpen => {
  const found: { path: string; content: Buffer }[] = [];
  const unseen: string[] = [];
  const note = (where: string, error: unknown): void => {
    if (!hasGone(error)) unseen.push(`${where} (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  };
  for (const pid of pids) {
    let names: string[];
    try {
      names = readdirSync(`/proc/${pid}/fd`);
    } catch (error) {
      note(`the open files of process ${pid}`, error);
      continue;
    }
    for (const name of names) {
      const link = `/proc/${pid}/fd/${name}`;
      try {
        const path = readlinkSync(link);
        if (path.endsWith(' (deleted)') && statSync(link).isFile())
          found.push({ path, content: readFileSync(link) });
      } catch (error) {
        note(`an open file of process ${pid}`, error);
      }
    }
  }
  return { found, unseen };
};
