/** What is known of Internet addresses: lookups in one process beside npm packages, loading, and memory. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureShippedLayers, shippedLayerPath } from '../gazetteer/visitor/addresses/ensure-address-data.ts';
import { formatAddress, type Address } from '../src/services/visitor/addresses/address.ts';
import { LAYERS, openLayer, type Layer } from '../src/services/visitor/addresses/layer-format.ts';
import { specialUse } from '../src/services/visitor/addresses/special.ts';
import type { AddressFigures } from './address-contender.ts';
import { createSeededRandom, format, median, spread } from './figures.ts';
import { ensurePeers } from './peers.ts';
import type { Section, Target } from './report.ts';

export interface AddressOptions {
  /** An empty folder to work in. */
  readonly folder: string;
  /** Holds `dbip-city-mmdb` as npm has it; undefined where there is none. */
  readonly sources: string | undefined;
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

const SEED = 20_261_122;
const ADDRESSES = 200_000;
const FEW_ADDRESSES = 50_000;

/** Public addresses, each as likely as another. */
const drawFour = (count: number): string[] => {
  const random = createSeededRandom(SEED);
  const texts: string[] = [];
  while (texts.length < count) {
    const address: Address = { version: 4, a: Math.floor(random() * 2 ** 32), b: 0, c: 0, d: 0 };
    if (specialUse(address) === undefined) texts.push(formatAddress(address));
  }
  return texts;
};

/** Addresses of networks that the data know, each network as likely as another: of all of IPv6 next to nothing is in use. */
const drawSix = ({ sections }: Layer, count: number): string[] => {
  const { v6First, v6FirstAt, v6Second } = sections;
  const random = createSeededRandom(SEED + 1);
  const word = (): number => Math.floor(random() * 2 ** 32);
  const firstOf = new Uint32Array(v6Second.length);
  for (let first = 0; first < v6First.length; first++)
    firstOf.fill(v6First[first] ?? 0, v6FirstAt[first], v6FirstAt[first + 1]);
  const texts: string[] = [];
  while (texts.length < count) {
    const at = Math.floor(random() * v6Second.length);
    const address: Address = { version: 6, a: firstOf[at] ?? 0, b: v6Second[at] ?? 0, c: word(), d: word() };
    if (specialUse(address) === undefined) texts.push(formatAddress(address));
  }
  return texts;
};

const CONTENDER = fileURLToPath(new URL('./address-contender.ts', import.meta.url));

const ask = (name: string, folder: string, addresses: string): AddressFigures =>
  JSON.parse(
    execFileSync(process.execPath, [CONTENDER, name, folder, addresses], { encoding: 'utf8' }),
  ) as AddressFigures;

/** Who takes part, and what each answers from. */
const contenders = (
  shipped: string,
  sources: string | undefined,
  hasPeers: boolean,
): (readonly [name: string, folder: string, what: string])[] => {
  const hasCities = sources !== undefined && existsSync(join(sources, 'dbip-city-mmdb'));
  return [
    ['ours', shipped, 'ours: place'],
    ['ours-whole', shipped, 'ours: place, network and kinds'],
    ...(hasCities
      ? ([
          ['mmdb-lib', sources, 'mmdb-lib, DB-IP City Lite'],
          ['maxmind', sources, 'maxmind, DB-IP City Lite'],
        ] as const)
      : []),
    ...(hasPeers
      ? ([
          ['geoip-lite', '', 'geoip-lite, its own data'],
          ['fast-geoip', '', 'fast-geoip, its own data, IPv4 alone'],
        ] as const)
      : []),
  ];
};

const percent = (share: number): string => `${format(share * 100)} %`;

