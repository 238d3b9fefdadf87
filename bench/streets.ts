/** Lookups of houses and streets, in this process: in a small real extract and in a large made-up one. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeExtract } from '../gazetteer/import/extract-writer.ts';
import type { ImportedFeature, ImportedHouse } from '../gazetteer/import/feature.ts';
import { openOsm } from '../gazetteer/import/osm-source.ts';
import { FINE_DEGREE, HOUSE } from '../src/services/geocoding/extract/extract-records.ts';
import { loadExtractFile, openExtract, type Extract } from '../src/services/geocoding/extract/extract.ts';
import type { Gazetteer } from '../src/services/geocoding/gazetteer.ts';
import { createSeededRandom, format, median, spread } from './figures.ts';
import type { Section } from './report.ts';
import { drawStreets, gridHouse } from './street-grid.ts';

const SEED = 20_261_124;
const FIXTURE = new URL('../gazetteer/fixtures/liechtenstein.osm.pbf', import.meta.url).pathname;
/** To reach, a second. */
const REVERSE_WANTED = 100_000;
const FORWARD_WANTED = 30_000;

export interface StreetsOptions {
  readonly gazetteer: Gazetteer;
  /** Where extracts may be written. */
  readonly folder: string;
  /** A tenth of the houses and fewer rounds. */
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

/** One address, how it is asked for, and where it is, in degrees. */
interface Asked {
  readonly text: string;
  readonly number: string;
  readonly lat: number;
  readonly lng: number;
}

/** What was measured of one extract. */
interface Measured {
  readonly name: string;
  readonly houses: number;
  readonly bytes: number;
  readonly openMs: number;
  readonly reverse: readonly number[];
  readonly forward: readonly number[];
  /** Shares of questions that are answered with the house that was meant. */
  readonly reverseRight: number;
  readonly forwardRight: number;
}

/** Some metres beside a house, which is nearer than the next one. */
const BESIDE = 0.00002;

const askedOf = ({ street, place, city, postcode, number, lat, lng }: ImportedHouse): Asked => ({
  text: [`${street ?? place} ${number}`, [postcode, city].filter((part) => part !== undefined).join(' ')]
    .filter((part) => part !== '')
    .join(', '),
  number,
  lat: lat / FINE_DEGREE + BESIDE,
  lng: lng / FINE_DEGREE + BESIDE,
});

const numberOf = ({ records }: Extract, hit: { kind: string; id: number } | undefined): string =>
  hit?.kind === 'house' ? records.text(records.house(hit.id, HOUSE.number)) : '';

/** How often `look` is right, and how many it does in a second, round by round. */
const race = (
  asked: readonly Asked[],
  rounds: number,
  look: (one: Asked) => string,
): { rates: number[]; right: number } => {
  let right = 0;
  for (const one of asked) if (look(one) === one.number) right += 1;
  const rates = Array.from({ length: rounds }, () => {
    const startedAt = performance.now();
    for (const one of asked) look(one);
    return (asked.length * 1_000) / (performance.now() - startedAt);
  });
  return { rates, right: right / asked.length };
};

const measureOne = async (
  name: string,
  path: string,
  asked: readonly Asked[],
  rounds: number,
): Promise<Measured> => {
  const buffer = await loadExtractFile(path);
  const startedAt = performance.now();
  const extract = openExtract(buffer);
  const openMs = performance.now() - startedAt;
  const reverse = race(asked, rounds, ({ lat, lng }) => numberOf(extract, extract.reverse(lat, lng)));
  const forward = race(asked, rounds, ({ text }) =>
    numberOf(extract, extract.forward({ text, limit: 10 }).records[0]),
  );
  return {
    name,
    houses: extract.counts.houses,
    bytes: buffer.byteLength,
    openMs,
    reverse: reverse.rates,
    forward: forward.rates,
    reverseRight: reverse.right,
    forwardRight: forward.right,
  };
};

/** Questions for houses drawn evenly, the same in every run. */
const draw = (count: number, from: number, houseAt: (index: number) => ImportedHouse): Asked[] => {
  const random = createSeededRandom(SEED);
  return Array.from({ length: count }, () => askedOf(houseAt(Math.floor(random() * from))));
};

const sectionOf = (measured: readonly Measured[]): Section => ({
  title: 'Lookups of houses and streets in extracts',
  method: [
    'In one thread of one process, without writing answers. Reverse: a coordinate some 3 m beside a house drawn evenly. Forward: ' +
      'its street and number, with postcode and town where it has them. Right: the answer is a house of that number. The real ' +
      'extract is OpenStreetMap of Liechtenstein, the other one is made up of towns of a hundred streets of twenty houses.',
  ],
  tables: [
    {
      columns: ['extract', 'houses', 'file', 'open', 'reverse/s', 'right', 'forward/s', 'right'],
      rows: measured.map((one) => [
        one.name,
        one.houses.toLocaleString('en'),
        `${format(one.bytes / 1_000_000)} MB`,
        `${format(one.openMs)} ms`,
        spread(one.reverse),
        `${format(one.reverseRight * 100)} %`,
        spread(one.forward),
        `${format(one.forwardRight * 100)} %`,
      ]),
    },
  ],
  targets: measured.flatMap(({ name, reverse, forward }) => [
    {
      what: `reverse, ${name}`,
      wanted: REVERSE_WANTED,
      got: median(reverse),
      sense: 'at least' as const,
      unit: '/s',
    },
    {
      what: `street forward, ${name}`,
      wanted: FORWARD_WANTED,
      got: median(forward),
      sense: 'at least' as const,
      unit: '/s',
    },
  ]),
});

/** Writes both extracts and measures lookups in them. */
export const measureStreets = async (options: StreetsOptions): Promise<Section> => {
  const { gazetteer, folder, quick, say } = options;
  const work = join(folder, 'extract-work');
  mkdirSync(work, { recursive: true });
  const write = async (name: string, source: AsyncIterable<readonly ImportedFeature[]>): Promise<string> => {
    const path = join(folder, `${name}.idx`);
    await writeExtract({ source, base: gazetteer, path, work, attribution: 'bench' });
    return path;
  };
  say('writing the extract of Liechtenstein');
  const features: ImportedFeature[] = [];
  for await (const batch of openOsm(FIXTURE, { work }).features({})) features.push(...batch);
  async function* atOnce(): AsyncGenerator<readonly ImportedFeature[], void, undefined> {
    yield features;
  }
  const real = await write('liechtenstein', atOnce());
  const houses = features.filter((feature) => feature.kind === 'house' && feature.street !== undefined);
  const count = quick ? 100_000 : 1_000_000;
  say(`writing an extract of ${count.toLocaleString('en')} houses`);
  const made = await write('made-up', drawStreets(count));
  const questions = quick ? 5_000 : 50_000;
  const rounds = quick ? 3 : 5;
  const realAsked = draw(questions, houses.length, (index) => houses[index] as ImportedHouse);
  return sectionOf([
    await measureOne('Liechtenstein', real, realAsked, rounds),
    await measureOne('made up', made, draw(questions, count, gridHouse), rounds),
  ]);
};
