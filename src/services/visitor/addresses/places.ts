/** Turns a record of the layer `place` into what it tells. */
import type { PlaceOfAddress } from './facts.ts';
import { NO_RADIUS, NOWHERE, type Division, type Layer } from './layer-format.ts';
import { createNames } from './names.ts';

/** Numbers that a record has. */
const STRIDE = 4;
const MILLIONTHS = 1e6;

/** @returns what makes the place of a record; which places were asked for is not remembered. */
export const createPlaces = ({ tables, sections }: Layer): ((record: number) => PlaceOfAddress) => {
  const { records, postcodes, radii } = sections;
  const { divisions, timezones } = tables;
  const nameOf = createNames(sections);

  /** What has some of it only, or more. */
  const makeOther = (record: number, division: Division, timezone: string): PlaceOfAddress => {
    const at = record * STRIDE;
    const place: { -readonly [Key in keyof PlaceOfAddress]: PlaceOfAddress[Key] } = {
      country: division.country,
    };
    if (division.region !== '') place.region = division.region;
    if (division.regionName !== '') place.regionName = division.regionName;
    const city = records[at + 2] as number;
    if (city !== 0) place.city = nameOf(city);
    const latitude = records[at] as number;
    if (latitude !== NOWHERE) {
      place.latitude = latitude / MILLIONTHS;
      place.longitude = (records[at + 1] as number) / MILLIONTHS;
    }
    const radius = radii.length === 0 ? NO_RADIUS : (radii[record] as number);
    if (radius !== NO_RADIUS) place.accuracyKm = radius;
    const postcode = postcodes.length === 0 ? 0 : (postcodes[record] as number);
    if (postcode !== 0) place.postcode = nameOf(postcode);
    if (timezone !== '') place.timezone = timezone;
    return place;
  };

  /** Most places are known as far as this, and an object that is made whole is made faster. */
  const hasNoMore = radii.length === 0 && postcodes.length === 0;
  const make = (record: number): PlaceOfAddress => {
    const at = record * STRIDE;
    const joined = records[at + 3] as number;
    const division = divisions[joined & 0xffff];
    const timezone = timezones[joined >>> 16];
    if (division === undefined || timezone === undefined)
      throw new RangeError('The address data names a division or a time zone that it does not have.');
    const { country, region, regionName } = division;
    const city = records[at + 2] as number;
    const latitude = records[at] as number;
    if (
      !hasNoMore ||
      region === '' ||
      regionName === '' ||
      city === 0 ||
      latitude === NOWHERE ||
      timezone === ''
    )
      return makeOther(record, division, timezone);
    const longitude = (records[at + 1] as number) / MILLIONTHS;
    return {
      country,
      region,
      regionName,
      city: nameOf(city),
      latitude: latitude / MILLIONTHS,
      longitude,
      timezone,
    };
  };

  return make;
};