const targetsOf = (ours: AddressFigures, sharedMb: number, packedMb: number, unpackMs: number): Target[] => [
  {
    what: 'places of IPv4 addresses a second, from the text',
    wanted: 2_000_000,
    got: median(ours.v4),
    sense: 'at least',
    unit: '/s',
  },
  {
    what: 'places of IPv6 addresses a second, from the text',
    wanted: 1_000_000,
    got: median(ours.v6),
    sense: 'at least',
    unit: '/s',
  },
  { what: 'opening all address data', wanted: 500, got: ours.loadMs, sense: 'at most', unit: ' ms' },
  { what: 'address data that all threads share', wanted: 100, got: sharedMb, sense: 'at most', unit: ' MB' },
  { what: 'address data as they are shipped', wanted: 25, got: packedMb, sense: 'at most', unit: ' MB' },
  { what: 'unpacking them at the first start', wanted: 3_000, got: unpackMs, sense: 'at most', unit: ' ms' },
];

/** Some minutes with everything; says what is left out. */
export const measureAddresses = async ({ folder, sources, quick, say }: AddressOptions): Promise<Section> => {
  const shipped = join(folder, 'addresses');
  mkdirSync(shipped, { recursive: true });
  const start = process.cpuUsage();
  const files = await ensureShippedLayers(shipped, (message) => say(message));
  const { user, system } = process.cpuUsage(start);
  const unpackMs = (user + system) / 1000;
  const addresses = join(shipped, 'addresses.json');
  const count = quick ? FEW_ADDRESSES : ADDRESSES;
  writeFileSync(
    addresses,
    JSON.stringify({ v4: drawFour(count), v6: drawSix(openLayer('place', files.place), count) }),
  );
  const missing = await ensurePeers(say);
  if (missing !== undefined) say(`geoip-lite and fast-geoip are left out: ${missing}`);
  if (sources === undefined) say('mmdb-lib and maxmind are left out: --address-sources DIR names their data');
  const found = contenders(shipped, sources, missing === undefined).map(([name, from, what]) => {
    say(`addresses: ${what}`);
    return { name, what, figures: ask(name, from, addresses) };
  });
  const ours = found[0]?.figures;
  if (ours === undefined) throw new Error('nothing was measured');
  const packed = LAYERS.map(
    (layer) => readFileSync(new URL(`../gazetteer/data/addresses/${layer}.bin`, import.meta.url)).length,
  );
  const packedMb = packed.reduce((sum, bytes) => sum + bytes, 0) / 1e6;
  const sharedMb = ours.sharedBytes / 1e6;
  return {
    title: 'Internet addresses',
    method: [
      `${format(count)} public IPv4 addresses, each as likely as another, and as many IPv6 addresses from networks of the data; the same ` +
        'for all, one process for each, five rounds, lookups a second of CPU time from the text of an address to an object with what is ' +
        'known of its place. Random addresses are the worst case: visitors repeat.',
      'Ours answers from what is shipped: DB-IP’s cities where the registered country agrees. ' +
        (sources === undefined
          ? 'mmdb-lib and maxmind were left out: no `--address-sources`.'
          : 'mmdb-lib and maxmind read the very city data that ours were made from; no address of 400,000 differs where both have the same data (`gazetteer/visitor/addresses/mmdb.test.ts`).') +
        ' geoip-lite and fast-geoip bring data of their own; of those two the loading of the program counts too. Loading and unpacking are in CPU time. Memory is by how much a process grew; ours includes ' +
        `${format(sharedMb)} MB that all threads share.`,
    ],
    tables: [
      {
        columns: ['', 'IPv4/s', 'IPv6/s', 'told', 'told', 'load ms', 'MB'],
        rows: found.map(({ what, figures }) => [
          what,
          spread(figures.v4),
          figures.v6.length === 0 ? '–' : spread(figures.v6),
          percent(figures.toldV4),
          figures.v6.length === 0 ? '–' : percent(figures.toldV6),
          format(figures.loadMs),
          format(figures.memoryMb),
        ]),
      },
      {
        columns: ['layer', 'file MB', 'in memory MB'],
        rows: LAYERS.map((layer, index) => [
          layer,
          format((packed[index] ?? 0) / 1e6),
          format(readFileSync(shippedLayerPath(shipped, layer)).length / 1e6),
        ]),
      },
    ],
    targets: targetsOf(ours, sharedMb, packedMb, unpackMs),
  };
};
