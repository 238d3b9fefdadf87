/** Opens one layer as it is shipped in a thread of its own: what unpacking takes for a second is given back with it. */
import { parentPort, workerData } from 'node:worker_threads';
import type { LayerName } from '../../../src/services/visitor/addresses/layer-format.ts';
import { ensureShippedLayer } from './ensure-address-data.ts';

const { layer, folder } = workerData as { readonly layer: LayerName; readonly folder: string };

const buffer = await ensureShippedLayer(layer, folder, (message, fraction) =>
  parentPort?.postMessage({ message, fraction }),
);
parentPort?.postMessage({ buffer });
