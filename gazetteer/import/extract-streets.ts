/** Joins stretches of road and houses of one name into streets. */
import { FINE_DEGREE } from '../../src/services/geocoding/extract/extract-records.ts';
import { flatMetres } from '../../src/services/geocoding/extract/grid.ts';
import { numberKey, numberValue } from '../../src/services/geocoding/extract/street-key.ts';

/** A stretch of road under its name, with its context. */
export interface Stretch {
  readonly name: string;
  readonly context: number;
  /** Latitudes and longitudes by turns. */
  readonly line: readonly number[];
  /** Number of what it is like. */
  readonly facts: number;
}

/** A house under the name of its street, or of the place that it counts in. */
export interface House {
  readonly name: string;
  readonly context: number;
  readonly postcode: string;
  readonly lat: number;
  readonly lng: number;
  readonly number: string;
  readonly isPlace: boolean;
  readonly title?: string | undefined;
  readonly type?: string | undefined;
  readonly category?: string | undefined;
}

/** A street: what bears one name in one place and hangs together. */
export interface Street {
  readonly name: string;
  readonly stretches: readonly Stretch[];
  /** By number; of two with one number at one place there is one. */
  readonly houses: readonly House[];
}

/** Stretches and houses of one name in one place belong together when their cells, some 2 km wide, touch. */
const CELL = FINE_DEGREE / 50;
/** Houses further than this from a line of their street's name in another place are a street of their own. */
const JOIN_METRES = 500;

const cellOf = (lat: number, lng: number): number =>
  Math.floor(lat / CELL) * 100_000 + Math.floor(lng / CELL);

const around = (cell: number): number[] => {
  const found: number[] = [];
  for (let row = -1; row <= 1; row++)
    for (let column = -1; column <= 1; column++) found.push(cell + row * 100_000 + column);
  return found;
};

/** Cells of a line's points; a long segment leaves out those between its ends, which another one rarely fills. */
const cellsOf = (line: readonly number[]): Set<number> => {
  const cells = new Set<number>();
  for (let at = 0; at < line.length; at += 2) cells.add(cellOf(line[at] as number, line[at + 1] as number));
  return cells;
};

interface Cluster {
  readonly place: string;
  readonly stretches: Stretch[];
  readonly houses: House[];
}

const byNumber = (a: House, b: House): number =>
  numberValue(a.number) - numberValue(b.number) ||
  (numberKey(a.number) < numberKey(b.number) ? -1 : numberKey(a.number) > numberKey(b.number) ? 1 : 0) ||
  a.lat - b.lat ||
  a.lng - b.lng;

/** Houses in order, without those that another one repeats within some 20 m. */
const tidyHouses = (houses: House[]): House[] => {
  const kept: House[] = [];
  for (const house of houses.sort(byNumber)) {
    const last = kept.at(-1);
    const isRepeated =
      last !== undefined &&
      numberKey(last.number) === numberKey(house.number) &&
      Math.abs(last.lat - house.lat) < 2_000 &&
      Math.abs(last.lng - house.lng) < 3_000;
    if (!isRepeated || (last.title === undefined && house.title !== undefined)) {
      if (isRepeated) kept.pop();
      kept.push(house);
    }
  }
  return kept;
};

/** Metres from a house to the nearest vertex of a cluster's lines. */
const metresTo = ({ stretches }: Cluster, house: House): number => {
  const shrink = Math.cos((house.lat / FINE_DEGREE) * (Math.PI / 180));
  let nearest = Infinity;
  for (const { line } of stretches)
    for (let at = 0; at < line.length; at += 2)
      nearest = Math.min(
        nearest,
        flatMetres(house.lat, house.lng, shrink, line[at] as number, line[at + 1] as number),
      );
  return nearest;
};

/**
 * The streets of one name.
 * @param placeKey what tells places apart, by context
 */
export const joinStreets = (
  stretches: readonly Stretch[],
  houses: readonly House[],
  placeKey: (context: number) => string,
): Street[] => {
  const items: readonly {
    readonly cells: ReadonlySet<number>;
    readonly place: string;
    readonly of: Stretch | House;
  }[] = [
    ...stretches.map((of) => ({ cells: cellsOf(of.line), place: placeKey(of.context), of })),
    ...houses.map((of) => ({ cells: new Set([cellOf(of.lat, of.lng)]), place: placeKey(of.context), of })),
  ];
  const parent = items.map((_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    while (parent[root] !== root) root = parent[root] as number;
    for (let at = index; parent[at] !== root;) {
      const next = parent[at] as number;
      parent[at] = root;
      at = next;
    }
    return root;
  };
  const inCell = new Map<string, number>();
  items.forEach(({ cells, place }, index) => {
    for (const cell of cells) {
      const key = `${place}|${cell}`;
      const other = inCell.get(key);
      if (other === undefined) inCell.set(key, index);
      else parent[rootOf(index)] = rootOf(other);
    }
  });
  for (const [key, index] of inCell) {
    const bar = key.lastIndexOf('|');
    for (const cell of around(Number(key.slice(bar + 1)))) {
      const other = inCell.get(`${key.slice(0, bar)}|${cell}`);
      if (other !== undefined) parent[rootOf(index)] = rootOf(other);
    }
  }
  const clusters = new Map<number, Cluster>();
  items.forEach(({ place, of }, index) => {
    const root = rootOf(index);
    let cluster = clusters.get(root);
    if (cluster === undefined) {
      cluster = { place, stretches: [], houses: [] };
      clusters.set(root, cluster);
    }
    if ('line' in of) cluster.stretches.push(of);
    else cluster.houses.push(of);
  });
  const lined = [...clusters.values()].filter((cluster) => cluster.stretches.length > 0);
  const bare = [...clusters.values()].filter((cluster) => cluster.stretches.length === 0);
  const left: Cluster[] = [];
  for (const cluster of bare) {
    const [first] = cluster.houses;
    // A street along a border has houses on both sides of it.
    const nearest =
      lined.length > 200
        ? undefined
        : lined.find((one) => first !== undefined && metresTo(one, first) < JOIN_METRES);
    if (nearest === undefined) left.push(cluster);
    else nearest.houses.push(...cluster.houses);
  }
  return [...lined, ...left].map((cluster) => ({
    name: cluster.stretches[0]?.name ?? cluster.houses[0]?.name ?? '',
    stretches: cluster.stretches,
    houses: tidyHouses(cluster.houses),
  }));
};
