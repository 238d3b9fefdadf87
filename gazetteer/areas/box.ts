import type { Line } from './topology.ts';
import type { Box } from '../estimates.ts';

/** A full turn in hundred-thousandths of a degree. */
const TURN = 36_000_000;

/**
 * The smallest box around lines, in hundred-thousandths of a degree: it leaves out the widest gap between meridians,
 * wherever that is, so that it is astride the antimeridian (west > east, RFC 7946, section 5.2) where that is smaller.
 * @returns undefined where there are no lines.
 */
export const boxOf = (lines: readonly Line[]): Box | undefined => {
  let [south, north] = [Infinity, -Infinity];
  const spans = lines.map((line): [number, number] => {
    let [west, east] = [Infinity, -Infinity];
    for (let at = 0; at < line.length; at += 2) {
      west = Math.min(west, line[at] ?? 0);
      east = Math.max(east, line[at] ?? 0);
      south = Math.min(south, line[at + 1] ?? 0);
      north = Math.max(north, line[at + 1] ?? 0);
    }
    return [west, east];
  });
  spans.sort(([a], [b]) => a - b);
  const [first] = spans;
  if (first === undefined) return undefined;
  let [west, east] = first;
  let reached = east;
  let widest = -1;
  for (const [from, to] of [...spans.slice(1), [first[0] + TURN, first[1] + TURN] as const]) {
    if (from - reached > widest) {
      widest = from - reached;
      west = from;
      east = reached;
    }
    reached = Math.max(reached, to);
  }
  // What meets itself on the far side goes all the way round.
  if (widest <= 0) return [south, -TURN / 2, north, TURN / 2];
  return [south, west >= TURN / 2 ? west - TURN : west, north, east > TURN / 2 ? east - TURN : east];
};
