/** Joins the ways of a border into closed rings, and finds which ring is a hole in which. */

const key = (refs: Float64Array, at: number): number => refs.at(at) ?? Number.NaN;

/**
 * Chains ways end to end into rings of node ids, first and last alike; each way is used once. `open` counts the
 * chains that did not close, whose ways are left out.
 */
export const joinWays = (ways: readonly Float64Array[]): { rings: Float64Array[]; open: number } => {
  const rings: Float64Array[] = [];
  const byEnd = new Map<number, number[]>();
  const used = new Uint8Array(ways.length);
  ways.forEach((refs, index) => {
    if (refs.length < 2) used[index] = 1;
    else
      for (const end of [key(refs, 0), key(refs, -1)]) {
        const there = byEnd.get(end);
        if (there === undefined) byEnd.set(end, [index]);
        else there.push(index);
      }
  });
  const take = (end: number): number | undefined => {
    const there = byEnd.get(end) ?? [];
    // Used ones are taken away for good, so that a node at which many ways meet is not searched again and again.
    while (there.length > 0) {
      const index = there.pop();
      if (index !== undefined && used[index] === 0) return index;
    }
    return undefined;
  };
  let open = 0;
  for (let first = 0; first < ways.length; first += 1) {
    if (used[first] === 1) continue;
    const chain: Float64Array[] = [];
    let start = Number.NaN;
    let end = Number.NaN;
    for (
      let next: number | undefined = first;
      next !== undefined;
      next = start === end ? undefined : take(end)
    ) {
      const refs = ways[next];
      used[next] = 1;
      if (refs === undefined) break;
      if (chain.length === 0) start = key(refs, 0);
      const forward = chain.length === 0 || key(refs, 0) === end;
      chain.push(forward ? refs : refs.slice().reverse());
      end = key(refs, forward ? -1 : 0);
    }
    if (start === end) rings.push(concatenate(chain));
    else open += 1;
  }
  return { rings, open };
};

/** Each way but the first begins where the one before it ended. */
const concatenate = (chain: readonly Float64Array[]): Float64Array => {
  const ring = new Float64Array(chain.reduce((sum, { length }) => sum + length - 1, 1));
  let at = 0;
  for (const refs of chain) {
    ring.set(refs, at);
    at += refs.length - 1;
  }
  return ring;
};

/** Whether a point lies in a ring of latitude and longitude by turns, by counting crossings. */
export const isInRing = (ring: Int32Array, lat: number, lng: number): boolean => {
  let isIn = false;
  for (let at = 0, last = ring.length - 2; at < ring.length; last = at, at += 2) {
    const aLat = ring[at] ?? 0;
    const aLng = ring[at + 1] ?? 0;
    const bLat = ring[last] ?? 0;
    const bLng = ring[last + 1] ?? 0;
    if (aLat > lat !== bLat > lat && lng < ((bLng - aLng) * (lat - aLat)) / (bLat - aLat) + aLng)
      isIn = !isIn;
  }
  return isIn;
};

/** Twice the area of a ring, without its sign, in square units; and its centre of gravity. */
export const measureRing = (ring: Int32Array): { area: number; lat: number; lng: number } => {
  const lat0 = ring[0] ?? 0;
  const lng0 = ring[1] ?? 0;
  let area = 0;
  let lat = 0;
  let lng = 0;
  for (let at = 0; at + 3 < ring.length; at += 2) {
    const aLat = (ring[at] ?? 0) - lat0;
    const aLng = (ring[at + 1] ?? 0) - lng0;
    const bLat = (ring[at + 2] ?? 0) - lat0;
    const bLng = (ring[at + 3] ?? 0) - lng0;
    const cross = aLat * bLng - bLat * aLng;
    area += cross;
    lat += (aLat + bLat) * cross;
    lng += (aLng + bLng) * cross;
  }
  if (area === 0) return { area: 0, lat: lat0, lng: lng0 };
  return {
    area: Math.abs(area),
    lat: Math.round(lat0 + lat / (3 * area)),
    lng: Math.round(lng0 + lng / (3 * area)),
  };
};

/** Groups rings into polygons: each outer ring, followed by the inner ones that lie in it. */
export const groupRings = (outers: readonly Int32Array[], inners: readonly Int32Array[]): Int32Array[][] => {
  const polygons = outers.map((outer) => [outer]);
  if (inners.length === 0) return polygons;
  const boxes = outers.map(boxOf);
  for (const inner of inners) {
    const lat = inner[0] ?? 0;
    const lng = inner[1] ?? 0;
    const home = outers.findIndex((outer, index) => {
      const [south, west, north, east] = boxes[index] ?? [0, 0, 0, 0];
      return lat >= south && lat <= north && lng >= west && lng <= east && isInRing(outer, lat, lng);
    });
    polygons[home]?.push(inner);
  }
  return polygons;
};

const boxOf = (ring: Int32Array): [number, number, number, number] => {
  let south = Infinity;
  let west = Infinity;
  let north = -Infinity;
  let east = -Infinity;
  for (let at = 0; at < ring.length; at += 2) {
    south = Math.min(south, ring[at] ?? 0);
    north = Math.max(north, ring[at] ?? 0);
    west = Math.min(west, ring[at + 1] ?? 0);
    east = Math.max(east, ring[at + 1] ?? 0);
  }
  return [south, west, north, east];
};
