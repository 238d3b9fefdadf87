/** What the base index knows of where something of an extract lies: its country, state, county and place. */
import { COUNTRY, COUNTY, DEGREE, NONE, STATE } from '../entity.ts';
import type { Gazetteer } from '../gazetteer.ts';
import { CONTEXT, FINE_DEGREE } from './extract-records.ts';
import type { Extract } from './extract.ts';

/** Ids of the base index; `NONE` for what it does not know by the name that the extract has. */
export interface Around {
  /** Number of the country; `NONE` at sea. */
  readonly nation: number;
  readonly place: number;
  readonly state: number;
  readonly county: number;
  /** ISO 3166-2 codes of the state or, where there is none, the county; from the whole to the part. */
  readonly divisions: readonly string[];
  /** IANA zone; empty where only the coordinate tells it. */
  readonly timezone: string;
}

/** Contexts that are remembered, of all extracts. */
const MOST_KNOWN = 50_000;
/** The place of a name may stand this far from where its context was first met. */
const NEAR_DEGREES = 0.4;

/** Makes the look-up; each context is worked out once. */
export const createArounds = (base: Gazetteer): ((extract: Extract, context: number) => Around) => {
  const { records, countries } = base;
  const numbers = new Map(countries.map(({ alpha2 }, index) => [alpha2, index]));
  const timezones = base.sections.timezones as readonly string[];
  let known = new WeakMap<Extract, Map<number, Around>>();
  let count = 0;

  const placeOf = (name: string, lat: number, lng: number, alpha2: string): number => {
    const near = base.forward({ text: name, limit: 5, proximity: { lat, lng }, countries: [alpha2] });
    for (const id of near) {
      if (records.type(id) <= COUNTY) continue;
      const north = records.lat(id) / DEGREE - lat;
      const east = records.lng(id) / DEGREE - lng;
      if (Math.abs(north) < NEAR_DEGREES && Math.abs(east) < 2 * NEAR_DEGREES) return id;
    }
    return NONE;
  };

  const work = ({ records: own }: Extract, context: number): Around => {
    const textOf = (field: number): string => own.text(own.context(context, field));
    const alpha2 = textOf(CONTEXT.country);
    const nation = numbers.get(alpha2) ?? NONE;
    const lat = own.context(context, CONTEXT.lat) / FINE_DEGREE;
    const lng = own.context(context, CONTEXT.lng) / FINE_DEGREE;
    const hit = base.reverse(lat, lng);
    const near = hit === undefined || records.country(hit.id) !== nation ? NONE : hit.id;
    const name = textOf(CONTEXT.place);
    const place = nation === NONE || name === '' ? NONE : placeOf(name, lat, lng, alpha2);
    const best = place === NONE ? near : place;
    if (best === NONE) return { nation, place, state: NONE, county: NONE, divisions: [], timezone: '' };
    const kind = records.type(best);
    const { divisionOf } = base.sections;
    return {
      nation,
      place,
      divisions: base.divisions[divisionOf[best] as number] ?? [],
      state: kind === STATE ? best : records.state(best),
      county: kind === COUNTY ? best : records.county(best),
      timezone: kind === COUNTRY ? '' : (timezones[records.timezone(best)] ?? ''),
    };
  };

  return (extract, context) => {
    let ofExtract = known.get(extract);
    if (ofExtract === undefined) {
      ofExtract = new Map();
      known.set(extract, ofExtract);
    }
    const found = ofExtract.get(context);
    if (found !== undefined) return found;
    if (++count > MOST_KNOWN) {
      known = new WeakMap([[extract, (ofExtract = new Map())]]);
      count = 1;
    }
    const made = work(extract, context);
    ofExtract.set(context, made);
    return made;
  };
};
