/**
 * More rows than an element can be high. Browsers end at some 17 million CSS pixels (Firefox) or 33 million (Chromium), so
 * the table scrolls in a shorter space: within a screen's length pixel by pixel, over longer ways in proportion.
 */

/** CSS pixels; well below what any browser refuses. */
const LONGEST = 8_000_000;

export interface ScrollSpace {
  /** Height of the element that scrolls, in CSS pixels. */
  readonly height: number;
  /** Where in the whole table the view begins after the element was scrolled to `top`. */
  moveTo(top: number): number;
  /** Where the element has to be scrolled so that the view begins at `position` of the whole table. */
  jumpTo(position: number): number;
  /** What has to be taken from a row's place in the whole table to have its place in the element. */
  shift(): number;
}

const within = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

/**
 * The space of a table of `whole` CSS pixels behind a view of `view` ones. It remembers where the view is.
 * @param longest for tests.
 */
export const createScrollSpace = (whole: number, view: number, longest = LONGEST): ScrollSpace => {
  const height = Math.min(whole, longest);
  const lastTop = Math.max(0, height - view);
  const lastPosition = Math.max(0, whole - view);
  const ratio = lastTop === 0 ? 1 : lastPosition / lastTop;
  let top = 0;
  let position = 0;
  const toPosition = (at: number): number => Math.round(within(at * ratio, 0, lastPosition));
  /** There the two spaces meet, whatever way was come: nothing lies beyond that could not be scrolled to. */
  const isEnd = (at: number): boolean => at <= 0 || at >= lastTop;
  return {
    height,
    moveTo: (next) => {
      const step = next - top;
      top = within(next, 0, lastTop);
      if (ratio === 1) position = top;
      else if (isEnd(top)) position = toPosition(top);
      else position = Math.abs(step) <= view ? within(position + step, 0, lastPosition) : toPosition(top);
      return position;
    },
    jumpTo: (wanted) => {
      position = within(wanted, 0, lastPosition);
      top = ratio === 1 ? position : Math.round(position / ratio);
      if (isEnd(top)) position = toPosition(top);
      return top;
    },
    shift: () => position - top,
  };
};
