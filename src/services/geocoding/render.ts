import { createAnnotationWriter, MOST_ANNOTATION_BYTES, type Wanted } from './annotations/annotations.ts';
import { COUNTRY, COUNTY, NONE, POSTCODE, SUBURB, TYPE_NAMES } from './entity.ts';
import {
  CITY_AROUND,
  COUNTY_AROUND,
  createAddressParts,
  createFormattedWriter,
  PLACE,
  POSTCODE_OF,
  STATE_AROUND,
} from './formatted.ts';
import type { Gazetteer } from './gazetteer.ts';
import type { JsonWriter } from './json-writer.ts';
import type { CountryTexts } from './languages.ts';
import {
  createResultBuffer,
  MOST_REMEMBERED_BYTES,
  openResultMemory,
  type ResultMemory,
} from './result-memory.ts';
import { createShownNames, MAIN_NAME } from './shown-names.ts';

/** What a caller may choose about how a result looks. */
export interface Look {
  readonly texts: CountryTexts;
  /** Shorter words in `formatted`, by the languages of the country. */
  readonly abbreviate: boolean;
  readonly annotations: Wanted;
  /** Milliseconds since the epoch; the day and the clocks that annotations speak of. */
  readonly now: number;
}

/** No result is longer. */
export const MOST_RESULT_BYTES = MOST_REMEMBERED_BYTES + MOST_ANNOTATION_BYTES;

/** Writes results: only the fields of the contract that are written out here can be in one. */
export interface ResultWriter {
  /**
   * @param metres distance to the coordinate that was asked for; undefined in a forward search.
   * @param postcode the entity of the postcode that the result has; `NONE`, which is usual, where there is none.
   */
  write(writer: JsonWriter, entity: number, look: Look, metres: number | undefined, postcode?: number): void;
}

const QUOTE = 0x22;
const CLOSING_BRACE = 0x7d;

const writeAll = (writer: JsonWriter, bytes: Buffer): void => writer.copy(bytes, 0, bytes.length);

const writeDistance = (writer: JsonWriter, metres: number | undefined): void => {
  if (metres === undefined) return;
  writer.ascii(',"distance_from_q":{"meters":');
  writer.integer(Math.round(metres));
  writer.byte(CLOSING_BRACE);
};

/**
 * Prepares the texts that only depend on the country or the state, and returns the writer of results.
 * @param memory of results of this index alone.
 */
