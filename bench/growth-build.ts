/** One point of the growth: builds an index of so many places, opens it and asks it, in a process of its own. Prints JSON. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildIndex, createPlaceReader } from '../gazetteer/index-builder.ts';
import { installedSources, readAdminNames } from '../gazetteer/sources.ts';
import { writeAtomically } from '../gazetteer/write-atomically.ts';
import { COUNTY, DEGREE, POSTCODE } from '../src/services/geocoding/entity.ts';
import { loadGazetteerFile, openGazetteer, type Gazetteer } from '../src/services/geocoding/gazetteer.ts';
import { createSeededRandom } from './figures.ts';
import { multipliedPlaces } from './multiplied.ts';

/** What is found for one number of places. */
export interface GrowthPoint {
  readonly places: number;
  /** CPU seconds, which other processes on the machine do not change as they do wall time. */
  readonly buildCpuSeconds: number;
  readonly buildSeconds: number;
  /** Resident memory at its highest while building, in bytes. */
  readonly peakBytes: number;
  readonly indexBytes: number;
  /** Reading and checking the file, and opening it for one thread. */
  readonly loadMilliseconds: number;
  readonly openMilliseconds: number;
  /** Lookups in a second of CPU time, best of three rounds. */
  readonly forwardPerSecond: number;
  readonly reversePerSecond: number;
}

const SEED = 20_261_122;
const ROUNDS = 3;

/** Lookups in a second of CPU time. */
const perCpuSecond = (count: number, run: () => void): number => {
  let best = 0;
  for (let round = 0; round <= ROUNDS; round++) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    // The first round warms up.
    if (round > 0) best = Math.max(best, (count * 1e6) / (user + system));
  }
  return best;
};

const measureLookups = (
  gazetteer: Gazetteer,
  count: number,
): Pick<GrowthPoint, 'forwardPerSecond' | 'reversePerSecond'> => {
  const random = createSeededRandom(SEED);
  const { type, lat, lng } = gazetteer.records;
  const names: string[] = [];
  const points: [number, number][] = [];
  while (names.length < count) {
    const id = Math.floor(random() * gazetteer.size);
    if (type(id) <= COUNTY || type(id) === POSTCODE) continue;
    names.push(gazetteer.entity(id).name);
    const near = (units: number, most: number): number =>
      Math.max(-most, Math.min(most, units / DEGREE + (random() - 0.5) * 0.02));
    points.push([near(lat(id), 90), near(lng(id), 180)]);
  }
  return {
    forwardPerSecond: perCpuSecond(count, () => {
      for (const text of names) gazetteer.forward({ text, limit: 10 });
    }),
    reversePerSecond: perCpuSecond(count, () => {
      for (const [north, east] of points) gazetteer.reverse(north, east);
    }),
  };
};

/** Builds, opens and asks. @param lookups names and points, each. */
export const measurePoint = async (places: number, lookups: number): Promise<GrowthPoint> => {
  const folder = mkdtempSync(join(tmpdir(), 'vouchsafe-growth-'));
  try {
    const path = join(folder, 'places.idx');
    const before = process.cpuUsage();
    const startedAt = performance.now();
    const reader = createPlaceReader(
      { states: readAdminNames(1), counties: readAdminNames(2) },
      { folder, name: 'places' },
    );
    for (const place of multipliedPlaces(places)) reader.add(place);
    const pieces = buildIndex({
      draft: reader.draft,
      runs: reader.close(),
      further: { folder },
      sources: installedSources(),
      report: () => undefined,
    });
    await writeAtomically(path, pieces);
    const { user, system } = process.cpuUsage(before);
    const buildSeconds = (performance.now() - startedAt) / 1000;
    const peakBytes = process.resourceUsage().maxRSS * 1024;
    const loadedAt = performance.now();
    const buffer = await loadGazetteerFile(path);
    const openedAt = performance.now();
    const gazetteer = openGazetteer(buffer);
    const loadMilliseconds = openedAt - loadedAt;
    const openMilliseconds = performance.now() - openedAt;
    return {
      places,
      buildCpuSeconds: (user + system) / 1e6,
      buildSeconds,
      peakBytes,
      indexBytes: statSync(path).size,
      loadMilliseconds,
      openMilliseconds,
      ...measureLookups(gazetteer, lookups),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

if (import.meta.main) {
  const [places = '200000', lookups = '50000'] = process.argv.slice(2);
  process.stdout.write(JSON.stringify(await measurePoint(Number(places), Number(lookups))));
}
