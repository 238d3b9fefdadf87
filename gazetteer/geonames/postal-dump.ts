/** Rows of GeoNames' postal codes (`https://download.geonames.org/export/zip/`). */
import { POSTCODE_SHAPE, type PostcodeRow } from '../postcodes/rows.ts';
import { isDamagedText } from '../sources.ts';
import type { DumpRow, RowFault } from './dump-rows.ts';

/** Columns as its readme.txt has them: country, code, place, three pairs of a name and a code, coordinate, accuracy. */
export const POSTAL_COLUMNS = 12;

const isNumber = (text: string): boolean => /^-?\d{1,3}(?:\.\d{1,15})?$/u.test(text);

/** @param take is handed each sound row; rows without a coordinate are passed over, as GeoNames has some. */
export const createPostalVisitor =
  (take: (row: PostcodeRow) => void): ((row: DumpRow) => RowFault) =>
  (row) => {
    const country = row.text(0);
    const code = row.text(1).toUpperCase();
    if (!/^[A-Z]{2}$/u.test(country)) return 'country code is not two letters';
    if (!POSTCODE_SHAPE.test(code)) return 'postal code has other signs than letters and digits';
    if (row.length(2) > 720 || row.length(3) > 400 || row.length(4) > 80) return 'a name is too long';
    const place = row.text(2);
    const stateName = row.text(3);
    if (isDamagedText(place) || isDamagedText(stateName)) return 'a name is not UTF-8';
    const lat = row.text(9);
    const lng = row.text(10);
    if (lat === '' && lng === '') return undefined;
    if (!isNumber(lat) || Math.abs(Number(lat)) > 90) return 'latitude is not from -90 to 90';
    if (!isNumber(lng) || Math.abs(Number(lng)) > 180) return 'longitude is not from -180 to 180';
    take({
      country,
      code,
      place,
      stateCode: row.text(4),
      stateName,
      lat: Number(lat),
      lng: Number(lng),
      isTown: true,
    });
    return undefined;
  };
