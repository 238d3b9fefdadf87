/** Makes a layer of places or of networks out of tables and MMDB files. */
import { join } from 'node:path';
import { writeLayer } from '../../../gazetteer/visitor/addresses/write-layer.ts';
import { RowError, type NetworkRow, type PlaceRow } from '../../../gazetteer/visitor/addresses/rows.ts';
import { ImportError } from '../../../gazetteer/import/import-error.ts';
import { createSkips } from '../../../gazetteer/import/import-skips.ts';
import { creditOf, dateOfName, type SourceCredit } from '../../../gazetteer/visitor/import/credits.ts';
import { readMmdb } from '../../../gazetteer/visitor/import/mmdb-rows.ts';
import {
  openSource,
  type AddressFormat,
  type OpenSource,
} from '../../../gazetteer/visitor/import/open-source.ts';
import type { FactsRow, ReadLayer, ReadOptions } from '../../../gazetteer/visitor/import/source.ts';
import { createSpotCheck, type SpotCheck } from '../../../gazetteer/visitor/import/spot-check.ts';
import { readTable } from '../../../gazetteer/visitor/import/table-rows.ts';
import { createTally } from '../../../gazetteer/visitor/import/tally.ts';
import type { NetworkOfAddress, PlaceOfAddress } from '../../services/visitor/addresses/facts.ts';
import { loadLayerFile } from '../../services/visitor/addresses/layer-file.ts';
import { openLayer, type LayerAttribution } from '../../services/visitor/addresses/layer-format.ts';
import { createNetworks } from '../../services/visitor/addresses/networks.ts';
import { createPlaces } from '../../services/visitor/addresses/places.ts';
import { createRangeFinder } from '../../services/visitor/addresses/range-finder.ts';
import type { ThreadTools } from '../thread-work.ts';
import type { AddressInput, BuiltLayer } from './built-layer.ts';

/** What is to be made. */
export interface LayerJob {
  readonly what: 'layer';
  readonly inputs: readonly AddressInput[];
  /** What the operator says; else the content tells. */
  readonly layer: ReadLayer | undefined;
  readonly format: AddressFormat | undefined;
  /** Day of the data, where the operator says it. */
  readonly date: string | undefined;
  /** Whom to name, where the operator says it. */
  readonly credit: string | undefined;
  /** Where the file goes, and what tells it from others of its layer. */
  readonly folder: string;
  readonly stamp: string;
}

/** Rows that are looked up again in what was written. */
const LOOKED_UP = 2000;
/** Reading is so much of the time; measured with DB-IP's cities. */
const READING = 0.8;

type Table = Exclude<OpenSource, { format: 'list' }>;

const tableOnly = (source: OpenSource): Table => {
  if (source.format !== 'list') return source;
  throw new ImportError({
    file: source.input.title,
    what: 'it is a list of networks, which does not say of what kind they are',
    todo: 'say it, for example --as kinds:tor_exit',
  });
};

const titleOf = (source: Table): string =>
  source.format === 'mmdb' ? source.file.title : source.input.title;

/** What is said, or what the content allows if that is one thing. */
const layerOf = (source: Table, said: ReadLayer | undefined): ReadLayer => {
  const file = titleOf(source);
  const { layers } = source;
  if (said !== undefined) {
    if (source.format === 'csv' || layers.includes(said)) return said;
    throw new ImportError({
      file,
      what: `its records do not say the ${said} of addresses`,
      todo: 'leave out --as',
    });
  }
  const [layer, other] = layers;
  if (layer !== undefined && other === undefined) return layer;
  throw new ImportError({
    file,
    what:
      layer === undefined
        ? 'its beginning does not tell what it is about'
        : 'it says both where addresses are and whose',
    todo: 'say what is to be taken of it with --as place or --as network',
  });
};

const creditFor = (source: Table, { name }: AddressInput): SourceCredit =>
  source.format === 'csv' ? creditOf(name, source.table) : creditOf(`${source.file.type} ${name}`);

/** An MMDB says when it was made; of a table only its name may, or whoever made the file. */
const dayOf = (source: Table, { name, changedAt }: AddressInput): string =>
  source.format === 'mmdb'
    ? new Date(source.file.builtAt).toISOString().slice(0, 10)
    : (dateOfName(name) ?? changedAt);

const isGuessed = (source: Table, { name }: AddressInput): boolean =>
  source.format !== 'mmdb' && dateOfName(name) === undefined;

const rowsOf = (source: Table, options: ReadOptions): AsyncIterable<FactsRow> =>
  source.format === 'mmdb' ? readMmdb(source.file, options) : readTable(source.input, options);

