import { stat } from 'node:fs/promises';
import type { ImportedFeature, ImportedHouse, ReadOptions } from './feature.ts';
import { ImportError, systemFault } from './import-error.ts';
import { createSkips, type SkipCounter, type SkippingSource } from './import-skips.ts';
import { openInputs, type Input } from './open-input.ts';
import { readCsv, type TableRow } from './openaddresses-csv.ts';
import { readGeojsonLines } from './openaddresses-geojson.ts';
import { contextOfPath, isCountry, readRow } from './openaddresses-row.ts';

/** Reads OpenAddresses tables (openaddresses.io): CSV or GeoJSON lines, plain, gzipped, or many of them in a zip. */

export interface OpenAddressesOptions {
  /** ISO 3166-1 alpha-2, for files whose path does not say it. */
  readonly country?: string | undefined;
  /** So much may come out of each file, in bytes. */
  readonly mostBytes?: number | undefined;
}

const BATCH = 2000;
/** When more of a table is wrong than this, it is not what it should be. */
const MOST_WRONG = 0.05;
/** So many rows are looked at before a table is judged, unless it ends. */
const JUDGED_AFTER = 1000;

/** Tables among the members of an archive; `summary/` has counts, other layers are no addresses. */
const fitsMember = (name: string): boolean =>
  /\.(?:csv|txt|geojson|geojsonl|json)$/iu.test(name) &&
  !/(?:^|\/)summary\//u.test(name) &&
  !/-(?:parcels|buildings|centerlines?)-/u.test(name);

/** Looks at the first byte that is no space: a brace begins a feature, anything else a table. */
const isGeojson = (head: Uint8Array): boolean => {
  const text = Buffer.from(head.subarray(0, 1024)).toString('utf8');
  return text.replace(/^\ufeff?\s*/u, '').startsWith('{');
};

async function* rowsOf({ title, stream }: Input): AsyncGenerator<TableRow, void, void> {
  const chunks = stream[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done === true)
    throw new ImportError({ file: title, what: 'it is empty', todo: 'download it again' });
  const head = first.value;
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff))
    throw new ImportError({ file: title, byte: 0, what: 'it is in UTF-16', todo: 'write it in UTF-8' });
  const whole = (async function* (): AsyncGenerator<Uint8Array, void, void> {
    yield head;
    for (;;) {
      const next = await chunks.next();
      if (next.done === true) return;
      yield next.value;
    }
  })();
  yield* isGeojson(head) ? readGeojsonLines(title, whole) : readCsv(title, whole);
}

const isSame = (one: ImportedHouse | undefined, other: ImportedHouse): boolean =>
  one !== undefined &&
  one.lat === other.lat &&
  one.lng === other.lng &&
  one.number === other.number &&
  one.street === other.street;

async function* readTable(
  input: Input,
  path: string,
  options: OpenAddressesOptions,
  skips: SkipCounter,
): AsyncGenerator<ImportedFeature[], void, void> {
  const { title, member } = input;
  const context = contextOfPath(member ?? path, options.country);
  let batch: ImportedFeature[] = [];
  let last: ImportedHouse | undefined;
  let rows = 0;
  let wrong = 0;
  let line = 0;
  const refuse = (reason: string, isWrong: boolean): void => {
    skips.skip(reason, `${title}, line ${line}`);
    if (isWrong) wrong += 1;
  };
  const judge = (least: number): void => {
    if (rows < least || wrong <= MOST_WRONG * rows) return;
    const shown = skips.first.slice(0, 3).join('; ');
    throw new ImportError({
      file: title,
      line,
      what: `${wrong} of ${rows} rows so far are wrong (${shown})`,
      todo: 'check that it is an OpenAddresses table, and download it again',
    });
  };
  for await (const entry of rowsOf(input)) {
    rows += 1;
    ({ line } = entry);
    const house = entry.row === undefined ? undefined : readRow(entry.row, context);
    if (house === undefined) refuse(entry.reason ?? 'a row cannot be read', true);
    else if ('reason' in house) refuse(house.reason, house.isWrong);
    // Each flat of a house has its row.
    else if (!isSame(last, house)) {
      last = house;
      batch.push(house);
    }
    if (wrong > 0 && rows % JUDGED_AFTER === 0) judge(JUDGED_AFTER);
    if (batch.length >= BATCH) {
      yield batch;
      batch = [];
    }
  }
  judge(1);
  if (rows === 0) skips.skip('a table has no rows', title);
  if (batch.length > 0) yield batch;
}

const sizeOf = async (path: string): Promise<number> => {
  try {
    return (await stat(path)).size;
  } catch (error) {
    throw systemFault(error, path) ?? error;
  }
};

async function* readAll(
  paths: readonly string[],
  options: OpenAddressesOptions,
  skips: SkipCounter,
  { report, signal }: ReadOptions,
): AsyncGenerator<readonly ImportedFeature[], void, void> {
  const sizes = await Promise.all(paths.map(sizeOf));
  const total = Math.max(
    1,
    sizes.reduce((sum, size) => sum + size, 0),
  );
  let before = 0;
  for (const [at, path] of paths.entries()) {
    for await (const input of openInputs(path, { signal, mostBytes: options.mostBytes, fits: fitsMember }))
      for await (const batch of readTable(input, path, options, skips)) {
        signal?.throwIfAborted();
        yield batch;
        report?.({ share: Math.min(1, (before + input.position()) / total), stage: 'reading addresses' });
      }
    before += sizes[at] ?? 0;
  }
  report?.({ share: 1, stage: 'done' });
}

/** Opens OpenAddresses files. Nothing is read before `features` is. Throws `RangeError` for a country that is none. */
export const openOpenAddresses = (
  paths: readonly string[],
  options: OpenAddressesOptions = {},
): SkippingSource => {
  const { country } = options;
  if (country !== undefined && !isCountry(country))
    throw new RangeError('The country has to be two capital letters of ISO 3166-1, such as US.');
  const skips = createSkips();
  return {
    attribution: '© OpenAddresses contributors (openaddresses.io)',
    skips,
    features: (read) => readAll(paths, options, skips, read),
  };
};
