/** Values of a column of Parquet that is in lists or structs, with their levels, for whole rows at a time. */
import { invalidParquet } from './parquet-errors.ts';
import type { Chunk, Room } from './parquet-chunk.ts';
import type { Depth, Levels } from './parquet-page.ts';

/** What stands between the values is made of the schema's tree; this is one of its leaves. */
export interface Leaf {
  readonly depth: Depth;
  /** How much of its path is there at the next value. Throws parquet_invalid behind the last one. */
  definition(): number;
  /** Which list the next value goes on in; 0 where it begins a row, or there is none. */
  repetition(): number;
  /** The text of the next value, which has to be there; it is behind it then. */
  take(): string;
  /** Goes past a value that is not there. */
  skip(): void;
}

export interface OpenLeaf extends Leaf {
  /** Makes sure of up to `rows` whole rows. @returns how many there are, at least one. */
  fill(rows: number): Promise<number>;
  /** Gives back what it holds. */
  close(): void;
}

/** What V8 needs for a value besides its text: its place, its levels and a short string. */
const VALUE_BYTES = 64;
/** What a column of a row group holds when it has a row, at the most; a row may be larger. */
const ENOUGH_BYTES = 4 * 1024 * 1024;

export interface LeafParts {
  readonly chunk: Chunk;
  readonly depth: Depth;
  /** How many values the row group has of it, by its own words. */
  readonly count: number;
  readonly room: Room;
  /** Throws where it is of another kind than the column says. */
  text(value: unknown): string;
  /** How many leaves share the room. */
  readonly leaves: number;
}

const sizeOf = (value: string | undefined): number => VALUE_BYTES + 2 * (value?.length ?? 0);

/** Nothing is read before the first `fill`. */
export const openLeaf = ({ chunk, depth, count, room, text, leaves }: LeafParts): OpenLeaf => {
  const slice = Math.max(16, Math.min(1024, Math.floor(1_000_000 / leaves)));
  const enough = Math.floor(ENOUGH_BYTES / leaves);
  const levels: Levels = { repetitions: new Uint32Array(slice), definitions: new Uint32Array(slice) };
  const found: unknown[] = [];
  // Of the same length: the values from `at` on are still to be taken.
  let texts: (string | undefined)[] = [];
  let repetitions: number[] = [];
  let definitions: number[] = [];
  let at = 0;
  let begun = 0;
  let unread = count;
  let held = 0;

  const readSome = async (): Promise<void> => {
    const got = await chunk.takeLevels(Math.min(slice, unread), found, levels);
    unread -= got;
    let size = 0;
    for (let one = 0; one < got; one += 1) {
      const [repetition = 0, definition = 0] = [levels.repetitions[one], levels.definitions[one]];
      if (repetition > depth.repetition || definition > depth.definition) throw invalidParquet();
      const value = definition === depth.definition ? text(found[one]) : undefined;
      if (repetition === 0) begun += 1;
      texts.push(value);
      repetitions.push(repetition);
      definitions.push(definition);
      size += sizeOf(value);
    }
    held += size;
    room.hold(size);
  };

  const forget = (): void => {
    texts = texts.slice(at);
    repetitions = repetitions.slice(at);
    definitions = definitions.slice(at);
    at = 0;
    const size = texts.reduce((sum, value) => sum + sizeOf(value), 0);
    room.release(held - size);
    held = size;
  };

  /** The last row that has begun may go on with the next value. */
  const whole = (): number => begun - (unread > 0 ? 1 : 0);

  const next = (): void => {
    if (repetitions[at] === 0) begun -= 1;
    at += 1;
  };

  return {
    depth,
    definition: () => definitions[at] ?? -1,
    repetition: () => repetitions[at] ?? 0,
    take: () => {
      const value = texts[at];
      if (value === undefined) throw invalidParquet();
      next();
      return value;
    },
    skip: () => {
      if (definitions[at] === undefined) throw invalidParquet();
      next();
    },
    fill: async (rows) => {
      forget();
      const isEnough = (): boolean => unread === 0 || whole() >= rows || (whole() > 0 && held >= enough);
      while (!isEnough()) await readSome();
      if (whole() < 1 || repetitions[0] !== 0) throw invalidParquet();
      return Math.min(rows, whole());
    },
    close: () => {
      chunk.close();
      room.release(held);
      held = 0;
      texts = [];
    },
  };
};