export const createResultWriter = (
  gazetteer: Gazetteer,
  memory: ResultMemory = openResultMemory(createResultBuffer()),
): ResultWriter => {
  const { records, countries, stateCodes } = gazetteer;
  const annotations = createAnnotationWriter(gazetteer);
  const names = createShownNames(gazetteer);
  const formatted = createFormattedWriter(gazetteer, names);
  // What is being written: names are looked up once, and stand in components and in `formatted`.
  const parts = createAddressParts();
  const { entity, name } = parts;

  const countryCodes = countries.map(({ alpha2, alpha3 }) =>
    Buffer.from(
      `"ISO_3166-1_alpha-2":"${alpha2}"${alpha3 === '' ? '' : `,"ISO_3166-1_alpha-3":"${alpha3}"`}`,
    ),
  );
  const { divisionOf } = gazetteer.sections;
  const divisionTexts = gazetteer.divisions.map((codes) =>
    Buffer.from(codes.length === 0 ? '' : `,"ISO_3166-2":${JSON.stringify(codes)}`),
  );
  const stateTexts = new Map(
    stateCodes.map(({ entity: state, code }) => [state, Buffer.from(`,"state_code":"${code}"`)]),
  );

  const writeBounds = (writer: JsonWriter, id: number): void => {
    writer.ascii('"bounds":{"northeast":{"lat":');
    writer.degrees(records.north(id));
    writer.ascii(',"lng":');
    writer.degrees(records.east(id));
    writer.ascii('},"southwest":{"lat":');
    writer.degrees(records.south(id));
    writer.ascii(',"lng":');
    writer.degrees(records.west(id));
    writer.ascii('}},"components":{');
  };

  const setSlot = (slot: number, id: number, texts: CountryTexts): void => {
    entity[slot] = id;
    if (id === NONE) return;
    name[slot] = names.find(texts, parts.nation, id);
    names.point(parts, slot);
  };

  const placeKind = (): number => (entity[PLACE] === NONE ? NONE : records.type(entity[PLACE] as number));

  /** The slot of the town that a result is, or lies in; `NONE` where there is none. */
  const townSlot = (): number => {
    const slot = placeKind() === SUBURB ? CITY_AROUND : PLACE;
    return entity[slot] === NONE ? NONE : slot;
  };

  /** A county that is called what its town is called (equal names share their bytes), is so in every language. */
  const nameCounty = (): void => {
    const town = townSlot();
    if (town === NONE || name[town] === MAIN_NAME) return;
    if (entity[COUNTY_AROUND] === NONE || name[COUNTY_AROUND] !== MAIN_NAME) return;
    const [one, other] = [entity[town] as number, entity[COUNTY_AROUND] as number];
    if (records.nameStart(one) !== records.nameStart(other)) return;
    name[COUNTY_AROUND] = name[town] as number;
    names.point(parts, COUNTY_AROUND);
  };

  /** Finds out what a result is made of. */
  const takeApart = (id: number, texts: CountryTexts, postcode: number): void => {
    const kind = records.type(id);
    parts.nation = records.country(id);
    entity[POSTCODE_OF] = kind === POSTCODE ? id : postcode;
    if (entity[POSTCODE_OF] !== NONE) names.point(parts, POSTCODE_OF);
    const place = kind === POSTCODE ? records.parent(id) : kind <= COUNTY ? NONE : id;
    const isPart = place !== NONE && records.type(place) === SUBURB;
    setSlot(PLACE, place, texts);
    setSlot(CITY_AROUND, isPart ? records.parent(place) : NONE, texts);
    setSlot(COUNTY_AROUND, kind === COUNTRY ? NONE : records.county(id), texts);
    setSlot(STATE_AROUND, kind === COUNTRY ? NONE : records.state(id), texts);
    nameCounty();
  };

  const { source, from: start, length } = parts;
  const writeField = (writer: JsonWriter, opening: string, slot: number): void => {
    writer.ascii(opening);
    writer.copy(source[slot] as Buffer, start[slot] as number, length[slot] as number);
    writer.byte(QUOTE);
  };

  /** Components in alphabetical order, as the contract's answers have them. */
  const writeComponents = (writer: JsonWriter, id: number, { texts }: Look): void => {
    const kind = records.type(id);
    const { nation } = parts;
    const stateId = entity[STATE_AROUND] as number;
    const code = stateId === NONE ? undefined : stateTexts.get(stateId);
    const town = townSlot();
    const townKind = town === NONE ? undefined : TYPE_NAMES[records.type(entity[town] as number)];

    writeAll(writer, countryCodes[nation] as Buffer);
    writeAll(writer, divisionTexts[divisionOf[id] as number] as Buffer);
    writer.ascii(kind === POSTCODE ? ',"_category":"postcode"' : ',"_category":"place"');
    if (town !== NONE) writeField(writer, ',"_normalized_city":"', town);
    writer.ascii(TYPE_FIELDS[kind] as string);
    if (townKind === 'city') writeField(writer, ',"city":"', town);
    const from = texts.componentsStart[nation] as number;
    writer.copy(texts.bytes, from, (texts.componentsStart[nation + 1] as number) - from);
    if (entity[COUNTY_AROUND] !== NONE) writeField(writer, ',"county":"', COUNTY_AROUND);
    const union = texts.unionStart[nation] as number;
    writer.copy(texts.bytes, union, (texts.unionStart[nation + 1] as number) - union);
    if (entity[POSTCODE_OF] !== NONE) writeField(writer, ',"postcode":"', POSTCODE_OF);
    if (stateId !== NONE) writeField(writer, ',"state":"', STATE_AROUND);
    if (code !== undefined) writeAll(writer, code);
    if (placeKind() === SUBURB) writeField(writer, ',"suburb":"', PLACE);
    if (townKind === 'town') writeField(writer, ',"town":"', town);
    if (townKind === 'village') writeField(writer, ',"village":"', town);
  };

  const writeFormatted = (writer: JsonWriter, id: number, { texts, abbreviate }: Look): void => {
    const { nation } = parts;
    // The templates would name what a dependent territory belongs to, and not the territory.
    if (records.type(id) === COUNTRY)
      writer.copy(texts.bytes, texts.nameStart[nation] as number, texts.nameLength[nation] as number);
    else formatted.write(writer, parts, texts, abbreviate);
  };

  const numberOfTexts = new WeakMap<CountryTexts, number>();
  let lastTexts: CountryTexts | undefined;
  let lastNumber = 0;

  /** A number for language and abbreviations; undefined where none can be had now, and nothing is remembered. */
  const lookNumber = ({ texts, abbreviate }: Look): number | undefined => {
    if (texts !== lastTexts) {
      const number = numberOfTexts.get(texts) ?? memory.numberOf(texts.language);
      if (number === undefined) return undefined;
      lastNumber = number;
      numberOfTexts.set(texts, lastNumber);
      lastTexts = texts;
    }
    return lastNumber * 2 + (abbreviate ? 1 : 0);
  };

  const writeRemembered = (writer: JsonWriter, metres: number | undefined): void => {
    const { page, start: first, split, end } = memory;
    if (metres === undefined) writer.copy(page, first, end - first);
    else {
      writer.copy(page, first, split - first);
      writeDistance(writer, metres);
      writer.copy(page, split, end - split);
    }
  };

  const writeAnew = (
    writer: JsonWriter,
    id: number,
    look: Look,
    metres: number | undefined,
    postcode: number,
    number: number | undefined,
  ): void => {
    const begin = writer.position();
    takeApart(id, look.texts, postcode);
    writeBounds(writer, id);
    writeComponents(writer, id, look);
    writer.ascii('},"confidence":');
    writer.integer(records.confidence(id));
    const split = writer.position();
    writeDistance(writer, metres);
    const resume = writer.position();
    writer.ascii(',"formatted":"');
    writeFormatted(writer, id, look);
    writer.ascii('","geometry":{"lat":');
    writer.degrees(records.lat(id));
    writer.ascii(',"lng":');
    writer.degrees(records.lng(id));
    writer.ascii('}}');
    if (number === undefined) return;
    const bytes = { page: writer.page(), from: begin, split, resume, to: writer.position() };
    memory.keep({ entity: id, postcode, look: number }, bytes);
  };

  return {
    write(writer, id, look, metres, postcode = NONE) {
      writer.ascii('{');
      if (look.annotations === 'all') annotations.write(writer, id, look.now);
      else if (look.annotations === 'roadinfo') annotations.writeRoadinfo(writer, records.country(id));
      const number = lookNumber(look);
      const begin = writer.position();
      if (number !== undefined && memory.find(id, postcode, number)) {
        writeRemembered(writer, metres);
        if (memory.isStill()) return;
        writer.moveTo(begin);
      }
      writeAnew(writer, id, look, metres, postcode, number);
    },
  };
};

const TYPE_FIELDS = TYPE_NAMES.map((name) => `,"_type":"${name}"`);
