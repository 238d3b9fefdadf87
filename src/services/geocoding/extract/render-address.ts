/** Writes results of extracts: the same members as those of the base index, with streets, numbers and postcodes. */
import type { AddressFormatter } from '../address/formatter.ts';
import {
  createAnnotationWriter,
  MOST_ANNOTATION_BYTES,
  type AnnotationWriter,
} from '../annotations/annotations.ts';
import type { Atlas } from '../atlas.ts';
import { DEGREE, NONE } from '../entity.ts';
import { openAddressFormatter } from '../formatted.ts';
import type { Gazetteer } from '../gazetteer.ts';
import type { JsonWriter } from '../json-writer.ts';
import type { CountryTexts } from '../languages.ts';
import type { Look } from '../render.ts';
import { createShownNames, MAIN_NAME } from '../shown-names.ts';
import { createArounds, type Around } from './around.ts';
import { boundsConfidence, degrees, thingOf, type ShownHit, type Thing } from './address-thing.ts';
import { CONTEXT, FINE_DEGREE } from './extract-records.ts';
import { contextOf } from './extract.ts';
import { roadInfo } from './road-info.ts';

/** What a caller may choose about how a result of an extract looks. */
export interface AddressLook extends Look {
  /** Leaves names of what stands at an address out of `formatted`. */
  readonly addressOnly: boolean;
}

/** Writes results of extracts. */
export interface AddressWriter {
  /** Makes the room that it needs itself. */
  write(writer: JsonWriter, hit: ShownHit, look: AddressLook): void;
}

/** What a member may be called after. */
const KIND = /^[a-z][a-z0-9_]{0,60}$/u;
/** Members that a kind of thing cannot be named after. */
const TAKEN: ReadonlySet<string> = new Set([
  'city',
  'continent',
  'country',
  'country_code',
  'county',
  'hamlet',
  'house_number',
  'municipality',
  'political_union',
  'postcode',
  'road',
  'road_type',
  'state',
  'state_code',
  'suburb',
  'town',
  'village',
]);

const isShownInAddress = (name: string): boolean =>
  name !== 'continent' && name !== 'political_union' && name !== 'state_code';

/** What the writer needs of others. */
export interface AddressWriterParts {
  readonly base: Gazetteer;
  readonly annotations: AnnotationWriter;
  readonly formatter: AddressFormatter;
}

