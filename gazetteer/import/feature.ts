/** What readers of street-level data (OpenStreetMap, OpenAddresses) hand to the writer of extracts. */

/**
 * What a road is like, as far as its tags say so; what they leave out is left out.
 * Speeds are km/h, measures metres, weights tonnes.
 */
export interface RoadFacts {
  readonly oneway?: boolean;
  readonly lanes?: number;
  readonly maxspeed?: number;
  readonly minspeed?: number;
  readonly surface?: string;
  readonly toll?: boolean;
  readonly width?: number;
  readonly maxheight?: number;
  readonly maxweight?: number;
  readonly maxwidth?: number;
  readonly tunnel?: boolean;
}

/** A house number at a point; `place` is what it counts in where there is no street (`addr:place`). */
export interface ImportedHouse {
  readonly kind: 'house';
  readonly lat: number;
  readonly lng: number;
  readonly number: string;
  readonly street?: string;
  readonly place?: string;
  readonly postcode?: string;
  readonly city?: string;
  readonly suburb?: string;
  readonly state?: string;
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country?: string;
  readonly name?: string;
  /** Of the contract's closed list, where the house is something by itself (`education`). */
  readonly category?: string;
  /** The key of its name among the components (`school`). */
  readonly type?: string;
}

/** One stretch of a road; several of them may be one street. */
export interface ImportedStreet {
  readonly kind: 'street';
  /** At least one of `name` and `ref`. */
  readonly name?: string;
  /** Number of the road, such as `A13`. */
  readonly ref?: string;
  /** The value of OpenStreetMap's `highway`, such as `residential`. */
  readonly roadType: string;
  /** Latitude and longitude by turns, at least two points. */
  readonly line: Int32Array;
  readonly road: RoadFacts;
}

/** Something with a name that people look for. */
export interface ImportedPoi {
  readonly kind: 'poi';
  readonly lat: number;
  readonly lng: number;
  readonly name: string;
  /** Of the contract's closed list. */
  readonly category: string;
  /** Letters, digits and `_` only: the key of its name among the components (`restaurant`). */
  readonly type: string;
  readonly number?: string;
  readonly street?: string;
  readonly postcode?: string;
  readonly city?: string;
  readonly wikidata?: string;
}

/** A settlement or part of one. */
export interface ImportedPlace {
  readonly kind: 'place';
  readonly lat: number;
  readonly lng: number;
  readonly name: string;
  /** The value of OpenStreetMap's `place`, such as `village`. */
  readonly type: string;
  readonly population?: number;
  /** By language tag. */
  readonly names?: Readonly<Record<string, string>>;
  readonly wikidata?: string;
}

/** Where a postcode stands. */
export interface ImportedPostcode {
  readonly kind: 'postcode';
  readonly lat: number;
  readonly lng: number;
  readonly code: string;
  readonly city?: string;
}

/** An area with borders: of an administration, or of a postcode. */
export interface ImportedArea {
  readonly kind: 'area';
  /** OpenStreetMap's `admin_level`; 0 for postal areas. */
  readonly level: number;
  readonly name: string;
  readonly names?: Readonly<Record<string, string>>;
  /** ISO 3166-2, or 3166-1 alpha-2 of a country. */
  readonly iso?: string;
  /** Polygons, of rings (the outer one first), of closed lists of latitude and longitude by turns. */
  readonly rings: readonly (readonly Int32Array[])[];
  readonly wikidata?: string;
  readonly postcode?: string;
}

/**
 * One thing on the map. Coordinates are whole ten-millionths of a degree; texts are NFC, trimmed, without control
 * characters and of at most 200 characters.
 */
export type ImportedFeature =
  | ImportedHouse
  | ImportedStreet
  | ImportedPoi
  | ImportedPlace
  | ImportedPostcode
  | ImportedArea;

/** What a reader is given to say how far it is, and to be stopped with. */
export interface ReadOptions {
  /** Called now and then with how much of the input has been read, 0 to 1, and what is being done. */
  readonly report?: ((progress: { readonly share: number; readonly stage: string }) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An opened input. */
export interface FeatureSource {
  /** Who has to be named, as plain text: `© OpenStreetMap contributors`. */
  readonly attribution: string;
  /** All features, in batches of some thousands, in no order; throws `ImportError`. */
  features(options: ReadOptions): AsyncIterable<readonly ImportedFeature[]>;
}

/** Names, numbers and codes are not longer, in UTF-16 units. */
export const MOST_TEXT = 200;
