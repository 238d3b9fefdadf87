import type { ImportedFeature } from './feature.ts';
import type { SkipCounter } from './import-skips.ts';
import type { Tags } from './osm-strings.ts';
import type { Coordinates } from './osm-coordinates.ts';
import { isPointFeature, isStreet, pointFeatures, streetFeature } from './osm-features.ts';
import { placeNodes } from './osm-relations.ts';
import { measureRing } from './osm-rings.ts';

/** What a way is, and the features that are made of it. */

/** Whether the nodes of a way have to be known for its own sake. */
export const isWanted = (tags: Tags, interpolate: boolean): boolean =>
  isStreet(tags) || isPointFeature(tags) || (interpolate && tags.has('addr:interpolation'));

/** The point that stands for a way: the centre of gravity of a closed one, the middle node of another. */
const middleOf = (line: Int32Array): { lat: number; lng: number } => {
  const last = line.length - 2;
  const isClosed = line.length >= 8 && line[0] === line[last] && line[1] === line[last + 1];
  if (isClosed) return measureRing(line);
  const at = 2 * Math.floor(line.length / 4);
  return { lat: line[at] ?? 0, lng: line[at + 1] ?? 0 };
};

/** The features of a way; `street` is the one that a relation puts it in. */
export const wayFeatures = (
  { id, refs, tags, street }: { id: number; refs: Float64Array; tags: Tags; street: string | undefined },
  coordinates: Coordinates,
  file: string,
  skips: SkipCounter,
): ImportedFeature[] => {
  const asStreet = isStreet(tags);
  if (!asStreet && !isPointFeature(tags)) return [];
  const line = placeNodes(refs, coordinates);
  if (line.length < (asStreet ? 4 : 2)) {
    skips.skip('the nodes of a way are not in the file', `${file}, way ${id}`);
    return [];
  }
  if (asStreet) {
    const feature = streetFeature(tags, line);
    return feature === undefined ? [] : [feature];
  }
  const { lat, lng } = middleOf(line);
  return pointFeatures(tags, lat, lng, street);
};
