/** What the data tells of an address. */

/** Where the data says that an address is in use. What is unknown is left out. */
export interface PlaceOfAddress {
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country: string;
  /** The part of the ISO 3166-2 code after the hyphen, upper case, such as `BY` of `DE-BY`. */
  readonly region?: string;
  /** As the source writes it, in English. */
  readonly regionName?: string;
  /** As the source writes it, in English. */
  readonly city?: string;
  /** Degrees north and east, WGS 84, to six decimals; both or neither. */
  readonly latitude?: number;
  readonly longitude?: number;
  /** Only where the source itself gives one. */
  readonly accuracyKm?: number;
  readonly postcode?: string;
  /** A zone of the IANA Time Zone Database. */
  readonly timezone?: string;
}

/** Who announces the network of an address. */
export interface NetworkOfAddress {
  readonly asn: number;
  /** As the source writes it; '' where it has no name. */
  readonly organisation: string;
}

/** In the order of their bits in a file; new ones are added at the end. */
export const NETWORK_KINDS = ['hosting', 'vpn', 'proxy', 'tor_exit', 'relay', 'satellite', 'mobile'] as const;

/** What an address is known to be used for. */
export type NetworkKind = (typeof NETWORK_KINDS)[number];
