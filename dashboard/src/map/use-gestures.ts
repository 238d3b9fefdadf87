/** How the map is moved: drag, pinch, wheel and keys. A short touch without moving is a click. */
import { useEffect, useRef, type RefObject } from 'react';
import { leastZoom, MOST_ZOOM, moveBy, wholeWorld, zoomBy, type Size, type Spot, type View } from './view.ts';

/** CSS pixels that a click may move. */
const CLICK_SLIP = 6;
/** CSS pixels of one press of an arrow key. */
const KEY_STEP = 80;
/** Pixels of the wheel for one step of zoom. */
const WHEEL_STEP = 220;
/** What browsers count in lines or pages, in pixels. */
const WHEEL_UNITS = [1, 24, 400] as const;

export interface Gestures {
  readonly view: View;
  readonly size: Size;
  readonly onView: (view: View) => void;
  /** A click at a pixel of the map, or Enter for its middle. */
  readonly onClick: (pixel: Spot) => void;
}

interface Pinch {
  readonly middle: Spot;
  readonly distance: number;
}

const pinchOf = ([one, other]: readonly Spot[]): Pinch | undefined =>
  one === undefined || other === undefined
    ? undefined
    : {
        middle: { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 },
        distance: Math.hypot(one.x - other.x, one.y - other.y),
      };

/** What a key does to the view; undefined for keys of others. */
const moved = (key: string, view: View, size: Size): View | undefined => {
  const middle = { x: size.width / 2, y: size.height / 2 };
  switch (key) {
    case 'ArrowLeft':
      return moveBy(view, -KEY_STEP, 0, size);
    case 'ArrowRight':
      return moveBy(view, KEY_STEP, 0, size);
    case 'ArrowUp':
      return moveBy(view, 0, -KEY_STEP, size);
    case 'ArrowDown':
      return moveBy(view, 0, KEY_STEP, size);
    case '+':
    case '=':
      return zoomBy(view, 1, middle, size);
    case '-':
      return zoomBy(view, -1, middle, size);
    case 'Home':
      return wholeWorld(size);
    default:
      return undefined;
  }
};

/** Listens on the element. What is newest is used: listeners are put on once. */
export const useGestures = (place: RefObject<HTMLElement | null>, gestures: Gestures): void => {
  const latest = useRef(gestures);
  useEffect(() => {
    latest.current = gestures;
  });
  useEffect(() => {
    const { current: element } = place;
    if (element === null) return undefined;
    const fingers = new Map<number, Spot>();
    let slipped = 0;
    const pixelOf = (event: MouseEvent): Spot => {
      const box = element.getBoundingClientRect();
      return { x: event.clientX - box.left, y: event.clientY - box.top };
    };
    /** Several moves can come before the next picture: each goes on from the one before. */
    const change = (next: (view: View, size: Size) => View): void => {
      const { view, size, onView } = latest.current;
      const changed = next(view, size);
      latest.current = { ...latest.current, view: changed };
      onView(changed);
    };
    const down = (event: PointerEvent): void => {
      if (event.button !== 0) return;
      fingers.set(event.pointerId, pixelOf(event));
      slipped = fingers.size > 1 ? Infinity : 0;
      element.setPointerCapture(event.pointerId);
    };
    const move = (event: PointerEvent): void => {
      const from = fingers.get(event.pointerId);
      if (from === undefined) return;
      const to = pixelOf(event);
      const before = pinchOf([...fingers.values()]);
      fingers.set(event.pointerId, to);
      const after = pinchOf([...fingers.values()]);
      if (before === undefined || after === undefined) {
        slipped += Math.hypot(to.x - from.x, to.y - from.y);
        if (slipped > CLICK_SLIP) change((view, size) => moveBy(view, from.x - to.x, from.y - to.y, size));
        return;
      }
      const [dx, dy] = [before.middle.x - after.middle.x, before.middle.y - after.middle.y];
      const steps = Math.log2(Math.max(1, after.distance) / Math.max(1, before.distance));
      change((view, size) => zoomBy(moveBy(view, dx, dy, size), steps, after.middle, size));
    };
    const up = (event: PointerEvent): void => {
      const isClick = fingers.delete(event.pointerId) && slipped <= CLICK_SLIP && event.type === 'pointerup';
      if (isClick) latest.current.onClick(pixelOf(event));
    };
    const wheel = (event: WheelEvent): void => {
      const steps = (-event.deltaY * (WHEEL_UNITS[event.deltaMode] ?? 1)) / WHEEL_STEP;
      const { view, size } = latest.current;
      // At either end the page scrolls on.
      if (steps > 0 ? view.zoom >= MOST_ZOOM : view.zoom <= leastZoom(size)) return;
      event.preventDefault();
      change((now, room) => zoomBy(now, steps, pixelOf(event), room));
    };
    const key = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const { view, size, onClick } = latest.current;
      const next = moved(event.key, view, size);
      if (next !== undefined) change(() => next);
      else if (event.key === 'Enter') onClick({ x: size.width / 2, y: size.height / 2 });
      else return;
      event.preventDefault();
    };
    const listening = new AbortController();
    const { signal } = listening;
    element.addEventListener('pointerdown', down, { signal });
    element.addEventListener('pointermove', move, { signal });
    element.addEventListener('pointerup', up, { signal });
    element.addEventListener('pointercancel', up, { signal });
    element.addEventListener('wheel', wheel, { signal, passive: false });
    element.addEventListener('keydown', key, { signal });
    return () => listening.abort();
  }, [place]);
};
