/** Where on the world the map looks, and how near: Web Mercator, in which the world is a square of side 1. */

/** Degrees. */
export interface LatLng {
  readonly lat: number;
  readonly lng: number;
}

/** Degrees; `west` is larger than `east` where it crosses the antimeridian. */
export interface Box {
  readonly south: number;
  readonly west: number;
  readonly north: number;
  readonly east: number;
}

/** A point of the square: 0,0 is the north-west corner. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** What is in the middle, and the zoom: at 0 the world is 256 CSS pixels wide, and each step doubles that. */
export interface View extends Spot {
  readonly zoom: number;
}

/** Of the drawing, in CSS pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

const TILE = 256;
/** Beyond it the coastline, which is right to some hundred metres, would say nothing. */
export const MOST_ZOOM = 15;
/** Web Mercator ends where the world is as high as wide. */
const MOST_LATITUDE = 85.05112878;
/** CSS pixels that a fitted box keeps from the edge. */
const PADDING = 36;
/** One place is shown with its surroundings: without them the map would be one blank area. */
export const PLACE_ZOOM = 8;
const RADIANS = Math.PI / 180;

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
const wrap = (x: number): number => x - Math.floor(x);

/** How wide the world is, in CSS pixels. */
export const worldSize = (zoom: number): number => TILE * 2 ** zoom;

/** Where a coordinate lies on the square; the poles are cut off. */
export const spotOf = ({ lat, lng }: LatLng): Spot => {
  const sine = Math.sin(clamp(lat, -MOST_LATITUDE, MOST_LATITUDE) * RADIANS);
  return { x: (lng + 180) / 360, y: 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI) };
};

/** The other way round; the longitude is between -180 and 180. */
export const placeAt = ({ x, y }: Spot): LatLng => ({
  lat: Math.atan(Math.sinh((0.5 - y) * 2 * Math.PI)) / RADIANS,
  lng: wrap(x) * 360 - 180,
});

/** The zoom at which the world just fills a drawing, so that nothing but the world is seen. */
export const leastZoom = ({ width, height }: Size): number =>
  Math.max(0, Math.log2(Math.max(width * 0.9, height) / TILE));

/** The nearest view that there is: no zoom beyond the limits, and no emptiness above and below the world. */
export const settle = ({ x, y, zoom }: View, size: Size): View => {
  const near = clamp(zoom, leastZoom(size), MOST_ZOOM);
  const half = size.height / 2 / worldSize(near);
  return { x: wrap(x), y: half >= 0.5 ? 0.5 : clamp(y, half, 1 - half), zoom: near };
};

/** Everything. */
export const wholeWorld = (size: Size): View => settle({ x: 0.5, y: 0.45, zoom: 0 }, size);

/** Moved by CSS pixels. */
export const moveBy = (view: View, dx: number, dy: number, size: Size): View => {
  const world = worldSize(view.zoom);
  return settle({ ...view, x: view.x + dx / world, y: view.y + dy / world }, size);
};

/** Nearer or farther by some steps; what is at this pixel stays there. */
export const zoomBy = (view: View, steps: number, at: Spot, size: Size): View => {
  const zoom = clamp(view.zoom + steps, leastZoom(size), MOST_ZOOM);
  const [before, after] = [worldSize(view.zoom), worldSize(zoom)];
  const [dx, dy] = [at.x - size.width / 2, at.y - size.height / 2];
  return settle({ x: view.x + dx / before - dx / after, y: view.y + dy / before - dy / after, zoom }, size);
};

/** What the padding leaves. */
const room = (pixels: number): number => Math.max(32, pixels - 2 * PADDING);

/** The view that shows a box, and no more around it than needed; no nearer than `nearest`. */
export const fit = ({ south, west, north, east }: Box, size: Size, nearest = MOST_ZOOM - 2): View => {
  const [low, high] = [spotOf({ lat: north, lng: west }), spotOf({ lat: south, lng: east })];
  const width = east < west ? high.x + 1 - low.x : high.x - low.x;
  const height = high.y - low.y;
  const most = Math.min(room(size.width) / Math.max(width, 1e-9), room(size.height) / Math.max(height, 1e-9));
  const zoom = Math.min(nearest, Math.log2(most / TILE));
  return settle({ x: low.x + width / 2, y: low.y + height / 2, zoom }, size);
};

/** The smallest box around points: the shorter way around the world. Undefined where there is none. */
export const boxAround = (points: readonly LatLng[]): Box | undefined => {
  if (points.length === 0) return undefined;
  const lats = points.map(({ lat }) => lat);
  const lngs = points.map(({ lng }) => lng).toSorted((a, b) => a - b);
  const [south, north] = [Math.min(...lats), Math.max(...lats)];
  // The widest gap between neighbours is left out; what begins after it is the west.
  let widest = -1;
  let west = 0;
  for (let at = 0; at < lngs.length; at += 1) {
    const before = lngs[(at + lngs.length - 1) % lngs.length] ?? 0;
    const gap = at === 0 ? (lngs[0] ?? 0) + 360 - before : (lngs[at] ?? 0) - before;
    if (gap > widest) [widest, west] = [gap, at];
  }
  return {
    south,
    north,
    west: lngs[west] ?? 0,
    east: lngs[(west + lngs.length - 1) % lngs.length] ?? 0,
  };
};

/** Where a spot is drawn, in CSS pixels; of its copies around the world the one nearest to the middle. */
export const pixelOf = (spot: Spot, view: View, { width, height }: Size): Spot => {
  const world = worldSize(view.zoom);
  const dx = wrap(spot.x - view.x + 0.5) - 0.5;
  return { x: width / 2 + dx * world, y: height / 2 + (spot.y - view.y) * world };
};

/** The spot that is drawn at a pixel. */
export const spotAt = (pixel: Spot, view: View, { width, height }: Size): Spot => {
  const world = worldSize(view.zoom);
  return { x: view.x + (pixel.x - width / 2) / world, y: view.y + (pixel.y - height / 2) / world };
};
