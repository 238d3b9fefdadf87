import { STATE_FIPS } from '../src/services/geocoding/annotations/fips.ts';
import { COUNTY, STATE } from '../src/services/geocoding/entity.ts';
import type { AreaDraft } from './entities.ts';

/** `US.TX.453`, and `PR.127`: GeoNames numbers counties of the United States and municipalities of Puerto Rico as FIPS does. */
const COUNTY_CODE = /^(?:US\.([A-Z]{2})|(PR))\.(\d{3})$/u;

/** Pairs of an entity and its county's FIPS code, as a number: 48453 for Travis County; in the order of their ids. */
export const countyFips = (areas: readonly AreaDraft[]): Uint32Array => {
  const pairs = areas.flatMap(({ type, code, id }): [number, number][] => {
    const [, state, territory, county] =
      type === COUNTY || type === STATE ? (COUNTY_CODE.exec(code) ?? []) : [];
    const prefix = STATE_FIPS.get(state ?? territory ?? '');
    return prefix === undefined || county === undefined ? [] : [[id, Number(prefix + county)]];
  });
  return Uint32Array.from(pairs.sort(([a], [b]) => a - b).flat());
};
