import { PbfReader } from 'pbf';
import { DamagedMessage, eachField, exact, NO_SPAN, readerAt, readPart, type Span } from './osm-message.ts';
import { denseTags, readStrings, readTags, tooMany, type Strings, type Tags } from './osm-strings.ts';

/** Reads one block of OpenStreetMap's PBF: some thousand nodes, ways or relations with their tags. */

/** Kinds of things, to be added up. */
export const NODES = 1;
export const WAYS = 2;
export const RELATIONS = 4;

/** A member of a relation. */
export interface Member {
  /** `NODES`, `WAYS` or `RELATIONS`. */
  readonly kind: number;
  readonly id: number;
  readonly role: string;
}

/** What is called for the things of a block. What it does not have is not read. */
export interface Visitor {
  /**
   * Tags are made only for things that have one of these keys; without any, ways and relations are called with
   * undefined.
   */
  readonly keys: ReadonlySet<string>;
  /** Coordinates are whole ten-millionths of a degree, unchecked; NaN where they are no numbers. */
  node?(id: number, lat: number, lng: number, tags: Tags | undefined): void;
  /** The array is used again after the call. */
  way?(id: number, refs: Float64Array, tags: Tags | undefined): void;
  relation?(id: number, tags: Tags, members: () => Member[]): void;
}

/** Known programs write 8,000 things into a block, some up to 32,000. */
const MOST_THINGS = 65_536;
/** OpenStreetMap allows 2,000 nodes in a way and 32,000 members in a relation; this is for a whole block. */
const MOST_MEMBERS = 4_000_000;
/** What is the same for a whole block. */
interface Block {
  readonly bytes: Uint8Array;
  readonly strings: Strings;
  readonly visitor: Visitor;
  /** How it writes coordinates: in `granularity` thousand-millionths of a degree from an offset. */
  readonly granularity: number;
  readonly latOffset: number;
  readonly lngOffset: number;
  /** How many things, and how many nodes of ways and members of relations, it may yet have. */
  things: number;
  members: number;
}

const countThing = (block: Block): void => {
  block.things -= 1;
  if (block.things < 0) throw tooMany('things');
};

const countMember = (block: Block): void => {
  block.members -= 1;
  if (block.members < 0) throw tooMany('nodes in ways, or members in relations');
};

const inUnits = (value: number, offset: number, granularity: number): number =>
  Math.round((offset + granularity * value) / 100);

const readDense = (block: Block, span: Span): void => {
  const { bytes, strings, visitor, granularity, latOffset, lngOffset } = block;
  const spans = new Map<number, Span>();
  const fields = readerAt(bytes, span);
  eachField(fields, span.start, span.end, (field) => {
    if (field === 1 || field === 8 || field === 9 || field === 10)
      spans.set(field, readPart(fields, span.end));
  });
  const ids = spans.get(1) ?? NO_SPAN;
  const lats = spans.get(8) ?? NO_SPAN;
  const lngs = spans.get(9) ?? NO_SPAN;
  const words = spans.get(10) ?? NO_SPAN;
  const idReader = readerAt(bytes, ids);
  const latReader = readerAt(bytes, lats);
  const lngReader = readerAt(bytes, lngs);
  const wordReader = readerAt(bytes, words);
  let id = 0;
  let lat = 0;
  let lng = 0;
  while (idReader.pos < ids.end) {
    if (latReader.pos >= lats.end || lngReader.pos >= lngs.end)
      throw new DamagedMessage('it has more nodes than coordinates');
    id += idReader.readSVarint();
    lat += latReader.readSVarint();
    lng += lngReader.readSVarint();
    countThing(block);
    const tags = words.start === words.end ? undefined : denseTags(wordReader, words.end, strings);
    visitor.node?.(
      exact(id),
      inUnits(lat, latOffset, granularity),
      inUnits(lng, lngOffset, granularity),
      tags,
    );
  }
  if (
    latReader.pos !== lats.end ||
    lngReader.pos !== lngs.end ||
    idReader.pos !== ids.end ||
    wordReader.pos !== words.end
  )
    throw new DamagedMessage('its nodes have other numbers of coordinates or tags');
};

/** A node, way or relation that stands by itself, with where its lists are. */
interface Thing {
  id: number;
  lat: number;
  lng: number;
  readonly spans: Map<number, Span>;
}

/** Reads a node, way or relation that stands by itself: its id, and where its lists are. */
const readThing = (reader: PbfReader, span: Span, isSigned: boolean): Thing => {
  const thing: Thing = { id: Number.NaN, lat: Number.NaN, lng: Number.NaN, spans: new Map() };
  eachField(reader, span.start, span.end, (field) => {
    if (field === 1) thing.id = isSigned ? reader.readSVarint() : reader.readVarint(true);
    else if (reader.type === 2) thing.spans.set(field, readPart(reader, span.end));
    else if (field === 8) thing.lat = reader.readSVarint();
    else if (field === 9) thing.lng = reader.readSVarint();
  });
  exact(thing.id);
  return thing;
};

const tagsOf = ({ bytes, strings }: Block, { spans }: Thing): Tags | undefined =>
  readTags(bytes, strings, spans.get(2) ?? NO_SPAN, spans.get(3) ?? NO_SPAN);

let refs = new Float64Array(2048);

