/** Writes an extract's file: each section grows in a file of its own, and all become one at the end. */
import { closeSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import {
  EXTRACT_FORMAT,
  EXTRACT_SECTIONS,
  type ExtractSectionName,
} from '../../src/services/geocoding/extract/extract-format.ts';
import { alignSection, PREAMBLE_BYTES, preambleOf } from '../../src/services/sectioned-file.ts';

const PIECE = 1024 * 1024;

/** A section that is being written. */
export interface SectionWriter {
  /** Whole 32-bit numbers, signed or not. */
  numbers(values: ArrayLike<number>): void;
  number(value: number): void;
  bytes(bytes: Uint8Array): void;
  /** Bytes that have been written. */
  readonly length: number;
}

/** All sections of one file. */
export interface ExtractFile {
  section(name: ExtractSectionName): SectionWriter;
  json(name: ExtractSectionName, value: unknown): void;
  /** Puts the sections together under `path`, by a file beside it that is renamed once it is whole and on the disk. */
  finish(path: string): void;
  /** Removes whatever is left of it. */
  remove(): void;
}

interface OpenSection extends SectionWriter {
  readonly path: string;
  close(): number;
}

const writeWhole = (file: number, bytes: Uint8Array): void => {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at, bytes.length - at);
};

const openSection = (path: string): OpenSection => {
  let file: number | undefined = openSync(path, 'w', 0o600);
  const held = Buffer.allocUnsafe(PIECE);
  let heldBytes = 0;
  let written = 0;
  const flush = (): void => {
    if (file !== undefined) writeWhole(file, held.subarray(0, heldBytes));
    written += heldBytes;
    heldBytes = 0;
  };
  const number = (value: number): void => {
    if (heldBytes + 4 > PIECE) flush();
    held.writeInt32LE(value | 0, heldBytes);
    heldBytes += 4;
  };
  return {
    path,
    number,
    numbers(values) {
      for (let at = 0; at < values.length; at++) number(values[at] as number);
    },
    bytes(bytes) {
      for (let at = 0; at < bytes.length;) {
        if (heldBytes === PIECE) flush();
        const length = Math.min(PIECE - heldBytes, bytes.length - at);
        held.set(bytes.subarray(at, at + length), heldBytes);
        heldBytes += length;
        at += length;
      }
    },
    get length() {
      return written + heldBytes;
    },
    close() {
      if (file === undefined) return written;
      const open = file;
      try {
        flush();
      } finally {
        file = undefined;
        closeSync(open);
      }
      return written;
    },
  };
};

/** Sum of what stands in a file from the end of its preamble on. */
const createSummed = (file: number): { put(bytes: Uint8Array): void; sum(): number; length(): number } => {
  let sum = 0;
  let length = 0;
  return {
    put(bytes) {
      writeWhole(file, bytes);
      sum = crc32(bytes, sum);
      length += bytes.length;
    },
    sum: () => sum,
    length: () => length,
  };
};

const syncFolder = (path: string): void => {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
};

const copy = (path: string, put: (bytes: Uint8Array) => void): void => {
  const input = openSync(path, 'r');
  try {
    const piece = Buffer.allocUnsafe(PIECE);
    for (;;) {
      const length = readSync(input, piece, 0, PIECE, null);
      if (length === 0) return;
      put(piece.subarray(0, length));
    }
  } finally {
    closeSync(input);
  }
};

/** @param work folder for the sections, until they are one file. */
export const createExtractFile = (work: string): ExtractFile => {
  const sections = new Map<ExtractSectionName, OpenSection>();
  let temporary: string | undefined;

  const section = (name: ExtractSectionName): OpenSection => {
    let open = sections.get(name);
    if (open === undefined) {
      open = openSection(join(work, `${name}.section`));
      sections.set(name, open);
    }
    return open;
  };

  const assemble = (file: number): void => {
    const names = Object.keys(EXTRACT_SECTIONS) as ExtractSectionName[];
    const table: Record<string, { at: number; bytes: number }> = {};
    let at = 0;
    for (const name of names) {
      const bytes = section(name).close();
      table[name] = { at, bytes };
      at = alignSection(at + bytes);
    }
    const contents = Buffer.from(JSON.stringify(table));
    const base = alignSection(PREAMBLE_BYTES + contents.length);
    writeWhole(file, Buffer.alloc(PREAMBLE_BYTES));
    const out = createSummed(file);
    const fillTo = (end: number): void => out.put(Buffer.alloc(end - PREAMBLE_BYTES - out.length()));
    out.put(contents);
    for (const name of names) {
      fillTo(base + (table[name]?.at ?? 0));
      const { path } = section(name);
      copy(path, out.put);
      rmSync(path, { force: true });
    }
    fillTo(base + at);
    const head = preambleOf(EXTRACT_FORMAT, contents.length, base + at, out.sum());
    writeSync(file, head, 0, head.length, 0);
    fsyncSync(file);
  };

  return {
    section,
    json(name, value) {
      section(name).bytes(Buffer.from(JSON.stringify(value)));
    },
    finish(path) {
      temporary = `${path}.${process.pid}.tmp`;
      const file = openSync(temporary, 'w', 0o600);
      try {
        assemble(file);
      } finally {
        closeSync(file);
      }
      renameSync(temporary, path);
      temporary = undefined;
      syncFolder(dirname(path));
    },
    remove() {
      for (const open of sections.values()) {
        try {
          open.close();
        } catch {
          // The disk may be full, which has been said already; the file goes either way.
        }
        rmSync(open.path, { force: true });
      }
      if (temporary !== undefined) rmSync(temporary, { force: true });
    },
  };
};
