import { Worker } from 'node:worker_threads';
import type { ReportUnpacking } from '../../../gazetteer/visitor/addresses/ensure-address-data.ts';
import type { LayerName } from '../../services/visitor/addresses/layer-format.ts';

type News = { readonly buffer: SharedArrayBuffer } | { readonly message: string; readonly fraction: number };

const SCRIPT = new URL('../../../gazetteer/visitor/addresses/unpack-thread.ts', import.meta.url);

/**
 * `ensureShippedLayer` in a thread that ends with it: a server keeps none of the hundreds of megabytes that unpacking takes.
 * Rejects with errors of the file system.
 */
export const openShippedLayer = (
  layer: LayerName,
  folder: string,
  report: ReportUnpacking,
): Promise<SharedArrayBuffer> =>
  new Promise((resolve, reject) => {
    const thread = new Worker(SCRIPT, { workerData: { layer, folder } });
    let opened: SharedArrayBuffer | undefined;
    thread.on('message', (news: News) => {
      if ('buffer' in news) opened = news.buffer;
      else report(news.message, news.fraction);
    });
    thread.once('error', reject);
    // Not before its memory is free: a start that goes on meanwhile would need room of its own beside it.
    thread.once('exit', () => {
      if (opened === undefined) reject(new Error('shipped address data could not be opened'));
      else resolve(opened);
    });
  });
