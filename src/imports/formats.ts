/** Tells what kind of data a file holds, by its first bytes and only then by its name. */
import { basename } from 'node:path';
import { ImportError } from '../../gazetteer/import/import-error.ts';
import { openInputs } from '../../gazetteer/import/open-input.ts';

/** What can be imported. */
export const FORMATS = ['osm', 'openaddresses', 'geonames', 'geonames-postcodes'] as const;
export type ImportFormat = (typeof FORMATS)[number];

/** Enough for the longest first line that there is. */
const HEAD_BYTES = 65_536;

/** Tabs in a line of the tables of GeoNames: places, alternate names (two ages of them), names of divisions. */
const GEONAMES_TABS: ReadonlySet<number> = new Set([18, 9, 7, 3]);
const POSTCODE_TABS = 11;

const headOf = async (path: string): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const input of openInputs(path)) {
    for await (const chunk of input.stream) {
      chunks.push(Buffer.from(chunk));
      length += chunk.length;
      if (length >= HEAD_BYTES) break;
    }
    await input.close();
    break;
  }
  return Buffer.concat(chunks).subarray(0, HEAD_BYTES);
};

const ofText = (text: string): ImportFormat | undefined => {
  const line = text
    .replace(/^\uFEFF/u, '')
    .split(/\r?\n/u, 20)
    .find((candidate) => candidate !== '' && !candidate.startsWith('#'));
  if (line === undefined) return undefined;
  if (/^\{.*"(?:Feature|FeatureCollection)"/u.test(line.slice(0, 400))) return 'openaddresses';
  const fields = line.toLowerCase().split(',');
  if (fields.includes('lon') && fields.includes('lat')) return 'openaddresses';
  const tabs = line.split('\t').length - 1;
  if (tabs === POSTCODE_TABS) return 'geonames-postcodes';
  return GEONAMES_TABS.has(tabs) ? 'geonames' : undefined;
};

/** By the name alone, for files whose beginning is damaged: their reader then says where. */
const ofName = (path: string): ImportFormat | undefined => {
  const name = basename(path).toLowerCase();
  if (name.endsWith('.pbf')) return 'osm';
  if (/^(?:allcountries|cities\d+|admin[12]codes|alternatenames)/u.test(name)) return 'geonames';
  return /\.(?:csv|geojson)(?:\.gz)?$/u.test(name) ? 'openaddresses' : undefined;
};

/**
 * What a file is; what the operator says it is goes before what it looks like.
 * @throws {ImportError} where it cannot be read, or nothing tells what it holds.
 */
export const formatOf = async (path: string, said: ImportFormat | undefined): Promise<ImportFormat> => {
  const head = await headOf(path);
  if (said !== undefined) return said;
  if (head.subarray(0, 32).includes('OSMHeader')) return 'osm';
  const found = ofText(head.toString('utf8')) ?? ofName(path);
  if (found !== undefined) return found;
  const isXml = /^\s*<(?:\?xml|osm)/u.test(head.toString('latin1', 0, 200));
  throw new ImportError({
    file: path,
    what: isXml ? 'OpenStreetMap data is only read as PBF' : 'nothing tells what it holds',
    todo: isXml
      ? 'get the .osm.pbf of the extract, or convert it with: osmium cat FILE -o FILE.osm.pbf'
      : `say it with --format ${FORMATS.join(' | ')}`,
  });
};
