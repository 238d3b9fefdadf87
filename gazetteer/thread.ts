/** Builds the index in a thread of its own, so that a server that starts can do other things meanwhile. */
import { parentPort, workerData } from 'node:worker_threads';
import { writeGazetteer } from './write-gazetteer.ts';

const { path } = workerData as { readonly path: string };

await writeGazetteer(path, { report: (message, fraction) => parentPort?.postMessage({ message, fraction }) });
