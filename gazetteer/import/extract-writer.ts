/** Turns the features of an import into the file of an extract, in memory that does not grow with the input. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ExtractMeta } from '../../src/services/geocoding/extract/extract-format.ts';
import type { Gazetteer } from '../../src/services/geocoding/gazetteer.ts';
import { shapeGrid } from '../../src/services/geocoding/extract/grid.ts';
import { streetKey } from '../../src/services/geocoding/extract/street-key.ts';
import { createHeldAreas } from './extract-areas.ts';
import { createContexts, createPlaceNodes } from './extract-contexts.ts';
import { createExtractFile, type ExtractFile } from './extract-file.ts';
import { createBox } from './extract-grid.ts';
import { createRecordWriter, type RecordWriter } from './extract-record-writer.ts';
import { createLineSorter, createSpill, type LineSorter, type Spill } from './extract-spill.ts';
import { joinStreets, type House, type Stretch } from './extract-streets.ts';
import type { ImportedFeature, ImportedHouse, ImportedPlace, ImportedStreet } from './feature.ts';
import { ImportError } from './import-error.ts';
import { createPlaceCodes } from './place-codes.ts';
import { factsOf } from './road-facts.ts';

/** What an extract is made from, and where. */
export interface ExtractOptions {
  readonly source: AsyncIterable<readonly ImportedFeature[]>;
  /** The open base index: context of what has no areas of its own. */
  readonly base: Gazetteer;
  /** Where the extract shall stand. */
  readonly path: string;
  /** Folder for intermediate files, made where it is missing; what is put there is removed again, whatever happens. */
  readonly work: string;
  /** Who has to be named. */
  readonly attribution: string;
  /** Called now and then; `share` runs from 0 to 1. The reading of the source tells its progress itself. */
  readonly report?: ((progress: { readonly share: number; readonly stage: string }) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What an extract holds. */
export interface ExtractCounts {
  readonly rows: number;
  readonly houses: number;
  readonly streets: number;
  readonly spots: number;
}

/**
 * Items of one street name after which they are joined where their place ends, and items of one place after which they
 * are joined in any case: so not many more than twice as many are held.
 */
const MOST_OF_NAME = 50_000;
/** Stretches of a place that are held for its further houses: each part of these is written with them again. */
const MOST_CARRIED = 5_000;
/** Distinct kinds of roads; of further ones only the type is kept. */
const MOST_FACTS = 20_000;
/** Records between two looks at the signal. */
const TURN = 20_000;

/** The event loop gets its turn, so that a signal or a message can arrive. */
const breathe = (signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    setImmediate(() => {
      if (signal?.aborted === true) reject(signal.reason as Error);
      else resolve();
    });
  });

/** What is held on disk between the passes. */
interface Stores {
  readonly features: Spill;
  readonly named: LineSorter;
}

interface Held {
  readonly areas: ReturnType<typeof createHeldAreas>;
  readonly nodes: ReturnType<typeof createPlaceNodes>;
  readonly places: ImportedPlace[];
  readonly box: ReturnType<typeof createBox>;
}

/** Place nodes that become answers of their own. */
const MOST_PLACES = 1_000_000;

/** Whether a coordinate is on the Earth, in whole ten-millionths of a degree; a reader should have seen to that. */
const isOnEarth = (lat: number, lng: number): boolean =>
  Number.isInteger(lat) &&
  Number.isInteger(lng) &&
  Math.abs(lat) <= 900_000_000 &&
  Math.abs(lng) <= 1_800_000_000;

/** First pass: everything to disk, but outlines and settlements, which all others are placed by. */
const take = (feature: ImportedFeature, { features }: Stores, { areas, nodes, places, box }: Held): void => {
  if (feature.kind === 'area') {
    areas.add(feature);
    return;
  }
  if (feature.kind !== 'street' && !isOnEarth(feature.lat, feature.lng)) return;
  if (feature.kind === 'place') {
    nodes.add(feature);
    box.put(feature.lat, feature.lng);
    if (places.length < MOST_PLACES) places.push(feature);
    return;
  }
  if (feature.kind === 'street') {
    for (let at = 0; at + 1 < feature.line.length; at += 2)
      if (!isOnEarth(feature.line[at] as number, feature.line[at + 1] as number)) return;
    for (let at = 0; at + 1 < feature.line.length; at += 2)
      box.put(feature.line[at] as number, feature.line[at + 1] as number);
    features.add(JSON.stringify({ ...feature, line: [...feature.line] }));
    return;
  }
  box.put(feature.lat, feature.lng);
  features.add(JSON.stringify(feature));
};

type Stored =
  | Exclude<ImportedFeature, ImportedStreet>
  | (Omit<ImportedStreet, 'line'> & { readonly line: readonly number[] });

/**
 * One line of the second sort: what bears a street's name, behind the key of that name, its place, and a digit by which
 * the stretches of a place stand before its houses.
 */
const namedLine = (key: string, place: number, item: Stretch | House): string =>
  `${key}\t${place}\t${'line' in item ? 0 : 1}\t${JSON.stringify(item)}`;

const write = async (
  { source, base, path, report, signal, attribution }: ExtractOptions,
  stores: Stores,
  file: ExtractFile,
  recordsOf: (shape: ReturnType<typeof shapeGrid>) => RecordWriter,
): Promise<ExtractCounts> => {
  const held: Held = { areas: createHeldAreas(), nodes: createPlaceNodes(), places: [], box: createBox() };
  for await (const batch of source) {
    signal?.throwIfAborted();
    for (const feature of batch) take(feature, stores, held);
  }
  if (held.box.south === Infinity) held.box.put(0, 0);
  const { south, west, north, east } = held.box;
  const shape = shapeGrid({ south, west, north, east });
  const contexts = createContexts(base, held.areas, held.nodes);
  const records = recordsOf(shape);
  const factTexts = new Map<string, number>();
  const factList: unknown[] = [];
  const factNumber = (facts: object): number => {
    const text = JSON.stringify(facts);
    const known = factTexts.get(text);
    if (known !== undefined) return known;
    if (factList.length >= MOST_FACTS && Object.keys(facts).length > 1)
      return factNumber({ road_type: 'unclassified' });
    factTexts.set(text, factList.length);
    return factList.push(facts) - 1;
  };

  const placeNumbers = new Map<string, number>();
  const placeNumber = (context: number): number => {
    const key = contexts.placeKey(context);
    const known = placeNumbers.get(key) ?? placeNumbers.size;
    placeNumbers.set(key, known);
    return known;
  };

  const codes = createPlaceCodes();
  const placeHouse = (house: ImportedHouse): void => {
    const { lat, lng, number, city, suburb, state, country, postcode, street, place } = house;
    const context = contexts.numberAt(lat, lng, { city, suburb, state, country, postcode });
    const name = street ?? place ?? suburb ?? (contexts.get(context).place || city);
    if (name === undefined || name === '') return;
    const item: House = {
      name,
      context,
      postcode: contexts.get(context).postcode,
      lat,
      lng,
      number,
      isPlace: street === undefined,
      ...(house.name === undefined
        ? {}
        : { title: house.name, type: house.type ?? 'building', category: house.category ?? 'building' }),
    };
    const key = `${street === undefined ? 'p' : 's'}${streetKey(name)}`;
    stores.named.add(namedLine(key, placeNumber(context), item));
    const code = contexts.get(context).postcode;
    if (postcode !== undefined && code !== '') {
      records.notePostcode(code, lat, lng, context);
      codes.note(contexts.placeKey(context), code);
    }
  };

  const placeOne = (feature: Stored): void => {
    if (feature.kind === 'house') placeHouse(feature);
    else if (feature.kind === 'street') {
      const name = feature.name ?? feature.ref;
      const { line } = feature;
      if (name === undefined || line.length < 4) return;
      const middle = 2 * Math.floor(line.length / 4);
      const context = contexts.numberAt(line[middle] as number, line[middle + 1] as number, {});
      const item: Stretch = { name, context, line, facts: factNumber(factsOf(feature)) };
      stores.named.add(namedLine(`s${streetKey(name)}`, placeNumber(context), item));
    } else if (feature.kind === 'poi') {
      const { lat, lng, city, postcode } = feature;
      records.putPoi(feature, contexts.numberAt(lat, lng, { city, postcode }));
    } else if (feature.kind === 'postcode') {
      const { lat, lng, code, city } = feature;
      records.notePostcode(code, lat, lng, contexts.numberAt(lat, lng, { city, postcode: code }));
    }
  };

  let count = 0;
  for (const line of stores.features.lines()) {
    placeOne(JSON.parse(line) as Stored);
    count += 1;
    if (count % TURN === 0) {
      report?.({ share: 0, stage: `placing ${count.toLocaleString('en')} features` });
      await breathe(signal);
    }
  }
  stores.features.remove();
  for (const place of held.places) records.putPlace(place, contexts.numberAt(place.lat, place.lng, {}));
  for (const area of held.areas.all) {
    const lat = Math.round((area.south + area.north) / 2);
    const lng = Math.round((area.west + area.east) / 2);
    records.putArea(area, held.nodes.named(area.feature.name, lat, lng), (at, on) =>
      contexts.numberAt(at, on, {}),
    );
  }
  records.putPostcodes();

  let key = '';
  let place = '';
  let stretches: Stretch[] = [];
  let houses: House[] = [];
  /** Where those of the last place begin in `stretches`, and its items since it began or was last cut. */
  let firstOfPlace = 0;
  let ofPlace = 0;
  /** Stretches that were written with a part of their houses already. */
  let carried = new Set<Stretch>();
  const joinHeld = (): void => {
    for (const street of joinStreets(stretches, houses, contexts.placeKey))
      if (street.houses.length > 0 || street.stretches.some((stretch) => !carried.has(stretch)))
        records.putStreet(street, contexts, codes);
    houses = [];
  };
  const endPlace = (isEndOfName: boolean): void => {
    if (isEndOfName || stretches.length + houses.length >= MOST_OF_NAME) {
      joinHeld();
      stretches = [];
      carried = new Set();
    }
    firstOfPlace = stretches.length;
    ofPlace = 0;
  };
  /** Ends a part of a place that has too much of one name: its further houses stand at the same lines. */
  const cutPlace = (): void => {
    joinHeld();
    const own = stretches.slice(firstOfPlace);
    stretches = own.length <= MOST_CARRIED ? own : [];
    carried = new Set(stretches);
    firstOfPlace = 0;
    ofPlace = 0;
  };
  let done = 0;
  for (const line of stores.named.sorted()) {
    const [nextKey = '', nextPlace = '', kind, json = ''] = line.split('\t');
    if (nextKey !== key || nextPlace !== place) endPlace(nextKey !== key);
    else if (ofPlace >= MOST_OF_NAME) cutPlace();
    ofPlace += 1;
    key = nextKey;
    place = nextPlace;
    if (kind === '0') stretches.push(JSON.parse(json) as Stretch);
    else houses.push(JSON.parse(json) as House);
    done += 1;
    if (done % TURN === 0) {
      report?.({ share: Math.min(0.9, done / Math.max(1, count)), stage: 'joining streets' });
      await breathe(signal);
    }
  }
  endPlace(true);
  report?.({ share: 0.95, stage: 'writing the index' });
  await breathe(signal);
  const counts = records.finish(contexts, codes);
  file.json('facts', factList);
  file.json('meta', { attribution, countries: contexts.countries(), ...shape } satisfies ExtractMeta);
  file.finish(path);
  report?.({ share: 1, stage: 'done' });
  return counts;
};

/**
 * Writes the extract of an import under `path`; another file there is replaced once the new one is whole and on disk.
 * @throws {ImportError} where the disk is full; what the source throws, and the signal's reason, come through. Nothing is
 * left behind then.
 */
export const writeExtract = async (options: ExtractOptions): Promise<ExtractCounts> => {
  const { work } = options;
  mkdirSync(work, { recursive: true, mode: 0o700 });
  const removals: { remove(): void }[] = [];
  const kept = <Removable extends { remove(): void }>(store: Removable): Removable => {
    removals.push(store);
    return store;
  };
  try {
    const stores: Stores = {
      features: kept(createSpill(join(work, 'features.lines'))),
      named: kept(createLineSorter(work, 'named')),
    };
    const file = kept(createExtractFile(work));
    return await write(options, stores, file, (shape) => kept(createRecordWriter(work, file, shape)));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG')
      throw new ImportError(
        {
          file: options.path,
          what: 'the disk is full',
          todo: 'make room and import again; nothing has changed',
        },
        error,
      );
    throw error;
  } finally {
    for (const store of removals) store.remove();
  }
};