/** Makes the writer of one thread. */
export const createAddressWriter = ({ base, annotations, formatter }: AddressWriterParts): AddressWriter => {
  const { countries } = base;
  const names = createShownNames(base);
  const aroundOf = createArounds(base);
  const countryMembers = new WeakMap<CountryTexts, Map<number, Record<string, string>>>();

  /** `continent`, `country` and `country_code` in a language. */
  const membersOf = (texts: CountryTexts, nation: number): Record<string, string> => {
    let ofTexts = countryMembers.get(texts);
    if (ofTexts === undefined) {
      ofTexts = new Map();
      countryMembers.set(texts, ofTexts);
    }
    let members = ofTexts.get(nation);
    if (members === undefined) {
      const slice = (starts: Uint32Array): string =>
        texts.bytes.toString('utf8', starts[nation], starts[nation + 1]);
      const text = slice(texts.componentsStart) + slice(texts.unionStart);
      members = JSON.parse(`{${text.slice(1)}}`) as Record<string, string>;
      ofTexts.set(nation, members);
    }
    return members;
  };

  /** The name of an area in the language asked for, as far as the base index has it; else the import's own. */
  const shown = (own: string, entity: number, nation: number, texts: CountryTexts): string => {
    if (own === '' || entity === NONE || nation === NONE) return own;
    const name = names.find(texts, nation, entity);
    if (name !== MAIN_NAME) return names.text(entity, name);
    return texts.language.startsWith('en') ? names.text(entity, MAIN_NAME) : own;
  };

  /** The names that an address is made of. Areas are in what lies around them, and not in what is smaller. */
  const addressOf = (
    hit: ShownHit,
    thing: Thing,
    around: Around,
    texts: CountryTexts,
  ): Record<string, string> => {
    const { records } = hit.extract;
    const context = contextOf(hit);
    const textOf = (field: number): string => records.text(records.context(context, field));
    const { nation } = around;
    const address: Record<string, string> = nation === NONE ? {} : { ...membersOf(texts, nation) };
    const put = (field: string, value: string): void => {
      if (value !== '') address[field] = value;
    };
    const isState = thing.isPlace && thing.type === 'state';
    const isCounty = thing.isPlace && thing.type === 'county';
    const stateName = textOf(CONTEXT.state);
    const baseState = around.state === NONE ? '' : names.text(around.state, MAIN_NAME);
    put('state', shown(stateName, stateName === baseState ? around.state : NONE, nation, texts));
    const iso = textOf(CONTEXT.stateIso);
    if (/^[A-Z]{2}-/u.test(iso)) put('state_code', iso.slice(3));
    if (isState) return { ...address, state: thing.name };
    const countyName = textOf(CONTEXT.county);
    const baseCounty = around.county === NONE ? '' : names.text(around.county, MAIN_NAME);
    put('county', shown(countyName, countyName === baseCounty ? around.county : NONE, nation, texts));
    if (isCounty) return { ...address, county: thing.name };
    const place = textOf(CONTEXT.place);
    const placeType = textOf(CONTEXT.placeType) || 'village';
    put(placeType, shown(place, around.place, nation, texts));
    if (thing.isPlace && thing.name !== place) put(thing.type, thing.name);
    put('suburb', textOf(CONTEXT.suburb));
    put(
      'postcode',
      thing.category === 'postcode' ? thing.name : thing.isPlace ? '' : textOf(CONTEXT.postcode),
    );
    put('road', thing.road);
    put('house_number', thing.number);
    if (!thing.isPlace && thing.category !== 'postcode' && KIND.test(thing.type) && !TAKEN.has(thing.type))
      put(thing.type, thing.name);
    return address;
  };

  /** Components in alphabetical order, as the contract's answers have them. */
  const componentsOf = (
    hit: ShownHit,
    thing: Thing,
    around: Around,
    address: Record<string, string>,
  ): object => {
    const { records } = hit.extract;
    const country = countries[around.nation];
    const iso = records.text(records.context(contextOf(hit), CONTEXT.stateIso));
    // The import's own code counts where the two know different states.
    const codes = iso === '' || around.divisions.includes(iso) ? around.divisions : [iso];
    const placeType = records.text(records.context(contextOf(hit), CONTEXT.placeType)) || 'village';
    const members: Record<string, unknown> = {
      'ISO_3166-1_alpha-2': country?.alpha2,
      'ISO_3166-1_alpha-3': country?.alpha3 === '' ? undefined : country?.alpha3,
      'ISO_3166-2': codes.length === 0 ? undefined : codes,
      _category: thing.category,
      _normalized_city: address[placeType],
      _type: thing.type,
      ...address,
      road_type: thing.type === 'road' ? thing.facts?.road_type : undefined,
    };
    return Object.fromEntries(
      Object.entries(members)
        .filter(([, value]) => value !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  };

  const formattedOf = (thing: Thing, address: Record<string, string>, look: AddressLook): string => {
    const { abbreviate, addressOnly } = look;
    const entries = Object.entries(address).filter(([name]) => isShownInAddress(name));
    const components = Object.fromEntries(entries);
    // A state that is a city is written once.
    const { state } = components;
    const town = components['city'] ?? components['town'] ?? components['village'];
    if (state === town) delete components['state'];
    const lines = formatter.lines(components, { abbreviate, addressOnly });
    // The templates know no settlement within another.
    if (thing.isPlace && !lines.some((line) => line.includes(thing.name))) lines.unshift(thing.name);
    return lines.join(', ');
  };

  const writeAnnotations = (writer: JsonWriter, thing: Thing, around: Around, look: Look): void => {
    if (look.annotations === 'none') return;
    const roads = annotations.roadsOf(around.nation);
    const roadinfo =
      thing.road === '' && thing.facts === undefined ? undefined : roadInfo(roads, thing.road, thing.facts);
    writer.room(MOST_ANNOTATION_BYTES + (roadinfo?.length ?? 0));
    if (look.annotations === 'roadinfo') {
      annotations.writeRoadinfo(writer, around.nation, roadinfo);
      return;
    }
    const { nation: country, state, county, timezone } = around;
    const place = {
      lat: Math.round((thing.lat * DEGREE) / FINE_DEGREE),
      lng: Math.round((thing.lng * DEGREE) / FINE_DEGREE),
      country,
      state,
      county,
      timezone,
      isCountry: false,
      roadinfo,
      wikidata: thing.wikidata === '' ? undefined : thing.wikidata,
    };
    annotations.writeAt(writer, place, look.now);
  };

  return {
    write(writer, hit, look) {
      const thing = thingOf(hit);
      const around = aroundOf(hit.extract, contextOf(hit));
      const address = addressOf(hit, thing, around, look.texts);
      writer.room(1);
      writer.ascii('{');
      writeAnnotations(writer, thing, around, look);
      const { south, west, north, east } = thing.box;
      const rest = {
        bounds: {
          northeast: { lat: degrees(north), lng: degrees(east) },
          southwest: { lat: degrees(south), lng: degrees(west) },
        },
        components: componentsOf(hit, thing, around, address),
        confidence: boundsConfidence(thing.box),
        distance_from_q: hit.metres === undefined ? undefined : { meters: Math.round(hit.metres) },
        formatted: formattedOf(thing, address, look),
        geometry: { lat: degrees(thing.lat), lng: degrees(thing.lng) },
      };
      const bytes = Buffer.from(JSON.stringify(rest).slice(1));
      writer.room(bytes.length);
      writer.copy(bytes, 0, bytes.length);
    },
  };
};

const NO_WRITER: AddressWriter = {
  write: () => {
    throw new Error('an atlas without extracts has no addresses');
  },
};

/** The writer for an atlas; one without extracts has nothing to write, and costs no memory. */
export const openAddressWriter = ({ base, extracts }: Atlas): AddressWriter =>
  extracts.length === 0
    ? NO_WRITER
    : createAddressWriter({
        base,
        annotations: createAnnotationWriter(base),
        formatter: openAddressFormatter(),
      });
