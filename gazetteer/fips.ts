import { STATE_FIPS } from '../src/services/geocoding/annotations/fips.ts';
import { COUNTY, STATE } from '../src/services/geocoding/entity.ts';
import type { Draft } from './entities.ts';

/** `US.TX.453`, and `PR.127`: GeoNames numbers counties of the United States and municipalities of Puerto Rico as FIPS does. */
const COUNTY_CODE = /^(?:US\.([A-Z]{2})|(PR))\.(\d{3})$/u;

/** Pairs of an entity and its county's FIPS code, as a number: 48453 for Travis County. */
export const countyFips = (entities: readonly Draft[]): Uint32Array =>
  Uint32Array.from(
    entities.flatMap(({ type, code }, entity) => {
      const [, state, territory, county] =
        type === COUNTY || type === STATE ? (COUNTY_CODE.exec(code) ?? []) : [];
      const prefix = STATE_FIPS.get(state ?? territory ?? '');
      return prefix === undefined || county === undefined ? [] : [entity, Number(prefix + county)];
    }),
  );
