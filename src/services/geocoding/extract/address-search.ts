/** Finds addresses: a street with or without a number, and whatever has a name, in any order with where it is. */
import { NO_KEY } from '../key-index.ts';
import { numberReadings, partAreas, type Reading } from './address-readings.ts';
import { createAddressWorth, type AddressQuery, type FoundRecord } from './address-worth.ts';
import { cutAddress, foldedWords, hasDigit, type AddressWords } from './address-words.ts';
import { createAreaWords, type Area } from './area-words.ts';
import { createExtractKeys, type PostingRange } from './extract-keys.ts';
import type { ExtractSections } from './extract-format.ts';
import {
  CONTEXT,
  HOUSE,
  POSTING_MASK,
  POSTING_SPOT,
  POSTING_STREET,
  SPOT,
  STREET,
} from './extract-records.ts';
import type { ExtractRecords } from './extract.ts';
import { createHouseNumbers } from './house-numbers.ts';

/** What a question found, best first. */
export interface Found {
  readonly records: readonly FoundRecord[];
  /**
   * How the question reads: `house` with a number that is known, `street` with where it is or a number that is not
   * known, `name` where the whole of it is a name.
   */
  readonly reads: 'house' | 'street' | 'name' | 'nothing';
}

const NOTHING: Found = { records: [], reads: 'nothing' };

