/** Leaves out what overlapping extracts both have. */
import type { ShownHit } from './address-thing.ts';
import { CONTEXT, FINE_DEGREE, HOUSE, SPOT, STREET } from './extract-records.ts';
import { contextOf } from './extract.ts';
import { flatMetres } from './grid.ts';
import { numberKey, streetKey } from './street-key.ts';

/** Sources place one house on its roof, its door or its parcel. */
const SAME_METRES = 100;

/** Kind, number, name and place: what one thing has in common in two extracts. */
const looksOf = (hit: ShownHit): string => {
  const { records } = hit.extract;
  const { kind, id } = hit;
  const place = streetKey(records.text(records.context(contextOf(hit), CONTEXT.place)));
  if (kind === 'spot')
    return `${records.spot(id, SPOT.kind)}||${streetKey(records.text(records.spot(id, SPOT.name)))}|${place}`;
  const street = kind === 'street' ? id : records.house(id, HOUSE.street);
  const number = kind === 'street' ? '' : numberKey(records.text(records.house(id, HOUSE.number)));
  return `${kind}|${number}|${streetKey(records.text(records.street(street, STREET.name)))}|${place}`;
};

const pointOf = ({ extract: { records }, kind, id }: ShownHit): readonly [number, number] => {
  if (kind === 'house') return [records.house(id, HOUSE.lat), records.house(id, HOUSE.lng)];
  if (kind === 'street') return [records.street(id, STREET.lat), records.street(id, STREET.lng)];
  return [records.spot(id, SPOT.lat), records.spot(id, SPOT.lng)];
};

const isNear = (one: ShownHit, other: ShownHit): boolean => {
  const [lat, lng] = pointOf(one);
  const shrink = Math.cos((lat / FINE_DEGREE) * (Math.PI / 180));
  return flatMetres(lat, lng, shrink, ...pointOf(other)) <= SAME_METRES;
};

/** The hits, in their order, without those that an earlier hit of another extract is the same as. */
export const withoutRepeated = (hits: readonly ShownHit[]): ShownHit[] => {
  const known = new Map<string, ShownHit[]>();
  return hits.filter((hit) => {
    const looks = looksOf(hit);
    const alike = known.get(looks);
    if (alike === undefined) {
      known.set(looks, [hit]);
      return true;
    }
    if (alike.some((earlier) => earlier.extract !== hit.extract && isNear(earlier, hit))) return false;
    alike.push(hit);
    return true;
  });
};
