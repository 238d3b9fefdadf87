/** What stands for a street as a whole. */
import { FINE_DEGREE } from '../../src/services/geocoding/extract/extract-records.ts';
import { flatMetres, type FineBox } from '../../src/services/geocoding/extract/grid.ts';
import type { Stretch } from './extract-streets.ts';

/** The most frequent of some texts that is not empty; the first of several. */
export const mostFrequent = (texts: readonly string[]): string => {
  const counts = new Map<string, number>();
  let best = '';
  for (const text of texts) {
    if (text === '') continue;
    const count = (counts.get(text) ?? 0) + 1;
    counts.set(text, count);
    if (best === '' || count > (counts.get(best) ?? 0)) best = text;
  }
  return best;
};

/** The point of some lines that is nearest to the middle of their box. */
export const nearestToMiddle = (stretches: readonly Stretch[], box: FineBox): readonly [number, number] => {
  const lat = (box.south + box.north) / 2;
  const lng = (box.west + box.east) / 2;
  const shrink = Math.cos((lat / FINE_DEGREE) * (Math.PI / 180));
  let best: readonly [number, number] = [Math.round(lat), Math.round(lng)];
  let nearest = Infinity;
  for (const { line } of stretches)
    for (let at = 2; at < line.length; at += 2) {
      const [latA, lngA, latB, lngB] = line.slice(at - 2, at + 2) as [number, number, number, number];
      const along =
        ((lngB - lngA) * (lng - lngA) * shrink * shrink + (latB - latA) * (lat - latA)) /
        (((lngB - lngA) * shrink) ** 2 + (latB - latA) ** 2 || 1);
      const share = Math.max(0, Math.min(1, along));
      const point = [
        Math.round(latA + (latB - latA) * share),
        Math.round(lngA + (lngB - lngA) * share),
      ] as const;
      const metres = flatMetres(lat, lng, shrink, point[0], point[1]);
      if (metres >= nearest) continue;
      nearest = metres;
      best = point;
    }
  return best;
};
