import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureGazetteer } from '../../gazetteer/ensure-gazetteer.ts';
import { installedSources } from '../../gazetteer/sources.ts';
import { writeGazetteer } from '../../gazetteer/write-gazetteer.ts';
import { Opaque } from '../../src/foundation/opaque.ts';
import { parseQuery } from '../../src/http/query.ts';
import type { Request } from '../../src/http/route.ts';
import { openGazetteer, type Gazetteer } from '../../src/services/geocoding/gazetteer.ts';
import { INDEX_FORMAT } from '../../src/services/geocoding/index-format.ts';

/** The gazetteer for tests: built once for each state of its data and of the code that builds it, then shared. */

const BUILDER = ['../../gazetteer', '../../src/services/geocoding'].map(
  (path) => new URL(`${path}/`, import.meta.url),
);

/** Changes whenever an index would come out differently. */
const fingerprint = (): string => {
  const hash = createHash('sha256').update(JSON.stringify([INDEX_FORMAT.version, installedSources()]));
  const [writer = new URL('.', import.meta.url), reader = writer] = BUILDER;
  // What reads an operator's own data has no part in it.
  for (const folder of [writer, new URL('data/', writer), new URL('points/', writer)]) {
    if (!existsSync(folder)) continue;
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    ))
      if (entry.isFile() && !entry.name.endsWith('.test.ts'))
        hash.update(readFileSync(new URL(entry.name, folder)));
  }
  for (const name of [
    'annotations/fips.ts',
    'annotations/grid-section.ts',
    'annotations/grids.ts',
    'annotations/h3.ts',
    'entity.ts',
    'fold.ts',
    'index-format.ts',
    'key-filter.ts',
    'key-leaders.ts',
    'records.ts',
  ])
    hash.update(readFileSync(new URL(name, reader)));
  return hash.digest('hex').slice(0, 16);
};

/** Where the tests' index lies; it may not be there yet. */
export const testGazetteerPath = (): string =>
  (indexPath ??= join(tmpdir(), `vouchsafe-test-${fingerprint()}.idx`));

/** Found out once: somebody may be at work on the code while tests run. */
let indexPath: string | undefined;

/** The whole index in shared memory, for tests that start workers. */
export const loadTestGazetteer = (): Promise<SharedArrayBuffer> =>
  ensureGazetteer(testGazetteerPath(), { report: () => undefined, write: writeGazetteer });

/** The index, opened; some seconds the first time on a machine. */
export const openTestGazetteer = async (): Promise<Gazetteer> => openGazetteer(await loadTestGazetteer());

/** A request as the edge hands it on. @param search the text after `?`, still encoded. */
export const requestOf = (
  search: string,
  headers: Readonly<Record<string, string>> = {},
  path = '/geocode/v1/json',
): Request => ({
  method: 'GET',
  path,
  params: {},
  query: new Opaque(parseQuery(search)),
  headers: new Opaque(headers),
  exposeHeader: (name) => headers[name],
  body: new Opaque(new Uint8Array(0)),
  address: new Opaque('192.0.2.1'),
  secure: true,
});
