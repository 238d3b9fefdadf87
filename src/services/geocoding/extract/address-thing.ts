/** What is known of a hit of an extract: where it stands, how large it is, what it is called and counted as. */
import {
  CATEGORIES,
  FINE_DEGREE,
  HOUSE,
  PIECE_LENGTH,
  SPOT,
  SPOT_AREA,
  SPOT_PLACE,
  SPOT_POI,
  STREET,
  type PieceFacts,
} from './extract-records.ts';
import type { Extract, ExtractHit } from './extract.ts';
import { flatMetres, type FineBox } from './grid.ts';

/** A hit, and where it was met. */
export interface ShownHit extends ExtractHit {
  /** Metres to the coordinate that was asked for; undefined in a forward search. */
  readonly metres?: number | undefined;
  /** Where a street was met, in ten-millionths of a degree. */
  readonly met?: { readonly lat: number; readonly lng: number } | undefined;
}

/** Bounds, where a thing stands, and what it is called and counted as. */
export interface Thing {
  readonly lat: number;
  readonly lng: number;
  readonly box: FineBox;
  readonly type: string;
  readonly category: string;
  readonly name: string;
  readonly road: string;
  readonly number: string;
  readonly facts: PieceFacts | undefined;
  readonly wikidata: string;
  /** Whether it is an area or a settlement, which is its own place. */
  readonly isPlace: boolean;
}

/** Half the side of the box around a point, in ten-millionths of a degree: some 5 m, as the contract's answers have it. */
const POINT_HALF = 500;
/** Upper ends of the diagonals of bounds in kilometres, for a confidence of 10, 9 … 2 (OpenCage, "confidence"). */
const DIAGONALS = [0.25, 0.5, 1, 5, 7.5, 10, 15, 20, 25];
/** Beyond it a street says nothing about a point of interest. */
const ROAD_OF_POI = 100;
/** How sure the size of bounds makes a result: 10 to 1. */
export const boundsConfidence = ({ south, west, north, east }: FineBox): number => {
  const shrink = Math.cos((((south + north) / 2 / FINE_DEGREE) * Math.PI) / 180);
  const km = flatMetres(south, west, shrink, north, east) / 1_000;
  const at = DIAGONALS.findIndex((most) => km < most);
  return at === -1 ? 1 : 10 - at;
};

/** Degrees of ten-millionths. */
export const degrees = (units: number): number => units / FINE_DEGREE;

const factsOf = (extract: Extract, number: number): PieceFacts | undefined =>
  number < 0 ? undefined : (extract.sections.facts as readonly PieceFacts[])[number];
const pieceFacts = (extract: Extract, piece: number): PieceFacts | undefined =>
  piece < 0 ? undefined : factsOf(extract, extract.sections.pieces[piece * PIECE_LENGTH + 2] as number);
const pieceStreet = (extract: Extract, piece: number): number =>
  piece < 0 ? -1 : (extract.sections.pieces[piece * PIECE_LENGTH + 1] as number);

const pointBox = (lat: number, lng: number): FineBox => ({
  south: lat - POINT_HALF,
  west: lng - POINT_HALF,
  north: lat + POINT_HALF,
  east: lng + POINT_HALF,
});

const houseThing = ({ extract, id, piece }: ShownHit): Thing => {
  const { records } = extract;
  const street = records.house(id, HOUSE.street);
  const isPlace = records.street(street, STREET.isPlace) === 1;
  const lat = records.house(id, HOUSE.lat);
  const lng = records.house(id, HOUSE.lng);
  const name = records.text(records.house(id, HOUSE.name));
  const type = records.text(records.house(id, HOUSE.type)) || 'building';
  return {
    lat,
    lng,
    box: pointBox(lat, lng),
    type,
    category: name === '' ? 'building' : (CATEGORIES[records.house(id, HOUSE.category)] ?? 'building'),
    name,
    road: isPlace ? '' : records.text(records.street(street, STREET.name)),
    number: records.text(records.house(id, HOUSE.number)),
    facts:
      pieceStreet(extract, piece) === street
        ? pieceFacts(extract, piece)
        : factsOf(extract, records.street(street, STREET.facts)),
    wikidata: '',
    isPlace: false,
  };
};

const streetThing = ({ extract, id, piece, met }: ShownHit): Thing => {
  const { records } = extract;
  const at = (field: number): number => records.street(id, field);
  return {
    lat: met?.lat ?? at(STREET.lat),
    lng: met?.lng ?? at(STREET.lng),
    box: { south: at(STREET.south), west: at(STREET.west), north: at(STREET.north), east: at(STREET.east) },
    type: 'road',
    category: 'road',
    name: '',
    road: records.text(at(STREET.name)),
    number: '',
    facts: piece < 0 ? factsOf(extract, at(STREET.facts)) : pieceFacts(extract, piece),
    wikidata: '',
    isPlace: false,
  };
};

const spotThing = ({ extract, id, piece }: ShownHit): Thing => {
  const { records } = extract;
  const at = (field: number): number => records.spot(id, field);
  const kind = at(SPOT.kind);
  const lat = at(SPOT.lat);
  const lng = at(SPOT.lng);
  const own = records.text(at(SPOT.street));
  let road = own;
  let facts: PieceFacts | undefined;
  if (kind === SPOT_POI) {
    const near =
      piece < 0
        ? extract.nearestRoad(degrees(lat), degrees(lng))
        : { id: pieceStreet(extract, piece), piece, metres: 0 };
    const name = near === undefined ? '' : records.text(records.street(near.id, STREET.name));
    if (near !== undefined && near.metres <= ROAD_OF_POI && (own === '' || own === name)) {
      road = name;
      facts = pieceFacts(extract, near.piece);
    }
  }
  const box = { south: at(SPOT.south), west: at(SPOT.west), north: at(SPOT.north), east: at(SPOT.east) };
  return {
    lat,
    lng,
    box: box.south === box.north && box.west === box.east ? pointBox(lat, lng) : box,
    type: records.text(at(SPOT.type)),
    category: CATEGORIES[at(SPOT.category)] ?? 'unknown',
    name: records.text(at(SPOT.name)),
    road,
    number: records.text(at(SPOT.number)),
    facts,
    wikidata: records.text(at(SPOT.wikidata)),
    isPlace: kind === SPOT_PLACE || kind === SPOT_AREA,
  };
};

/** Reads what a hit is. */
export const thingOf = (hit: ShownHit): Thing => {
  if (hit.kind === 'house') return houseThing(hit);
  return hit.kind === 'street' ? streetThing(hit) : spotThing(hit);
};

/** The confidence of a hit, without writing it. */
export const hitConfidence = ({ extract: { records }, kind, id }: ExtractHit): number => {
  if (kind === 'house') return 10;
  const at = (street: number, spot: number): number =>
    kind === 'street' ? records.street(id, street) : records.spot(id, spot);
  return boundsConfidence({
    south: at(STREET.south, SPOT.south),
    west: at(STREET.west, SPOT.west),
    north: at(STREET.north, SPOT.north),
    east: at(STREET.east, SPOT.east),
  });
};
