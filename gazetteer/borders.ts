import { borders, feature } from '@rapideditor/country-coder';

/** Country borders from @rapideditor/country-coder, at the level at which ISO 3166-1 gives territories codes. */

/** [lng, lat] in degrees. */
type Point = readonly [number, number];

/** What is read of country-coder's features; its own types lean on a package that it does not bring along. */
interface BorderFeature {
  readonly properties: {
    readonly id: string;
    readonly iso1A2?: string;
    readonly iso1A3?: string;
    readonly nameEn: string;
    readonly aliases?: readonly string[];
    readonly groups: readonly string[];
    readonly members?: readonly string[];
    readonly level: string;
  };
  readonly geometry: { readonly coordinates: readonly (readonly (readonly Point[])[])[] } | null;
}

const findFeature = (id: string): BorderFeature | null => feature(id) as BorderFeature | null;

/** One polygon of a country: an outer ring and its holes, each a closed list of [lng, lat]. */
export interface BorderPolygon {
  readonly country: string;
  readonly rings: readonly (readonly Point[])[];
}

/**
 * Where the borders speak of something that has no ISO 3166-1 code of its own, or where they show who controls a
 * place and ISO 3166 and GeoNames say to whom it belongs. Keys are country-coder's feature ids.
 */
const BELONGS_TO: Readonly<Record<string, string>> = {
  // UN General Assembly resolution 68/262; GeoNames files all its places under UA.
  Q7835: 'UA',
  // ISO 3166-1 has no Northern Cyprus; GeoNames files its places under CY.
  Q23681: 'CY',
  // `EA` (Ceuta and Melilla) is reserved, not assigned.
  EA: 'ES',
};

/** Levels whose codes ISO 3166-1 assigns; below are codes that it only reserves, above unions. */
const ISO_LEVELS: ReadonlySet<string> = new Set(['territory', 'subcountryGroup', 'country', 'region']);

/** The alpha-2 code of a border feature, or undefined where no country claims it (Bir Tawil). */
const countryOfFeature = (id: string): string | undefined => {
  const own = findFeature(id)?.properties;
  if (own === undefined) return undefined;
  const override = BELONGS_TO[own.id];
  if (override !== undefined) return override;
  for (const candidate of [own.id, ...own.groups]) {
    const found = findFeature(candidate)?.properties;
    if (found?.iso1A2 !== undefined && ISO_LEVELS.has(found.level)) {
      return BELONGS_TO[found.id] ?? found.iso1A2;
    }
  }
  return undefined;
};

/** The parallel that separates Morocco from Western Sahara (EH in ISO 3166-1), which the borders draw at the berm. */
const WESTERN_SAHARA_NORTH = 27.666_667;

/** Keeps the part of a ring on one side of a parallel (Sutherland–Hodgman). */
const clipRing = (ring: readonly Point[], latitude: number, keepSouth: boolean): Point[] => {
  const inside = ([, lat]: Point): boolean => (keepSouth ? lat <= latitude : lat >= latitude);
  const clipped: Point[] = [];
  for (let at = 1; at < ring.length; at++) {
    const from = ring[at - 1];
    const to = ring[at];
    if (from === undefined || to === undefined) continue;
    if (inside(from)) clipped.push(from);
    if (inside(from) !== inside(to)) {
      const share = (latitude - from[1]) / (to[1] - from[1]);
      clipped.push([from[0] + share * (to[0] - from[0]), latitude]);
    }
  }
  const first = clipped[0];
  if (first !== undefined) clipped.push(first);
  return clipped;
};

const splitMorocco = (polygon: BorderPolygon): BorderPolygon[] => {
  const side = (keepSouth: boolean): BorderPolygon => ({
    country: keepSouth ? 'EH' : 'MA',
    rings: polygon.rings.map((ring) => clipRing(ring, WESTERN_SAHARA_NORTH, keepSouth)),
  });
  return [side(false), side(true)].filter(({ rings }) => (rings[0]?.length ?? 0) > 3);
};

/** Every polygon that lies in a country, in the package's order. */
export const readBorders = (): BorderPolygon[] =>
  (borders.features as unknown as BorderFeature[]).flatMap(({ properties, geometry }) => {
    const country = countryOfFeature(properties.id);
    if (country === undefined || geometry === null) return [];
    const polygons = geometry.coordinates.map((rings) => ({ country, rings }));
    return country === 'MA' ? polygons.flatMap(splitMorocco) : polygons;
  });

/** UN M49 regions, as country-coder numbers them, by the continents that people name. */
const CONTINENTS: readonly (readonly [string, string])[] = [
  ['002', 'Africa'],
  ['142', 'Asia'],
  ['150', 'Europe'],
  ['009', 'Oceania'],
  ['005', 'South America'],
  ['019', 'North America'],
];

/** Countries whose parts lie in several of these regions, or in none. */
const CONTINENT_OF: Readonly<Record<string, string>> = {
  AQ: 'Antarctica',
  DK: 'Europe',
  ES: 'Europe',
  FR: 'Europe',
  GB: 'Europe',
  NL: 'Europe',
  NO: 'Europe',
  RU: 'Europe',
  UM: 'Oceania',
  US: 'North America',
};

/** Members of the European Union, and the territories with codes of their own that are part of it (TFEU, article 355). */
const EUROPEAN_UNION: ReadonlySet<string> = new Set(
  'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK AX GF GP MF MQ RE YT'.split(
    ' ',
  ),
);

/** What the border data knows of a country besides its borders. */
export interface CountryFacts {
  readonly alpha3: string;
  readonly continent: string;
  readonly europeanUnion: boolean;
  /** English name and aliases, for searching. */
  readonly names: readonly string[];
}

/** Facts about a country by its alpha-2 code; empty ones where the border data does not know it. */
export const readCountryFacts = (alpha2: string): CountryFacts => {
  const properties = findFeature(alpha2)?.properties;
  if (properties === undefined) return { alpha3: '', continent: '', europeanUnion: false, names: [] };
  const continent =
    CONTINENT_OF[alpha2] ?? CONTINENTS.find(([code]) => properties.groups.includes(code))?.[1] ?? '';
  return {
    alpha3: properties.iso1A3 ?? '',
    continent,
    europeanUnion: EUROPEAN_UNION.has(alpha2),
    names: [properties.nameEn, ...(properties.aliases ?? []).filter((alias) => !alias.includes('-'))],
  };
};