/** Words of one name; no street has more. */
const MOST_OF_NAME = 8;
/** Records of one name that are looked at, and contexts of an area that lead to them one by one. */
const MOST_CANDIDATES = 4_096;
const FEW_CONTEXTS = 256;
/** Streets whose houses are asked for their own postcode. */
const MOST_OF_CODE = 256;
/** Keys and records that the beginning of a name reads. */
const MOST_KEYS = 500;
/** Makes the search of one thread. */
export const createAddressSearch = (
  sections: ExtractSections,
  records: ExtractRecords,
): ((query: AddressQuery) => Found) => {
  const { postings } = sections;
  const keys = createExtractKeys(sections);
  const areaWords = createAreaWords(sections, records, keys);
  const numbers = createHouseNumbers(records);
  const { contextOf, worthwhile, best } = createAddressWorth(records, areaWords);

  const contextOfPosting = (posting: number, kind: number): number => {
    const id = (postings[posting] as number) & POSTING_MASK;
    return kind === POSTING_STREET ? records.street(id, STREET.context) : records.spot(id, SPOT.context);
  };

  /** The part of a range, whose records are ordered by context, that is of one context. */
  const ofContext = ({ from, to }: PostingRange, kind: number, context: number): PostingRange => {
    const first = (least: number): number => {
      let low = from;
      let high = to;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (contextOfPosting(middle, kind) < least) low = middle + 1;
        else high = middle;
      }
      return low;
    };
    return { from: first(context), to: first(context + 1) };
  };

  /** Records of a range that lie in all of the areas. */
  const inAreas = (range: PostingRange, kind: number, areas: readonly Area[]): number[] => {
    const found: number[] = [];
    const add = ({ from, to }: PostingRange): void => {
      for (let at = from; at < to && found.length < MOST_CANDIDATES; at++) {
        const context = contextOfPosting(at, kind);
        if (areas.every((area) => areaWords.holds(area, context)))
          found.push((postings[at] as number) & POSTING_MASK);
      }
    };
    let narrowest: PostingRange | undefined;
    for (const area of areas) {
      if ('country' in area) continue;
      const { from, to } = area.contexts;
      if (narrowest === undefined || to - from < narrowest.to - narrowest.from) narrowest = area.contexts;
    }
    const few = narrowest === undefined ? Infinity : narrowest.to - narrowest.from;
    if (narrowest === undefined || few > FEW_CONTEXTS || few * 4 > range.to - range.from)
      add({ from: range.from, to: Math.min(range.to, range.from + 16 * MOST_CANDIDATES) });
    else
      for (let at = narrowest.from; at < narrowest.to; at++)
        add(ofContext(range, kind, areaWords.contextAt(at)));
    return found;
  };

  const areasFor = (
    address: AddressWords,
    { from, to, numberFrom, numberTo }: Reading,
  ): readonly Area[] | undefined =>
    areaWords.read(address, (word) => (word >= from && word < to) || (word >= numberFrom && word < numberTo));

  /** Houses of a number on the streets of a range. */
  const houses = (
    address: AddressWords,
    reading: Reading,
    range: PostingRange,
    query: AddressQuery,
  ): FoundRecord[] => {
    const areas = areasFor(address, reading);
    if (areas === undefined) return [];
    const { hard, soft } = partAreas(areas);
    const number = address.words.slice(reading.numberFrom, reading.numberTo).join(' ');
    const housesOn = (streets: readonly number[]): number[] =>
      streets.flatMap((street) => numbers.find(street, number));
    const found = housesOn(inAreas(range, POSTING_STREET, hard));
    const isByCode = hard.some((area) => 'isPostcode' in area && area.isPostcode);
    if (found.length > 0 || !isByCode) return worthwhile('house', found, query, soft);
    // A street may run through two postcodes: then it is the house's own that counts.
    const wider = hard.filter((area) => 'country' in area || !area.isPostcode);
    const others = housesOn(inAreas(range, POSTING_STREET, wider).slice(0, MOST_OF_CODE)).filter((house) =>
      hard.every((area) => areaWords.holds(area, records.house(house, HOUSE.context))),
    );
    return worthwhile('house', others, query, soft);
  };

  const streets = (
    address: AddressWords,
    reading: Reading,
    range: PostingRange,
    query: AddressQuery,
  ): FoundRecord[] => {
    const areas = areasFor(address, reading);
    if (areas === undefined) return [];
    const { hard, soft } = partAreas(areas);
    return worthwhile('street', inAreas(range, POSTING_STREET, hard), query, soft).filter(
      // A place that houses are counted in is found as itself; without a house it is no street.
      ({ id }) => records.street(id, STREET.isPlace) === 0,
    );
  };

  const readStreet = (
    address: AddressWords,
    from: number,
    to: number,
    range: PostingRange,
    query: AddressQuery,
  ): Found => {
    const readings = numberReadings(address, from, to);
    for (const reading of readings) {
      const found = houses(address, reading, range, query);
      if (found.length > 0) return { records: best(found, query), reads: 'house' };
    }
    const bare = { from, to, numberFrom: 0, numberTo: 0 };
    for (const reading of [bare, ...readings]) {
      const found = streets(address, reading, range, query);
      const reads = to - from === address.words.length ? 'name' : 'street';
      if (found.length > 0) return { records: best(found, query), reads };
    }
    return NOTHING;
  };

  const readSpan = (address: AddressWords, from: number, to: number, query: AddressQuery): Found => {
    const key = keys.find(address.words.slice(from, to).join(' '));
    if (key === NO_KEY) return NOTHING;
    const streetRange = keys.range(key, POSTING_STREET);
    const spotRange = keys.range(key, POSTING_SPOT);
    const street =
      streetRange.from < streetRange.to ? readStreet(address, from, to, streetRange, query) : NOTHING;
    if (spotRange.from === spotRange.to || street.reads === 'house') return street;
    const areas = areasFor(address, { from, to, numberFrom: 0, numberTo: 0 });
    if (areas === undefined) return street;
    const { hard, soft } = partAreas(areas);
    const spots = worthwhile('spot', inAreas(spotRange, POSTING_SPOT, hard), query, soft);
    if (spots.length === 0) return street;
    const reads = to - from === address.words.length ? 'name' : 'street';
    return { records: best([...spots, ...street.records], query), reads };
  };

  /** The longest names first, and of those the leftmost. */
  const readAll = (address: AddressWords, query: AddressQuery): Found => {
    const { words, parts } = address;
    for (let length = Math.min(words.length, MOST_OF_NAME); length > 0; length--)
      for (let from = 0; from + length <= words.length; from++) {
        if (parts[from] !== parts[from + length - 1]) continue;
        // A number alone is no street; as a postcode it stands for itself only when nothing else is asked.
        if (length === 1 && words.length > 1 && /^\d+$/u.test(words[from] as string)) continue;
        const found = readSpan(address, from, from + length, query);
        if (found.records.length > 0) return found;
      }
    return NOTHING;
  };

  /** Names that begin with all of the words. */
  const beginning = (prefix: string, query: AddressQuery): FoundRecord[] => {
    const range = keys.startingWith(prefix);
    const found = new Map<string, FoundRecord>();
    let looked = 0;
    for (let key = range.from; key < Math.min(range.to, range.from + MOST_KEYS); key++)
      for (const [posting, kind] of [
        [POSTING_STREET, 'street'],
        [POSTING_SPOT, 'spot'],
      ] as const) {
        const { from, to } = keys.range(key, posting);
        for (let at = from; at < to && looked < MOST_CANDIDATES; at++) {
          looked += 1;
          const id = (postings[at] as number) & POSTING_MASK;
          if (kind === 'street' && records.street(id, STREET.isPlace) === 1) continue;
          const [record] = worthwhile(kind, [id], query, []);
          if (record !== undefined) found.set(`${kind}${id}`, record);
        }
      }
    return best([...found.values()], query);
  };

  /** What the words but the last find, as far as the last is the beginning of where it is or of its number. */
  const completing = (address: AddressWords, query: AddressQuery): FoundRecord[] => {
    const last = address.words.at(-1) as string;
    const shorter = { words: address.words.slice(0, -1), parts: address.parts.slice(0, -1) };
    const found = readAll(shorter, { ...query, limit: 100, keepDuplicates: true });
    const fits = ({ kind, id }: FoundRecord): boolean => {
      const context = contextOf(kind, id);
      return [
        CONTEXT.place,
        CONTEXT.suburb,
        CONTEXT.postcode,
        CONTEXT.county,
        CONTEXT.state,
        CONTEXT.postalCity,
      ].some((field) => {
        const words = cutAddress(records.text(records.context(context, field)))?.words ?? [];
        return words.some((word) => word.startsWith(last));
      });
    };
    return best(found.records.filter(fits), query);
  };

  return (query) => {
    const address = cutAddress(query.text);
    if (address === undefined) return NOTHING;
    const whole = readAll(address, query);
    if (query.isPrefix !== true || whole.reads === 'house') return whole;
    // Names are kept in their short forms and as they are written: `landstras` begins only the latter.
    const begun = beginning(foldedWords(query.text), query);
    if (begun.length > 0) return { records: begun, reads: 'name' };
    if (whole.records.length > 0) return whole;
    const completed =
      address.words.length > 1 && !hasDigit(address.words.at(-1) as string) ? completing(address, query) : [];
    return completed.length > 0 ? { records: completed, reads: 'street' } : NOTHING;
  };
};
