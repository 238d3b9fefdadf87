import { deflateSync, zstdCompressSync } from 'node:zlib';
import { PbfWriter } from 'pbf';

/** Writes small OpenStreetMap files in PBF, right or wrong on purpose. */

type Tags = Readonly<Record<string, string>>;

/** Coordinates in degrees. */
export interface NodeSketch {
  readonly id: number;
  readonly lat: number;
  readonly lng: number;
  readonly tags?: Tags;
}

export interface WaySketch {
  readonly id: number;
  readonly refs: readonly number[];
  readonly tags?: Tags;
}

export interface RelationSketch {
  readonly id: number;
  readonly tags: Tags;
  readonly members: readonly {
    readonly kind: 'node' | 'way' | 'relation';
    readonly id: number;
    readonly role: string;
  }[];
}

export interface MapSketch {
  readonly nodes?: readonly NodeSketch[];
  readonly ways?: readonly WaySketch[];
  readonly relations?: readonly RelationSketch[];
  readonly packing?: 'zlib' | 'raw' | 'zstd' | 'lz4';
  /** Nodes one by one instead of densely. */
  readonly plainNodes?: boolean;
  readonly required?: readonly string[];
}

const blob = (type: string, data: Uint8Array, packing: MapSketch['packing'] = 'zlib'): Buffer => {
  const body = new PbfWriter();
  if (packing === 'raw') body.writeBytesField(1, data);
  else {
    body.writeVarintField(2, data.length);
    if (packing === 'zlib') body.writeBytesField(3, deflateSync(data));
    else if (packing === 'zstd') body.writeBytesField(7, zstdCompressSync(data));
    else body.writeBytesField(6, data);
  }
  const bytes = body.finish();
  const head = new PbfWriter();
  head.writeStringField(1, type);
  head.writeVarintField(3, bytes.length);
  const header = head.finish();
  const length = Buffer.alloc(4);
  length.writeUInt32BE(header.length);
  return Buffer.concat([length, header, bytes]);
};

/** A blob of map data with these bytes unpacked; for what no honest program writes. */
export const rawBlob = (data: Uint8Array, type = 'OSMData'): Buffer => blob(type, data);

const createTable = (): { numberOf(text: string): number; texts: string[] } => {
  const texts = [''];
  return {
    texts,
    numberOf(text) {
      const known = texts.indexOf(text, 1);
      return known > 0 ? known : texts.push(text) - 1;
    },
  };
};

const block = (write: (table: ReturnType<typeof createTable>, group: PbfWriter) => void): Uint8Array => {
  const table = createTable();
  const group = new PbfWriter();
  write(table, group);
  const groupBytes = group.finish();
  const out = new PbfWriter();
  out.writeMessage(
    1,
    (texts: string[], pbf: PbfWriter) => {
      for (const text of texts) pbf.writeBytesField(1, Buffer.from(text));
    },
    table.texts,
  );
  out.writeBytesField(2, groupBytes);
  return out.finish();
};

const deltas = (values: readonly number[]): number[] =>
  values.map((value, at) => value - (values[at - 1] ?? 0));

const units = (degrees: number): number => Math.round(degrees * 1e7);

const tagFields = (pbf: PbfWriter, tags: Tags | undefined, numberOf: (text: string) => number): void => {
  const entries = Object.entries(tags ?? {});
  pbf.writePackedVarint(
    2,
    entries.map(([key]) => numberOf(key)),
  );
  pbf.writePackedVarint(
    3,
    entries.map(([, value]) => numberOf(value)),
  );
};

const nodesBlock = (nodes: readonly NodeSketch[], isPlain: boolean): Uint8Array =>
  block(({ numberOf }, group) => {
    if (isPlain) {
      for (const node of nodes)
        group.writeMessage(
          1,
          ({ id, lat, lng, tags }: NodeSketch, pbf: PbfWriter) => {
            pbf.writeSVarintField(1, id);
            tagFields(pbf, tags, numberOf);
            pbf.writeSVarintField(8, units(lat));
            pbf.writeSVarintField(9, units(lng));
          },
          node,
        );
      return;
    }
    const words = nodes.flatMap(({ tags }) => [
      ...Object.entries(tags ?? {}).flatMap(([key, value]) => [numberOf(key), numberOf(value)]),
      0,
    ]);
    group.writeMessage(
      2,
      (all: readonly NodeSketch[], pbf: PbfWriter) => {
        pbf.writePackedSVarint(1, deltas(all.map(({ id }) => id)));
        pbf.writePackedSVarint(8, deltas(all.map(({ lat }) => units(lat))));
        pbf.writePackedSVarint(9, deltas(all.map(({ lng }) => units(lng))));
        pbf.writePackedVarint(10, words);
      },
      nodes,
    );
  });

const waysBlock = (ways: readonly WaySketch[]): Uint8Array =>
  block(({ numberOf }, group) => {
    for (const way of ways)
      group.writeMessage(
        3,
        ({ id, refs, tags }: WaySketch, pbf: PbfWriter) => {
          pbf.writeVarintField(1, id);
          tagFields(pbf, tags, numberOf);
          pbf.writePackedSVarint(8, deltas(refs));
        },
        way,
      );
  });

const KINDS = ['node', 'way', 'relation'];

const relationsBlock = (relations: readonly RelationSketch[]): Uint8Array =>
  block(({ numberOf }, group) => {
    for (const relation of relations)
      group.writeMessage(
        4,
        ({ id, tags, members }: RelationSketch, pbf: PbfWriter) => {
          pbf.writeVarintField(1, id);
          tagFields(pbf, tags, numberOf);
          pbf.writePackedVarint(
            8,
            members.map(({ role }) => numberOf(role)),
          );
          pbf.writePackedSVarint(9, deltas(members.map((member) => member.id)));
          pbf.writePackedVarint(
            10,
            members.map(({ kind }) => KINDS.indexOf(kind)),
          );
        },
        relation,
      );
  });

/** The blob that begins a file. */
export const headerBlob = (required: readonly string[] = ['OsmSchema-V0.6', 'DenseNodes']): Buffer => {
  const header = new PbfWriter();
  for (const feature of required) header.writeStringField(4, feature);
  header.writeStringField(5, 'Sort.Type_then_ID');
  return blob('OSMHeader', header.finish());
};

/** The bytes of a file, blob by blob: the header, then nodes, ways and relations, each kind in one blob. */
export const drawMap = (sketch: MapSketch): Buffer[] => {
  const { nodes = [], ways = [], relations = [], packing, plainNodes = false, required } = sketch;
  const blobs = [headerBlob(required)];
  if (nodes.length > 0) blobs.push(blob('OSMData', nodesBlock(nodes, plainNodes), packing));
  if (ways.length > 0) blobs.push(blob('OSMData', waysBlock(ways), packing));
  if (relations.length > 0) blobs.push(blob('OSMData', relationsBlock(relations), packing));
  return blobs;
};
