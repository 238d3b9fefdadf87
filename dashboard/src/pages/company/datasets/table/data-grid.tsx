/** The table of a dataset: only the rows in view are there; keys go everywhere (WAI-ARIA, grid). */
import {
  memo,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type ReactElement,
} from 'react';
import { cx } from '../../../../components/class-names.ts';
import { CellText } from './cell.tsx';
import { moveInGrid, type Place } from './grid-keys.ts';
import { HeaderCell } from './header-cell.tsx';
import type { Column, Sort } from './question.ts';
import type { Row, RowPages } from './row-pages.ts';
import { useRowSpace } from './use-row-space.ts';
import { firstWidth, HEADER_HEIGHT, NUMBER_WIDTH, ROW_HEIGHT } from './widths.ts';

const NUMBER = new Intl.NumberFormat('en-GB');
const CELL =
  'overflow-hidden text-ellipsis whitespace-nowrap border-r border-line px-3 focus-visible:-outline-offset-3 ' +
  // So that of a text that runs to the left the beginning is seen, not the end.
  '[&>bdi]:block [&>bdi]:overflow-hidden [&>bdi]:text-ellipsis';

/** Rows that there is room for at least, and CSS pixels for the bar below them. */
const FEWEST = 3;
const ROOM_FOR_BAR = 18;

interface RowLineProps {
  readonly row: Row | undefined;
  readonly position: number;
  readonly top: number;
  readonly columns: readonly Column[];
  readonly template: string;
  /** The column that the focus stands in, where it stands in this row. */
  readonly current: number | undefined;
}

/** Drawn anew only when something of it changed: while somebody scrolls most rows just move. */
const RowLine = memo(({ row, position, top, columns, template, current }: RowLineProps): ReactElement => {
  const style: CSSProperties = {
    gridTemplateColumns: template,
    transform: `translateY(${top}px)`,
    height: ROW_HEIGHT,
    lineHeight: `${ROW_HEIGHT - 1}px`,
  };
  return (
    <div
      role="row"
      aria-rowindex={position + 2}
      aria-busy={row === undefined || undefined}
      className="group absolute top-0 left-0 grid border-b border-line bg-raised hover:bg-sunken"
      style={style}
    >
      <div
        role="rowheader"
        aria-colindex={1}
        className="sticky left-0 z-1 border-r border-line bg-raised px-2 text-right text-quiet tabular-nums group-hover:bg-sunken"
      >
        {NUMBER.format(position + 1)}
      </div>
      {columns.map(({ name, type }, column) => (
        <div
          key={name}
          role="gridcell"
          aria-colindex={column + 2}
          data-place={`${position} ${column}`}
          tabIndex={current === column ? 0 : -1}
          className={cx(CELL, /^(?:int|numeric|float)\w*$/.test(type) && 'text-right tabular-nums')}
        >
          {row === undefined ? (
            <span aria-hidden className="inline-block h-3 w-2/3 animate-pulse rounded-control bg-line" />
          ) : (
            <CellText value={row.cells[column] ?? null} />
          )}
        </div>
      ))}
    </div>
  );
});

interface DataGridProps {
  readonly label: string;
  readonly columns: readonly Column[];
  readonly pages: RowPages;
  /** What the rows are asked by: with another the grid begins at the top, and keeps its widths, its columns and the focus. */
  readonly question: string;
  /** Rows that are to be expected before the first page says so. */
  readonly expected: number;
  readonly sort: Sort | undefined;
  readonly onSort: (column: string) => void;
  /** Somebody wants to see a row whole, beginning with this column. */
  readonly onOpen: (position: number, column: string) => void;
}

const placeOf = (target: EventTarget): Place | undefined => {
  const found = target instanceof Element ? target.closest<HTMLElement>('[data-place]') : null;
  const [row, column] = (found?.dataset['place'] ?? '').split(' ').map(Number);
  return row === undefined || column === undefined || Number.isNaN(row) ? undefined : { row, column };
};

