/** The form of `annotation-data.json`, which `gazetteer/annotation-data.ts` writes. */

/** A currency in the contract's own members (ISO 4217). */
export interface Currency {
  readonly alternate_symbols: readonly string[];
  readonly decimal_mark: string;
  /** What tells it from others with the same symbol. */
  readonly disambiguate_symbol?: string;
  readonly html_entity: string;
  readonly iso_code: string;
  /** Three digits. */
  readonly iso_numeric: string;
  readonly name: string;
  /** In subunits. */
  readonly smallest_denomination: number;
  readonly subunit: string;
  readonly subunit_to_unit: number;
  readonly symbol: string;
  readonly symbol_first: 0 | 1;
  readonly thousands_separator: string;
}

/** What is said of every place in a country. */
export interface CountryAnnotations {
  /** UN M49 code of the country; Kosovo has none. */
  readonly m49?: string;
  /** UN M49 codes of the regions around it, the world left out. */
  readonly regions: readonly string[];
  /** Of `LDC`, `LEDC`, `LLDC`, `MEDC`, `SIDS`. */
  readonly groupings: readonly string[];
  /** E.164 country code. */
  readonly callingcode?: number;
  /** ISO 4217 code. */
  readonly currency?: string;
  readonly flag: string;
  readonly driveOn: 'left' | 'right';
  readonly speedIn: 'mph' | 'km/h';
  /** Such as `Q183`. */
  readonly wikidata: string;
}

export interface AnnotationData {
  /** By ISO 3166-1 alpha-2. */
  readonly countries: Readonly<Record<string, CountryAnnotations>>;
  /** By ISO 4217 code. */
  readonly currencies: Readonly<Record<string, Currency>>;
  /** IANA zones by the letters of their times: `CET,CEST`, that of the smaller offset first. */
  readonly zones: Readonly<Record<string, readonly string[]>>;
}
