/** Lookups in one process by kind: forward by how a name is written, reverse by where the coordinate lies. */
import { COUNTY, DEGREE, SUBURB } from '../src/services/geocoding/entity.ts';
import type { Gazetteer } from '../src/services/geocoding/gazetteer.ts';
import { createSeededRandom, format, median, quantile, spread } from './figures.ts';
import type { Section } from './report.ts';
import { drawTypos } from './typed.ts';

const SEED = 20_261_124;
const LIMIT = 10;
/** Degrees; a border is crossed within some 200 m of such a point. */
const BORDER_STEP = 0.002;

/** One kind of lookup: `run` does the `index`th. */
interface Kind {
  readonly what: string;
  readonly count: number;
  readonly run: (index: number) => unknown;
}

type Point = readonly [lat: number, lng: number];

const drawEntities = (gazetteer: Gazetteer, count: number): number[] => {
  const random = createSeededRandom(SEED);
  const ids: number[] = [];
  while (ids.length < count) {
    const id = Math.floor(random() * gazetteer.size);
    const type = gazetteer.records.type(id);
    if (type > COUNTY && type <= SUBURB) ids.push(id);
  }
  return ids;
};

/** A further name of each entity: keys whose posting says that it is not the main one. */
const drawAliases = ({ sections, size }: Gazetteer, count: number): string[] => {
  const { keyBytes, keyStart, keyPostings, postings } = sections;
  const random = createSeededRandom(SEED + 1);
  const text = Buffer.from(keyBytes.buffer, keyBytes.byteOffset, keyBytes.length);
  const aliases: string[] = [];
  for (let tries = 0; aliases.length < count && tries < count * 1_000 + size; tries += 1) {
    const key = Math.floor(random() * (keyStart.length - 1));
    if ((postings[keyPostings[key]!]! & 1) === 1)
      aliases.push(text.toString('utf8', keyStart[key], keyStart[key + 1]));
  }
  return aliases;
};

/** Points of each kind, `count` at most; the rarer ones fewer. */
const drawPoints = (
  gazetteer: Gazetteer,
  ids: readonly number[],
  count: number,
): Readonly<Record<string, Point[]>> => {
  const random = createSeededRandom(SEED + 2);
  const { lat, lng } = gazetteer.records;
  const anywhere = (): Point => [(Math.asin(random() * 2 - 1) * 180) / Math.PI, random() * 360 - 180];
  const seas: Point[] = [];
  while (seas.length < count) {
    const point = anywhere();
    if (gazetteer.countryAt(...point) < 0) seas.push(point);
  }
  const borders: Point[] = [];
  for (let tries = 0; borders.length < count / 10 && tries < count * 100; tries += 1) {
    // From one town towards another: where the country changes, halved until it is a step.
    const [from, to] = [ids[Math.floor(random() * ids.length)]!, ids[Math.floor(random() * ids.length)]!];
    if (Math.abs(lng(from) - lng(to)) > 20 * DEGREE || Math.abs(lat(from) - lat(to)) > 20 * DEGREE) continue;
    const at = (share: number): Point => [
      (lat(from) + (lat(to) - lat(from)) * share) / DEGREE,
      (lng(from) + (lng(to) - lng(from)) * share) / DEGREE,
    ];
    const start = gazetteer.countryAt(...at(0));
    if (start < 0 || gazetteer.countryAt(...at(1)) === start) continue;
    let [low, high] = [0, 1];
    while ((high - low) * 20 > BORDER_STEP) {
      const middle = (low + high) / 2;
      if (gazetteer.countryAt(...at(middle)) === start) low = middle;
      else high = middle;
    }
    borders.push(at(low), at(high));
  }
  const near = (units: number, most: number): number =>
    Math.max(-most, Math.min(most, units / DEGREE + (random() - 0.5) * 0.02));
  return {
    'within 1 km of a town': ids.map((id): Point => [near(lat(id), 90), near(lng(id), 180)]),
    'on a border': borders,
    'at sea': seas,
    'within 1° of a pole': Array.from({ length: count }, (): Point => [
      (random() < 0.5 ? -1 : 1) * (89 + random()),
      random() * 360 - 180,
    ]),
    'within 1° of the antimeridian': Array.from({ length: count }, (): Point => [
      random() * 170 - 85,
      (random() < 0.5 ? -1 : 1) * (179 + random()),
    ]),
  };
};

