/** What tells how large things are on the map: the bar, and the lines of degrees. */
import { placeAt, worldSize, type View } from './view.ts';

/** Of the Earth, at the equator. */
const METRES_AROUND = 40_075_016.7;
const STEPS = [90, 45, 30, 15, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001] as const;

export interface ScaleBar {
  /** `500 m`, `20 km`. */
  readonly text: string;
  /** CSS pixels. */
  readonly width: number;
}

/** The longest bar of a round length that is no wider than `most` CSS pixels, right in the middle of the map. */
export const scaleBar = (view: View, most: number): ScaleBar => {
  const metresOfPixel =
    (METRES_AROUND * Math.cos((placeAt(view).lat * Math.PI) / 180)) / worldSize(view.zoom);
  const longest = metresOfPixel * most;
  const power = 10 ** Math.floor(Math.log10(longest));
  const metres = ([5, 2, 1].find((step) => step * power <= longest) ?? 1) * power;
  const text = metres >= 1000 ? `${(metres / 1000).toLocaleString('en-GB')} km` : `${metres} m`;
  return { text, width: metres / metresOfPixel };
};

/** Degrees between two lines, so that their labels stand beside each other. */
export const stepOfLines = (zoom: number): number => {
  const wanted = (70 / worldSize(zoom)) * 360;
  return STEPS.findLast((step) => step >= wanted) ?? STEPS[0];
};

/** Multiples of the step between two values, free of the noise of floating-point numbers. */
export const linesBetween = (low: number, high: number, step: number): number[] => {
  const first = Math.ceil(low / step);
  const count = Math.max(0, Math.min(60, Math.floor(high / step) - first + 1));
  return Array.from({ length: count }, (_none, at) => Number(((first + at) * step).toFixed(4)));
};

/** `12.5° N`. @param signs for what is above and below zero. */
export const sayDegrees = (degrees: number, [above, below]: readonly [string, string]): string => {
  const size = `${Math.abs(degrees)}°`;
  return degrees === 0 ? size : `${size} ${degrees > 0 ? above : below}`;
};
