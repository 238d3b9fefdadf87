/** Columns that were found in a file, to be renamed and given other types. */
import type { ReactElement } from 'react';
import { CONTROL } from '../../../../components/field.tsx';
import { Table, type Column } from '../../../../components/table.tsx';
import { CellText } from '../table/cell.tsx';
import type { ColumnProfile, PlannedColumn } from './shapes.ts';

/** Those that people choose from; a type that was found and is none of them is offered besides. */
const TYPES = [
  'text',
  'int8',
  'numeric',
  'float8',
  'bool',
  'date',
  'time',
  'timestamp',
  'timestamptz',
  'uuid',
  'jsonb',
] as const;

const WORDS: Readonly<Record<string, string>> = {
  text: 'text',
  int4: 'whole number (int4)',
  int8: 'whole number (int8)',
  numeric: 'exact number (numeric)',
  float8: 'floating number (float8)',
  bool: 'true or false (bool)',
  date: 'date',
  time: 'time of day',
  timestamp: 'date and time (timestamp)',
  timestamptz: 'moment with time zone (timestamptz)',
  uuid: 'uuid',
  jsonb: 'JSON (jsonb)',
};

/** What was found comes first, then what could read every cell as well, then the rest, under which rows may not fit. */
const typesFor = (type: string, profile: ColumnProfile | undefined): readonly string[] => [
  ...new Set([profile?.found ?? type, ...(profile?.alternatives ?? []), type, ...TYPES]),
];

/** Columns that are shown at once; beyond, the first of them. */
const MOST_SHOWN = 200;
const MOST_SAMPLES = 3;

interface PlanColumnsProps {
  /** What is known of each, in the same order. */
  readonly profile: readonly ColumnProfile[];
  /** As they are wanted. */
  readonly wanted: readonly PlannedColumn[];
  readonly onChange: (index: number, column: PlannedColumn) => void;
  readonly isFixed: boolean;
}

interface Line {
  readonly column: PlannedColumn;
  readonly index: number;
}

/** A table with a field for each name and a choice for each type. */
export const PlanColumns = ({ profile, wanted, onChange, isFixed }: PlanColumnsProps): ReactElement => {
  const columns: readonly Column<Line>[] = [
    {
      header: 'Column',
      cell: ({ index, column }) => (
        <input
          aria-label={`Name of column ${index + 1}`}
          className={CONTROL}
          value={column.name}
          disabled={isFixed}
          spellCheck={false}
          onChange={(event) => onChange(index, { ...column, name: event.target.value })}
        />
      ),
    },
    {
      header: 'Type',
      cell: ({ index, column }) => (
        <select
          aria-label={`Type of column ${index + 1}, ${column.name}`}
          className={CONTROL}
          value={column.type}
          disabled={isFixed}
          onChange={(event) => onChange(index, { ...column, type: event.target.value })}
        >
          {typesFor(column.type, profile[index]).map((type) => (
            <option key={type} value={type}>
              {WORDS[type] ?? type}
            </option>
          ))}
        </select>
      ),
    },
    {
      header: 'For example',
      cell: ({ index }) => (
        <span className="grid text-sm">
          {(profile[index]?.samples ?? []).slice(0, MOST_SAMPLES).map((sample, at) => (
            <span key={`${at} ${sample}`} className="block max-w-64 truncate">
              <CellText value={sample} />
            </span>
          ))}
        </span>
      ),
    },
  ];
  return (
    <div className="grid gap-2">
      <Table
        caption="Columns of the file"
        rows={wanted.slice(0, MOST_SHOWN).map((column, index) => ({ column, index }))}
        rowKey={({ index }) => String(index)}
        columns={columns}
      />
      {wanted.length > MOST_SHOWN && (
        <p className="text-sm text-quiet">
          The first {MOST_SHOWN} of {wanted.length} columns are shown.
        </p>
      )}
    </div>
  );
};
