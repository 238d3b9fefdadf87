/** The head of a column: its name and type, the order, and an edge to pull. */
import { ArrowDownIcon, ArrowUpIcon } from '@radix-ui/react-icons';
import type { KeyboardEvent, PointerEvent, ReactElement } from 'react';
import { showShort } from './cell-text.ts';
import type { Column, Sort } from './question.ts';
import { clampWidth, STEP } from './widths.ts';

interface HeaderCellProps {
  readonly column: Column;
  readonly index: number;
  readonly width: number;
  readonly direction: Sort['direction'] | undefined;
  readonly isCurrent: boolean;
  readonly onSort: () => void;
  readonly onWidth: (width: number) => void;
}

const SORTS = { asc: 'ascending', desc: 'descending' } as const;

/** Follows the pointer until it is let go. */
const pull = (event: PointerEvent<HTMLElement>, width: number, onWidth: (width: number) => void): void => {
  event.preventDefault();
  event.stopPropagation();
  const handle = event.currentTarget;
  const from = event.clientX;
  handle.setPointerCapture(event.pointerId);
  const move = (moved: globalThis.PointerEvent): void => onWidth(clampWidth(width + moved.clientX - from));
  handle.addEventListener('pointermove', move);
  handle.addEventListener('lostpointercapture', () => handle.removeEventListener('pointermove', move), {
    once: true,
  });
};

/** Enter or a click orders by it: up, down, not at all. Alt with an arrow makes it wider or narrower. */
export const HeaderCell = ({
  column,
  index,
  width,
  direction,
  isCurrent,
  onSort,
  onWidth,
}: HeaderCellProps): ReactElement => {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' || event.key === ' ') onSort();
    else if (event.altKey && event.key === 'ArrowRight') onWidth(clampWidth(width + STEP));
    else if (event.altKey && event.key === 'ArrowLeft') onWidth(clampWidth(width - STEP));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      role="columnheader"
      aria-colindex={index + 2}
      aria-sort={direction === undefined ? 'none' : SORTS[direction]}
      data-place={`-1 ${index}`}
      tabIndex={isCurrent ? 0 : -1}
      title={column.name}
      onClick={onSort}
      onKeyDown={onKeyDown}
      className="group relative flex cursor-pointer items-center gap-1 overflow-hidden border-r border-line px-3 py-1 focus-visible:-outline-offset-3 hover:bg-raised"
    >
      <span className="grid min-w-0 flex-1">
        <bdi dir="auto" className="truncate font-medium text-ink">
          {showShort(column.name).text}
        </bdi>
        <span className="truncate text-xs text-quiet">{column.type}</span>
      </span>
      {direction === 'asc' && <ArrowUpIcon aria-hidden className="flex-none" />}
      {direction === 'desc' && <ArrowDownIcon aria-hidden className="flex-none" />}
      <span
        aria-hidden
        className="absolute inset-y-0 right-0 w-2.5 cursor-col-resize touch-none border-r-4 border-transparent group-hover:border-edge"
        onClick={(event) => event.stopPropagation()}
        onPointerDown={(event) => pull(event, width, onWidth)}
      />
    </div>
  );
};
