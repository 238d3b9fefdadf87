/** Which column of a table about addresses holds what, told by the first rows that say something. */
import { NO_COUNTRY } from './facts-of-text.ts';
import type { ReadLayer } from './source.ts';

/** Who publishes tables, and how the columns follow each other. */
export type TableKind =
  | 'country'
  | 'asn'
  | 'ip-location-db-city'
  | 'dbip-city'
  | 'ip2location'
  | 'ip2location-asn';

/** Positions of columns, counted from 0; those that a table does not have are left out. */
export interface TableLayout {
  readonly kind: TableKind;
  readonly layer: ReadLayer;
  /** Every row has so many cells. */
  readonly width: number;
  readonly country?: number;
  readonly region?: number;
  readonly city?: number;
  readonly latitude?: number;
  readonly longitude?: number;
  readonly postcode?: number;
  readonly timezone?: number;
  readonly asn?: number;
  readonly organisation?: number;
}

/** db-ip.com's codes of continents. */
const CONTINENT = /^(?:AF|AN|AS|EU|NA|OC|SA)$/u;
const CODE = /^[A-Z]{2}$/u;
const DEGREES = /^-?\d{1,3}(?:\.\d+)?$/u;
const OFFSET = /^(?:[+-]\d{2}:\d{2}|-)$/u;

const COUNTRY: TableLayout = { kind: 'country', layer: 'place', width: 3, country: 2 };
const ASN: TableLayout = { kind: 'asn', layer: 'network', width: 4, asn: 2, organisation: 3 };
const CITY: TableLayout = {
  kind: 'ip-location-db-city',
  layer: 'place',
  width: 10,
  country: 2,
  region: 3,
  city: 5,
  postcode: 6,
  latitude: 7,
  longitude: 8,
  timezone: 9,
};
const DBIP_CITY: TableLayout = {
  kind: 'dbip-city',
  layer: 'place',
  width: 8,
  country: 3,
  region: 4,
  city: 5,
  latitude: 6,
  longitude: 7,
};
const IP2LOCATION_ASN: TableLayout = {
  kind: 'ip2location-asn',
  layer: 'network',
  width: 5,
  asn: 3,
  organisation: 4,
};

/** DB1, DB3, DB5, DB9, DB11 by their number of columns; DB5's coordinates follow DB3's names, and so on. */
const IP2LOCATION_COLUMNS = [
  ['country', 2, 4],
  ['region', 4, 6],
  ['city', 5, 6],
  ['latitude', 6, 8],
  ['longitude', 7, 8],
  ['postcode', 8, 9],
] as const;
const IP2LOCATION_WIDTHS: ReadonlySet<number> = new Set([4, 6, 8, 9, 10]);

const ip2location = (width: number): TableLayout | undefined => {
  if (!IP2LOCATION_WIDTHS.has(width)) return undefined;
  const columns = IP2LOCATION_COLUMNS.filter(([, , since]) => width >= since).map(
    ([name, at]) => [name, at] as const,
  );
  return { kind: 'ip2location', layer: 'place', width, ...Object.fromEntries(columns) };
};

/**
 * The layout of the table that a row is of; undefined where this row does not tell: some say nothing (`-`, `ZZ`), and
 * some are of no known table.
 */
export const layoutOf = (cells: readonly string[]): TableLayout | undefined => {
  const [, , third = '', fourth = ''] = cells;
  switch (cells.length) {
    case 3:
      return CODE.test(third) ? COUNTRY : undefined;
    case 4:
      if (/^\d{1,10}$/u.test(third)) return ASN;
      return CODE.test(third) ? ip2location(4) : undefined;
    case 5:
      return /^\d{1,10}$/u.test(fourth) && (cells[2] ?? '').includes('/') ? IP2LOCATION_ASN : undefined;
    case 8:
      if (CONTINENT.test(third) && CODE.test(fourth)) return DBIP_CITY;
      // DB-IP's begins with rows of ZZ, ZZ; where it has a code, IP2Location has the name of the country.
      if (NO_COUNTRY.has(third) || CODE.test(fourth)) return undefined;
      return CODE.test(third) && DEGREES.test(cells[6] ?? '') ? ip2location(8) : undefined;
    case 10: {
      if (!CODE.test(third)) return undefined;
      const isOffset = OFFSET.test(cells[9] ?? '');
      return isOffset && DEGREES.test(cells[6] ?? '') ? ip2location(10) : CITY;
    }
    default:
      return CODE.test(third) ? ip2location(cells.length) : undefined;
  }
};
