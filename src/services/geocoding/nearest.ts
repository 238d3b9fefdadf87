import { EARTH_METRES, NO_STATE, TREE_LEAF } from './entity.ts';
import type { Sections } from './index-format.ts';

/** A place and how far away it is, along the great circle. */
export interface Neighbour {
  readonly id: number;
  readonly metres: number;
}

/** In trees whose places are of no state. */
const STATELESS = new Uint16Array(0);

/** Deep enough for a tree of 2^48 leaves. */
const STACK = 64;

/** Metres along the great circle for the square of a chord of the unit sphere. */
export const arcMetres = (chordSquared: number): number =>
  2 * EARTH_METRES * Math.asin(Math.min(1, Math.sqrt(chordSquared) / 2));

/** The square of the chord of the unit sphere for metres along the great circle. */
const chordSquared = (metres: number): number =>
  metres === Infinity ? Infinity : (2 * Math.sin(Math.min(Math.PI / 2, metres / EARTH_METRES / 2))) ** 2;

/**
 * Finds the nearest place of a country in its k-d tree. The trees of postcodes follow those of places: that of country
 * `c` has the number of all countries and `c`.
 *
 * A place belongs to the state that GeoNames files it under, and to the one whose outline it stands in: where these
 * differ the border is not where one of them has it, and the place is found from both sides.
 * @returns a function from degrees, the number of a tree, the most metres and the number of a state (`NO_STATE` for any)
 * to the nearest of the tree's places in it, or undefined if there is none.
 */
export const createNearest = (
  sections: Pick<Sections, 'treeStart' | 'treeIds' | 'treeAxis' | 'treePoints'> &
    Partial<Pick<Sections, 'treeState' | 'treeAround'>>,
): ((lat: number, lng: number, country: number, most?: number, state?: number) => Neighbour | undefined) => {
  const { treeStart, treeIds, treeAxis, treePoints } = sections;
  const { treeState = STATELESS, treeAround = STATELESS } = sections;
  const stackFrom = new Int32Array(STACK);
  const stackTo = new Int32Array(STACK);
  /** Squared distance from the point to the plane behind which a stacked range lies. */
  const stackGap = new Float64Array(STACK);

  return (lat, lng, country, most = Infinity, state = NO_STATE) => {
    const phi = (lat * Math.PI) / 180;
    const lambda = (lng * Math.PI) / 180;
    const x = Math.cos(phi) * Math.cos(lambda);
    const y = Math.cos(phi) * Math.sin(lambda);
    const z = Math.sin(phi);
    let best = -1;
    let bestSquare = chordSquared(most);
    let depth = 1;
    stackFrom[0] = treeStart[country] as number;
    stackTo[0] = treeStart[country + 1] as number;
    stackGap[0] = 0;
    const consider = (at: number): void => {
      const dx = (treePoints[at * 3] as number) - x;
      const dy = (treePoints[at * 3 + 1] as number) - y;
      const dz = (treePoints[at * 3 + 2] as number) - z;
      const square = dx * dx + dy * dy + dz * dz;
      if (
        square < bestSquare &&
        (state === NO_STATE || treeState[at] === state || treeAround[at] === state)
      ) {
        bestSquare = square;
        best = at;
      }
    };
    while (depth > 0) {
      depth--;
      if ((stackGap[depth] as number) >= bestSquare) continue;
      let from = stackFrom[depth] as number;
      let to = stackTo[depth] as number;
      while (to - from > TREE_LEAF) {
        const middle = (from + to) >> 1;
        consider(middle);
        const axis = treeAxis[middle] as number;
        const gap = (axis === 0 ? x : axis === 1 ? y : z) - (treePoints[middle * 3 + axis] as number);
        stackGap[depth] = gap * gap;
        if (gap < 0) {
          stackFrom[depth] = middle + 1;
          stackTo[depth] = to;
          to = middle;
        } else {
          stackFrom[depth] = from;
          stackTo[depth] = middle;
          from = middle + 1;
        }
        depth++;
      }
      for (let at = from; at < to; at++) consider(at);
    }
    return best === -1 ? undefined : { id: treeIds[best] as number, metres: arcMetres(bestSquare) };
  };
};
