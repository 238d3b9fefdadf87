/** The outlines of the world in three degrees of detail, fetched when they are first looked at. */
import coarse from 'world-atlas/countries-110m.json?url';
import middle from 'world-atlas/countries-50m.json?url';
import fine from 'world-atlas/countries-10m.json?url';
import { shapesOf, type Shapes, type World } from './shapes.ts';

/** From which zoom on, and where it lies; 40, 230 and 920 kB on their way. */
const LEVELS = [
  { from: 0, url: coarse },
  { from: 2.6, url: middle },
  { from: 5.4, url: fine },
] as const;

export interface Atlas {
  /** The best that is there for this zoom; undefined before anything is. Fetches what would be better. */
  at(zoom: number): Shapes | undefined;
}

/** Milliseconds before what could not be fetched is tried again. */
const REST_MS = 5_000;

const fetchShapes = async (url: string): Promise<Shapes> => {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the map's outlines were answered with ${response.status}`);
  return shapesOf((await response.json()) as World);
};

/**
 * Opens an atlas.
 * @param onChange something better is there.
 * @param onFailure something could not be fetched; it is tried again when it is looked at some seconds later.
 */
export const openAtlas = (onChange: () => void, onFailure: () => void): Atlas => {
  const shapes: (Shapes | undefined)[] = LEVELS.map(() => undefined);
  /** Until when a level is not asked for again: on its way, or not to be had a moment ago. */
  const restUntil = LEVELS.map(() => 0);
  const load = (level: number, url: string): void => {
    if (shapes[level] !== undefined || performance.now() < (restUntil[level] ?? 0)) return;
    restUntil[level] = Infinity;
    fetchShapes(url)
      .then((found) => {
        shapes[level] = found;
        onChange();
      })
      .catch(() => {
        restUntil[level] = performance.now() + REST_MS;
        onFailure();
      });
  };
  return {
    at: (zoom) => {
      const wanted = LEVELS.findLastIndex(({ from }) => zoom >= from);
      // The first is small and better than nothing while a finer one is on its way.
      load(0, LEVELS[0].url);
      load(wanted, LEVELS[wanted]?.url ?? coarse);
      for (let level = wanted; level >= 0; level -= 1) if (shapes[level] !== undefined) return shapes[level];
      return shapes.find((one) => one !== undefined);
    },
  };
};
