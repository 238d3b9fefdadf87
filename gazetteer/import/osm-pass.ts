import type { ReadOptions } from './feature.ts';
import { ImportError } from './import-error.ts';
import type { SkipCounter } from './import-skips.ts';
import type { InputFile } from './input-file.ts';
import { readBlob, readBlobs, withPlace, type BlobIndex } from './osm-blobs.ts';
import { readBlock, readHeaderBlock, type Visitor } from './osm-block.ts';

/** One pass over an OpenStreetMap extract: over the blobs that hold what is wanted. */

export interface OsmOptions {
  /** A folder for what does not fit into memory, which exists; an import that was killed goes on from what lies there. */
  readonly work: string;
  /** Whether house numbers are made up between two that are known, where the map says that they lie on a line. */
  readonly interpolate?: boolean | undefined;
}

/** Stages, and the share of the whole that is done at their ends; reading all blobs costs most. */
export const STAGES = { index: 0.25, ways: 0.45, nodes: 0.7, features: 0.95 } as const;

/** So many features are handed on at least at a time, except at the end. */
export const BATCH = 1000;

/** What all passes over one file have in common. */
export interface Run {
  readonly file: InputFile;
  readonly index: BlobIndex;
  readonly skips: SkipCounter;
  readonly options: OsmOptions;
  readonly read: ReadOptions;
}

/** How far it is at the beginning and at the end of a pass, 0 to 1, and what is being done. */
export interface Stage {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** Reads the blobs that hold any of `kinds`, and says how far it is between two shares. */
export async function* readKinds(
  run: Run,
  kinds: readonly number[] | undefined,
  wanted: number,
  visitor: Visitor,
  stage: Stage,
): AsyncGenerator<{ readonly number: number; readonly kinds: number }, void, void> {
  const { file, index, read } = run;
  const numbers = [...index.offsets.keys()].filter(
    (number) => kinds === undefined || ((kinds[number] ?? 0) & wanted) !== 0,
  );
  let done = 0;
  for await (const { number, offset, bytes } of readBlobs(file, index, numbers, read.signal)) {
    const found = withPlace(file.path, offset, () => readBlock(bytes, visitor));
    yield { number, kinds: found };
    done += 1;
    read.report?.({
      share: stage.from + ((stage.to - stage.from) * done) / numbers.length,
      stage: stage.name,
    });
  }
}

/** Makes a pass for what its visitor does. */
export const drain = async (blocks: AsyncIterable<unknown>): Promise<void> => {
  for await (const block of blocks) void block;
};

/** What a reader has to be able to, as far as this one is. */
const ABILITIES: ReadonlySet<string> = new Set(['OsmSchema-V0.6', 'DenseNodes']);

/** Throws `ImportError` for a file that needs a reader which is able to more than this one. */
export const checkHeader = async ({ file, index }: Run): Promise<void> => {
  const { offset, size } = index.header;
  const bytes = await readBlob(file, offset, size);
  const { required } = withPlace(file.path, offset, () => readHeaderBlock(bytes));
  const unknown = required.find((feature) => !ABILITIES.has(feature));
  if (unknown === undefined) return;
  const isHistory = unknown === 'HistoricalInformation';
  throw new ImportError({
    file: file.path,
    what: isHistory ? 'it holds old versions too' : 'it needs a reader that is able to more',
    todo: isHistory
      ? 'make an extract of today with: osmium time-filter'
      : 'rewrite it with: osmium cat -f pbf,pbf_compression=zlib',
  });
};
