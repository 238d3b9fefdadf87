/** Puts the shipped address data where a server opens them: unpacked once, at the first start after an update. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadLayerFile } from '../../../src/services/visitor/addresses/layer-file.ts';
import {
  LayerFaultError,
  LAYERS,
  openLayer,
  type LayerName,
} from '../../../src/services/visitor/addresses/layer-format.ts';
import type { AddressFiles } from '../../../src/services/visitor/addresses/address-data.ts';
import { unpackLayer } from './packed-layer.ts';
import { writeAtomically } from '../../write-atomically.ts';

/** @param message what is being done. @param fraction how much of the whole is done, 0 to 1. */
export type ReportUnpacking = (message: string, fraction: number) => void;

const shipped = (layer: LayerName): Buffer =>
  readFileSync(new URL(`../../data/addresses/${layer}.bin`, import.meta.url));

/** Where the shipped data of a layer lie once they are unpacked. @param folder `DATA_DIR/visitor`. */
export const shippedLayerPath = (folder: string, layer: LayerName): string => join(folder, `${layer}.idx`);

/** Reads what was unpacked, if it is whole and of the same data; undefined where it has to be unpacked again. */
const loadCurrent = async (
  layer: LayerName,
  path: string,
  mark: string,
): Promise<SharedArrayBuffer | undefined> => {
  try {
    const buffer = await loadLayerFile(layer, path);
    return openLayer(layer, buffer).tables.packed === mark ? buffer : undefined;
  } catch (error) {
    if (error instanceof LayerFaultError || (error as NodeJS.ErrnoException).code === 'ENOENT')
      return undefined;
    throw error;
  }
};

/**
 * Opens one layer as it is shipped; unpacks it first where it is missing, damaged, of another format or of other data.
 * Several processes may do so at once. Errors of the file system come through.
 */
export const ensureShippedLayer = async (
  layer: LayerName,
  folder: string,
  report: ReportUnpacking,
): Promise<SharedArrayBuffer> => {
  const packed = shipped(layer);
  const mark = createHash('sha256').update(packed).digest('hex');
  const path = shippedLayerPath(folder, layer);
  const current = await loadCurrent(layer, path, mark);
  if (current !== undefined) return current;
  report(`unpacking address data: ${layer}`, LAYERS.indexOf(layer) / LAYERS.length);
  await writeAtomically(path, unpackLayer(packed, mark));
  return loadLayerFile(layer, path);
};

/** All layers as they are shipped. */
export const ensureShippedLayers = async (
  folder: string,
  report: ReportUnpacking,
): Promise<AddressFiles> => ({
  place: await ensureShippedLayer('place', folder, report),
  network: await ensureShippedLayer('network', folder, report),
  kinds: await ensureShippedLayer('kinds', folder, report),
});