/** The grid; give it another `key` where the columns change. */
export const DataGrid = (props: DataGridProps): ReactElement => {
  const { label, columns, pages, question, expected, sort, onSort, onOpen } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [widths, setWidths] = useState<Readonly<Record<string, number>>>({});
  const [place, setPlace] = useState<Place>({ row: -1, column: 0 });
  const hasFocus = useRef(false);
  const count = pages.total ?? expected;
  const space = useRowSpace(scroller, count);
  const widthOf = (column: Column): number =>
    (Object.hasOwn(widths, column.name) ? widths[column.name] : undefined) ?? firstWidth(column);
  const sizes = columns.map(widthOf);
  const template = [NUMBER_WIDTH, ...sizes].map((size) => `${size}px`).join(' ');
  const whole = sizes.reduce((sum, size) => sum + size, NUMBER_WIDTH);
  const first = space.rows[0] ?? 0;
  const last = space.rows.at(-1) ?? 0;

  useEffect(() => pages.show(first, last), [pages, first, last]);

  const asked = useRef(question);
  useLayoutEffect(() => {
    if (asked.current === question) return;
    asked.current = question;
    scroller.current?.scrollTo({ top: 0 });
    setPlace(({ row, column }) => ({ row: Math.min(row, 0), column }));
  }, [question]);

  // The cell that has the focus may only now have come into the document.
  useLayoutEffect(() => {
    if (!hasFocus.current) return;
    const cell = scroller.current?.querySelector<HTMLElement>(`[data-place="${place.row} ${place.column}"]`);
    // While its row is out of sight and so not there, the grid itself keeps the keys.
    const holder = cell ?? scroller.current;
    if (holder !== null && holder !== document.activeElement) holder.focus({ preventScroll: true });
  });

  const revealColumn = (column: number): void => {
    const element = scroller.current;
    if (element === null) return;
    const left = sizes.slice(0, column).reduce((sum, size) => sum + size, 0);
    const right = left + (sizes[column] ?? 0) + NUMBER_WIDTH;
    if (left < element.scrollLeft) element.scrollLeft = left;
    else if (right > element.scrollLeft + element.clientWidth)
      element.scrollLeft = right - element.clientWidth;
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey) return;
    const to = moveInGrid(place, event, { rows: count, columns: columns.length, view: space.inSight });
    const column = columns[place.column];
    if (to !== undefined) {
      event.preventDefault();
      hasFocus.current = true;
      if (to.row >= 0) space.reveal(to.row);
      revealColumn(to.column);
      setPlace(to);
    } else if (event.key === 'Enter' && place.row >= 0 && column !== undefined) {
      event.preventDefault();
      onOpen(place.row, column.name);
    }
  };

  return (
    <div
      ref={scroller}
      role="grid"
      aria-label={label}
      aria-rowcount={count + 1}
      aria-colcount={columns.length + 1}
      className="relative max-h-[70vh] overflow-auto overscroll-contain rounded-card border border-line bg-raised"
      style={{ height: HEADER_HEIGHT + Math.max(FEWEST, count) * ROW_HEIGHT + ROOM_FOR_BAR }}
      onKeyDown={onKeyDown}
      onFocus={({ target }) => {
        hasFocus.current = true;
        const found = placeOf(target);
        if (found !== undefined && (found.row !== place.row || found.column !== place.column))
          setPlace(found);
      }}
      tabIndex={-1}
      onBlur={({ target, relatedTarget }) => {
        // A cell that left the document is to have it again; whoever went elsewhere is left in peace.
        const isInside = relatedTarget instanceof Node && scroller.current?.contains(relatedTarget) === true;
        if (!isInside && target.isConnected && document.hasFocus()) hasFocus.current = false;
      }}
      onDoubleClick={({ target }) => {
        const found = placeOf(target);
        const column = found === undefined ? undefined : columns[found.column];
        if (found !== undefined && found.row >= 0 && column !== undefined) onOpen(found.row, column.name);
      }}
    >
      <div
        role="rowgroup"
        className="sticky top-0 z-2 border-b border-line bg-sunken text-sm"
        style={{ width: whole, height: HEADER_HEIGHT }}
      >
        <div role="row" aria-rowindex={1} className="grid h-full" style={{ gridTemplateColumns: template }}>
          <div
            role="columnheader"
            aria-colindex={1}
            className="sticky left-0 z-1 border-r border-line bg-sunken px-2 py-1 text-right text-quiet"
          >
            Row
          </div>
          {columns.map((column, index) => (
            <HeaderCell
              key={column.name}
              column={column}
              index={index}
              width={sizes[index] ?? 0}
              direction={sort?.column === column.name ? sort.direction : undefined}
              isCurrent={place.row === -1 && place.column === index}
              onSort={() => onSort(column.name)}
              onWidth={(width) => setWidths((before) => ({ ...before, [column.name]: width }))}
            />
          ))}
        </div>
      </div>
      <div role="rowgroup" className="relative" style={{ width: whole, height: space.height }}>
        {space.rows.map((position) => (
          <RowLine
            key={position}
            row={pages.at(position)}
            position={position}
            top={space.topOf(position)}
            columns={columns}
            template={template}
            current={place.row === position ? place.column : undefined}
          />
        ))}
      </div>
    </div>
  );
};
