/** What a caller of the geocoder asks for, once its text has been understood. */
import type { TypeName } from './entity.ts';
import type { CountryTexts } from './languages.ts';

/** A box in degrees. */
export interface Bounds {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

export interface Point {
  readonly lat: number;
  readonly lng: number;
}

/** Which entities a forward search may find, and in what order. */
export interface ForwardQuery {
  /** The text to look for. */
  readonly text: string;
  /** 1 to 100. */
  readonly limit: number;
  /** ISO 3166-1 alpha-2, upper case; undefined for all countries. */
  readonly countries?: readonly string[] | undefined;
  readonly bounds?: Bounds | undefined;
  /** Results near it are moved up; none is left out. */
  readonly proximity?: Point | undefined;
  /** Keeps results that look the same and lie beside each other. */
  readonly keepDuplicates?: boolean | undefined;
  /** Kinds of entities that are wanted; undefined for all. */
  readonly types?: readonly TypeName[] | undefined;
  /** Forgives a typing error, in names of nine letters and more two. Exact names come first. */
  readonly fuzzy?: boolean | undefined;
  /** Only the first part of the text may be the name; otherwise a street or a house before it is passed over. */
  readonly isNameFirst?: boolean | undefined;
  /** The text is an address with a street; places do not answer it. */
  readonly street?: boolean | undefined;
  /** The text is only the beginning of a name. */
  readonly isPrefix?: boolean | undefined;
  /** With `isPrefix`: names of this language count as main ones; English where left out. */
  readonly namedIn?: CountryTexts | undefined;
  /** Texts that are looked for, one after the other, where the first finds nothing. */
  readonly otherwise?: readonly string[] | undefined;
}

/** What somebody has typed so far, and which entities may complete it. */
export interface SuggestQuery {
  /** The beginning of a name, or a name and the beginning of an area that it lies in. */
  readonly text: string;
  /** 1 to 100. */
  readonly limit: number;
  /** ISO 3166-1 alpha-2, upper case; undefined for all countries. */
  readonly countries?: readonly string[] | undefined;
  readonly bounds?: Bounds | undefined;
  /** What is near it is moved up. */
  readonly proximity?: Point | undefined;
  /** Kinds of entities that are wanted; undefined for all. */
  readonly types?: readonly TypeName[] | undefined;
  /** Names of this language count as main ones; English where left out. */
  readonly namedIn?: CountryTexts | undefined;
}
