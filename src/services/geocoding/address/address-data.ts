/** The form of `address-data.json`, which `gazetteer/address-data.ts` writes. */

/** A pattern (JavaScript) and what replaces its first match. A pattern `component=…` is for that component alone. */
export type Replacement = readonly [pattern: string, replacement: string];

/** How addresses of one territory are written; what is left out is the default's. */
export interface TerritoryForm {
  /** Mustache text with `{{{component}}}` and `{{#first}} a || b {{/first}}`. */
  readonly address_template?: string;
  /** For addresses without road and postcode. */
  readonly fallback_template?: string;
  /** Applied to components. */
  readonly replace?: readonly Replacement[];
  /** Applied to the lines. */
  readonly postformat_replace?: readonly Replacement[];
  /** The territory whose form is used. */
  readonly use_country?: string;
  /** What then stands as the country; `$component` is filled in. */
  readonly change_country?: string;
  /** `component=value` that is then added. */
  readonly add_component?: string;
}

/** A name, or several, of a state or county. */
export interface NamedCode {
  readonly code: string;
  readonly names: readonly string[];
}

export interface Abbreviation {
  readonly component: string;
  /** Whole words from the beginning of a word on, and what they become. */
  readonly words: readonly (readonly [long: string, short: string])[];
}

export interface AddressData {
  /** By ISO 3166-1 alpha-2 in capitals, and `default`. */
  readonly territories: Readonly<Record<string, TerritoryForm>>;
  /** What a component is called elsewhere, in the order of preference. */
  readonly aliases: readonly (readonly [alias: string, component: string])[];
  readonly states: Readonly<Record<string, readonly NamedCode[]>>;
  readonly counties: Readonly<Record<string, readonly NamedCode[]>>;
  /** Languages of a territory, in capitals. */
  readonly languages: Readonly<Record<string, readonly string[]>>;
  readonly abbreviations: Readonly<Record<string, readonly Abbreviation[]>>;
}
