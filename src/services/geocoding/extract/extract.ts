/** An open extract: streets, houses, points of interest, postcodes and areas of one import, for one thread. */
import { createAddressSearch, type Found } from './address-search.ts';
import type { AddressQuery } from './address-worth.ts';
import {
  CONTEXT,
  CONTEXT_LENGTH,
  HOUSE,
  HOUSE_LENGTH,
  SPOT,
  SPOT_LENGTH,
  STREET,
  STREET_LENGTH,
} from './extract-records.ts';
import { openExtractSections, type ExtractMeta, type ExtractSections } from './extract-format.ts';
import { createNearSearch, type NearHit } from './near-search.ts';

export { loadExtractFile } from './load-extract.ts';

/** One thing of an extract. */
export interface ExtractHit {
  readonly extract: Extract;
  readonly kind: 'house' | 'street' | 'spot';
  /** Number of its record. */
  readonly id: number;
  /** The stretch of road that is nearest, where one is near; -1 where none is known. */
  readonly piece: number;
}

/** Reads records; fields are those of extract-records.ts. */
export interface ExtractRecords {
  house(id: number, field: number): number;
  street(id: number, field: number): number;
  spot(id: number, field: number): number;
  context(id: number, field: number): number;
  /** The text of a reference; empty where there is none. */
  text(reference: number): string;
}

/** The open extract. */
export interface Extract {
  readonly sections: ExtractSections;
  readonly meta: ExtractMeta;
  readonly records: ExtractRecords;
  /** How many houses, streets, and other things there are. */
  readonly counts: { readonly houses: number; readonly streets: number; readonly spots: number };
  /**
   * What stands at a coordinate in degrees: a house or point of interest within 50 m, a street within 200 m; undefined
   * where neither is.
   */
  reverse(lat: number, lng: number): NearHit | undefined;
  /** The street nearest to a coordinate in degrees, within 200 m. */
  nearestRoad(lat: number, lng: number): NearHit | undefined;
  /** What a question means, best first; never throws. */
  forward(query: AddressQuery): Found;
}

const openRecords = ({ houses, streets, spots, contexts, texts }: ExtractSections): ExtractRecords => {
  const blob = Buffer.from(texts.buffer, texts.byteOffset, texts.length);
  return {
    house: (id, field) => houses[id * HOUSE_LENGTH + field] as number,
    street: (id, field) => streets[id * STREET_LENGTH + field] as number,
    spot: (id, field) => spots[id * SPOT_LENGTH + field] as number,
    context: (id, field) => contexts[id * CONTEXT_LENGTH + field] as number,
    text: (reference) => {
      const at = reference >>> 0;
      if (at === 0) return '';
      const from = at + 2;
      return blob.toString('utf8', from, from + ((blob[at] as number) | ((blob[at + 1] as number) << 8)));
    },
  };
};

/** Opens a checked extract (`loadExtractFile`); takes milliseconds and copies no bulk data. @throws {IndexFaultError} */
export const openExtract = (buffer: SharedArrayBuffer): Extract => {
  const sections = openExtractSections(buffer);
  const meta = sections.meta as ExtractMeta;
  const records = openRecords(sections);
  const near = createNearSearch(sections, records);
  return {
    sections,
    meta,
    records,
    counts: {
      houses: sections.houses.length / HOUSE_LENGTH,
      streets: sections.streets.length / STREET_LENGTH,
      spots: sections.spots.length / SPOT_LENGTH,
    },
    reverse: near.at,
    nearestRoad: near.road,
    forward: createAddressSearch(sections, records),
  };
};

/** Number of the context of a hit. */
export const contextOf = ({ extract: { records }, kind, id }: ExtractHit): number => {
  if (kind === 'house') return records.house(id, HOUSE.context);
  return kind === 'street' ? records.street(id, STREET.context) : records.spot(id, SPOT.context);
};

/** ISO 3166-1 alpha-2 of a hit's country; empty where it is not known. */
export const countryOf = (hit: ExtractHit): string => {
  const { records } = hit.extract;
  return records.text(records.context(contextOf(hit), CONTEXT.country));
};
