import { TREE_LEAF } from '../src/services/geocoding/entity.ts';
import type { Sections } from '../src/services/geocoding/index-format.ts';

type ForestSections = Pick<Sections, 'treeStart' | 'treeIds' | 'treeAxis' | 'treePoints'>;

/** The axis along which a range of points is spread most: 0, 1 or 2. */
const widestAxis = (points: Float64Array, from: number, to: number): number => {
  const low = [2, 2, 2];
  const high = [-2, -2, -2];
  for (let at = from * 3; at < to * 3; at++) {
    const axis = at % 3;
    const value = points[at] as number;
    if (value < (low[axis] as number)) low[axis] = value;
    if (value > (high[axis] as number)) high[axis] = value;
  }
  const spread = [0, 1, 2].map((axis) => (high[axis] as number) - (low[axis] as number));
  return spread.indexOf(Math.max(...spread));
};

const swap = (ids: Uint32Array, points: Float64Array, a: number, b: number): void => {
  const id = ids[a] as number;
  ids[a] = ids[b] as number;
  ids[b] = id;
  for (let axis = 0; axis < 3; axis++) {
    const value = points[a * 3 + axis] as number;
    points[a * 3 + axis] = points[b * 3 + axis] as number;
    points[b * 3 + axis] = value;
  }
};

/** Brings the point that belongs in the middle there (Hoare's quickselect). */
const select = (
  ids: Uint32Array,
  points: Float64Array,
  middle: number,
  from: number,
  to: number,
  axis: number,
): void => {
  let low = from;
  let high = to - 1;
  while (low < high) {
    const pivot = points[((low + high) >> 1) * 3 + axis] as number;
    let left = low;
    let right = high;
    while (left <= right) {
      while ((points[left * 3 + axis] as number) < pivot) left++;
      while ((points[right * 3 + axis] as number) > pivot) right--;
      if (left <= right) swap(ids, points, left++, right--);
    }
    if (middle <= right) high = right;
    else if (middle >= left) low = left;
    else return;
  }
};

/**
 * One flat k-d tree for each group, over points on the unit sphere: there is no pole and no antimeridian there.
 * The middle of a range is its root, and `treeAxis` at the middle is the axis that splits it.
 * @param starts where each group begins in `members`, and where the last ends. @param members ids, group by group; they
 * are put in the order of the trees. @param lat @param lng degrees by id
 */
export const buildForest = (
  starts: Uint32Array,
  members: Uint32Array,
  lat: (id: number) => number,
  lng: (id: number) => number,
): ForestSections => {
  const points = new Float64Array(members.length * 3);
  const axes = new Uint8Array(members.length);
  for (let at = 0; at < members.length; at++) {
    const id = members[at] as number;
    const phi = (lat(id) * Math.PI) / 180;
    const lambda = (lng(id) * Math.PI) / 180;
    points[at * 3] = Math.cos(phi) * Math.cos(lambda);
    points[at * 3 + 1] = Math.cos(phi) * Math.sin(lambda);
    points[at * 3 + 2] = Math.sin(phi);
  }
  const split = (from: number, to: number): void => {
    if (to - from <= TREE_LEAF) return;
    const middle = (from + to) >> 1;
    const axis = widestAxis(points, from, to);
    axes[middle] = axis;
    select(members, points, middle, from, to, axis);
    split(from, middle);
    split(middle + 1, to);
  };
  for (let group = 0; group + 1 < starts.length; group++)
    split(starts[group] as number, starts[group + 1] as number);
  return { treeStart: starts, treeIds: members, treeAxis: axes, treePoints: points };
};
