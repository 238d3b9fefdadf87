/** Rings of neighbouring polygons as arcs that neighbours share, so that what simplifies one border simplifies both its sides. */

/** Corners as [lng, lat, lng, lat, …] in hundred-thousandths of a degree; a ring's last corner is its first. */
export type Line = readonly number[];

/** Rings by the arcs they go along: `index` forwards, `~index` backwards. */
export interface Topology {
  readonly arcs: readonly Line[];
  readonly rings: readonly (readonly number[])[];
}

const LAT_SPAN = 18_000_001;
const cornerKey = (lng: number, lat: number): number => (lng + 18_000_000) * LAT_SPAN + lat + 9_000_000;

/** Numbers every corner, and marks those where lines meet: more than two, or fewer, neighbours. */
const findJunctions = (rings: readonly Line[]): { ids: number[][]; isJunction: (id: number) => boolean } => {
  const numbers = new Map<number, number>();
  const ids = rings.map((ring) => {
    const own: number[] = [];
    for (let at = 0; at < ring.length; at += 2) {
      const key = cornerKey(ring[at] ?? 0, ring[at + 1] ?? 0);
      const id = numbers.get(key) ?? numbers.size;
      if (id === numbers.size) numbers.set(key, id);
      own.push(id);
    }
    return own;
  });
  const one = new Int32Array(numbers.size).fill(-1);
  const other = new Int32Array(numbers.size).fill(-1);
  const more = new Uint8Array(numbers.size);
  const meet = (id: number, neighbour: number): void => {
    if (one[id] === -1 || one[id] === neighbour) one[id] = neighbour;
    else if (other[id] === -1 || other[id] === neighbour) other[id] = neighbour;
    else more[id] = 1;
  };
  for (const ring of ids) {
    for (let at = 1; at < ring.length; at++) {
      meet(ring[at - 1] ?? 0, ring[at] ?? 0);
      meet(ring[at] ?? 0, ring[at - 1] ?? 0);
    }
  }
  return { ids, isJunction: (id) => more[id] === 1 || other[id] === -1 };
};

/** Turns a closed list so that it begins at a junction, or else at its least number, where its other side begins too. */
const startOf = (ring: readonly number[], isJunction: (id: number) => boolean): number => {
  let least = 0;
  for (let at = 0; at < ring.length - 1; at++) {
    if (isJunction(ring[at] ?? 0)) return at;
    if ((ring[at] ?? 0) < (ring[least] ?? 0)) least = at;
  }
  return least;
};

/** Cuts closed rings into arcs; a border that two rings share, corner by corner, becomes one arc. */
export const cutIntoArcs = (rings: readonly Line[]): Topology => {
  const { ids, isJunction } = findJunctions(rings);
  const arcs: Line[] = [];
  /** An arc, by the numbers of its first two corners in either direction. */
  const known = new Map<number, number>();
  const span = 2 ** 26;
  const arcOf = (ring: Line, own: readonly number[], from: number, to: number): number => {
    const count = own.length - 1;
    const id = (at: number): number => own[at % count] ?? 0;
    const forwards = known.get(id(from) * span + id(from + 1));
    if (forwards !== undefined) return forwards;
    const arc: number[] = [];
    for (let at = from; at <= to; at++)
      arc.push(ring[(at % count) * 2] ?? 0, ring[(at % count) * 2 + 1] ?? 0);
    const index = arcs.push(arc) - 1;
    // Backwards first: a ring that meets no other is its own way back, and goes forwards.
    known.set(id(to) * span + id(to - 1 + count), ~index);
    known.set(id(from) * span + id(from + 1), index);
    return index;
  };
  const cut = rings.map((ring, index) => {
    const own = ids[index] ?? [];
    const count = own.length - 1;
    const start = startOf(own, isJunction);
    const parts: number[] = [];
    let from = start;
    for (let at = start + 1; at <= start + count; at++) {
      if (at !== start + count && !isJunction(own[at % count] ?? 0)) continue;
      parts.push(arcOf(ring, own, from, at));
      from = at;
    }
    return parts;
  });
  return { arcs, rings: cut };
};

/** Puts a ring together again from its arcs, closed. */
export const joinArcs = (arcs: readonly Line[], ring: readonly number[]): number[] => {
  const line: number[] = [];
  for (const part of ring) {
    const arc = arcs[part < 0 ? ~part : part] ?? [];
    const count = arc.length / 2;
    for (let at = line.length === 0 ? 0 : 1; at < count; at++) {
      const corner = part < 0 ? count - 1 - at : at;
      line.push(arc[corner * 2] ?? 0, arc[corner * 2 + 1] ?? 0);
    }
  }
  return line;
};
