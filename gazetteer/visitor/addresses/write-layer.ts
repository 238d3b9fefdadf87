/** Makes the file of a layer out of rows: for what is shipped, for what operators import, and for tests. */
import { compareAddresses } from '../../../src/services/visitor/addresses/address.ts';
import type { NetworkOfAddress, PlaceOfAddress } from '../../../src/services/visitor/addresses/facts.ts';
import {
  layerPieces,
  type Layer,
  type LayerMeta,
  type LayerName,
} from '../../../src/services/visitor/addresses/layer-format.ts';
import { bitsOf } from '../../../src/services/visitor/addresses/networks.ts';
import { writeAtomically } from '../../write-atomically.ts';
import { createFourBoundaries, createSixBoundaries } from './boundaries.ts';
import { createCollectedRanges } from './collected-ranges.ts';
import { createNetworkRecords, createPlaceRecords } from './records.ts';
import {
  RowError,
  type AddressRange,
  type KindsRow,
  type NetworkRow,
  type PlaceRow,
  type RowOf,
} from './rows.ts';

const DAY = /^\d{4}-\d{2}-\d{2}$/u;

/** How the rows of a layer become numbers. */
interface Values {
  valueOf(row: AddressRange): number;
  rest(): Pick<Layer['tables'], 'divisions' | 'timezones'> &
    Pick<Layer['sections'], 'records' | 'postcodes' | 'radii' | 'textAt' | 'text'>;
}

const createValues = (layer: LayerName): Values => {
  if (layer === 'place') {
    const records = createPlaceRecords();
    return {
      valueOf: (row) => records.numberOf((row as PlaceRow).place satisfies PlaceOfAddress),
      rest: () => ({ ...records.tables(), ...records.sections() }),
    };
  }
  const records = createNetworkRecords();
  return {
    valueOf: (row) =>
      layer === 'kinds'
        ? bitsOf((row as KindsRow).kinds)
        : records.numberOf((row as NetworkRow).network satisfies NetworkOfAddress),
    rest: () => ({ ...records.tables(), ...records.sections() }),
  };
};

const checkMeta = ({ builtAt }: LayerMeta): void => {
  if (!DAY.test(builtAt)) throw new RowError('the day of the data is not written as YYYY-MM-DD');
};

const checkRange = ({ first, last }: AddressRange): void => {
  if (first.version !== last.version) throw new RowError('a range has ends of two versions');
  if (compareAddresses(first, last) > 0) throw new RowError('a range ends before it begins');
};

export interface WriteOptions {
  /** Told, when all rows have been read, of each part on which rows say different things. */
  readonly contested?: ((version: 4 | 6, first: bigint, last: bigint) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes a layer in memory: some 40 bytes a row while it runs, and what the distinct facts take.
 * @param rows in any order; where they overlap, the narrowest holds, and of equals the later (of `kinds`: all of them).
 * @throws {RowError} where a row is not as `rows.ts` and `facts.ts` say.
 */
export const makeLayer = async <Name extends LayerName>(
  layer: Name,
  rows: AsyncIterable<RowOf[Name]> | Iterable<RowOf[Name]>,
  meta: LayerMeta,
  { contested, signal }: WriteOptions = {},
): Promise<Layer> => {
  checkMeta(meta);
  const values = createValues(layer);
  const [four, six] = [createCollectedRanges(), createCollectedRanges()];
  const add = (row: RowOf[Name]): void => {
    checkRange(row);
    const value = values.valueOf(row);
    if (value !== 0) (row.first.version === 4 ? four : six).add(row.first, row.last, value);
  };
  // A promise for each row would cost more than the row.
  if (Symbol.asyncIterator in rows) for await (const row of rows) add(row);
  else for (const row of rows) add(row);
  const [fourBoundaries, sixBoundaries] = [createFourBoundaries(), createSixBoundaries()];
  const overlap = layer === 'kinds' ? 'union' : 'narrowest';
  await four.giveTo(fourBoundaries.take, overlap, {
    signal,
    contested: contested && ((first, last) => contested(4, first, last)),
  });
  await six.giveTo(sixBoundaries.take, overlap, {
    signal,
    contested: contested && ((first, last) => contested(6, first, last)),
  });
  const { divisions, timezones, ...rest } = values.rest();
  const sections = { ...fourBoundaries.sections(), ...sixBoundaries.sections(), ...rest };
  const ranges = { v4: fourBoundaries.ranges, v6: sixBoundaries.ranges };
  return { tables: { layer, meta, ranges, divisions, timezones }, sections };
};

/** Makes a layer as `makeLayer` and puts its file at `path`, whole or not at all. @returns how many ranges it has. */
export const writeLayer = async <Name extends LayerName>(
  layer: Name,
  rows: AsyncIterable<RowOf[Name]> | Iterable<RowOf[Name]>,
  meta: LayerMeta,
  path: string,
  options: WriteOptions = {},
): Promise<{ readonly v4: number; readonly v6: number }> => {
  const made = await makeLayer(layer, rows, meta, options);
  await writeAtomically(path, layerPieces(made));
  return made.tables.ranges;
};
