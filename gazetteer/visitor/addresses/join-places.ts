/** Puts the registered country of ranges and the cities of others together. */
import { compareAddresses, type Address } from '../../../src/services/visitor/addresses/address.ts';
import type { PlaceOfAddress } from '../../../src/services/visitor/addresses/facts.ts';
import type { PlaceRow } from './rows.ts';
import type { CountryRow } from './source-files.ts';

const ONES = 0xffffffff;

/** The address before or after; neither is asked for at an end of the space. */
const step = ({ version, a, b, c, d }: Address, by: 1 | -1): Address => {
  if (version === 4) return { version, a: a + by, b, c, d };
  const edge = by === 1 ? ONES : 0;
  const other = by === 1 ? 0 : ONES;
  if (d !== edge) return { version, a, b, c, d: d + by };
  if (c !== edge) return { version, a, b, c: c + by, d: other };
  if (b !== edge) return { version, a, b: b + by, c: other, d: other };
  return { version, a: a + by, b: other, c: other, d: other };
};

const earlier = (one: Address, other: Address): Address => (compareAddresses(one, other) < 0 ? one : other);

/**
 * The country is the registered one everywhere. A city holds where its own country is the same; elsewhere there is the
 * country alone, and where no country is registered, nothing.
 * @param countries @param cities both of one version, in order, and without overlaps.
 * @param finish is given a place of the cities, once for each object, and may add to it.
 */
export async function* joinPlaces(
  countries: AsyncIterable<CountryRow>,
  cities: Iterable<PlaceRow>,
  finish: (place: PlaceOfAddress) => PlaceOfAddress,
): AsyncGenerator<PlaceRow> {
  const alone = new Map<string, PlaceOfAddress>();
  const finished = new Map<PlaceOfAddress, PlaceOfAddress>();
  const aloneOf = (country: string): PlaceOfAddress => {
    const place = alone.get(country) ?? { country };
    alone.set(country, place);
    return place;
  };
  const finishedOf = (place: PlaceOfAddress): PlaceOfAddress => {
    const known = finished.get(place) ?? finish(place);
    finished.set(place, known);
    return known;
  };

  const iterator = cities[Symbol.iterator]();
  let city = iterator.next();
  for await (const { first, last, country } of countries) {
    let from = first;
    for (;;) {
      while (city.done !== true && compareAddresses(city.value.last, from) < 0) city = iterator.next();
      const here =
        city.done === true || compareAddresses(city.value.first, last) > 0 ? undefined : city.value;
      const place = aloneOf(country);
      if (here === undefined) {
        yield { first: from, last, place };
        break;
      }
      if (compareAddresses(from, here.first) < 0) {
        yield { first: from, last: step(here.first, -1), place };
        from = here.first;
      }
      const until = earlier(here.last, last);
      yield {
        first: from,
        last: until,
        place: here.place.country === country ? finishedOf(here.place) : place,
      };
      if (compareAddresses(until, last) === 0) break;
      from = step(until, 1);
    }
  }
}
