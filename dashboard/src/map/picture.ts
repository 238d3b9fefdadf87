/** What a picture of the map is made from. */
import type { Shapes } from './shapes.ts';
import type { Box, LatLng, Size, View } from './view.ts';

/** Colours as a canvas takes them. */
export interface Palette {
  readonly water: string;
  readonly land: string;
  readonly border: string;
  readonly line: string;
  readonly quiet: string;
  readonly ink: string;
  readonly pin: string;
  readonly onPin: string;
  readonly chosen: string;
}

/** A place that was found. */
export interface MapPlace extends LatLng {
  readonly label: string;
  /** Where it ends; undefined for a point. */
  readonly bounds: Box | undefined;
}

/** All of it, and where it is looked from. */
export interface Picture {
  readonly view: View;
  readonly size: Size;
  readonly shapes: Shapes | undefined;
  readonly places: readonly MapPlace[];
  /** Index of the place that is looked at. */
  readonly chosen: number | undefined;
  readonly palette: Palette;
  /** A cross in the middle, for those who move the map with keys. */
  readonly hasCross: boolean;
}

/** Of everything that is written on the map. */
export const FONT = 'system-ui, sans-serif';
