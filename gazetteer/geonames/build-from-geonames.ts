/** Builds the base index from GeoNames' own tables, in bounded memory and in stages that a stopped import need not repeat. */
import { mkdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { POSTCODE } from '../../src/services/geocoding/entity.ts';
import { buildIndex, createPlaceReader, type AreaLabel, type Report } from '../index-builder.ts';
import type { EntityDraft } from '../entities.ts';
import { createKeyTable } from '../key-table.ts';
import { packagePostcodes } from '../postcodes/package.ts';
import { createPostcodeList } from '../postcodes/rows.ts';
import { attachPostcodes } from '../postcodes/postcodes.ts';
import { addFurtherName, type NameTaker } from '../searchable-names.ts';
import { createHashIndex } from '../town-names.ts';
import { eachPlace, installedSources, readAdminNames } from '../sources.ts';
import { writeAtomically } from '../write-atomically.ts';
import { ADMIN_COLUMNS, createAdminNameReader } from './admin-codes.ts';
import {
  createAlternateVisitor,
  LEAST_ALTERNATE_COLUMNS,
  MOST_ALTERNATE_COLUMNS,
  SEARCHED_ONLY,
} from './alternate-names.ts';
import { loadDraft, saveDraft, type StageFacts } from './draft-store.ts';
import { readRows, type DumpRow, type RowFault } from './dump-rows.ts';
import { createLabelTable } from './label-table.ts';
import { createPlaceVisitor, PLACE_COLUMNS } from './place-dump.ts';
import { createPostalVisitor, POSTAL_COLUMNS } from './postal-dump.ts';
import { openTables, tableKind, type TableKind } from './tables.ts';

/** Which stages of this very import are done; kept by the caller, and only true for the same input files. */
export interface Checkpoint {
  done(stage: string): boolean;
  finish(stage: string): Promise<void>;
}

export interface GeonamesOptions {
  /** The main table, alternate names and admin codes, plain, gzipped or zipped; without a main table places come from the packages. */
  readonly files: readonly string[];
  /** Postal codes; those of a country take the place of the packages'. */
  readonly postcodes: readonly string[];
  /** A folder for what is set aside, which the caller removes. */
  readonly work: string;
  /** Where to put the index. */
  readonly path: string;
  readonly report: Report;
  readonly signal?: AbortSignal | undefined;
  readonly checkpoint: Checkpoint;
}

/** What was imported. */
export interface GeonamesResult {
  readonly places: number;
  readonly postcodes: number;
  /** Damaged rows that were left out. */
  readonly skipped: number;
  /** The first ten of them, one sentence each. */
  readonly firstSkipped: readonly string[];
}

/** Share of the whole that reading is; the rest is sorting and writing. */
const READING = 0.6;
/** Places with so many people have their names by language; others can be found by them. */
const LABELLED_PEOPLE = 500;
const MOST_FIRST = 10;

/** What the stages hand on. */
interface Stage {
  readonly draft: EntityDraft;
  readonly facts: StageFacts;
}

/** @throws {ImportError} where a file is damaged or no table of GeoNames; the reason of the signal; errors of the file system. */
export const buildFromGeonames = async (options: GeonamesOptions): Promise<GeonamesResult> => {
  const { files, postcodes, work, path, report, signal, checkpoint } = options;
  mkdirSync(work, { recursive: true, mode: 0o700 });
  const byKind: Record<TableKind, string[]> = { places: [], names: [], admin: [], postcodes: [] };
  for (const file of [...files, ...postcodes]) byKind[await tableKind(file, signal)].push(file);
  const progress = createProgress([...files, ...postcodes], report);

  /** Reads all tables of a kind. */
  const readAll = async (
    kind: TableKind,
    what: string,
    columns: readonly [number, number],
    visit: (row: DumpRow) => RowFault,
  ): Promise<{ skipped: number; first: string[] }> => {
    let skipped = 0;
    const first: string[] = [];
    for (const file of byKind[kind]) {
      for await (const input of openTables(file, signal)) {
        const [leastColumns, mostColumns] = columns;
        const moved = (bytes: number): void => progress.moved(`reading ${what}`, bytes);
        const found = await readRows(
          input,
          { what: `GeoNames' table of ${what}`, leastColumns, mostColumns, signal, moved },
          visit,
        );
        skipped += found.total;
        first.push(...found.first.slice(0, MOST_FIRST - first.length));
      }
      progress.finish(file);
    }
    return { skipped, first };
  };

  const readPlaces = async (): Promise<Stage> => {
    const admin = createAdminNameReader({ states: readAdminNames(1), counties: readAdminNames(2) });
    const readAdmin = await readAll('admin', 'admin codes', [ADMIN_COLUMNS, ADMIN_COLUMNS], admin.visit);
    const reader = createPlaceReader(admin.names(), { folder: work, name: 'places' });
    const areaNames = new Map<string, readonly string[]>();
    const areaIds: [number, string][] = [];
    let found = { skipped: 0, first: [] as string[] };
    if (byKind.places.length === 0) for (const place of eachPlace()) reader.add(place);
    else {
      const visitor = createPlaceVisitor({
        place: (row) => reader.add(row),
        area({ code, geonameId, names }) {
          areaNames.set(code, names);
          areaIds.push([geonameId, code]);
        },
      });
      found = await readAll('places', 'places', [PLACE_COLUMNS, PLACE_COLUMNS], visitor.visit);
    }
    return {
      draft: reader.draft,
      facts: {
        runs: reader.close() as string[],
        rows: reader.draft.places.length,
        skipped: readAdmin.skipped + found.skipped,
        first: [...readAdmin.first, ...found.first].slice(0, MOST_FIRST),
        areaNames: [...areaNames],
        areaIds,
      },
    };
  };

  const readPostcodes = async ({ draft, facts }: Stage): Promise<Stage> => {
    const list = createPostcodeList();
    const read = await readAll(
      'postcodes',
      'postal codes',
      [POSTAL_COLUMNS, POSTAL_COLUMNS],
      createPostalVisitor(list.add),
    );
    const brought = list.countries;
    for (const row of packagePostcodes()) if (!brought.has(row.country)) list.add(row);
    progress.say('placing postcodes');
    const keys = createKeyTable({ folder: work, name: 'postcodes' });
    attachPostcodes(draft, list, keys.add);
    return {
      draft,
      facts: {
        ...facts,
        runs: [...facts.runs, ...(keys.close() as string[])],
        skipped: facts.skipped + read.skipped,
        first: [...facts.first, ...read.first].slice(0, MOST_FIRST),
      },
    };
  };

  /** Does a stage, or reads what it left when it was done before. */
  const stage = async (name: string, make: () => Promise<Stage>): Promise<Stage> => {
    const folder = join(work, name);
    const known = checkpoint.done(name) ? loadDraft(folder) : undefined;
    if (known !== undefined) return known;
    const made = await make();
    progress.say('keeping what was read');
    saveDraft(folder, made.draft, made.facts);
    await checkpoint.finish(name);
    signal?.throwIfAborted();
    return made;
  };

  const { draft, facts } = await stage('postcodes', async () =>
    readPostcodes(await stage('places', readPlaces)),
  );
  const { places } = draft;
  const areaNames = new Map<string, string[]>(facts.areaNames.map(([code, list]) => [code, [...list]]));
  const areaLabels: AreaLabel[] = [];
  const labels = createLabelTable();

  /** Further names of what is there; the others, of mountains and rivers, are passed over. */
  const readNames = async (): Promise<{ runs: string[]; skipped: number; first: string[] }> => {
    const keys = createKeyTable({ folder: work, name: 'names' });
    const rowsById = createHashIndex(
      places.geonameId.view(),
      Uint32Array.from({ length: places.length }, (_, row) => row),
    );
    const codeById = new Map(facts.areaIds);
    const visit = createAlternateVisitor(({ geonameId, language, name, rank }) => {
      const isLabel = language !== '' && rank < SEARCHED_ONLY;
      const code = codeById.get(geonameId);
      if (code !== undefined) {
        const known = areaNames.get(code);
        if (known === undefined) areaNames.set(code, [name]);
        else known.push(name);
        if (isLabel) areaLabels.push({ code, language, name, rank });
        return;
      }
      rowsById.each(geonameId, (row) => {
        const country = draft.countries.texts[places.country.at(row)] ?? '';
        const main = places.names.nameOf(places.name.at(row));
        const take: NameTaker = (text, alternate) => keys.add(text, row, alternate);
        addFurtherName(name, { name: main, country }, draft.areas[places.state.at(row)], take);
        if (isLabel && name !== main && places.population.at(row) >= LABELLED_PEOPLE)
          labels.add(row, language, name, rank);
      });
    });
    const read = await readAll(
      'names',
      'alternate names',
      [LEAST_ALTERNATE_COLUMNS, MOST_ALTERNATE_COLUMNS],
      visit,
    );
    return { ...read, runs: keys.close() as string[] };
  };

  const names = await readNames();
  signal?.throwIfAborted();
  const installed = installedSources();
  const pieces = buildIndex({
    draft,
    runs: [...facts.runs, ...names.runs],
    further: { folder: work },
    sources: { ...installed, packages: [...installed.packages, ...filesAsSources([...files, ...postcodes])] },
    areaNames,
    areaLabels: areaLabels.sort((a, b) => a.rank - b.rank),
    labels,
    report: (message, fraction) => report(message, READING + (1 - READING) * fraction),
  });
  signal?.throwIfAborted();
  await writeAtomically(path, pieces);
  report('done', 1);
  return {
    places: facts.rows,
    postcodes: countPostcodes(draft),
    skipped: facts.skipped + names.skipped,
    firstSkipped: [...facts.first, ...names.first].slice(0, MOST_FIRST),
  };
};

/** What an index was made from, in the form of packages and versions. */
const filesAsSources = (files: readonly string[]): string[] =>
  files.map((file) => `geonames:${basename(file)}@${statSync(file).size}`);

const countPostcodes = ({ places }: EntityDraft): number => {
  let count = 0;
  for (let row = 0; row < places.length; row++) if (places.type.at(row) === POSTCODE) count++;
  return count;
};

/** Says how much of all files has been read. */
const createProgress = (
  files: readonly string[],
  report: Report,
): {
  moved(message: string, bytes: number): void;
  finish(file: string): void;
  say(message: string): void;
} => {
  const total = files.reduce((sum, file) => sum + statSync(file).size, 0);
  let finished = 0;
  let last = 0;
  const say = (message: string, bytes: number): void => {
    last = Math.max(last, total === 0 ? 0 : Math.min(1, (finished + bytes) / total));
    report(message, READING * last);
  };
  return {
    moved: say,
    finish(file) {
      finished += statSync(file).size;
    },
    say: (message) => say(message, 0),
  };
};
