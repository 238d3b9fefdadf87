/** How each format becomes an index file. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeExtract } from '../../gazetteer/import/extract-writer.ts';
import { openOpenAddresses } from '../../gazetteer/import/openaddresses.ts';
import { openOsm } from '../../gazetteer/import/osm-source.ts';
import { buildFromGeonames } from '../../gazetteer/geonames/build-from-geonames.ts';
import type { ImportJob, ImportResult } from './import-thread.ts';
import type { Checkpoint } from './work.ts';
import { loadGazetteerFile, openGazetteer } from '../services/geocoding/gazetteer.ts';

/** What every import is given. */
export interface ImportTools {
  readonly checkpoint: Checkpoint;
  readonly signal: AbortSignal;
  /** @param share of the whole, 0 to 1. */
  readonly report: (message: string, share: number) => void;
}

/** Of an import's time, reading takes so much and writing the rest; measured with the fixture and with a synthetic one. */
const READING_SHARE = 0.6;

/** GeoNames' tables become another base index. */
export const importBase = async (
  { inputs, work, path }: ImportJob,
  { checkpoint, signal, report }: ImportTools,
): Promise<ImportResult> => {
  const pathsOf = (isPostcodes: boolean): string[] =>
    inputs
      .filter(({ format }) => (format === 'geonames-postcodes') === isPostcodes)
      .map((input) => input.path);
  const { places, postcodes, skipped, firstSkipped } = await buildFromGeonames({
    files: pathsOf(false),
    postcodes: pathsOf(true),
    work,
    path,
    report,
    signal,
    checkpoint,
  });
  return { rows: places + postcodes, skipped, notes: firstSkipped };
};

/** OpenStreetMap's or OpenAddresses' files become an extract. */
export const importExtract = async (
  { inputs, work, path, basePath, country }: ImportJob,
  { signal, report }: ImportTools,
): Promise<ImportResult> => {
  const base = openGazetteer(await loadGazetteerFile(basePath));
  const paths = inputs.map((input) => input.path);
  const [first = ''] = paths;
  const reading = join(work, 'reading');
  await mkdir(reading, { recursive: true });
  const source =
    inputs[0]?.format === 'osm'
      ? openOsm(first, { work: reading })
      : openOpenAddresses(paths, country === undefined ? {} : { country });
  const { attribution } = source;
  const { rows } = await writeExtract({
    source: source.features({
      signal,
      report: ({ share, stage }) => report(stage, share * READING_SHARE),
    }),
    base,
    path,
    work: join(work, 'writing'),
    attribution,
    signal,
    report: ({ share, stage }) => report(stage, READING_SHARE + share * (1 - READING_SHARE)),
  });
  return { rows, skipped: source.skips.total, attribution, notes: source.skips.first };
};
