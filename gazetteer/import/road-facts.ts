import type { PieceFacts } from '../../src/services/geocoding/extract/extract-records.ts';
import type { ImportedStreet } from './feature.ts';

const yesNo = (value: boolean | undefined): 'yes' | 'no' | undefined =>
  value === undefined ? undefined : value ? 'yes' : 'no';

/** What a stretch of road is like, under the contract's names (`roadinfo`); what is not known is left out. */
export const factsOf = ({ road, roadType, ref, name }: Omit<ImportedStreet, 'line' | 'kind'>): PieceFacts => {
  const all = {
    road_type: roadType,
    road_reference: name === undefined ? undefined : ref,
    oneway: yesNo(road.oneway),
    lanes: road.lanes,
    maxspeed: road.maxspeed,
    minspeed: road.minspeed,
    surface: road.surface,
    toll: yesNo(road.toll),
    tunnel: yesNo(road.tunnel),
    width: road.width,
    maxheight: road.maxheight,
    maxweight: road.maxweight,
    maxwidth: road.maxwidth,
  };
  return Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== undefined),
  ) as unknown as PieceFacts;
};
