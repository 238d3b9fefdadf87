/**
 * Writes `formatted` by the address templates of the country. The template is run once for each shape of a result (the
 * country, which components there are, which of them are one text) with marks in place of names; what it makes of the
 * marks says where names go, so that from then on an address is copied together. Names that a country's rules change,
 * or that could change other names, go through the template every time.
 */
import { readFileSync } from 'node:fs';
import type { AddressData } from './address/address-data.ts';
import { createAddressFormatter, type AddressFormatter } from './address/formatter.ts';
import { drawShape, escapeText, type Segment, type Shape } from './address/shape.ts';
import { NONE, TYPE_NAMES } from './entity.ts';
import type { Gazetteer } from './gazetteer.ts';
import type { JsonWriter } from './json-writer.ts';
import type { CountryTexts } from './languages.ts';
import { MAIN_NAME, type ShownNames } from './shown-names.ts';

let shared: AddressFormatter | undefined;

/** The formatter with the data that comes with the project: one for each thread, as it keeps no state of requests. */
export const openAddressFormatter = (): AddressFormatter => {
  if (shared !== undefined) return shared;
  const file = new URL('address/address-data.json', import.meta.url);
  shared = createAddressFormatter(JSON.parse(readFileSync(file, 'utf8')) as AddressData);
  return shared;
};

/** What an address is made of. It is filled anew for each, so that nothing is allocated. */
export interface AddressParts {
  /** Entities by slot; `NONE` for what there is not. */
  readonly entity: Int32Array;
  /** The names by which they are shown (`ShownNames`). */
  readonly name: Int32Array;
  /** Where the bytes of each name lie. */
  readonly source: Buffer[];
  readonly from: Int32Array;
  readonly length: Int32Array;
  /** Place in the table of countries. */
  nation: number;
}

/** Slots of an address: a town or a part of one, the town that a part lies in, areas, and a postcode. */
export const PLACE = 0;
export const CITY_AROUND = 1;
export const COUNTY_AROUND = 2;
export const STATE_AROUND = 3;
export const POSTCODE_OF = 4;
/** The state's code, which is written beside a postcode. */
const CODE = 5;
const SLOTS = 6;

const NOTHING = Buffer.alloc(0);

/** Parts without any. */
export const createAddressParts = (): AddressParts => ({
  entity: new Int32Array(SLOTS).fill(NONE),
  name: new Int32Array(SLOTS).fill(MAIN_NAME),
  source: Array.from({ length: SLOTS }, () => NOTHING),
  from: new Int32Array(SLOTS),
  length: new Int32Array(SLOTS),
  nation: 0,
});

export interface FormattedWriter {
  /** Writes an address as JSON text, without quotes. Where names lie is changed to what is written of them. */
  write(writer: JsonWriter, parts: AddressParts, texts: CountryTexts, abbreviate: boolean): void;
}

/** Pairs of slots whose names may be the same text, the lower first: a bit each. */
const PAIRS = [
  [PLACE, CITY_AROUND],
  [PLACE, COUNTY_AROUND],
  [CITY_AROUND, COUNTY_AROUND],
  [PLACE, STATE_AROUND],
  [CITY_AROUND, STATE_AROUND],
  [COUNTY_AROUND, STATE_AROUND],
] as const;

const LOWER = PAIRS.map(([lower]) => lower);
const HIGHER = PAIRS.map(([, higher]) => higher);

/** The lowest slot whose name is the same text. */
const firstOf = (same: number, slot: number): number => {
  const bit = PAIRS.findIndex(([, higher], pair) => higher === slot && (same & (1 << pair)) !== 0);
  return PAIRS[bit]?.[0] ?? slot;
};

/** Verdicts on a name: it stands as it is, only the template can tell, or a rule writes it otherwise. */
const PLAIN = 1;
const CHANGING = 2;
const REWRITTEN = 3;

/** Shapes of one language that are kept. */
const MOST_SHAPES = 20_000;

const countryOf = ({ bytes, nameStart, nameLength }: CountryTexts, nation: number): string => {
  const start = nameStart[nation] as number;
  return JSON.parse(`"${bytes.toString('utf8', start, start + (nameLength[nation] as number))}"`) as string;
};

