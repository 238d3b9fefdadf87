import { createAnnotationWriter, MOST_ANNOTATION_BYTES, type Wanted } from './annotations/annotations.ts';
import { COUNTRY, COUNTY, NONE, STATE, SUBURB, TYPE_NAMES } from './entity.ts';
import type { Gazetteer } from './gazetteer.ts';
import type { JsonWriter } from './json-writer.ts';
import type { CountryTexts } from './languages.ts';

/** What a caller may choose about how a result looks. */
export interface Look {
  readonly texts: CountryTexts;
  /** Codes instead of names of states in `formatted`. */
  readonly abbreviate: boolean;
  readonly annotations: Wanted;
  /** Milliseconds since the epoch; the day and the clocks that annotations speak of. */
  readonly now: number;
}

/** No result is longer: eight names of at most 400 bytes, a kilobyte of fixed text, and annotations. */
export const MOST_RESULT_BYTES = 5_000 + MOST_ANNOTATION_BYTES;

/** Writes results: only the fields of the contract that are written out here can be in one. */
export interface ResultWriter {
  /** @param metres distance to the coordinate that was asked for; undefined in a forward search. */
  write(writer: JsonWriter, entity: number, look: Look, metres: number | undefined): void;
}

/** Text that a state adds, ready in UTF-8. */
interface StateTexts {
  readonly iso: Buffer;
  readonly code: Buffer;
  readonly bare: Buffer;
}

const writeAll = (writer: JsonWriter, bytes: Buffer): void => writer.copy(bytes, 0, bytes.length);

/** Prepares the texts that only depend on the country or the state, and returns the writer of results. */
export const createResultWriter = (gazetteer: Gazetteer): ResultWriter => {
  const { sections, records, countries, stateCodes } = gazetteer;
  const annotations = createAnnotationWriter(gazetteer);
  const names = Buffer.from(sections.names.buffer, sections.names.byteOffset, sections.names.length);

  const countryCodes = countries.map(({ alpha2, alpha3 }) =>
    Buffer.from(
      `"ISO_3166-1_alpha-2":"${alpha2}"${alpha3 === '' ? '' : `,"ISO_3166-1_alpha-3":"${alpha3}"`}`,
    ),
  );
  const stateTexts = new Map<number, StateTexts>(
    stateCodes.map(({ entity, code }) => {
      const alpha2 = countries[records.country(entity)]?.alpha2 ?? '';
      return [
        entity,
        {
          iso: Buffer.from(`,"ISO_3166-2":["${alpha2}-${code}"]`),
          code: Buffer.from(`,"state_code":"${code}"`),
          bare: Buffer.from(code),
        },
      ];
    }),
  );

  const writeName = (writer: JsonWriter, id: number): void =>
    writer.copy(names, records.nameStart(id), records.nameLength(id));

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

  /** The city of a result: itself, or the one that a suburb lies in; `NONE` where there is none. */
  const cityOf = (id: number, kind: number): number => {
    if (kind <= COUNTY) return NONE;
    return kind === SUBURB ? records.parent(id) : id;
  };

  /** Components in alphabetical order, as the contract's answers have them. */
  const writeComponents = (writer: JsonWriter, id: number, look: Look): void => {
    const kind = records.type(id);
    const nation = records.country(id);
    const stateId = records.state(id);
    const countyId = records.county(id);
    const texts = stateId === NONE ? undefined : stateTexts.get(stateId);
    const city = cityOf(id, kind);
    const cityKind = city === NONE ? undefined : TYPE_NAMES[records.type(city)];
    writeAll(writer, countryCodes[nation] as Buffer);
    if (texts !== undefined) writeAll(writer, texts.iso);
    if (city === NONE) writer.ascii(',"_category":"place"');
    else {
      writer.ascii(',"_category":"place","_normalized_city":"');
      writeName(writer, city);
      writer.ascii('"');
    }
    writer.ascii(TYPE_FIELDS[kind] as string);
    if (cityKind === 'city') writeField(writer, ',"city":"', city);
    const { componentsStart } = look.texts;
    const from = componentsStart[nation] as number;
    writer.copy(look.texts.bytes, from, (componentsStart[nation + 1] as number) - from);
    if (countyId !== NONE) writeField(writer, ',"county":"', countyId);
    if (countries[nation]?.europeanUnion === true) writer.ascii(',"political_union":"European Union"');
    if (stateId !== NONE) writeField(writer, ',"state":"', stateId);
    if (texts !== undefined) writeAll(writer, texts.code);
    if (kind === SUBURB) writeField(writer, ',"suburb":"', id);
    if (cityKind === 'town') writeField(writer, ',"town":"', city);
    if (cityKind === 'village') writeField(writer, ',"village":"', city);
  };

  const writeField = (writer: JsonWriter, opening: string, id: number): void => {
    writer.ascii(opening);
    writeName(writer, id);
    writer.ascii('"');
  };

  /** The bare name of an entity, in the wanted language where it is a country. */
  const writeShown = (writer: JsonWriter, id: number, { texts }: Look): void => {
    if (records.type(id) !== COUNTRY) {
      writeName(writer, id);
      return;
    }
    const nation = records.country(id);
    writer.copy(texts.bytes, texts.nameStart[nation] as number, texts.nameLength[nation] as number);
  };

  const writeFormatted = (writer: JsonWriter, id: number, look: Look): void => {
    const kind = records.type(id);
    const stateId = records.state(id);
    const nation = countries[records.country(id)]?.entity ?? id;
    writeShown(writer, id, look);
    if (kind === COUNTRY) return;
    const city = kind === SUBURB ? records.parent(id) : NONE;
    if (city !== NONE) {
      writer.ascii(', ');
      writeName(writer, city);
    }
    // `Luxembourg, Luxembourg, Luxembourg` says nothing that `Luxembourg, Luxembourg` does not.
    if (kind !== STATE && stateId !== NONE && records.nameStart(stateId) !== records.nameStart(id)) {
      const texts = look.abbreviate ? stateTexts.get(stateId) : undefined;
      writer.ascii(', ');
      if (texts === undefined) writeName(writer, stateId);
      else writeAll(writer, texts.bare);
    }
    writer.ascii(', ');
    writeShown(writer, nation, look);
  };

  return {
    write(writer, id, look, metres) {
      writer.ascii('{');
      if (look.annotations === 'all') annotations.write(writer, id, look.now);
      else if (look.annotations === 'roadinfo') annotations.writeRoadinfo(writer, records.country(id));
      writeBounds(writer, id);
      writeComponents(writer, id, look);
      writer.ascii('},"confidence":');
      writer.integer(records.confidence(id));
      if (metres === undefined) writer.ascii(',"formatted":"');
      else {
        writer.ascii(',"distance_from_q":{"meters":');
        writer.integer(Math.round(metres));
        writer.ascii('},"formatted":"');
      }
      writeFormatted(writer, id, look);
      writer.ascii('","geometry":{"lat":');
      writer.degrees(records.lat(id));
      writer.ascii(',"lng":');
      writer.degrees(records.lng(id));
      writer.ascii('}}');
    },
  };
};

const TYPE_FIELDS = TYPE_NAMES.map((name) => `,"_type":"${name}"`);