const readWay = (block: Block, thing: Thing): void => {
  const { bytes, visitor } = block;
  const span = thing.spans.get(8) ?? NO_SPAN;
  const reader = readerAt(bytes, span);
  let count = 0;
  for (let ref = 0; reader.pos < span.end;) {
    ref += reader.readSVarint();
    countMember(block);
    if (count === refs.length) {
      const longer = new Float64Array(2 * count);
      longer.set(refs);
      refs = longer;
    }
    refs[count] = exact(ref);
    count += 1;
  }
  if (reader.pos !== span.end) throw new DamagedMessage('the nodes of a way end too late');
  visitor.way?.(thing.id, refs.subarray(0, count), tagsOf(block, thing));
};

const MEMBER_KINDS: readonly number[] = [NODES, WAYS, RELATIONS];

const readMembers = (block: Block, { spans }: Thing): Member[] => {
  const { bytes, strings } = block;
  const roles = spans.get(8) ?? NO_SPAN;
  const ids = spans.get(9) ?? NO_SPAN;
  const kinds = spans.get(10) ?? NO_SPAN;
  const roleReader = readerAt(bytes, roles);
  const idReader = readerAt(bytes, ids);
  const kindReader = readerAt(bytes, kinds);
  const members: Member[] = [];
  for (let id = 0; idReader.pos < ids.end;) {
    if (roleReader.pos >= roles.end || kindReader.pos >= kinds.end)
      throw new DamagedMessage('a member of a relation has no role or kind');
    id += idReader.readSVarint();
    const kind = MEMBER_KINDS[kindReader.readVarint()];
    if (kind === undefined) throw new DamagedMessage('a member of a relation has an unknown kind');
    members.push({ kind, id: exact(id), role: strings.text(roleReader.readVarint()) });
    countMember(block);
  }
  return members;
};

const readNode = (block: Block, thing: Thing): void => {
  const { visitor, granularity, latOffset, lngOffset } = block;
  const lat = inUnits(thing.lat, latOffset, granularity);
  visitor.node?.(thing.id, lat, inUnits(thing.lng, lngOffset, granularity), tagsOf(block, thing));
};

const readRelation = (block: Block, thing: Thing): void => {
  const tags = tagsOf(block, thing);
  if (tags !== undefined) block.visitor.relation?.(thing.id, tags, () => readMembers(block, thing));
};

/** Numbers of the fields of a group. */
const NODE_FIELD = 1;
const DENSE_FIELD = 2;
const WAY_FIELD = 3;
const RELATION_FIELD = 4;

const readGroup = (block: Block, span: Span): number => {
  const { bytes, visitor } = block;
  const reader = readerAt(bytes, span);
  const inner = readerAt(bytes, span);
  let kinds = 0;
  eachField(reader, span.start, span.end, (field) => {
    if (field < NODE_FIELD || field > RELATION_FIELD) return;
    const part = readPart(reader, span.end);
    countThing(block);
    if (field === WAY_FIELD) {
      kinds |= WAYS;
      if (visitor.way !== undefined) readWay(block, readThing(inner, part, false));
    } else if (field === RELATION_FIELD) {
      kinds |= RELATIONS;
      if (visitor.relation !== undefined) readRelation(block, readThing(inner, part, false));
    } else {
      kinds |= NODES;
      if (visitor.node === undefined) return;
      if (field === DENSE_FIELD) readDense(block, part);
      else readNode(block, readThing(inner, part, true));
    }
  });
  return kinds;
};

/**
 * Calls the visitor for what a block holds and returns its kinds, added up. Throws `DamagedMessage`, also after some
 * calls.
 */
export const readBlock = (bytes: Uint8Array, visitor: Visitor): number => {
  const reader = new PbfReader(bytes);
  let table: Readonly<Span> = NO_SPAN;
  const groups: Span[] = [];
  let granularity = 100;
  let latOffset = 0;
  let lngOffset = 0;
  eachField(reader, 0, bytes.length, (field) => {
    if (field === 1) table = readPart(reader, bytes.length);
    else if (field === 2) groups.push(readPart(reader, bytes.length));
    else if (field === 17) granularity = reader.readVarint(true);
    else if (field === 19) latOffset = reader.readVarint(true);
    else if (field === 20) lngOffset = reader.readVarint(true);
    if (groups.length > MOST_THINGS) throw tooMany('groups');
  });
  if (!(granularity >= 1 && granularity <= 1e9)) throw new DamagedMessage('its coordinates have no scale');
  if (table === NO_SPAN) throw new DamagedMessage('it has no strings');
  const block: Block = {
    bytes,
    strings: readStrings(bytes, table, visitor.keys),
    visitor,
    granularity,
    latOffset,
    lngOffset,
    things: MOST_THINGS,
    members: MOST_MEMBERS,
  };
  let kinds = 0;
  for (const group of groups) kinds |= readGroup(block, group);
  return kinds;
};

/** What the first blob says that a reader has to be able to; throws `DamagedMessage`. */
export const readHeaderBlock = (
  bytes: Uint8Array,
): { readonly required: string[]; readonly optional: string[] } => {
  const reader = new PbfReader(bytes);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const required: string[] = [];
  const optional: string[] = [];
  eachField(reader, 0, bytes.length, (field) => {
    if (field !== 4 && field !== 5) return;
    const { start, end } = readPart(reader, bytes.length);
    (field === 4 ? required : optional).push(buffer.toString('utf8', start, Math.min(end, start + 100)));
  });
  return { required, optional };
};
