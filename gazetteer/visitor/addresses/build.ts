/** Writes `gazetteer/data/addresses/{place,network,kinds}.bin` from packages of ip-location-db and lists of systems. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openGazetteer } from '../../../src/services/geocoding/gazetteer.ts';
import type {
  LayerAttribution,
  LayerName,
  LayerMeta,
} from '../../../src/services/visitor/addresses/layer-format.ts';
import type { PlaceOfAddress } from '../../../src/services/visitor/addresses/facts.ts';
import { ensureGazetteer } from '../../ensure-gazetteer.ts';
import { writeGazetteer } from '../../write-gazetteer.ts';
import { kindsOfNetworks, readAsnKinds } from './asn-kinds.ts';
import { joinPlaces } from './join-places.ts';
import { packLayer } from './packed-layer.ts';
import { createRegionCodes } from './region-codes.ts';
import type { PlaceRow } from './rows.ts';
import { describePackage, PACKAGES, readCities, readCountries, readNetworks } from './source-files.ts';
import { makeLayer } from './write-layer.ts';

const HELP = `Writes gazetteer/data/addresses/place.bin, network.bin and kinds.bin; some minutes and three gigabytes.

Usage: node gazetteer/visitor/addresses/build.ts --sources DIR [--only LAYER] [--gazetteer FILE]

  --sources DIR      holds the npm packages geo-whois-asn-country, dbip-city-mmdb and asn of @ip-location-db
  --only LAYER       place, network or kinds
  --gazetteer FILE   an index of places, for the outlines of states; built in the temporary folder where left out
`;

const DB_IP: LayerAttribution = {
  text: 'IP Geolocation by DB-IP',
  url: 'https://db-ip.com',
  licence: 'CC-BY-4.0',
};
const NRO: LayerAttribution = {
  text: 'Statistics of the Number Resource Organization',
  url: 'https://www.nro.net',
  licence: 'CC-BY-4.0',
};
const ROUTEVIEWS: LayerAttribution = {
  text: 'University of Oregon RouteViews Project',
  url: 'https://www.routeviews.org',
  licence: 'CC-BY-4.0',
};
const GEO_WHOIS: LayerAttribution = {
  text: 'geo-whois-asn-country by ip-location-db',
  url: 'https://github.com/sapics/ip-location-db',
  licence: 'CC0-1.0',
};
const X4B: LayerAttribution = {
  text: 'Lists of hosting and VPN networks, Copyright (c) 2024 X4B (Mathew Heard)',
  url: 'https://github.com/X4BNet/lists_vpn',
  licence: 'MIT',
};

const metaOf = (
  folder: string,
  packages: readonly string[],
  attribution: readonly LayerAttribution[],
): LayerMeta => {
  const described = packages.map((name) => describePackage(folder, name));
  return {
    // As old as the oldest part.
    builtAt: described.map(({ day }) => day).sort()[0] ?? '',
    origin: described.map(({ title }) => title).join(', '),
    attribution,
  };
};

const write = (layer: LayerName, packed: Buffer): void => {
  const folder = new URL('../../data/addresses/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${layer}.bin`, folder), packed);
  console.log(`${layer}: ${String(packed.length)} bytes`);
};

const openPlaces = async (file: string | undefined): Promise<ReturnType<typeof openGazetteer>> => {
  const path = file ?? join(tmpdir(), 'vouchsafe-address-build.idx');
  return openGazetteer(
    await ensureGazetteer(path, { report: (message) => console.log(message), write: writeGazetteer }),
  );
};

function* distinctPlaces(folder: string): Generator<PlaceOfAddress> {
  const seen = new Set<PlaceOfAddress>();
  for (const version of [4, 6] as const)
    for (const { place } of readCities(folder, version))
      if (!seen.has(place)) {
        seen.add(place);
        yield place;
      }
}

const buildPlaces = async (folder: string, gazetteer: string | undefined): Promise<void> => {
  const regions = createRegionCodes(distinctPlaces(folder), await openPlaces(gazetteer));
  console.log(`${String(regions.known)} regions have a code, ${String(regions.unknown.length)} have none`);
  async function* rows(): AsyncGenerator<PlaceRow> {
    for (const version of [4, 6] as const)
      yield* joinPlaces(readCountries(folder, version), readCities(folder, version), regions.add);
  }
  const meta = metaOf(folder, [PACKAGES.country, PACKAGES.city], [DB_IP, GEO_WHOIS, NRO]);
  const made = await makeLayer('place', rows(), meta);
  console.log(JSON.stringify(made.tables.ranges));
  write('place', packLayer(made));
};

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', short: 'h', default: false },
    sources: { type: 'string' },
    only: { type: 'string' },
    gazetteer: { type: 'string' },
  },
});
const { sources, only } = values;

if (values.help || sources === undefined) {
  process.stdout.write(HELP);
  process.exitCode = values.help ? 0 : 2;
} else {
  const wants = (layer: LayerName): boolean => only === undefined || only === layer;
  const networkMeta = metaOf(sources, [PACKAGES.network], [ROUTEVIEWS, DB_IP, NRO]);
  if (wants('kinds')) {
    const rows = kindsOfNetworks(readNetworks(sources), readAsnKinds());
    const meta = {
      ...networkMeta,
      origin: `X4BNet/lists_vpn, by systems as ${networkMeta.origin} has them`,
      attribution: [X4B, ...networkMeta.attribution],
    };
    write('kinds', packLayer(await makeLayer('kinds', rows, meta)));
  }
  if (wants('network'))
    write('network', packLayer(await makeLayer('network', readNetworks(sources), networkMeta)));
  if (wants('place')) await buildPlaces(sources, values.gazetteer);
}
