import { pipeline } from 'node:stream/promises';
import { PassThrough, Readable } from 'node:stream';
import { createGunzip, createInflateRaw } from 'node:zlib';
import { ImportError } from './import-error.ts';

/** Unpacks deflated data within bounds: how much may come out of how much. */

/** So much more may come out than goes in, once more than `UNWATCHED` bytes have come out. Tables of text reach 20. */
const MOST_RATIO = 200;
const UNWATCHED = 100 * 1024 * 1024;

/** Watches what comes out of one file, over all of its members. */
export interface Watch {
  /** Counts bytes that came out, `packed` bytes of the file having gone in so far; throws `ImportError`. */
  count(bytes: number, packed: number): void;
}

/** A watch that lets `mostBytes` out of a file and stops bombs. */
export const createWatch = (file: string, mostBytes: number): Watch => {
  let total = 0;
  return {
    count(bytes, packed) {
      total += bytes;
      if (total > mostBytes)
        throw new ImportError({
          file,
          byte: packed,
          what: `more than ${mostBytes} bytes come out of it`,
          todo: 'split it, or import a smaller one',
        });
      if (total > UNWATCHED && total > MOST_RATIO * Math.max(packed, 1))
        throw new ImportError({
          file,
          byte: packed,
          what: `it unpacks to more than ${MOST_RATIO} times its size, as a zip bomb does`,
          todo: 'do not trust where it is from; if you do, unpack it by hand first',
        });
    },
  };
};

/** Something packed: its bytes, where they begin in the file, and how they are packed. */
export interface Packed {
  readonly file: string;
  readonly method: 'gzip' | 'deflate';
  readonly start: number;
  readonly bytes: AsyncIterable<Buffer>;
  readonly watch: Watch;
}

const damaged = (file: string, byte: number, code: unknown, cause: unknown): ImportError =>
  new ImportError(
    {
      file,
      byte,
      what:
        code === 'Z_BUF_ERROR'
          ? 'the packed data end too early'
          : 'the packed data are damaged there or soon after',
      todo: 'download it again',
    },
    cause,
  );

/**
 * Unpacks a stream; throws `ImportError` with the byte of the file for damage, truncation, bytes that follow the
 * packed data (nothing but zeros may), and for more than the watch allows.
 */
export async function* unpack(packed: Packed): AsyncGenerator<Buffer, void, void> {
  const { file, method, start, watch } = packed;
  const engine = method === 'gzip' ? createGunzip() : createInflateRaw();
  const source = Readable.from(packed.bytes, { objectMode: false, highWaterMark: 0 });
  const out = new PassThrough({ highWaterMark: 64 * 1024 });
  let fed = 0;
  let zerosSince = 0;
  const feed = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
    for await (const chunk of chunks) {
      const last = chunk.findLastIndex((byte) => byte !== 0);
      if (last >= 0) zerosSince = fed + last + 1;
      fed += chunk.length;
      yield chunk;
    }
  };
  const running = pipeline(source, feed, engine, out);
  // What goes wrong shows when `out` is read; without this it would count as unhandled until then.
  running.catch(() => undefined);
  try {
    for await (const chunk of out as AsyncIterable<Buffer>) {
      watch.count(chunk.length, start + engine.bytesWritten);
      yield chunk;
    }
    await running;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (typeof code === 'string' && code.startsWith('Z_'))
      throw damaged(file, start + engine.bytesWritten, code, error);
    throw error;
  } finally {
    out.destroy();
    source.destroy();
    engine.destroy();
  }
  if (engine.bytesWritten < zerosSince)
    throw new ImportError({
      file,
      byte: start + engine.bytesWritten,
      what: 'something else follows the packed data',
      todo: 'download it again',
    });
}
