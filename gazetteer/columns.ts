import { COUNTY, NONE, STATE } from '../src/services/geocoding/entity.ts';
import type { Sections } from '../src/services/geocoding/index-format.ts';
import { packRecords } from '../src/services/geocoding/records.ts';
import { inUnits, type Draft } from './entities.ts';
import { boxConfidence } from './estimates.ts';

type Columns = Pick<Sections, 'records' | 'score' | 'feature' | 'names' | 'timezones' | 'features'>;

/** Numbers each different text, in the order of its first appearance. */
const createNumbering = (): { readonly texts: string[]; numberOf(text: string): number } => {
  const numbers = new Map<string, number>();
  const texts: string[] = [];
  return {
    texts,
    numberOf(text) {
      const known = numbers.get(text);
      if (known !== undefined) return known;
      numbers.set(text, texts.length);
      return texts.push(text) - 1;
    },
  };
};

/** One name in the blob: JSON-escaped UTF-8, so that an answer copies it as it stands. Equal names share their bytes. */
const createNames = (): { place(name: string): { start: number; length: number }; blob(): Uint8Array } => {
  const known = new Map<string, { start: number; length: number }>();
  const parts: Buffer[] = [];
  let end = 0;
  return {
    place(name) {
      const placed = known.get(name);
      if (placed !== undefined) return placed;
      const bytes = Buffer.from(JSON.stringify(name).slice(1, -1));
      const entry = { start: end, length: bytes.length };
      known.set(name, entry);
      parts.push(bytes);
      end += bytes.length;
      return entry;
    },
    blob: () => Buffer.concat(parts),
  };
};

/** The largest number that a record can hold. */
const MOST = 0x7fff_ffff;

/** Turns entities into records, in the order of their ids. */
export const layOutColumns = (entities: readonly Draft[], idOf: ReadonlyMap<Draft, number>): Columns => {
  const names = createNames();
  const features = createNumbering();
  const timezones = createNumbering();
  const idOrNone = (draft: Draft | undefined): number =>
    draft === undefined ? NONE : (idOf.get(draft) ?? NONE);
  const records = entities.map((entity) => {
    const { start, length } = names.place(entity.name);
    const [south, west, north, east] = entity.box;
    return {
      lat: inUnits(entity.lat),
      lng: inUnits(entity.lng),
      south,
      west,
      north,
      east,
      nameStart: start,
      nameLength: length,
      state: idOrNone(entity.type === STATE ? entity : entity.state),
      county: idOrNone(entity.type === COUNTY ? entity : entity.county),
      parent: idOrNone(entity.parent),
      population: Math.min(entity.population, MOST),
      type: entity.type,
      country: entity.country,
      confidence: boxConfidence(entity.box),
      timezone: timezones.numberOf(entity.timezone),
    };
  });
  return {
    records: packRecords(records),
    score: Float32Array.from(entities, ({ score }) => score),
    feature: Uint8Array.from(entities, ({ feature }) => features.numberOf(feature)),
    names: names.blob(),
    timezones: timezones.texts,
    features: features.texts,
  };
};
