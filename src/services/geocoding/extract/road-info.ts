import type { PieceFacts } from './extract-records.ts';

/** A mile in kilometres. */
const MILE = 1.609344;

const metres = (value: number | undefined): string | undefined =>
  value === undefined ? undefined : String(value);

/**
 * The contract's `roadinfo` member: what is known of the country's roads, and of one of them. Speeds are in the unit that
 * the country has; the types of members are those of the published description, but that `surface` is a text.
 * @param country the member as it is for the whole country, or nothing
 */
export const roadInfo = (
  country: Buffer,
  road: string,
  facts: PieceFacts | undefined,
): Buffer | undefined => {
  if (country.length === 0) return undefined;
  const { roadinfo } = JSON.parse(`{${country.toString()}}`) as {
    roadinfo: { drive_on: string; speed_in: string };
  };
  const speed = (value: number | undefined): string | undefined =>
    value === undefined ? undefined : String(Math.round(roadinfo.speed_in === 'mph' ? value / MILE : value));
  const members = {
    drive_on: roadinfo.drive_on,
    lanes: facts?.lanes,
    maxheight: metres(facts?.maxheight),
    maxspeed: speed(facts?.maxspeed),
    maxweight: facts?.maxweight,
    maxwidth: facts?.maxwidth,
    minspeed: speed(facts?.minspeed),
    oneway: facts?.oneway === undefined ? undefined : facts.oneway === 'yes' ? 1 : 0,
    road: road === '' ? undefined : road,
    road_reference: facts?.road_reference,
    road_type: facts?.road_type,
    speed_in: roadinfo.speed_in,
    surface: facts?.surface,
    toll: facts?.toll,
    tunnel: facts?.tunnel,
    width: facts?.width,
  };
  return Buffer.from(`"roadinfo":${JSON.stringify(members)}`);
};
