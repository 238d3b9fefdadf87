/** Looks at a file and reads it as a load would, in a process of its own; says what of memory it needed at most. */
import { open, stat } from 'node:fs/promises';
import type { ByteSource } from '../../src/datasets/uploads/formats/contract.ts';
import { FormatError } from '../../src/datasets/uploads/formats/format-error.ts';
import { lookAtFile } from '../../src/datasets/uploads/formats/look-at-file.ts';
import { readRows } from '../../src/datasets/uploads/formats/read-rows.ts';

/** What it says, as JSON on its standard output. */
export interface ReadAlone {
  /** Bytes that the process had at most, less what it had before the first one was read (getrusage, ru_maxrss). */
  readonly grown: number;
  readonly rows: number;
  readonly columns: number;
  /** Bytes for COPY. */
  readonly copied: number;
  readonly failure?: { readonly code: string; readonly message: string };
}

const MEBIBYTE = 1024 * 1024;

const sourceOf = async (path: string): Promise<ByteSource> => {
  const { size } = await stat(path);
  const file = await open(path);
  const read = async (from: number, to: number): Promise<Uint8Array> => {
    const end = Math.min(to, size);
    const bytes = new Uint8Array(Math.max(0, end - from));
    await file.read(bytes, 0, bytes.length, from);
    return bytes;
  };
  return {
    length: size,
    read,
    pieces: async function* () {
      for (let at = 0; at < size; at += MEBIBYTE) yield await read(at, at + MEBIBYTE);
    },
  };
};

const [path = ''] = process.argv.slice(2);
const source = await sourceOf(path);
// What the readers need of themselves is loaded and has run once.
await lookAtFile({ ...source, length: 0 }).catch(() => undefined);
const before = process.resourceUsage().maxRSS;
let [rows, columns, copied] = [0, 0, 0];
let failure: ReadAlone['failure'];
try {
  const plan = await lookAtFile(source, {});
  ({ rows } = plan);
  columns = plan.columns.length;
  for await (const part of readRows(source, plan, { onRejected: () => undefined })) copied += part.length;
} catch (error) {
  if (!(error instanceof FormatError)) throw error;
  failure = { code: error.code, message: error.message };
}
const said: ReadAlone = {
  grown: (process.resourceUsage().maxRSS - before) * 1024,
  rows,
  columns,
  copied,
  ...(failure === undefined ? {} : { failure }),
};
process.stdout.write(JSON.stringify(said));
process.exit(0);
