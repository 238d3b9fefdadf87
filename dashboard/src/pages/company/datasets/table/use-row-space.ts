/**
 * The rows in view of a table that may be higher than an element can be. All rows are equally high, so that which ones are in
 * view is one division; libraries for virtual lists keep a place for every row, which for ten million is much.
 */
import { useCallback, useEffect, useMemo, useState, type RefObject } from 'react';
import { createScrollSpace } from './scroll-space.ts';
import { HEADER_HEIGHT, ROW_HEIGHT } from './widths.ts';

/** Rows drawn beyond each edge, so that a quick hand sees no gap. */
const BEYOND = 8;

export interface RowSpace {
  /** The rows that are drawn, by their position. */
  readonly rows: readonly number[];
  /** CSS pixels of the element that scrolls. */
  readonly height: number;
  /** Where a row stands in it. */
  readonly topOf: (row: number) => number;
  /** Whole rows that are in sight. */
  readonly inSight: number;
  /** Scrolls no further than needed to have the row in sight. */
  readonly reveal: (row: number) => void;
}

/** What has to be drawn anew when it is another. */
interface Drawn {
  readonly first: number;
  readonly shift: number;
}

const FIRST: Drawn = { first: 0, shift: 0 };

/** @param count of rows. */
export const useRowSpace = (scroller: RefObject<HTMLDivElement | null>, count: number): RowSpace => {
  const [view, setView] = useState(600);
  const [drawn, setDrawn] = useState(FIRST);
  const whole = count * ROW_HEIGHT;
  const space = useMemo(() => createScrollSpace(whole, view), [whole, view]);
  const look = useCallback(() => {
    const first = Math.floor(space.moveTo(scroller.current?.scrollTop ?? 0) / ROW_HEIGHT);
    const shift = space.shift();
    setDrawn((before) => (before.first === first && before.shift === shift ? before : { first, shift }));
  }, [scroller, space]);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() =>
      setView(Math.max(ROW_HEIGHT, element.clientHeight - HEADER_HEIGHT)),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller]);
  useEffect(() => {
    const element = scroller.current;
    look();
    element?.addEventListener('scroll', look, { passive: true });
    return () => element?.removeEventListener('scroll', look);
  }, [scroller, look]);
  const from = Math.max(0, Math.min(drawn.first, count - 1) - BEYOND);
  const to = Math.min(count, drawn.first + Math.ceil(view / ROW_HEIGHT) + 1 + BEYOND);
  const reveal = (row: number): void => {
    const element = scroller.current;
    if (element === null) return;
    const at = space.moveTo(element.scrollTop);
    const top = row * ROW_HEIGHT;
    if (top < at) element.scrollTop = space.jumpTo(top);
    else if (top + ROW_HEIGHT > at + view) element.scrollTop = space.jumpTo(top + ROW_HEIGHT - view);
    look();
  };
  return {
    rows: Array.from({ length: Math.max(0, to - from) }, (_none, index) => from + index),
    height: space.height,
    topOf: (row) => row * ROW_HEIGHT - drawn.shift,
    inSight: Math.max(1, Math.floor(view / ROW_HEIGHT)),
    reveal,
  };
};
