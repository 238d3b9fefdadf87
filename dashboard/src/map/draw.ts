/** Draws the map: water, land, borders, lines of degrees, names, and what was found. */
import { drawBox, drawPin } from './marks.ts';
import { FONT, type Picture } from './picture.ts';
import { linesBetween, sayDegrees, scaleBar, stepOfLines } from './scale.ts';
import type { Outline } from './shapes.ts';
import { pixelOf, placeAt, spotAt, spotOf, worldSize, type Size, type View } from './view.ts';

/** Steps smaller than this, in CSS pixels, cannot be seen. */
const SMALLEST_STEP = 0.6;

/** Copies of the world that stand in the drawing, as what has to be added to x. */
const copiesIn = (view: View, size: Size): number[] => {
  const half = size.width / 2 / worldSize(view.zoom);
  const [first, last] = [Math.floor(view.x - half), Math.floor(view.x + half)];
  return Array.from({ length: last - first + 1 }, (_none, at) => first + at);
};

const trace = (
  context: CanvasRenderingContext2D,
  outlines: readonly Outline[],
  { view, size }: Picture,
  isClosed: boolean,
): void => {
  const world = worldSize(view.zoom);
  const halfHeight = size.height / 2 / world;
  const halfWidth = size.width / 2 / world;
  context.beginPath();
  for (const copy of copiesIn(view, size)) {
    const left = (copy - view.x) * world + size.width / 2;
    const top = size.height / 2 - view.y * world;
    for (const { points, west, north, east, south } of outlines) {
      if (east + copy < view.x - halfWidth || west + copy > view.x + halfWidth) continue;
      if (south < view.y - halfHeight || north > view.y + halfHeight) continue;
      let [lastX, lastY] = [Infinity, Infinity];
      for (let at = 0; at < points.length; at += 2) {
        const x = (points[at] ?? 0) * world + left;
        const y = (points[at + 1] ?? 0) * world + top;
        const isLast = at === points.length - 2;
        if (!isLast && Math.abs(x - lastX) + Math.abs(y - lastY) < SMALLEST_STEP) continue;
        if (at === 0) context.moveTo(x, y);
        else context.lineTo(x, y);
        [lastX, lastY] = [x, y];
      }
      if (isClosed) context.closePath();
    }
  }
};

const drawShapes = (context: CanvasRenderingContext2D, picture: Picture): void => {
  const { shapes, palette } = picture;
  if (shapes === undefined) return;
  trace(context, shapes.land, picture, true);
  context.fillStyle = palette.land;
  // Holes lie the other way round, and overlaps are none: either rule fills the same.
  context.fill('evenodd');
  context.lineJoin = 'round';
  context.lineWidth = 0.75;
  context.strokeStyle = palette.border;
  context.stroke();
  trace(context, shapes.borders, picture, false);
  context.lineWidth = 1;
  context.stroke();
};

const drawDegrees = (context: CanvasRenderingContext2D, { view, size, palette }: Picture): void => {
  const step = stepOfLines(view.zoom);
  const corner = placeAt(spotAt({ x: 0, y: 0 }, view, size));
  const opposite = placeAt(spotAt({ x: 0, y: size.height }, view, size));
  const span = (size.width / worldSize(view.zoom)) * 360;
  const west = view.x * 360 - 180 - span / 2;
  context.strokeStyle = palette.line;
  context.lineWidth = 1;
  context.fillStyle = palette.quiet;
  context.font = `10px ${FONT}`;
  context.textBaseline = 'top';
  context.textAlign = 'left';
  context.beginPath();
  for (const lat of linesBetween(opposite.lat, corner.lat, step)) {
    const y = Math.round(pixelOf(spotOf({ lat, lng: 0 }), view, size).y) + 0.5;
    context.moveTo(0, y);
    context.lineTo(size.width, y);
    if (y > 18 && y < size.height - 30) context.fillText(sayDegrees(lat, ['N', 'S']), 4, y + 2);
  }
  for (const lng of linesBetween(west, west + span, step)) {
    const x = Math.round(((lng - west) / span) * size.width) + 0.5;
    context.moveTo(x, 0);
    context.lineTo(x, size.height);
    const around = Number((((((lng + 180) % 360) + 360) % 360) - 180).toFixed(4));
    if (x > 40 && x < size.width - 56) context.fillText(sayDegrees(around, ['E', 'W']), x + 3, 3);
  }
  context.stroke();
};

/** Names of countries that have room for them; the larger ones first. */
const drawNames = (context: CanvasRenderingContext2D, { view, size, shapes, palette }: Picture): void => {
  const world = worldSize(view.zoom);
  const taken: { x: number; y: number; half: number }[] = [];
  context.font = `11px ${FONT}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillStyle = palette.quiet;
  context.strokeStyle = palette.land;
  context.lineWidth = 3;
  for (const { text, x, y, width } of shapes?.labels ?? []) {
    if (width * world < 40) break;
    const half = context.measureText(text).width / 2;
    if (width * world < half * 1.7) continue;
    const at = pixelOf({ x, y }, view, size);
    if (at.x < -half || at.x > size.width + half || at.y < 0 || at.y > size.height) continue;
    if (taken.some((one) => Math.abs(one.x - at.x) < one.half + half + 6 && Math.abs(one.y - at.y) < 16))
      continue;
    taken.push({ ...at, half });
    context.strokeText(text, at.x, at.y);
    context.fillText(text, at.x, at.y);
  }
};

const drawScale = (context: CanvasRenderingContext2D, { view, size, palette }: Picture): void => {
  const { text, width } = scaleBar(view, 100);
  const [x, y] = [12, size.height - 12];
  context.fillStyle = palette.land;
  context.globalAlpha = 0.85;
  context.fillRect(x - 6, y - 22, Math.max(width, 40) + 12, 28);
  context.globalAlpha = 1;
  context.strokeStyle = palette.ink;
  context.fillStyle = palette.ink;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(x, y - 5);
  context.lineTo(x, y);
  context.lineTo(x + width, y);
  context.lineTo(x + width, y - 5);
  context.stroke();
  context.font = `11px ${FONT}`;
  context.textAlign = 'left';
  context.textBaseline = 'bottom';
  context.fillText(text, x + 1, y - 5);
};

const drawCross = (context: CanvasRenderingContext2D, { size, palette }: Picture): void => {
  const [x, y] = [size.width / 2, size.height / 2];
  context.strokeStyle = palette.ink;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(x - 9, y);
  context.lineTo(x + 9, y);
  context.moveTo(x, y - 9);
  context.lineTo(x, y + 9);
  context.stroke();
};

/** The whole picture, in CSS pixels of the context. The chosen place is drawn last, above the others. */
export const draw = (context: CanvasRenderingContext2D, picture: Picture): void => {
  const { size, palette, places, chosen } = picture;
  context.fillStyle = palette.water;
  context.fillRect(0, 0, size.width, size.height);
  drawShapes(context, picture);
  drawDegrees(context, picture);
  drawNames(context, picture);
  const looked = chosen === undefined ? undefined : places[chosen];
  if (looked?.bounds !== undefined) drawBox(context, looked.bounds, picture);
  for (let at = places.length - 1; at >= 0; at -= 1) {
    const place = places[at];
    if (place !== undefined && at !== chosen) drawPin(context, place, String(at + 1), picture, false);
  }
  if (looked !== undefined) drawPin(context, looked, String((chosen ?? 0) + 1), picture, true);
  drawScale(context, picture);
  if (picture.hasCross) drawCross(context, picture);
};
