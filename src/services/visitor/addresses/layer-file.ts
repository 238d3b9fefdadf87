import { open } from 'node:fs/promises';
import {
  checkLayer,
  checkLayerPreamble,
  LAYER_PREAMBLE,
  LayerFaultError,
  openLayer,
  type LayerName,
} from './layer-format.ts';

/** No layer is larger; a file that is, is not one. */
const LARGEST_BYTES = 2_000_000_000;
/** Bytes that are read at once. */
const READ_AT_ONCE = 256 * 1024 * 1024;

/**
 * Reads the file of a layer into memory that all threads can share, and checks it.
 * @throws {LayerFaultError} where it is none, of another format or layer, cut short or damaged. Errors of the file
 * system (`ENOENT`, `EACCES`) come through as they are.
 */
export const loadLayerFile = async (layer: LayerName, path: string): Promise<SharedArrayBuffer> => {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size < LAYER_PREAMBLE || size > LARGEST_BYTES) throw new LayerFaultError('not address data');
    const head = Buffer.alloc(LAYER_PREAMBLE);
    await file.read(head, 0, LAYER_PREAMBLE, 0);
    checkLayerPreamble(head, size);
    const buffer = new SharedArrayBuffer(size);
    const bytes = Buffer.from(buffer);
    for (let at = 0; at < size;) {
      const { bytesRead } = await file.read(bytes, at, Math.min(READ_AT_ONCE, size - at), at);
      if (bytesRead === 0) throw new LayerFaultError('truncated');
      at += bytesRead;
    }
    checkLayer(bytes);
    openLayer(layer, buffer);
    return buffer;
  } finally {
    await file.close();
  }
};