const kindsOf = (gazetteer: Gazetteer, count: number): Kind[] => {
  const ids = drawEntities(gazetteer, count);
  const names = ids.map((id) => gazetteer.entity(id).name);
  const aliases = drawAliases(gazetteer, count);
  const typos = drawTypos(gazetteer, Math.ceil(count / 4)).map(({ text }) => text);
  const prefixes = names.map((name) => {
    const letters = Array.from(name);
    return letters.slice(0, Math.max(2, Math.ceil(letters.length * 0.6))).join('');
  });
  const forward = (what: string, texts: readonly string[], fuzzy = false): Kind => ({
    what: `forward, ${what}`,
    count: texts.length,
    run: (index) => gazetteer.forward({ text: texts[index]!, limit: LIMIT, fuzzy }),
  });
  const reverse = ([what, points]: readonly [string, readonly Point[]]): Kind => ({
    what: `reverse, ${what}`,
    count: points.length,
    run: (index) => gazetteer.reverse(...points[index]!),
  });
  return [
    forward('exact name', names),
    forward('another of its names', aliases),
    forward('one typing error (`fuzzy=1`)', typos, true),
    {
      what: 'forward, prefix (the first six tenths)',
      count: prefixes.length,
      run: (index) => gazetteer.suggest({ text: prefixes[index]!, limit: LIMIT }),
    },
    ...Object.entries(drawPoints(gazetteer, ids, count)).map(reverse),
  ];
};

/** Lookups for each second of CPU time, which neighbours take less of than of the clock. */
const ratesOf = ({ count, run }: Kind, rounds: number): number[] => {
  const rates: number[] = [];
  for (let round = -1; round < rounds; round += 1) {
    const before = process.cpuUsage();
    for (let index = 0; index < count; index += 1) run(index);
    const { user, system } = process.cpuUsage(before);
    if (round >= 0) rates.push((count * 1e6) / (user + system));
  }
  return rates;
};

const timesOf = ({ count, run }: Kind): Float64Array => {
  const times = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    const startedAt = performance.now();
    run(index);
    times[index] = (performance.now() - startedAt) * 1_000;
  }
  return times.sort();
};

/** Measures each kind in this process, in one thread. */
export const measureKinds = (gazetteer: Gazetteer, quick: boolean): Section => {
  const rounds = quick ? 3 : 5;
  const measured = kindsOf(gazetteer, quick ? 4_000 : 20_000).map((kind) => {
    const rates = ratesOf(kind, rounds);
    const times = [...timesOf(kind)];
    return { what: kind.what, rates, p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
  });
  const least = (start: string): number =>
    Math.min(...measured.filter(({ what }) => what.startsWith(start)).map(({ rates }) => median(rates)));
  return {
    title: 'Lookups in one process, by kind',
    method: [
      'Places drawn evenly from the index, the same in every run; ten results at most. By CPU time, since neighbours take less of it ' +
        'than of the clock; p50 and p99 are by the clock, of single lookups, and hold what the rest of the machine does. Points ' +
        `on a border lie within ${format(BORDER_STEP * 111)} km of one; reverse lookups at sea and at the poles mostly find nothing, which has to be known as well.`,
    ],
    tables: [
      {
        columns: ['', 'lookups for each CPU second', 'p50 µs', 'p99 µs'],
        rows: measured.map(({ what, rates, p50, p99 }) => [what, spread(rates), format(p50), format(p99)]),
      },
    ],
    targets: [
      {
        what: 'forward, exact name, lookups for each CPU second',
        wanted: 30_000,
        got: least('forward, exact'),
        sense: 'at least',
        unit: '/s',
      },
      {
        what: 'reverse, the slowest kind, lookups for each CPU second',
        wanted: 150_000,
        got: least('reverse'),
        sense: 'at least',
        unit: '/s',
      },
    ],
  };
};
