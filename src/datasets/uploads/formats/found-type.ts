/** The narrowest type of a column, kept up from cell to cell: it only ever widens, along chains in which nothing is lost. */
import type { ColumnType } from '../../../services/datasets/query/column-types.ts';
import { NESTED, STRING } from './batch.ts';
import {
  AS_INT4,
  AS_INT8,
  AS_NUMERIC,
  isBool,
  isDate,
  isFloat8,
  isTime,
  isTimestamp,
  isTimestamptz,
  isUuid,
  lastWasShort,
  NO_NUMBER,
  numberForm,
} from './printed-forms.ts';

export type FoundType =
  | 'int4'
  | 'int8'
  | 'numeric'
  | 'float8'
  | 'bool'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'timestamptz'
  | 'uuid'
  | 'json'
  | 'bytea'
  | 'text';

export interface FoundState {
  /** Undefined until a cell is something. */
  type: FoundType | undefined;
  /** Whether float8 would print every number so far alike. */
  isFloatSafe: boolean;
}

type Check = (bytes: Buffer, start: number, end: number) => boolean;

const CHECKS = {
  bool: isBool,
  date: isDate,
  time: isTime,
  timestamp: isTimestamp,
  timestamptz: isTimestamptz,
  uuid: isUuid,
} satisfies Readonly<Record<string, Check>>;

const KINDS = Object.keys(CHECKS) as readonly (keyof typeof CHECKS)[];

const NUMBER_OF: Readonly<Record<number, FoundType>> = {
  [AS_INT4]: 'int4',
  [AS_INT8]: 'int8',
  [AS_NUMERIC]: 'numeric',
};
const RANK: Readonly<Partial<Record<FoundType, number>>> = {
  int4: AS_INT4,
  int8: AS_INT8,
  numeric: AS_NUMERIC,
};

/** `-0` alone is no reason to take a column for floats. */
const SHORTEST_FLOAT = 2;

const beginWith = (state: FoundState, bytes: Buffer, start: number, end: number, kind: number): FoundType => {
  if (kind === NESTED) return 'json';
  if (kind !== STRING) {
    const form = numberForm(bytes, start, end);
    if (form !== NO_NUMBER) {
      state.isFloatSafe = lastWasShort();
      return NUMBER_OF[form] ?? 'text';
    }
    state.isFloatSafe = true;
    if (end - start > SHORTEST_FLOAT && isFloat8(bytes, start, end)) return 'float8';
  }
  const found = KINDS.find((type) => CHECKS[type](bytes, start, end));
  return found === undefined || (found === 'bool' && kind === STRING) ? 'text' : found;
};

const widenNumber = (state: FoundState, bytes: Buffer, start: number, end: number): FoundType => {
  const form = numberForm(bytes, start, end);
  if (form === NO_NUMBER)
    return state.isFloatSafe && end - start > SHORTEST_FLOAT && isFloat8(bytes, start, end)
      ? 'float8'
      : 'text';
  if (!lastWasShort() && state.isFloatSafe) state.isFloatSafe = isFloat8(bytes, start, end);
  return form > (RANK[state.type ?? 'text'] ?? 0) ? (NUMBER_OF[form] ?? 'text') : (state.type ?? 'text');
};

/** Takes one more cell into account that is neither nothing nor a null word. */
export const seeCell = (state: FoundState, bytes: Buffer, start: number, end: number, kind: number): void => {
  switch (state.type) {
    case 'text':
      return;
    case 'json':
      if (kind !== NESTED) state.type = 'text';
      return;
    // Here the format itself says that every cell is one.
    case 'bytea':
      return;
    case undefined:
      state.type = beginWith(state, bytes, start, end, kind);
      return;
    case 'int4':
    case 'int8':
    case 'numeric':
      state.type = kind === STRING || kind === NESTED ? 'text' : widenNumber(state, bytes, start, end);
      return;
    case 'float8':
      if (kind === STRING || !isFloat8(bytes, start, end)) state.type = 'text';
      return;
    case 'bool':
      if (kind === STRING || !isBool(bytes, start, end)) state.type = 'text';
      return;
    case 'date':
    case 'time':
    case 'timestamp':
    case 'timestamptz':
    case 'uuid':
      if (!CHECKS[state.type](bytes, start, end)) state.type = 'text';
  }
};

/** Types that read everything that the found type prints, although they may print it otherwise. */
export const WIDER: Readonly<Record<FoundType, readonly ColumnType[]>> = {
  int4: ['int8', 'numeric', 'float8', 'text'],
  int8: ['numeric', 'float8', 'text'],
  numeric: ['float8', 'text'],
  float8: ['text'],
  bool: ['text'],
  date: ['timestamp', 'text'],
  time: ['text'],
  timestamp: ['text'],
  timestamptz: ['text'],
  uuid: ['text'],
  json: ['jsonb', 'text'],
  bytea: ['text'],
  text: [],
};
