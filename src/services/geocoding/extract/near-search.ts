/** What lies at a coordinate of an extract. */
import type { ExtractMeta, ExtractSections } from './extract-format.ts';
import type { ExtractRecords } from './extract.ts';
import { FINE_DEGREE, HOUSE, HOUSE_LENGTH, PIECE_LENGTH, SPOT, SPOT_LENGTH } from './extract-records.ts';
import { createGridWalk, DEGREE_METRES } from './grid.ts';

/** Beyond these a house, or a street, says nothing about a coordinate (plan of the contract's `distance_from_q`). */
export const HOUSE_METRES = 50;
export const ROAD_METRES = 200;

/** What a coordinate lies at. */
export interface NearHit {
  readonly kind: 'house' | 'street' | 'spot';
  readonly id: number;
  /** The nearest stretch of road; -1 where none is within 200 m. */
  readonly piece: number;
  readonly metres: number;
  /** Where the coordinate meets the street, in ten-millionths of a degree; 0 and 0 for what is no street. */
  readonly lat: number;
  readonly lng: number;
}

/** Searches around a coordinate in degrees. */
export interface NearSearch {
  /** A house or point of interest, else a street. */
  at(lat: number, lng: number): NearHit | undefined;
  /** A street only. */
  road(lat: number, lng: number): NearHit | undefined;
}

const METRES = DEGREE_METRES / FINE_DEGREE;

/** Makes the searches of one thread. */
export const createNearSearch = (sections: ExtractSections, records: ExtractRecords): NearSearch => {
  const { houses, spots, vertices, pieces } = sections;
  const shape = sections.meta as ExtractMeta;
  const walkOf = (kind: 'house' | 'spot' | 'road'): ReturnType<typeof createGridWalk> =>
    createGridWalk(shape, {
      cells: sections[`${kind}Cells`],
      start: sections[`${kind}CellStart`],
      items: sections[`${kind}CellItems`],
    });
  const walkHouses = walkOf('house');
  const walkSpots = walkOf('spot');
  const walkRoads = walkOf('road');
  const round = 360 * FINE_DEGREE;

  // The search under way; one thread has one at a time.
  let askedLat = 0;
  let askedLng = 0;
  let shrink = 1;
  let best = -1;
  let bestSquare = 0;
  let bestShare = 0;

  const eastOf = (lng: number): number => {
    const east = lng - askedLng;
    if (east > round / 2) return (east - round) * shrink;
    return east < -round / 2 ? (east + round) * shrink : east * shrink;
  };
  const considerPoint = (item: number, lat: number, lng: number): number => {
    const x = eastOf(lng);
    const y = lat - askedLat;
    const square = x * x + y * y;
    if (square < bestSquare) {
      bestSquare = square;
      best = item;
    }
    return Math.sqrt(bestSquare) * METRES;
  };
  const considerHouse = (item: number): number =>
    considerPoint(
      item,
      houses[item * HOUSE_LENGTH + HOUSE.lat] as number,
      houses[item * HOUSE_LENGTH + HOUSE.lng] as number,
    );
  const considerSpot = (item: number): number =>
    considerPoint(
      item,
      spots[item * SPOT_LENGTH + SPOT.lat] as number,
      spots[item * SPOT_LENGTH + SPOT.lng] as number,
    );
  const considerSegment = (item: number): number => {
    const x = eastOf(vertices[2 * item + 1] as number);
    const y = (vertices[2 * item] as number) - askedLat;
    const dx = eastOf(vertices[2 * item + 3] as number) - x;
    const dy = (vertices[2 * item + 2] as number) - askedLat - y;
    const length = dx * dx + dy * dy;
    const along = length === 0 ? 0 : Math.max(0, Math.min(1, -(x * dx + y * dy) / length));
    const offX = x + along * dx;
    const offY = y + along * dy;
    const square = offX * offX + offY * offY;
    if (square < bestSquare) {
      bestSquare = square;
      best = item;
      bestShare = along;
    }
    return Math.sqrt(bestSquare) * METRES;
  };

  const begin = (metres: number): void => {
    best = -1;
    bestSquare = (metres / METRES) ** 2;
  };

  /** The piece that a vertex is of. */
  const pieceOf = (vertex: number): number => {
    let from = 0;
    let to = pieces.length / PIECE_LENGTH - 1;
    while (to - from > 1) {
      const middle = (from + to) >>> 1;
      if ((pieces[middle * PIECE_LENGTH] as number) <= vertex) from = middle;
      else to = middle;
    }
    return from;
  };

  const ask = (lat: number, lng: number): void => {
    askedLat = lat * FINE_DEGREE;
    askedLng = lng * FINE_DEGREE;
    shrink = Math.cos((lat * Math.PI) / 180);
  };

  const findRoad = (): NearHit | undefined => {
    begin(ROAD_METRES);
    walkRoads(askedLat, askedLng, ROAD_METRES, considerSegment);
    if (best === -1) return undefined;
    const piece = pieceOf(best);
    const [lat, lng, nextLat, nextLng] = [0, 1, 2, 3].map((at) => vertices[2 * best + at] as number) as [
      number,
      number,
      number,
      number,
    ];
    return {
      kind: 'street',
      id: pieces[piece * PIECE_LENGTH + 1] as number,
      piece,
      metres: Math.sqrt(bestSquare) * METRES,
      lat: Math.round(lat + (nextLat - lat) * bestShare),
      lng: Math.round(lng + (nextLng - lng) * bestShare),
    };
  };

  return {
    road(lat, lng) {
      ask(lat, lng);
      return findRoad();
    },
    at(lat, lng) {
      ask(lat, lng);
      const road = findRoad();
      begin(HOUSE_METRES);
      walkHouses(askedLat, askedLng, HOUSE_METRES, considerHouse);
      const house = best;
      const houseMetres = Math.sqrt(bestSquare) * METRES;
      best = -1;
      walkSpots(askedLat, askedLng, houseMetres, considerSpot);
      const piece = road?.piece ?? -1;
      if (best !== -1)
        return { kind: 'spot', id: best, piece, metres: Math.sqrt(bestSquare) * METRES, lat: 0, lng: 0 };
      if (house === -1) return road;
      // A house of another street says little to somebody who stands on this one.
      const isOfRoad = road === undefined || records.house(house, HOUSE.street) === road.id;
      if (!isOfRoad && road.metres < 5 && houseMetres > 25) return road;
      return { kind: 'house', id: house, piece, metres: houseMetres, lat: 0, lng: 0 };
    },
  };
};
