/** The form in which layers are shipped: Brotli over their sections, rearranged so that they become small. */
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { layerPieces, type Layer } from '../../../src/services/visitor/addresses/layer-format.ts';
import { readPlain, writePlain } from './plain-layer.ts';

/** Packs a layer; a minute or two for the places of the world. */
export const packLayer = (layer: Layer): Buffer => {
  const plain = writePlain(layer);
  return brotliCompressSync(plain, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
    },
  });
};

/** The pieces of the file of a packed layer. @param mark is written into it, to be told from what others unpacked to. */
export const unpackLayer = (packed: Buffer, mark: string): Uint8Array[] => {
  const { tables, sections } = readPlain(brotliDecompressSync(packed));
  return layerPieces({ tables: { ...tables, packed: mark }, sections });
};
