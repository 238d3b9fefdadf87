/** Looks a question up in the whole atlas: extracts know streets and houses, the base index places of the world. */
import type { Atlas } from './atlas.ts';
import { COUNTY, type TypeName } from './entity.ts';
import type { AddressQuery, FoundRecord } from './extract/address-worth.ts';
import { countryOf, type Extract } from './extract/extract.ts';
import { SPOT } from './extract/extract-records.ts';
import { createPlaceMatch } from './extract/place-match.ts';
import { withoutRepeated } from './extract/repeated.ts';
import { hitConfidence, type ShownHit } from './extract/address-thing.ts';
import type { ForwardQuery, SuggestQuery } from './request.ts';

/** An entity of the base index by its id, or something of an extract. */
export type Hit = number | ShownHit;

/** Looks up in one atlas, for one thread. */
export interface Lookup {
  /** The house or street at a coordinate, in degrees; undefined where no extract has one near. */
  reverse(lat: number, lng: number): ShownHit | undefined;
  /** @param least results of less confidence are left out, before the limit is counted. */
  forward(query: ForwardQuery, least: number): readonly Hit[];
  suggest(query: SuggestQuery): readonly Hit[];
  /** 1 to 10. */
  confidence(hit: Hit): number;
}

/** So near is an extract right about its country, whatever the coarser borders of the base index say. */
const SURE_METRES = 25;
/** The most results that a question can ask for. */
const MOST_RESULTS = 100;

interface Addresses {
  readonly hits: readonly ShownHit[];
  readonly reads: 'house' | 'street' | 'name' | 'nothing';
}

const RANKS = { house: 3, street: 2, name: 1, nothing: 0 } as const;

/** Those that are of wanted kinds. */
const ofTypes = ({ hits }: Addresses, types: readonly TypeName[]): ShownHit[] =>
  hits.filter(({ extract: { records }, kind, id }) => {
    const type = kind === 'spot' ? records.text(records.spot(id, SPOT.type)) : '';
    return types.some((wanted) => wanted === type);
  });

/** Makes the look-up. */
export const createLookup = ({ base, extracts }: Atlas): Lookup => {
  const { records } = base;
  const matchPlaces = createPlaceMatch(base);

  /** What the extracts find; those that understand more of the question come alone. */
  const inExtracts = (query: AddressQuery): Addresses => {
    let best: { extract: Extract; record: FoundRecord }[] = [];
    let reads: Addresses['reads'] = 'nothing';
    for (const extract of extracts) {
      const found = extract.forward(query);
      if (RANKS[found.reads] < RANKS[reads] || found.records.length === 0) continue;
      if (RANKS[found.reads] > RANKS[reads]) best = [];
      reads = found.reads;
      best.push(...found.records.map((record) => ({ extract, record })));
    }
    const sorted = best
      .sort((a, b) => b.record.worth - a.record.worth)
      .map(({ extract, record: { kind, id } }) => ({ extract, kind, id, piece: -1 }));
    const hits = extracts.length > 1 && query.keepDuplicates !== true ? withoutRepeated(sorted) : sorted;
    return { hits: hits.slice(0, query.limit), reads };
  };

  /** Places first, with the bounds of the import where it has an outline; then what else an extract knows by the name. */
  const merge = (places: readonly number[], { hits }: Addresses, limit: number): Hit[] => {
    const { outlines, used } = matchPlaces(places, hits);
    const merged: Hit[] = places.map((entity) =>
      records.type(entity) <= COUNTY ? entity : (outlines.get(entity) ?? entity),
    );
    for (const hit of hits) if (!used.has(hit)) merged.push(hit);
    return merged.slice(0, limit);
  };

  const find = (query: ForwardQuery): readonly Hit[] => {
    if (extracts.length === 0) return query.street === true ? [] : base.forward(query);
    if (query.types !== undefined) {
      const found = base.forward(query);
      return found.length > 0 ? found : ofTypes(inExtracts(query), query.types);
    }
    const addresses = inExtracts(query);
    if (query.street === true) return addresses.hits.filter(({ kind }) => kind !== 'spot');
    if (addresses.reads === 'house') return addresses.hits;
    if (addresses.reads === 'nothing') return base.forward(query);
    if (query.isPrefix === true) return merge(base.forward(query), addresses, query.limit);
    // All of the text, and not what is left of it without a street before it.
    const places = base.forward({ ...query, isNameFirst: true, otherwise: undefined });
    return places.length === 0 && addresses.hits.length > 0
      ? addresses.hits
      : merge(places, addresses, query.limit);
  };

  const confidenceOf = (hit: Hit): number =>
    typeof hit === 'number' ? records.confidence(hit) : hitConfidence(hit);

  return {
    confidence: confidenceOf,
    reverse(lat, lng) {
      let best: ShownHit | undefined;
      let metres = Infinity;
      for (const extract of extracts) {
        const hit = extract.reverse(lat, lng);
        if (hit === undefined || hit.metres >= metres) continue;
        const found: ShownHit = {
          extract,
          kind: hit.kind,
          id: hit.id,
          piece: hit.piece,
          metres: hit.metres,
          met: hit.kind === 'street' ? { lat: hit.lat, lng: hit.lng } : undefined,
        };
        const country = base.countries[base.countryAt(lat, lng)]?.alpha2;
        if (hit.metres > SURE_METRES && country !== undefined && country !== countryOf(found)) continue;
        best = found;
        ({ metres } = hit);
      }
      return best;
    },
    forward(query, least) {
      if (least === 0) return find(query);
      return find({ ...query, limit: MOST_RESULTS })
        .filter((hit) => confidenceOf(hit) >= least)
        .slice(0, query.limit);
    },
    suggest(query) {
      const places = base.suggest(query);
      if (extracts.length === 0) return places;
      const addresses = inExtracts({ ...query, isPrefix: true });
      if (query.types !== undefined)
        return merge(places, { ...addresses, hits: ofTypes(addresses, query.types) }, query.limit);
      return addresses.reads === 'house' ? addresses.hits : merge(places, addresses, query.limit);
    },
  };
};
