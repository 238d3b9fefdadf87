import { ImportError } from './import-error.ts';
import { readLines } from './lines.ts';
import type { TableRow } from './openaddresses-csv.ts';

/** Reads the newer kind of OpenAddresses files: a GeoJSON feature on each line. */

const MOST_LINE = 64 * 1024;

const asObject = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';

const readFeature = (line: number, text: string): TableRow => {
  let feature: Record<string, unknown> | undefined;
  try {
    feature = asObject(JSON.parse(text));
  } catch {
    return { line, row: undefined, reason: 'a line is no JSON' };
  }
  const properties = asObject(feature?.['properties']);
  const geometry = asObject(feature?.['geometry']);
  const coordinates: unknown = geometry?.['coordinates'];
  if (properties === undefined || geometry?.['type'] !== 'Point' || !Array.isArray(coordinates))
    return { line, row: undefined, reason: 'a line is no feature with a point' };
  const [lon, lat] = coordinates as unknown[];
  return {
    line,
    row: {
      lon: textOf(lon),
      lat: textOf(lat),
      number: textOf(properties['number']),
      street: textOf(properties['street']),
      city: textOf(properties['city']),
      district: textOf(properties['district']),
      region: textOf(properties['region']),
      postcode: textOf(properties['postcode']),
    },
  };
};

/** The rows of a file; throws `ImportError` for GeoJSON that is one large object. */
export async function* readGeojsonLines(
  title: string,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<TableRow, void, void> {
  for await (const { line, text } of readLines(title, bytes, MOST_LINE)) {
    if (line === 1 && /"FeatureCollection"/u.test(text))
      throw new ImportError({
        file: title,
        line,
        what: 'it is one collection',
        todo: 'write one feature on each line, with: jq -c ".features[]"',
      });
    if (text !== '') yield readFeature(line, text);
  }
}
