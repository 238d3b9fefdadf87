/** Which of many columns are shown. */
import type { ReactElement } from 'react';
import { Button } from '../../../../components/button.tsx';
import type { Column } from './question.ts';

/** Columns that are fetched and drawn at once. */
export const COLUMNS_AT_ONCE = 40;

interface ColumnChoiceProps {
  readonly columns: readonly Column[];
  readonly first: number;
  readonly onChange: (first: number) => void;
}

/** "Columns 1 to 40 of 300", and the way to the others; nothing where all of them are shown. */
export const ColumnChoice = ({ columns, first, onChange }: ColumnChoiceProps): ReactElement | null => {
  if (columns.length <= COLUMNS_AT_ONCE) return null;
  const end = Math.min(columns.length, first + COLUMNS_AT_ONCE);
  return (
    <div className="flex flex-wrap items-center gap-2 text-sm">
      <span role="status">
        Columns {first + 1} to {end} of {columns.length}
      </span>
      <Button small disabled={first === 0} onClick={() => onChange(Math.max(0, first - COLUMNS_AT_ONCE))}>
        Columns before
      </Button>
      <Button small disabled={end === columns.length} onClick={() => onChange(end)}>
        Columns after
      </Button>
    </div>
  );
};
