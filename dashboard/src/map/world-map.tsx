/** A map of the world from data of our own: nothing is asked of anybody else. Loaded only where it is shown. */
import { MinusIcon, PlusIcon } from '@radix-ui/react-icons';
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState, type ReactElement } from 'react';
import { flushSync } from 'react-dom';
import { Button, IconButton } from '../components/button.tsx';
import { readColour, useIsDark } from '../shell/theme.ts';
import { openAtlas, type Atlas } from './atlas.ts';
import { draw } from './draw.ts';
import { placeUnder } from './marks.ts';
import type { MapPlace, Palette } from './picture.ts';
import { useGestures } from './use-gestures.ts';
import {
  boxAround,
  fit,
  PLACE_ZOOM,
  placeAt,
  spotAt,
  wholeWorld,
  zoomBy,
  type LatLng,
  type Size,
  type Spot,
  type View,
} from './view.ts';

interface WorldMapProps {
  readonly places: readonly MapPlace[];
  /** Index of the place that is looked at; the map goes there when it changes. */
  readonly chosen: number | undefined;
  readonly onChoose: (index: number) => void;
  /** Somebody points at the map beside all pins. */
  readonly onPoint: (point: LatLng) => void;
}

const NO_SIZE: Size = { width: 0, height: 0 };

/** Land and water are a map's own; all else has the colours of the page. */
const paletteOf = (isDark: boolean): Palette => ({
  water: isDark ? '#0d1a21' : '#d9e6ea',
  land: isDark ? '#26302b' : '#ffffff',
  border: readColour('edge'),
  line: readColour('line'),
  quiet: readColour('quiet'),
  ink: readColour('ink'),
  pin: readColour('act'),
  onPin: readColour('on-act'),
  chosen: readColour('link'),
});

const viewOf = (places: readonly MapPlace[], chosen: number | undefined, size: Size): View => {
  const looked = chosen === undefined ? undefined : places[chosen];
  const box =
    looked === undefined
      ? boxAround(places)
      : (looked.bounds ?? { south: looked.lat, north: looked.lat, west: looked.lng, east: looked.lng });
  if (box === undefined) return wholeWorld(size);
  return looked === undefined && places.length > 1 ? fit(box, size) : fit(box, size, PLACE_ZOOM);
};

const sentenceOf = (places: readonly MapPlace[], chosen: number | undefined): string => {
  const label = chosen === undefined ? undefined : places[chosen]?.label;
  const count = places.length === 1 ? 'one place' : `${places.length} places`;
  if (places.length === 0) return 'Map of the world';
  return label === undefined ? `Map of ${count}` : `Map of ${count}, at ${label}`;
};

/** How large the element is drawn, in CSS pixels. */
const useSize = (place: { readonly current: HTMLElement | null }): Size => {
  const [size, setSize] = useState(NO_SIZE);
  useEffect(() => {
    const { current: element } = place;
    if (element === null) return undefined;
    const watch = new ResizeObserver(() => {
      // At once: in the next frame the old picture would be seen stretched.
      flushSync(() => setSize({ width: element.clientWidth, height: element.clientHeight }));
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, [place]);
  return size;
};

/** The map, as wide as its place. */
export const WorldMap = ({ places, chosen, onChoose, onPoint }: WorldMapProps): ReactElement => {
  const surface = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const atlas = useRef<Atlas>(undefined);
  const hint = useId();
  const size = useSize(surface);
  const [moved, setMoved] = useState<{ readonly view: View; readonly of: unknown }>();
  const [version, setVersion] = useState(0);
  const [isIncomplete, setIncomplete] = useState(false);
  const [hasFocus, setFocus] = useState(false);
  const isDark = useIsDark();
  const palette = useMemo(() => paletteOf(isDark), [isDark]);
  // A view is somebody's own until there is something else to look at.
  const target = useMemo(() => ({ places, chosen }), [places, chosen]);
  const found = useMemo(() => viewOf(target.places, target.chosen, size), [target, size]);
  const view = moved?.of === target ? moved.view : found;
  const show = (next: View): void => setMoved({ view: next, of: target });

  const click = (pixel: Spot): void => {
    const pin = placeUnder(pixel, { places, view, size });
    if (pin === undefined) onPoint(placeAt(spotAt(pixel, view, size)));
    else onChoose(pin);
  };
  useGestures(surface, { view, size, onView: show, onClick: click });

  // Before the first picture, which looks into it.
  useLayoutEffect(() => {
    atlas.current = openAtlas(
      () => {
        setIncomplete(false);
        setVersion((one) => one + 1);
      },
      () => setIncomplete(true),
    );
  }, []);

  useLayoutEffect(() => {
    const { current: element } = canvas;
    const context = element?.getContext('2d');
    if (element === null || context === null || context === undefined || size.width === 0) return;
    const ratio = Math.min(3, devicePixelRatio);
    const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
    if (element.width !== width || element.height !== height) {
      element.width = width;
      element.height = height;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const shapes = atlas.current?.at(view.zoom);
    draw(context, { view, size, shapes, places, chosen, palette, hasCross: hasFocus });
    element.dataset['drawn'] = shapes === undefined ? 'nothing' : 'shapes';
  }, [view, size, places, chosen, palette, hasFocus, version]);

  const middle = { x: size.width / 2, y: size.height / 2 };
  return (
    <div className="grid gap-1.5">
      <div className="relative h-72 overflow-hidden rounded-card border border-line bg-sunken sm:h-96">
        <div
          ref={surface}
          role="application"
          aria-roledescription="map"
          aria-label={sentenceOf(places, chosen)}
          aria-describedby={hint}
          // A map is moved with keys.
          tabIndex={0}
          className="size-full cursor-crosshair touch-none focus-visible:-outline-offset-4"
          onFocus={(event) => setFocus(event.currentTarget.matches(':focus-visible'))}
          onBlur={() => setFocus(false)}
        >
          <canvas ref={canvas} aria-hidden className="size-full" />
        </div>
        <div className="absolute top-2 right-2 grid rounded-control border border-line bg-raised">
          <IconButton label="Nearer" onClick={() => show(zoomBy(view, 1, middle, size))}>
            <PlusIcon aria-hidden />
          </IconButton>
          <IconButton label="Farther" onClick={() => show(zoomBy(view, -1, middle, size))}>
            <MinusIcon aria-hidden />
          </IconButton>
        </div>
        <div className="absolute right-2 bottom-2 flex gap-2">
          {places.length > 1 && (
            <Button small onClick={() => show(viewOf(places, undefined, size))}>
              All results
            </Button>
          )}
          <Button small onClick={() => show(wholeWorld(size))}>
            World
          </Button>
        </div>
      </div>
      <p className="text-sm text-quiet">
        <span id={hint}>
          Click to ask what is there. With the keyboard: arrows, + and −, Home for the world, Enter for the
          middle.
        </span>{' '}
        {isIncomplete && 'Some outlines could not be loaded. '}
        Outlines: Natural Earth, public domain.
      </p>
    </div>
  );
};
