/** How the base index grows: from the places that come along to ten times as many. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { format } from './figures.ts';
import type { GrowthPoint } from './growth-build.ts';
import { PROJECT } from './machine.ts';
import type { Section } from './report.ts';

export interface GrowthOptions {
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

const PLACES: readonly number[] = [200_000, 500_000, 1_000_000, 2_000_000];
const QUICK_PLACES: readonly number[] = [50_000, 200_000];
const LOOKUPS = 50_000;

const megabytes = (bytes: number): string => format(bytes / 1e6);

/** Lays points out as a section. */
export const growthSection = (points: readonly GrowthPoint[]): Section => {
  const last = points.at(-1);
  const first = points[0];
  return {
    title: 'Growth of the index with the number of places',
    method: [
      'The real places, and copies of them at other spots: every second copy has a name of its own, the others have the name of their ' +
        'original. Each number of places in a process of its own, which reads them, builds the index with what does not fit into ' +
        'memory set aside on the disk, writes, loads and opens it, and looks up names and points near places, drawn evenly. Figures a ' +
        'second are of CPU time on one thread, the best of three rounds.',
    ],
    tables: [
      {
        columns: [
          'places',
          'build, CPU s',
          'build, s',
          'peak memory, MB',
          'index, MB',
          'load and check, ms',
          'open, ms',
          'forward/s',
          'reverse/s',
        ],
        rows: points.map((point) => [
          point.places.toLocaleString('en'),
          format(point.buildCpuSeconds),
          format(point.buildSeconds),
          megabytes(point.peakBytes),
          megabytes(point.indexBytes),
          format(point.loadMilliseconds),
          format(point.openMilliseconds),
          Math.round(point.forwardPerSecond).toLocaleString('en'),
          Math.round(point.reversePerSecond).toLocaleString('en'),
        ]),
      },
    ],
    targets:
      last === undefined || first === undefined
        ? []
        : [
            {
              what: 'peak memory of the largest build',
              wanted: 1_500,
              got: last.peakBytes / 1e6,
              sense: 'at most',
              unit: ' MB',
            },
            {
              what: 'load and open the index that comes along',
              wanted: 500,
              got: first.loadMilliseconds + first.openMilliseconds,
              sense: 'at most',
              unit: ' ms',
            },
            {
              what: 'forward exact, the largest index',
              wanted: 30_000,
              got: last.forwardPerSecond,
              sense: 'at least',
              unit: '/s',
            },
            {
              what: 'reverse, the largest index',
              wanted: 150_000,
              got: last.reversePerSecond,
              sense: 'at least',
              unit: '/s',
            },
          ],
  };
};

const run = promisify(execFile);

/** Builds and asks each size in turn; a few minutes, and up to 1.5 GB of memory and 2 GB of disk meanwhile. */
export const measureGrowth = async ({ quick, say }: GrowthOptions): Promise<Section> => {
  const points: GrowthPoint[] = [];
  for (const places of quick ? QUICK_PLACES : PLACES) {
    say(`growth: ${places.toLocaleString('en')} places …`);
    const script = join(PROJECT, 'bench/growth-build.ts');
    const { stdout } = await run(process.execPath, [script, String(places), String(LOOKUPS)]);
    points.push(JSON.parse(stdout) as GrowthPoint);
  }
  return growthSection(points);
};
