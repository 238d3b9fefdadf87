/** Natural Earth's outlines as lines on the square of the map: projected once, so that a picture only adds and multiplies. */
import { geoMercator, geoPath, type GeoContext, type GeoPermissibleObjects } from 'd3-geo';
import { feature, mesh } from 'topojson-client';

/** A line or the edge of an area, with the box around it. */
export interface Outline {
  /** x, y, x, y, … of the square whose side is 1. */
  readonly points: Float64Array;
  readonly west: number;
  readonly north: number;
  readonly east: number;
  readonly south: number;
}

/** A name to be written on the map. */
export interface Label {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  /** Of the largest part of what has this name. */
  readonly width: number;
}

export interface Shapes {
  readonly land: readonly Outline[];
  /** Borders between two countries; coasts are the edges of `land`. */
  readonly borders: readonly Outline[];
  readonly labels: readonly Label[];
}

type Topology = Parameters<typeof mesh>[0];
type Geometry = NonNullable<Parameters<typeof mesh>[1]>;
type Countries = Extract<Geometry, { type: 'GeometryCollection' }>;

/** A file of `world-atlas`. */
export type World = Topology & { readonly objects: { readonly countries: Countries } };

/** Web Mercator onto the unit square; cut at the antimeridian and where the square ends. */
const PROJECTION = geoMercator()
  .precision(0)
  .translate([0.5, 0.5])
  .scale(1 / (2 * Math.PI));

const outlineOf = (flat: readonly number[]): Outline => {
  const points = Float64Array.from(flat);
  let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let at = 0; at < points.length; at += 2) {
    const [x = 0, y = 0] = points.subarray(at, at + 2);
    west = Math.min(west, x);
    east = Math.max(east, x);
    north = Math.min(north, y);
    south = Math.max(south, y);
  }
  return { points, west, north, east, south };
};

/** Takes what would be drawn on a canvas and keeps it. */
const createCatcher = (): { readonly context: GeoContext; take(): Outline[] } => {
  let found: Outline[] = [];
  let current: number[] = [];
  const finish = (): void => {
    if (current.length > 2) found.push(outlineOf(current));
    current = [];
  };
  return {
    context: {
      beginPath: () => undefined,
      moveTo: (x, y) => {
        finish();
        current = [x, y];
      },
      lineTo: (x, y) => {
        current.push(x, y);
      },
      arc: () => undefined,
      closePath: finish,
    },
    take: () => {
      finish();
      const taken = found;
      found = [];
      return taken;
    },
  };
};

/** The middle of an area (the mean of its surface) and twice its signed size. */
const middleOf = ({ points }: Outline): { x: number; y: number; size: number } => {
  let [size, x, y] = [0, 0, 0];
  for (let at = 0; at < points.length; at += 2) {
    const next = (at + 2) % points.length;
    const [x0 = 0, y0 = 0] = [points[at], points[at + 1]];
    const [x1 = 0, y1 = 0] = [points[next], points[next + 1]];
    const cross = x0 * y1 - x1 * y0;
    size += cross;
    x += (x0 + x1) * cross;
    y += (y0 + y1) * cross;
  }
  return size === 0 ? { x: 0, y: 0, size } : { x: x / (3 * size), y: y / (3 * size), size };
};

const labelOf = (text: string, outlines: readonly Outline[]): Label | undefined => {
  let best: Label | undefined;
  let largest = 0;
  for (const outline of outlines) {
    const { x, y, size } = middleOf(outline);
    if (Math.abs(size) <= largest) continue;
    largest = Math.abs(size);
    best = { text, x, y, width: outline.east - outline.west };
  }
  return best;
};

/**
 * Rounding has turned a speck of the finest world inside out: it is everything but itself. Nothing else is as wide and as
 * high as the world.
 */
const isEverything = ({ west, north, east, south }: Outline): boolean =>
  east - west > 0.999 && south - north > 0.999;

/** Milliseconds of work after which the page may do something else. */
const SLICE_MS = 12;
const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** Projects a world, in slices: the finest one takes half a second, in which a page must not stand still. */
export const shapesOf = async (world: World): Promise<Shapes> => {
  const { context, take } = createCatcher();
  const draw = geoPath(PROJECTION, context);
  const outlinesOf = (what: GeoPermissibleObjects): Outline[] => {
    draw(what);
    return take();
  };
  const { countries } = world.objects;
  const land: Outline[] = [];
  const labels: Label[] = [];
  let began = performance.now();
  for (const geometry of countries.geometries) {
    const outlines = outlinesOf(feature(world, geometry)).filter((one) => !isEverything(one));
    land.push(...outlines);
    const { name }: { readonly name?: unknown } = geometry.properties ?? {};
    const label = typeof name === 'string' ? labelOf(name, outlines) : undefined;
    if (label !== undefined) labels.push(label);
    if (performance.now() - began < SLICE_MS) continue;
    await breathe();
    began = performance.now();
  }
  await breathe();
  const borders = outlinesOf(mesh(world, countries, (one, other) => one !== other));
  return { land, borders, labels: labels.toSorted((a, b) => b.width - a.width) };
};
