import type { ImportedHouse } from './feature.ts';
import type { Tags } from './osm-strings.ts';
import { houseNumbers } from './osm-features.ts';
import { cleanText } from './import-text.ts';

/** House numbers between two known ones on a line (wiki.openstreetmap.org/wiki/Addresses#Interpolation). */

const STEPS: Readonly<Record<string, number>> = { even: 2, odd: 2, all: 1 };
/** A line of more houses than this is a mistake. */
const MOST_HOUSES = 500;

/** A node on the line: where it is, and its tags where it is a house itself. */
export interface LinePoint {
  readonly lat: number;
  readonly lng: number;
  readonly tags: Tags | undefined;
}

const numberOf = (tags: Tags | undefined): number | undefined => {
  const first = tags === undefined ? undefined : houseNumbers(tags)[0];
  return first !== undefined && /^\d{1,5}$/u.test(first) ? Number(first) : undefined;
};

/** The houses between the known ones, at equal distances; not the known ones themselves. */
export const interpolate = (way: Tags, points: readonly LinePoint[]): ImportedHouse[] => {
  const step = STEPS[way.get('addr:interpolation') ?? ''];
  if (step === undefined) return [];
  const houses: ImportedHouse[] = [];
  let from = -1;
  points.forEach((point, at) => {
    const number = numberOf(point.tags);
    if (number === undefined) return;
    const start = points[from];
    if (start !== undefined) houses.push(...between(points.slice(from, at + 1), start, point, step));
    from = at;
  });
  return houses;
};

const between = (
  points: readonly LinePoint[],
  start: LinePoint,
  end: LinePoint,
  step: number,
): ImportedHouse[] => {
  const first = numberOf(start.tags) ?? 0;
  const last = numberOf(end.tags) ?? 0;
  const count = Math.abs(last - first) / step;
  if (!Number.isInteger(count) || count > MOST_HOUSES) return [];
  const street = cleanText(start.tags?.get('addr:street')) ?? cleanText(end.tags?.get('addr:street'));
  const houses: ImportedHouse[] = [];
  for (let at = 1; at < count; at += 1) {
    const { lat, lng } = pointAlong(points, at / count);
    const number = String(first + Math.sign(last - first) * at * step);
    houses.push({ kind: 'house', lat, lng, number, ...(street === undefined ? {} : { street }) });
  }
  return houses;
};

/** The point at a share of a line's length; degrees of longitude count less away from the equator. */
const pointAlong = (points: readonly LinePoint[], share: number): { lat: number; lng: number } => {
  const width = Math.cos((((points[0]?.lat ?? 0) / 1e7) * Math.PI) / 180);
  const lengths = points.slice(1).map((point, at) => {
    const before = points[at] ?? point;
    return Math.hypot(point.lat - before.lat, (point.lng - before.lng) * width);
  });
  let left = share * lengths.reduce((sum, length) => sum + length, 0);
  for (const [at, length] of lengths.entries()) {
    const a = points[at];
    const b = points[at + 1];
    if (a === undefined || b === undefined) break;
    if (left <= length) {
      const part = length === 0 ? 0 : left / length;
      return {
        lat: Math.round(a.lat + (b.lat - a.lat) * part),
        lng: Math.round(a.lng + (b.lng - a.lng) * part),
      };
    }
    left -= length;
  }
  return { lat: points.at(-1)?.lat ?? 0, lng: points.at(-1)?.lng ?? 0 };
};
