/** The rows of a dataset with everything that can be done to them. */
import { useCallback, useMemo, useState, type ReactElement } from 'react';
import { Button } from '../../../../components/button.tsx';
import { EmptyState } from '../../../../components/empty-state.tsx';
import { toast } from '../../../../components/toast.tsx';
import { refreshContent } from '../calls.ts';
import type { Dataset } from '../shapes.ts';
import { sayCount, sayRows } from '../words.ts';
import { ColumnChoice, COLUMNS_AT_ONCE } from './column-choice.tsx';
import { DataGrid } from './data-grid.tsx';
import { FilterBar } from './filter-bar.tsx';
import { InYourProgram } from './in-your-program.tsx';
import {
  isSearch,
  NOTHING_ASKED,
  parametersOf,
  usualMode,
  type Column,
  type Question,
  type Sort,
} from './question.ts';
import { RowDialog, type Opened } from './row-dialog.tsx';
import type { Row, RowPages } from './row-pages.ts';
import { RowsProblem } from './rows-problem.tsx';
import { useRowPages } from './use-row-pages.ts';
import { addRow, changeRow, deleteRow, pageFetcher, type Cells, type Shown } from './wire.ts';

const nextSort = (sort: Sort | undefined, column: string): Sort | undefined => {
  if (sort?.column !== column) return { column, direction: 'asc' };
  return sort.direction === 'asc' ? { column, direction: 'desc' } : undefined;
};

const changed = async (word: string): Promise<void> => {
  await refreshContent();
  toast(word);
};

interface RowsViewProps {
  readonly company: string;
  readonly dataset: Dataset;
  /** Shown instead of the newest. */
  readonly version:
    | { readonly number: number; readonly rows: number; readonly columns: readonly Column[] }
    | undefined;
}

const sayFound = ({ total, isCut }: RowPages, rows: number): string => {
  if (isCut)
    return `The first ${sayRows(total ?? 0)} of more that match. Look for something rarer, or filter.`;
  return total === undefined || total === rows ? sayRows(rows) : `${sayRows(total)} of ${sayCount(rows)}`;
};

const Found = ({ pages, rows }: { readonly pages: RowPages; readonly rows: number }): ReactElement => (
  <p role="status" className="text-sm text-quiet">
    {sayFound(pages, rows)}
  </p>
);

/** Search, table, and the call that gives the same. */
export const RowsView = ({ company, dataset, version }: RowsViewProps): ReactElement => {
  const [chosen, setQuestion] = useState<Question>(NOTHING_ASKED);
  const [first, setFirst] = useState(0);
  const [clearings, setClearings] = useState(0);
  const [opened, setOpened] = useState<Opened | undefined>(undefined);
  const all = version?.columns ?? dataset.columns;
  const rows = version?.rows ?? dataset.rows;
  const number = version?.number ?? dataset.version;
  const mode = chosen.mode ?? usualMode(rows);
  // Said also where it is what the server would do: the call below stays the same when the dataset grows.
  const question = isSearch(chosen) ? { ...chosen, mode } : chosen;
  const canEdit = version === undefined && dataset.right !== 'read';
  const columns = useMemo(() => all.slice(first, first + COLUMNS_AT_ONCE), [all, first]);
  const shown: Shown = {
    source: {
      company,
      dataset: version === undefined ? dataset.id : `${dataset.id}@${version.number}`,
    },
    columns,
    all,
    question,
    rows,
  };
  const key = JSON.stringify([dataset.id, number, first, question]);
  const pages = useRowPages(key, pageFetcher(shown));
  const change = useCallback((next: Question) => setQuestion(next), []);

  const save = async (row: Row | undefined, cells: Cells): Promise<void> => {
    const saved = row === undefined ? await addRow(shown, cells) : await changeRow(shown, row.id, cells);
    if (saved !== undefined && row !== undefined) pages.replace(saved);
    await changed(row === undefined ? 'The row is added.' : 'The row is saved.');
  };
  const remove = async (row: Row): Promise<void> => {
    await deleteRow(shown, row.id);
    await changed('The row is deleted.');
  };
  const open = (position: number, column: string): void => {
    const row = pages.at(position);
    if (row !== undefined) setOpened({ row, position, column });
  };
  const clear = (): void => {
    setQuestion({ ...NOTHING_ASKED, sort: chosen.sort });
    setClearings(clearings + 1);
  };
  const isNothing = pages.total === 0 && pages.problem === undefined;

  return (
    <>
      <div className="mb-10 grid grid-cols-1 gap-3">
        <h2 className="sr-only">Rows</h2>
        <FilterBar key={clearings} columns={all} question={chosen} mode={mode} onChange={change} />
        <div className="flex flex-wrap items-center justify-between gap-3">
          <Found pages={pages} rows={rows} />
          <span className="flex flex-wrap items-center gap-2">
            <ColumnChoice columns={all} first={first} onChange={setFirst} />
            {canEdit && columns.length > 0 && (
              <Button
                small
                onClick={() => setOpened({ row: undefined, position: rows, column: columns[0]?.name ?? '' })}
              >
                Add row
              </Button>
            )}
          </span>
        </div>
        {pages.problem !== undefined && (
          <RowsProblem
            company={company}
            dataset={dataset}
            problem={pages.problem}
            onRetry={() => pages.retry()}
          />
        )}
        {isNothing && rows === 0 && (
          <EmptyState
            title="No rows yet"
            next={
              canEdit
                ? 'Upload a file into this dataset, or add a row by hand.'
                : 'Whoever may modify this dataset can upload a file into it.'
            }
          />
        )}
        {isNothing && rows > 0 && (
          <EmptyState
            title="Nothing is like that"
            next="No row meets all of these conditions."
            action={<Button onClick={clear}>Clear search and filters</Button>}
          />
        )}
        {/* Stays where nothing is found: it asks for the first page. */}
        <div hidden={isNothing}>
          <DataGrid
            key={first}
            label={`Rows of ${dataset.name}`}
            columns={columns}
            pages={pages}
            question={JSON.stringify(question)}
            expected={question.filters.length === 0 && !isSearch(question) ? rows : Math.min(rows, 1)}
            sort={chosen.sort}
            onSort={(column) => setQuestion({ ...chosen, sort: nextSort(chosen.sort, column) })}
            onOpen={open}
          />
        </div>
        <p className="text-sm text-quiet">
          Enter or a double click shows a row whole{canEdit && ', to be changed or deleted'}. A click on a
          column’s name sorts; its right edge makes it wider, and so do Alt and the arrow keys.
        </p>
      </div>
      <InYourProgram
        reach={dataset.company !== null ? 'foreign' : dataset.visibility === 'private' ? 'private' : 'keys'}
        asked={{
          dataset:
            (dataset.company === null ? dataset.name : dataset.id) +
            (version === undefined ? '' : `@${version.number}`),
          columns: columns.length === all.length ? undefined : columns.map(({ name }) => name),
          parameters: parametersOf(question),
          isSearch: isSearch(question),
        }}
      />
      <RowDialog
        opened={opened}
        onClose={() => setOpened(undefined)}
        columns={columns}
        columnCount={all.length}
        canEdit={canEdit}
        onSave={save}
        onDelete={remove}
      />
    </>
  );
};