/** Makes the writer for one thread; it remembers shapes and verdicts, and nothing of what was asked. */
export const createFormattedWriter = (
  { records, countries, stateCodes, size }: Pick<Gazetteer, 'records' | 'countries' | 'stateCodes' | 'size'>,
  names: ShownNames,
  formatter: AddressFormatter = openAddressFormatter(),
): FormattedWriter => {
  const codes = new Map(stateCodes.map(({ entity: state, code }) => [state, Buffer.from(code)]));
  /** Verdicts by name, main names first: two bits for each of the four ways to write (abbreviated, beside a postcode). */
  const verdicts = new Uint8Array(size + names.localSize);
  /** What is written of names that a rule writes otherwise, which are mostly those of areas, by way and name. */
  const rewritten = [0, 1, 2, 3].map(() => new Map<number, Buffer>());
  const shapesOf = new WeakMap<CountryTexts, Map<number, Shape | undefined>>();
  let lastTexts: CountryTexts | undefined;
  let shapes = new Map<number, Shape | undefined>();

  // What is being written; the state is left out of `entity` where it is not to be written.
  const entity = new Int32Array(SLOTS);
  let { name: shown, source, from, length } = createAddressParts();

  const roleOf = (slot: number): string => {
    if (slot === COUNTY_AROUND) return 'county';
    if (slot === STATE_AROUND) return 'state';
    return slot === CODE ? 'state_code' : (TYPE_NAMES[records.type(entity[slot] as number)] as string);
  };

  const alpha2Of = (nation: number): string => countries[nation]?.alpha2 ?? '';

  const textOf = (slot: number): string => {
    const id = entity[slot] as number;
    return slot === CODE ? String(codes.get(id)) : names.text(id, shown[slot] as number);
  };

  const pointAt = (slot: number, bytes: Buffer): void => {
    source[slot] = bytes;
    from[slot] = 0;
    length[slot] = bytes.length;
  };

  const judge = (slot: number, number: number, way: number, nation: number): number => {
    const text = textOf(slot);
    const options = { abbreviate: (way & 1) !== 0, isCoded: (way & 2) !== 0 };
    const written = formatter.plain(alpha2Of(nation), roleOf(slot), text, options);
    if (written === undefined) return CHANGING;
    if (written === text) return PLAIN;
    rewritten[way]?.set(number, escapeText(written));
    return REWRITTEN;
  };

  /** Finds what is written for a slot. @returns false where only the template can tell. */
  const settle = (slot: number, nation: number, abbreviate: boolean): boolean => {
    const id = entity[slot] as number;
    if (slot === CODE) {
      const code = codes.get(id) as Buffer;
      pointAt(slot, code);
      return code.length <= 3;
    }
    const name = shown[slot] as number;
    const number = name < 0 ? id : size + name;
    // The template would look for the code of a county, and of a state that has none here.
    const isCoded =
      entity[POSTCODE_OF] !== NONE &&
      (slot === COUNTY_AROUND || (slot === STATE_AROUND && entity[CODE] === NONE));
    const way = (abbreviate ? 1 : 0) + (isCoded ? 2 : 0);
    const bits = verdicts[number] as number;
    let verdict = (bits >> (2 * way)) & 3;
    if (verdict === 0) {
      verdict = judge(slot, number, way, nation);
      verdicts[number] = bits | (verdict << (2 * way));
    }
    if (verdict === REWRITTEN) pointAt(slot, rewritten[way]?.get(number) as Buffer);
    return verdict !== CHANGING;
  };

  const isText = (slot: number, text: Buffer, start: number, bytes: number): boolean => {
    if (length[slot] !== bytes) return false;
    const own = source[slot] as Buffer;
    const at = from[slot] as number;
    for (let byte = 0; byte < bytes; byte++) if (own[at + byte] !== text[start + byte]) return false;
    return true;
  };

  const areSame = (one: number, other: number): boolean =>
    entity[one] !== NONE &&
    entity[other] !== NONE &&
    isText(one, source[other] as Buffer, from[other] as number, length[other] as number);

  /** The lines of an address, by the template. @param nameOf the name in a slot. */
  const linesOf = (
    nameOf: (slot: number) => string,
    nation: number,
    texts: CountryTexts,
    abbreviate: boolean,
  ): string[] => {
    const components: Record<string, string> = {
      country: countryOf(texts, nation),
      country_code: alpha2Of(nation).toLowerCase(),
    };
    for (let slot = 0; slot < SLOTS; slot++)
      if (entity[slot] !== NONE) components[roleOf(slot)] = nameOf(slot);
    return formatter.lines(components, { abbreviate });
  };

  const shapeOf = (
    key: number,
    same: number,
    nation: number,
    texts: CountryTexts,
    abbreviate: boolean,
  ): Shape | undefined => {
    if (texts !== lastTexts) {
      lastTexts = texts;
      shapes = shapesOf.get(texts) ?? new Map<number, Shape | undefined>();
      shapesOf.set(texts, shapes);
    }
    const known = shapes.get(key);
    if (known !== undefined || shapes.has(key)) return known;
    if (shapes.size >= MOST_SHAPES) shapes.clear();
    const slotOf = [...entity].map((id, slot) => (id === NONE ? -1 : firstOf(same, slot)));
    const made = drawShape(slotOf, (nameOf) => linesOf(nameOf, nation, texts, abbreviate));
    shapes.set(key, made);
    return made;
  };

  const kindOf = (slot: number): number =>
    entity[slot] === NONE ? 0 : records.type(entity[slot] as number) + 1;

  const isThere = (slot: number): number => (entity[slot] === NONE ? 0 : 1);

  /** A number for each shape: which slots are filled, with what kind of place, and which are one text. */
  const keyOf = (same: number, nation: number, abbreviate: boolean): number => {
    const places = (nation * 16 + kindOf(PLACE)) * 16 + kindOf(CITY_AROUND);
    const areasThere = isThere(COUNTY_AROUND) | (isThere(STATE_AROUND) << 1);
    const others = areasThere | (isThere(POSTCODE_OF) << 2) | (isThere(CODE) << 3);
    return ((places * 16 + others) * 64 + same) * 2 + (abbreviate ? 1 : 0);
  };

  /** Whether a name is what stands in the address anyway, so that the template would leave it out. */
  const isTaken = ({ taken }: Shape): boolean => {
    for (let slot = 0; slot < CODE; slot++) {
      if (entity[slot] === NONE) continue;
      for (let at = 0; at < taken.length; at++) {
        const text = taken[at] as Buffer;
        if (isText(slot, text, 0, text.length)) return true;
      }
      if (areSame(slot, CODE)) return true;
    }
    return false;
  };

  /** Copies the address together. @returns false where the template has to be run. */
  const copyTogether = (
    writer: JsonWriter,
    nation: number,
    texts: CountryTexts,
    abbreviate: boolean,
  ): boolean => {
    for (let slot = 0; slot < SLOTS; slot++)
      if (entity[slot] !== NONE && !settle(slot, nation, abbreviate)) return false;
    let same = 0;
    for (let pair = 0; pair < PAIRS.length; pair++)
      if (areSame(LOWER[pair] as number, HIGHER[pair] as number)) same |= 1 << pair;
    const shape = shapeOf(keyOf(same, nation, abbreviate), same, nation, texts, abbreviate);
    if (shape === undefined || isTaken(shape)) return false;
    const { segments } = shape;
    for (let at = 0; at < segments.length; at++) {
      const segment = segments[at] as Segment;
      if (typeof segment === 'number')
        writer.copy(source[segment] as Buffer, from[segment] as number, length[segment] as number);
      else writer.copy(segment, 0, segment.length);
    }
    return true;
  };

  const fillSlots = (parts: AddressParts): void => {
    for (let slot = 0; slot < CODE; slot++) entity[slot] = parts.entity[slot] as number;
    ({ name: shown, source, from, length } = parts);
    const state = entity[STATE_AROUND] as number;
    const isWhole = entity[POSTCODE_OF] !== NONE;
    entity[CODE] = isWhole && state !== NONE && codes.has(state) ? state : NONE;
    // A state that is a city is written once, also where both would stand in one line; beside a postcode it has its code.
    const town = entity[CITY_AROUND] === NONE ? PLACE : CITY_AROUND;
    if (!isWhole && areSame(town, STATE_AROUND)) entity[STATE_AROUND] = NONE;
  };

  return {
    write(writer, parts, texts, abbreviate) {
      const { nation } = parts;
      fillSlots(parts);
      if (copyTogether(writer, nation, texts, abbreviate)) return;
      const text = escapeText(linesOf(textOf, nation, texts, abbreviate).join(', '));
      writer.room(text.length);
      writer.copy(text, 0, text.length);
    },
  };
};
