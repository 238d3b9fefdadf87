/** What was found, drawn onto the map: numbered pins, and the box of the one that is looked at. */
import { FONT, type MapPlace, type Picture } from './picture.ts';
import { pixelOf, spotOf, worldSize, type Box } from './view.ts';

/** CSS pixels from the tip of a pin to the middle of its head, and the head's radius. */
const PIN = { height: 22, radius: 12 } as const;
/** A box smaller than this is hidden below its pin. */
const SMALLEST_BOX = 14;

/** The box, unless it is so small that the pin says as much. */
export const drawBox = (
  context: CanvasRenderingContext2D,
  { south, west, north, east }: Box,
  picture: Picture,
): void => {
  const { view, size, palette } = picture;
  const middle = { lat: (south + north) / 2, lng: (west + (east < west ? east + 360 : east)) / 2 };
  const centre = pixelOf(spotOf(middle), view, size);
  const top = pixelOf(spotOf({ lat: north, lng: west }), view, size).y;
  const bottom = pixelOf(spotOf({ lat: south, lng: west }), view, size).y;
  const width = (((east < west ? east + 360 : east) - west) / 360) * worldSize(view.zoom);
  if (Math.max(width, bottom - top) < SMALLEST_BOX) return;
  context.beginPath();
  context.rect(centre.x - width / 2, top, width, bottom - top);
  context.strokeStyle = palette.chosen;
  context.globalAlpha = 0.12;
  context.fillStyle = palette.chosen;
  context.fill();
  context.globalAlpha = 1;
  context.lineWidth = 1.5;
  context.stroke();
};

/** A pin with its number; that of the chosen place is filled and has its name beside it. */
export const drawPin = (
  context: CanvasRenderingContext2D,
  place: MapPlace,
  text: string,
  picture: Picture,
  isChosen: boolean,
): void => {
  const { view, size, palette } = picture;
  const { x, y } = pixelOf(spotOf(place), view, size);
  const { height, radius } = PIN;
  context.beginPath();
  context.arc(x, y - height, radius, Math.PI * 0.78, Math.PI * 0.22);
  context.lineTo(x, y);
  context.closePath();
  context.fillStyle = isChosen ? palette.pin : palette.land;
  context.strokeStyle = palette.pin;
  context.lineWidth = 2;
  context.fill();
  context.stroke();
  context.fillStyle = isChosen ? palette.onPin : palette.ink;
  context.font = `600 12px ${FONT}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, x, y - height);
  if (!isChosen) return;
  context.font = `600 13px ${FONT}`;
  const gap = radius + 6;
  const isLeft = x > size.width / 2 && x + gap + context.measureText(place.label).width > size.width;
  const room = isLeft ? x - gap : size.width - x - gap;
  const fits = context.measureText(place.label).width <= room;
  const label = fits ? place.label : (place.label.split(',')[0] ?? '');
  context.textAlign = isLeft ? 'right' : 'left';
  const at = isLeft ? x - gap : x + gap;
  context.strokeStyle = palette.land;
  context.lineWidth = 4;
  context.strokeText(label, at, y - height);
  context.fillStyle = palette.ink;
  context.fillText(label, at, y - height);
};

/** Index of the place whose pin is at a pixel, the nearest where there are several. */
export const placeUnder = (
  pixel: { readonly x: number; readonly y: number },
  { places, view, size }: Pick<Picture, 'places' | 'view' | 'size'>,
): number | undefined => {
  let nearest: number | undefined;
  let least = PIN.radius + 4;
  for (const [index, place] of places.entries()) {
    const at = pixelOf(spotOf(place), view, size);
    const distance = Math.hypot(at.x - pixel.x, at.y - PIN.height - pixel.y);
    if (distance >= least) continue;
    least = distance;
    nearest = index;
  }
  return nearest;
};
