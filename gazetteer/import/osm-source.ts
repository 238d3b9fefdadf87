import type { ImportedFeature } from './feature.ts';
import { ImportError } from './import-error.ts';
import { createSkips, type SkippingSource } from './import-skips.ts';
import { openInputFile, readAt } from './input-file.ts';
import { indexBlobs } from './osm-blobs.ts';
import { openCoordinates } from './osm-coordinates.ts';
import { readLines, readWays } from './osm-lines.ts';
import { findKinds, findNodes, findRelations, placeNodes, readNodes } from './osm-nodes.ts';
import { checkHeader, STAGES, type OsmOptions, type Run } from './osm-pass.ts';
import { createRelations } from './osm-relations.ts';
import { coordinatesFile, dropState, loadState } from './osm-state.ts';

/**
 * Reads an OpenStreetMap extract in several passes, each over the blobs that it needs: which blobs hold what, and the
 * relations; the ways, for which nodes are needed; the nodes; the ways again, now with their nodes; the areas.
 */

async function* readOsm(run: Run): AsyncGenerator<readonly ImportedFeature[], void, void> {
  const { file, index, skips } = run;
  const { work, interpolate = false } = run.options;
  await checkHeader(run);
  if (index.unknown > 0) skips.skip(`${index.unknown} blobs of an unknown kind`, file.path);
  const relations = createRelations(file.path, skips);
  const { mtimeMs } = await file.handle.stat();
  let state = loadState(work, { size: file.size, mtimeMs, interpolate }, index.offsets.length);
  if (state === undefined) {
    dropState(work);
    const kinds = await findKinds(run, relations);
    await findNodes(run, kinds, relations);
    state = yield* placeNodes(run, kinds, relations);
  } else {
    await findRelations(run, state.kinds, relations);
    yield* readNodes(run, state.kinds, relations, undefined);
  }
  const coordinates = openCoordinates(coordinatesFile(work), state.firstIds);
  try {
    const lines = yield* readWays(run, state.kinds, relations, coordinates);
    if (lines.length > 0) yield* readLines(run, state.kinds, lines, coordinates);
    run.read.report?.({ share: STAGES.features, stage: 'drawing areas' });
    yield* relations.features(coordinates);
  } finally {
    coordinates.close();
  }
  await file.check();
  run.read.report?.({ share: 1, stage: 'done' });
}

const GZIP = 0x1f8b;
const ZIP = 0x504b;

/** Opens an OpenStreetMap extract in PBF. Nothing is read before `features` is. */
export const openOsm = (path: string, options: OsmOptions): SkippingSource => {
  const skips = createSkips();
  return {
    attribution: '© OpenStreetMap contributors',
    skips,
    async *features(read) {
      read.signal?.throwIfAborted();
      const file = await openInputFile(path);
      try {
        if (file.size >= 2) {
          const mark = (await readAt(file, 0, 2)).readUInt16BE(0);
          if (mark === GZIP || mark === ZIP)
            throw new ImportError({
              file: path,
              what: 'it is packed once more',
              todo: 'unpack it, PBF is packed already',
            });
        }
        const index = await indexBlobs(file, read.signal);
        yield* readOsm({ file, index, skips, options, read });
      } finally {
        await file.close();
      }
    },
  };
};
