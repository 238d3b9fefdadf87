/** Extracts for tests: written from features that a test lists, or from the fixture of Liechtenstein. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeExtract } from '../../gazetteer/import/extract-writer.ts';
import type { ImportedFeature } from '../../gazetteer/import/feature.ts';
import { openOsm } from '../../gazetteer/import/osm-source.ts';
import { loadExtractFile, openExtract, type Extract } from '../../src/services/geocoding/extract/extract.ts';
import type { Gazetteer } from '../../src/services/geocoding/gazetteer.ts';

/** Where the Liechtenstein extract of 2013 lies. */
export const LIECHTENSTEIN = new URL('../../gazetteer/fixtures/liechtenstein.osm.pbf', import.meta.url)
  .pathname;

/** Ten-millionths of a degree. */
export const fine = (degrees: number): number => Math.round(degrees * 10_000_000);

/** A closed ring around a box, in degrees. */
export const boxRing = (south: number, west: number, north: number, east: number): Int32Array =>
  Int32Array.from(
    [
      [south, west],
      [south, east],
      [north, east],
      [north, west],
      [south, west],
    ].flatMap(([lat, lng]) => [fine(lat!), fine(lng!)]),
  );

/** Features in batches of two, so that nothing can count on how they come. */
export async function* inBatches(
  features: readonly ImportedFeature[],
): AsyncGenerator<readonly ImportedFeature[], void, undefined> {
  for (let at = 0; at < features.length; at += 2) {
    await new Promise(setImmediate);
    yield features.slice(at, at + 2);
  }
}

/** A folder that is removed when the work is done. */
export const inFolder = async <Result>(work: (folder: string) => Promise<Result>): Promise<Result> => {
  const folder = mkdtempSync(join(tmpdir(), 'vouchsafe-extract-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** An extract of these features, opened. */
export const extractOf = (base: Gazetteer, features: readonly ImportedFeature[]): Promise<Extract> =>
  inFolder(async (folder) => {
    const path = join(folder, 'test.idx');
    const source = inBatches(features);
    await writeExtract({ source, base, path, work: join(folder, 'work'), attribution: 'nobody' });
    return openExtract(await loadExtractFile(path));
  });

/** The extract of the fixture, and the features that it was made of. */
export const liechtenstein = (
  base: Gazetteer,
): Promise<{ readonly extract: Extract; readonly features: readonly ImportedFeature[] }> =>
  inFolder(async (folder) => {
    const work = join(folder, 'osm');
    mkdirSync(work);
    const source = openOsm(LIECHTENSTEIN, { work });
    const features: ImportedFeature[] = [];
    for await (const batch of source.features({})) features.push(...batch);
    const path = join(folder, 'liechtenstein.idx');
    await writeExtract({
      source: inBatches(features),
      base,
      path,
      work: join(folder, 'work'),
      attribution: source.attribution,
    });
    return { extract: openExtract(await loadExtractFile(path)), features };
  });
