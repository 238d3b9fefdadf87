/** The work of one import of address data, in a thread of its own: the command hears signals and shows progress meanwhile. */
import { workInThread } from '../thread-work.ts';
import { buildKinds, type KindsJob } from './build-kinds.ts';
import { buildLayer, type LayerJob } from './build-layer.ts';
import type { BuiltLayer } from './built-layer.ts';

/** What the thread is told. */
export type AddressJob = LayerJob | KindsJob;

await workInThread<BuiltLayer>((told, tools) => {
  const job = told as AddressJob;
  return job.what === 'kinds' ? buildKinds(job, tools) : buildLayer(job, tools);
});
