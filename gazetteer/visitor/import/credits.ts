/** Who has to be named for data that an operator brings, as far as the data itself says whose it is. */
import type { LayerAttribution } from '../../../src/services/visitor/addresses/layer-format.ts';
import type { TableKind } from './table-layout.ts';

/** What a source is called, and its credit. */
export interface SourceCredit {
  readonly origin: string;
  readonly attribution: LayerAttribution;
}

const DBIP: SourceCredit = {
  origin: 'DB-IP',
  attribution: { text: 'IP Geolocation by DB-IP', url: 'https://db-ip.com', licence: 'CC-BY-4.0' },
};
const IP2LOCATION: SourceCredit = {
  origin: 'IP2Location LITE',
  attribution: {
    text: 'This site or product includes IP2Location LITE data available from https://lite.ip2location.com.',
    url: 'https://lite.ip2location.com',
    licence: 'CC-BY-SA-4.0',
  },
};
/** Its EULA §6 asks to destroy older versions within 30 days of an update; see docs/visitor-import.md. */
const GEOLITE: SourceCredit = {
  origin: 'GeoLite2',
  attribution: {
    text: 'This product includes GeoLite Data created by MaxMind, available from https://www.maxmind.com.',
    url: 'https://www.maxmind.com',
    licence: 'LicenseRef-GeoLite2-EULA',
  },
};

/** Names that files are published under, in the order in which they are looked for. */
const BY_NAME: readonly (readonly [name: RegExp, credit: SourceCredit])[] = [
  [/geolite2?/iu, GEOLITE],
  [/dbip|db-ip/iu, DBIP],
  [/ip2location/iu, IP2LOCATION],
  [
    /geo-whois|asn-country/iu,
    {
      origin: 'ip-location-db, geo-whois-asn-country',
      attribution: {
        text: 'Country data of ip-location-db from the registries’ WHOIS and the statistics of the NRO (nro.net)',
        url: 'https://github.com/sapics/ip-location-db',
        licence: 'CC0-1.0',
      },
    },
  ],
  [
    /iptoasn/iu,
    {
      origin: 'IPtoASN',
      attribution: { text: 'Data by IPtoASN', url: 'https://iptoasn.com', licence: 'PDDL-1.0' },
    },
  ],
  [
    /(?:^|[^a-z])asn(?:[^a-z]|$)/iu,
    {
      origin: 'ip-location-db, asn',
      attribution: {
        text: 'Autonomous systems from RouteViews (routeviews.org), DB-IP (db-ip.com) and the NRO (nro.net)',
        url: 'https://github.com/sapics/ip-location-db',
        licence: 'CC-BY-4.0',
      },
    },
  ],
];

const SUPPLIED: SourceCredit = {
  origin: 'supplied by the operator',
  attribution: {
    text: 'Data supplied by the operator of this installation, who knows its terms',
    url: 'https://spdx.org/licenses/',
    licence: 'LicenseRef-operator-supplied',
  },
};

const ofTable = (table: TableKind | undefined): SourceCredit | undefined => {
  if (table === 'dbip-city') return DBIP;
  return table === 'ip2location' || table === 'ip2location-asn' ? IP2LOCATION : undefined;
};

/** The credit of a file. @param name what the file, or an MMDB itself, is called. */
export const creditOf = (name: string, table?: TableKind): SourceCredit =>
  ofTable(table) ?? BY_NAME.find(([pattern]) => pattern.test(name))?.[1] ?? SUPPLIED;

/** The day in a file's name, `dbip-city-lite-2026-06.csv.gz` or `..._20260605.mmdb`: of a month, its first. */
export const dateOfName = (name: string): string | undefined => {
  const found = /(?<!\d)(20\d\d)[-_]?(0[1-9]|1[0-2])(?:[-_]?(0[1-9]|[12]\d|3[01]))?(?!\d)/u.exec(name);
  if (found === null) return undefined;
  const text = `${found[1] ?? ''}-${found[2] ?? ''}-${found[3] ?? '01'}`;
  const time = Date.parse(text);
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text ? undefined : text;
};
