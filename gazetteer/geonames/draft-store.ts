/** Keeps what a stage of an import has read on the disk, so that an import that was stopped goes on after it. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { createAreaDraft, type EntityDraft } from '../entities.ts';
import { createGrowing, wordsOf } from '../growing.ts';
import {
  createNumbering,
  createPlaceTable,
  emptyColumn,
  PLACE_COLUMNS,
  type ColumnViews,
} from '../place-table.ts';

type Bytes = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;

/** Bytes that are written at once. */
const AT_ONCE = 64 * 1024 * 1024;

const writeNumbers = (path: string, numbers: Bytes): void => {
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  const file = openSync(path, 'w', 0o600);
  try {
    for (let at = 0; at < bytes.length;)
      at += writeSync(file, bytes, at, Math.min(AT_ONCE, bytes.length - at));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};

const readBytes = (path: string): Uint8Array<ArrayBuffer> => {
  const bytes = readFileSync(path);
  // A copy of its own begins on a multiple of eight.
  return new Uint8Array(bytes);
};

const wordsIn = (path: string): Uint32Array<ArrayBuffer> => new Uint32Array(readBytes(path).buffer);

/** What is kept of areas, beside their extent, which is measured later. */
interface AreaEntry {
  readonly type: number;
  readonly name: string;
  readonly code: string;
  readonly country: number;
  readonly state: number;
}

/** Further things of a stage that JSON can hold. */
export interface StageFacts {
  readonly runs: readonly string[];
  readonly rows: number;
  readonly skipped: number;
  readonly first: readonly string[];
  /** Further names of states, counties and countries by their codes. */
  readonly areaNames: readonly (readonly [string, readonly string[]])[];
  /** GeoNames' numbers of areas by their codes. */
  readonly areaIds: readonly (readonly [number, string])[];
}

interface Summary extends StageFacts {
  readonly countries: string[];
  readonly features: string[];
  readonly timezones: string[];
  readonly areas: readonly AreaEntry[];
}

/** Writes a draft into a folder of its own, over what is there. Errors of the file system come through. */
export const saveDraft = (folder: string, draft: EntityDraft, facts: StageFacts): void => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { columns, names, features, timezones } = draft.places.parts();
  for (const name of PLACE_COLUMNS) writeNumbers(join(folder, `${name}.column`), columns[name]);
  writeNumbers(join(folder, 'names.bytes'), names.bytes);
  writeNumbers(join(folder, 'names.starts'), names.starts);
  writeNumbers(join(folder, 'aliases.hash'), draft.aliases.hash.view());
  writeNumbers(join(folder, 'aliases.row'), draft.aliases.row.view());
  const summary: Summary = {
    ...facts,
    countries: draft.countries.texts,
    features,
    timezones,
    areas: draft.areas.map(({ type, name, code, country, state }) => ({
      type,
      name,
      code,
      country,
      state: state?.number ?? -1,
    })),
  };
  writeNumbers(join(folder, 'summary.json'), Buffer.from(JSON.stringify(summary)));
};

/** Reads a draft again; undefined where it is not there whole. */
export const loadDraft = (folder: string): { draft: EntityDraft; facts: StageFacts } | undefined => {
  if (!existsSync(join(folder, 'summary.json'))) return undefined;
  const summary = JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as Summary;
  if (!summary.runs.every((run) => existsSync(run))) return undefined;
  const columns = Object.fromEntries(
    PLACE_COLUMNS.map((name) => {
      const { buffer } = readBytes(join(folder, `${name}.column`));
      const Column = emptyColumn(name, 0).constructor as new (
        buffer: ArrayBuffer,
      ) => ColumnViews[typeof name];
      return [name, new Column(buffer)];
    }),
  ) as unknown as ColumnViews;
  const areas = summary.areas.map(({ type, name, code, country }, number) =>
    createAreaDraft(type, name, code, country, number),
  );
  summary.areas.forEach(({ state }, number) => {
    const area = areas[number];
    if (area !== undefined) area.state = areas[state];
  });
  const draft: EntityDraft = {
    countries: createNumbering(summary.countries),
    areas,
    places: createPlaceTable({
      columns,
      names: { bytes: readBytes(join(folder, 'names.bytes')), starts: wordsIn(join(folder, 'names.starts')) },
      features: summary.features,
      timezones: summary.timezones,
    }),
    aliases: {
      hash: createGrowing(wordsOf, wordsIn(join(folder, 'aliases.hash'))),
      row: createGrowing(wordsOf, wordsIn(join(folder, 'aliases.row'))),
    },
  };
  return { draft, facts: summary };
};
