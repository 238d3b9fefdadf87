/** The rows in view of a table that may be higher than an element can be. */
import { useVirtualizer, type VirtualItem } from '@tanstack/react-virtual';
import { useCallback, useEffect, useMemo, useState, type RefObject } from 'react';
import { createScrollSpace } from './scroll-space.ts';
import { HEADER_HEIGHT, ROW_HEIGHT } from './widths.ts';

/** Rows drawn beyond each edge, so that a quick hand sees no gap. */
const BEYOND = 8;
/** Milliseconds without a step after which it no longer scrolls. */
const STILL_MS = 120;

export interface RowSpace {
  readonly items: readonly VirtualItem[];
  /** CSS pixels of the element that scrolls. */
  readonly height: number;
  /** Where an item stands in it. */
  readonly topOf: (item: VirtualItem) => number;
  /** Whole rows that are in sight. */
  readonly inSight: number;
  /** Scrolls no further than needed to have the row in sight. */
  readonly reveal: (row: number) => void;
}

/** @param count of rows. */
export const useRowSpace = (scroller: RefObject<HTMLDivElement | null>, count: number): RowSpace => {
  const [view, setView] = useState(600);
  const whole = count * ROW_HEIGHT;
  const space = useMemo(() => createScrollSpace(whole, view), [whole, view]);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() =>
      setView(Math.max(ROW_HEIGHT, element.clientHeight - HEADER_HEIGHT)),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller]);
  const observe = useCallback(
    (_virtualizer: unknown, tell: (offset: number, isScrolling: boolean) => void) => {
      const element = scroller.current;
      if (element === null) return undefined;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const see = (isScrolling: boolean): void => tell(space.moveTo(element.scrollTop), isScrolling);
      const scrolled = (): void => {
        see(true);
        clearTimeout(timer);
        timer = setTimeout(() => see(false), STILL_MS);
      };
      see(false);
      element.addEventListener('scroll', scrolled, { passive: true });
      return () => {
        clearTimeout(timer);
        element.removeEventListener('scroll', scrolled);
      };
    },
    [scroller, space],
  );
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: BEYOND,
    observeElementOffset: observe,
    scrollToFn: () => undefined,
  });
  const reveal = (row: number): void => {
    const element = scroller.current;
    if (element === null) return;
    const at = space.moveTo(element.scrollTop);
    const top = row * ROW_HEIGHT;
    if (top < at) element.scrollTop = space.jumpTo(top);
    else if (top + ROW_HEIGHT > at + view) element.scrollTop = space.jumpTo(top + ROW_HEIGHT - view);
  };
  return {
    items: virtualizer.getVirtualItems(),
    height: space.height,
    topOf: (item) => item.start - space.shift(),
    inSight: Math.max(1, Math.floor(view / ROW_HEIGHT)),
    reveal,
  };
};
