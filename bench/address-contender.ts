/** One library that looks addresses up, alone in its process: `node address-contender.ts NAME PLACES ADDRESSES`, which prints JSON. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { open } from 'maxmind';
import { Reader } from 'mmdb-lib';
import { openAddressData } from '../src/services/visitor/addresses/address-data.ts';
import { parseAddress } from '../src/services/visitor/addresses/address.ts';
import { loadLayerFile } from '../src/services/visitor/addresses/layer-file.ts';
import { PEERS } from './peers.ts';

/** What a process found out; speeds in lookups a second of CPU time, one a round. */
export interface AddressFigures {
  /** Milliseconds of CPU time until the first lookup can be made, the program's own loading aside. */
  readonly loadMs: number;
  /** Megabytes by which the process has grown, with its lookups done. */
  readonly memoryMb: number;
  /** Bytes of the layers that all threads share; 0 where there are none. */
  readonly sharedBytes: number;
  readonly v4: readonly number[];
  readonly v6: readonly number[];
  /** Shares of the addresses of which something was told. */
  readonly toldV4: number;
  readonly toldV6: number;
}

/** A text becomes what is known of it. */
interface Lookups {
  readonly v4: (text: string) => unknown;
  readonly v6?: (text: string) => unknown;
  readonly sharedBytes?: number;
}

const ROUNDS = 5;
/** The slowest looks this many up, in files that it reads each time. */
const FEW = 2_000;

const fromPeers = createRequire(pathToFileURL(join(PEERS, 'package.json')));

const openOurs = async (folder: string, whole: boolean): Promise<Lookups> => {
  const load = (layer: 'place' | 'network' | 'kinds'): Promise<SharedArrayBuffer> =>
    loadLayerFile(layer, join(folder, `${layer}.idx`));
  const files = { place: await load('place'), network: await load('network'), kinds: await load('kinds') };
  const data = openAddressData(files);
  const place = (text: string): unknown => {
    const address = parseAddress(text);
    return address === undefined ? undefined : data.place(address);
  };
  const all = (text: string): unknown => {
    const address = parseAddress(text);
    if (address === undefined) return undefined;
    data.network(address);
    data.kinds(address);
    return data.place(address);
  };
  const lookup = whole ? all : place;
  const sharedBytes = files.place.byteLength + files.network.byteLength + files.kinds.byteLength;
  return { v4: lookup, v6: lookup, sharedBytes };
};

const cityFile = (folder: string, version: 4 | 6): string =>
  join(folder, 'dbip-city-mmdb', `dbip-city-ipv${String(version)}.mmdb`);

const OPEN: Readonly<Record<string, (folder: string) => Promise<Lookups>>> = {
  ours: (folder) => openOurs(folder, false),
  'ours-whole': (folder) => openOurs(folder, true),
  maxmind: async (folder) => {
    const [four, six] = [await open(cityFile(folder, 4)), await open(cityFile(folder, 6))];
    return { v4: (text) => four.get(text), v6: (text) => six.get(text) };
  },
  'mmdb-lib': (folder) => {
    const [four, six] = [
      new Reader(readFileSync(cityFile(folder, 4))),
      new Reader(readFileSync(cityFile(folder, 6))),
    ];
    return Promise.resolve({ v4: (text) => four.get(text), v6: (text) => six.get(text) });
  },
  'geoip-lite': () => {
    const geoip = fromPeers('geoip-lite') as { lookup(text: string): unknown };
    return Promise.resolve({ v4: (text) => geoip.lookup(text), v6: (text) => geoip.lookup(text) });
  },
  'fast-geoip': () => {
    const geoip = fromPeers('fast-geoip') as { lookup(text: string): Promise<unknown> };
    return Promise.resolve({ v4: (text) => geoip.lookup(text) });
  },
};

/** Lookups a second of CPU time, round by round, and the share that was told of. */
const measure = async (
  lookup: ((text: string) => unknown) | undefined,
  texts: readonly string[],
): Promise<{ readonly speeds: number[]; readonly told: number }> => {
  if (lookup === undefined) return { speeds: [], told: 0 };
  const isSlow = lookup(texts[0] ?? '') instanceof Promise;
  const asked = isSlow ? texts.slice(0, FEW) : texts;
  const speeds: number[] = [];
  let told = 0;
  for (let round = 0; round < ROUNDS; round++) {
    told = 0;
    const start = process.cpuUsage();
    for (const text of asked) {
      const found = lookup(text);
      const value = isSlow ? await found : found;
      if (value !== undefined && value !== null) told++;
    }
    const { user, system } = process.cpuUsage(start);
    speeds.push((asked.length * 1e6) / (user + system));
  }
  return { speeds, told: told / asked.length };
};

if (import.meta.main) {
  const [name = '', folder = '', addresses = ''] = process.argv.slice(2);
  const { v4, v6 } = JSON.parse(readFileSync(addresses, 'utf8')) as { v4: string[]; v6: string[] };
  const before = process.memoryUsage.rss();
  const start = process.cpuUsage();
  const lookups = await OPEN[name]?.(folder);
  if (lookups === undefined) throw new Error(`${name} is none of ${Object.keys(OPEN).join(', ')}`);
  const { user, system } = process.cpuUsage(start);
  const loadMs = (user + system) / 1000;
  const four = await measure(lookups.v4, v4);
  const six = await measure(lookups.v6, v6);
  const figures: AddressFigures = {
    loadMs,
    memoryMb: (process.memoryUsage.rss() - before) / 2 ** 20,
    sharedBytes: lookups.sharedBytes ?? 0,
    v4: four.speeds,
    v6: six.speeds,
    toldV4: four.told,
    toldV6: six.told,
  };
  process.stdout.write(JSON.stringify(figures));
}
