/** Tells which areas and settlements of extracts are which entities of the base index. */
import { COUNTY, DEGREE } from '../entity.ts';
import type { Gazetteer } from '../gazetteer.ts';
import type { ShownHit } from './address-thing.ts';
import { FINE_DEGREE, SPOT, SPOT_AREA, SPOT_PLACE } from './extract-records.ts';
import { flatMetres } from './grid.ts';
import { nameKeys } from './street-key.ts';

/** Places of one name within so many metres may be one: a point of the base index stands anywhere in its town. */
const SAME_METRES = 22_000;
const FINE = FINE_DEGREE / DEGREE;

/** What of the extracts the entities are. */
export interface PlaceMatch {
  /** The nearest outline of an entity; each outline is of one entity. */
  readonly outlines: ReadonlyMap<number, ShownHit>;
  /** All hits that one of the entities is. */
  readonly used: ReadonlySet<ShownHit>;
}

interface Pair {
  readonly entity: number;
  readonly hit: ShownHit;
  readonly metres: number;
}

const kindOf = ({ extract, kind, id }: ShownHit): number =>
  kind === 'spot' ? extract.records.spot(id, SPOT.kind) : -1;

/** Makes the match of one thread. Both a name that is the same in some language and nearness are needed. */
export const createPlaceMatch = ({
  sections,
  records,
  localNames,
  entity: viewOf,
}: Pick<Gazetteer, 'sections' | 'records' | 'localNames' | 'entity'>): ((
  places: readonly number[],
  hits: readonly ShownHit[],
) => PlaceMatch) => {
  const languages = (sections.localLanguages as readonly unknown[]).length;

  const entityKeys = (entity: number): ReadonlySet<string> => {
    const names = new Set([viewOf(entity).name]);
    for (let language = 0; language < languages; language++) {
      const found = localNames.find(language, entity);
      if (found < 0) continue;
      const start = localNames.start(found);
      const escaped = localNames.text.toString('utf8', start, start + localNames.length(found));
      names.add(JSON.parse(`"${escaped}"`) as string);
    }
    return new Set([...names].flatMap(nameKeys));
  };

  const metresTo = ({ extract, id }: ShownHit, entity: number): number => {
    const lat = records.lat(entity) * FINE;
    const shrink = Math.cos((lat / FINE_DEGREE) * (Math.PI / 180));
    const { spot } = extract.records;
    return flatMetres(lat, records.lng(entity) * FINE, shrink, spot(id, SPOT.lat), spot(id, SPOT.lng));
  };

  const isAround = (hit: ShownHit, entity: number): boolean => {
    const lat = records.lat(entity) * FINE;
    const lng = records.lng(entity) * FINE;
    const at = (field: number): number => hit.extract.records.spot(hit.id, field);
    return lat >= at(SPOT.south) && lat <= at(SPOT.north) && lng >= at(SPOT.west) && lng <= at(SPOT.east);
  };

  /** Which may be one, the nearest first. */
  const pairsOf = (places: readonly number[], hits: readonly ShownHit[]): Pair[] => {
    const spots = hits.filter((hit) => kindOf(hit) === SPOT_AREA || kindOf(hit) === SPOT_PLACE);
    const keysOf = new Map<ShownHit, readonly string[]>();
    const pairs: Pair[] = [];
    for (const entity of places) {
      let names: ReadonlySet<string> | undefined;
      for (const hit of spots) {
        const metres = metresTo(hit, entity);
        if (metres > SAME_METRES) continue;
        // A state or county of a town's name is not the town.
        if (records.type(entity) <= COUNTY && !(kindOf(hit) === SPOT_AREA && isAround(hit, entity))) continue;
        const { records: own } = hit.extract;
        const keys = keysOf.get(hit) ?? nameKeys(own.text(own.spot(hit.id, SPOT.name)));
        keysOf.set(hit, keys);
        names ??= entityKeys(entity);
        const known = names;
        if (keys.some((key) => known.has(key))) pairs.push({ entity, hit, metres });
      }
    }
    return pairs.sort((a, b) => a.metres - b.metres);
  };

  return (places, hits) => {
    const outlines = new Map<number, ShownHit>();
    const used = new Set<ShownHit>();
    const pairs = pairsOf(places, hits);
    const taken = new Map<number, ShownHit[]>();
    for (const { entity, hit } of pairs) {
      const own = taken.get(entity) ?? [];
      const hasLike = own.some((other) => other.extract === hit.extract && kindOf(other) === kindOf(hit));
      if (used.has(hit) || hasLike) continue;
      used.add(hit);
      taken.set(entity, [...own, hit]);
      if (kindOf(hit) === SPOT_AREA && !outlines.has(entity)) outlines.set(entity, hit);
    }
    // A city that is also a county has an outline as each; another town of its name lies elsewhere.
    for (const { entity, hit } of pairs) if (isAround(hit, entity)) used.add(hit);
    return { outlines, used };
  };
};
