import { loadSectionedFile } from '../../sectioned-file.ts';
import { LAYER_FORMAT, openLayer, type LayerName } from './layer-format.ts';

/**
 * Reads the file of a layer into memory that all threads can share, and checks it.
 * @throws {LayerFaultError} where it is none, of another format or layer, cut short or damaged. Errors of the file
 * system (`ENOENT`, `EACCES`) come through as they are.
 */
export const loadLayerFile = async (layer: LayerName, path: string): Promise<SharedArrayBuffer> => {
  const buffer = await loadSectionedFile(LAYER_FORMAT, path);
  openLayer(layer, buffer);
  return buffer;
};