type LayerRow = PlaceRow & NetworkRow;

const toRow = ({ first, last, facts }: FactsRow, layer: ReadLayer): LayerRow =>
  ({ first, last, [layer]: facts }) as unknown as LayerRow;

type Facts = PlaceOfAddress | NetworkOfAddress;

/** Whether everything that was read is found; more may be found, such as the time zone of coordinates. */
const holds = (found: Facts, read: Facts): boolean =>
  Object.entries(read).every(
    ([name, value]) => (found as unknown as Record<string, unknown>)[name] === value,
  );

/** Looks rows up in what was written. */
const verify = async (layer: ReadLayer, path: string, spots: SpotCheck<FactsRow>): Promise<void> => {
  const opened = openLayer(layer, await loadLayerFile(layer, path));
  const find = createRangeFinder(opened.sections);
  const factsOf: (record: number) => Facts =
    layer === 'place' ? createPlaces(opened) : createNetworks(opened);
  spots.check(
    (address) => {
      const record = find(address);
      return record === 0 ? undefined : factsOf(record);
    },
    (found, { facts }) => holds(found, facts),
  );
};

/** Reads all inputs, writes the file, and looks a part of the rows up in it. Throws `ImportError` for damage. */
export const buildLayer = async (job: LayerJob, { signal, report }: ThreadTools): Promise<BuiltLayer> => {
  const skips = createSkips();
  const tally = createTally<FactsRow>(LOOKED_UP);
  const spots = createSpotCheck(() => tally.kept);
  const days: string[] = [];
  const notes: string[] = [];
  const origins = new Set<string>();
  const attribution = new Map<string, LayerAttribution>();
  let layer: ReadLayer | undefined = job.layer;
  const [firstInput] = job.inputs;
  if (firstInput === undefined) throw new Error('an import without a file');

  const open = async (input: AddressInput): Promise<Table> => {
    const source = tableOnly(await openSource(input.path, job.format, signal));
    const found = layerOf(source, job.layer);
    layer ??= found;
    if (found !== layer)
      throw new ImportError({
        file: titleOf(source),
        what: `it is about ${found}, and the file before it about ${layer}`,
        todo: 'import them one after the other',
      });
    if (job.date === undefined && isGuessed(source, input))
      notes.push(
        `${input.name} does not say its day; it is taken for one of ${input.changedAt}, when it was last changed: say it with --date`,
      );
    days.push(job.date ?? dayOf(source, input));
    const credit = creditFor(source, input);
    origins.add(credit.origin);
    attribution.set(credit.attribution.text, credit.attribution);
    return source;
  };

  const first = await open(firstInput);
  const named: ReadLayer = layer ?? layerOf(first, undefined);
  async function* rows(): AsyncGenerator<LayerRow, void, void> {
    for (const [index, input] of job.inputs.entries()) {
      const source = index === 0 ? first : await open(input);
      const options: ReadOptions = {
        layer: named,
        signal,
        skips,
        report: (share) => report(`reading ${input.name}`, ((index + share) / job.inputs.length) * READING),
      };
      tally.beginFile();
      for await (const row of rowsOf(source, options)) {
        tally.pass(row);
        yield toRow(row, named);
      }
    }
    report('writing', READING);
  }
  const meta = {
    // Files after the first are opened while rows are read; what is said of them is set below, before it is written.
    get builtAt(): string {
      return [...days].sort()[0] ?? '';
    },
    get origin(): string {
      return [...origins].join(', ').slice(0, 200);
    },
    get attribution(): readonly LayerAttribution[] {
      const said = [...attribution.values()];
      return job.credit === undefined || said[0] === undefined ? said : [{ ...said[0], text: job.credit }];
    },
  };
  const file = `${named}.${job.stamp}.idx`;
  const path = join(job.folder, file);
  const { v4, v6 } = await writeLayer<'place' | 'network'>(named, rows(), meta, path, {
    signal,
    contested: spots.contest,
  }).catch((error: unknown) => {
    if (!(error instanceof RowError)) throw error;
    throw new ImportError(
      { file: firstInput.name, what: error.message, todo: 'see whether it is the right file' },
      error,
    );
  });
  signal.throwIfAborted();
  report('checking', 0.95);
  await verify(named, path, spots);
  return {
    layer: named,
    file,
    builtAt: meta.builtAt,
    origin: meta.origin,
    v4: tally.v4,
    v6: tally.v6,
    overlaps: tally.overlaps,
    skipped: skips.total,
    strange: skips.reasons.get('a country that does not exist') ?? 0,
    ranges: v4 + v6,
    notes: [...notes, ...skips.first.map((skip) => `skipped: ${skip}`)],
  };
};
