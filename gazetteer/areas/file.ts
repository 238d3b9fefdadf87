import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import type { Line, Topology } from './topology.ts';

/**
 * The form of `gazetteer/data/areas.bin`: Brotli over a table of JSON and three streams of variable-length numbers.
 *
 *   uint32  bytes of the table, then of each stream, little-endian
 *   table   the areas and how many numbers there are
 *   streams for each arc its corners; the corners' longitudes and latitudes, each as the step from the last one
 *           of the same arc (of the arc before it for the first); for each ring its arcs and their numbers
 */

/** One area of the source. */
export interface AreaFacts {
  /** Code of ISO 3166-2, such as `GB-SWK`; empty where there is none. */
  readonly iso: string;
  /** The alpha-2 code of the country that it lies in, as ours are. */
  readonly country: string;
  readonly name: string;
  /** Where its name would stand on a map, in degrees. */
  readonly lat: number;
  readonly lng: number;
  /** GeoNames' code of the state that it is, or is part of, such as `GB.ENG`; empty where GeoNames has none. */
  readonly state: string;
  /** Number of the item in Wikidata (`Q` left out); 0 where none is known. */
  readonly wikidata: number;
  /** Rings that bound it by the even-odd rule. */
  readonly rings: number;
}

/** The areas, in the order of their rings. */
export interface AreaFile extends Topology {
  readonly areas: readonly AreaFacts[];
  /** GeoNames' codes of the states whose outline is that of their areas together. */
  readonly outlined: readonly string[];
}

interface Contents {
  readonly arcs: number;
  readonly rings: number;
  readonly outlined: readonly string[];
  readonly areas: readonly AreaFacts[];
}

const createNumbers = (): { add(value: number): void; bytes(): Buffer } => {
  const bytes: number[] = [];
  return {
    add(value) {
      let rest = value < 0 ? -2 * value - 1 : 2 * value;
      for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
      bytes.push(rest);
    },
    bytes: () => Buffer.from(bytes),
  };
};

const createReader = (bytes: Buffer): (() => number) => {
  let at = 0;
  return () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined)
        throw new Error('The file of areas ends too early; take it from the repository again.');
      value += (byte & 127) * scale;
      if (byte < 128) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
  };
};

/** Lays areas out, before they are compressed. */
export const layOutAreas = ({ areas, outlined, arcs, rings }: AreaFile): Buffer => {
  const [lengths, lngs, lats, parts] = [createNumbers(), createNumbers(), createNumbers(), createNumbers()];
  let [lng, lat] = [0, 0];
  for (const arc of arcs) {
    lengths.add(arc.length / 2);
    for (let at = 0; at < arc.length; at += 2) {
      const [x = 0, y = 0] = [arc[at], arc[at + 1]];
      lngs.add(x - lng);
      lats.add(y - lat);
      [lng, lat] = [x, y];
    }
  }
  let last = 0;
  for (const ring of rings) {
    parts.add(ring.length);
    for (const part of ring) {
      parts.add(part - last);
      last = part;
    }
  }
  const table = Buffer.from(JSON.stringify({ arcs: arcs.length, rings: rings.length, outlined, areas }));
  const blocks = [table, ...[lengths, lngs, lats, parts].map((numbers) => numbers.bytes())];
  const sizes = Buffer.alloc(4 * blocks.length);
  blocks.forEach((block, index) => sizes.writeUInt32LE(block.length, 4 * index));
  return Buffer.concat([sizes, ...blocks]);
};

/** Writes areas as one compact file; half a minute for those of the world. */
export const packAreas = (file: AreaFile): Buffer =>
  brotliCompressSync(layOutAreas(file), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
  });

/** Reads what `packAreas` wrote; throws where it is something else. */
export const unpackAreas = (file: Buffer): AreaFile => {
  const bytes = brotliDecompressSync(file);
  const blocks: Buffer[] = [];
  let from = 20;
  for (let index = 0; index < 5; index++) {
    const size = bytes.readUInt32LE(4 * index);
    blocks.push(bytes.subarray(from, from + size));
    from += size;
  }
  const [table = bytes, ...streams] = blocks;
  const contents = JSON.parse(table.toString()) as Contents;
  const [length, lng, lat, part] = streams.map(createReader) as [
    () => number,
    () => number,
    () => number,
    () => number,
  ];
  let [x, y] = [0, 0];
  const arcs: Line[] = Array.from({ length: contents.arcs }, () => {
    const arc = Array.from<number>({ length: 2 * length() });
    for (let at = 0; at < arc.length; at += 2) {
      arc[at] = x += lng();
      arc[at + 1] = y += lat();
    }
    return arc;
  });
  let last = 0;
  const rings = Array.from({ length: contents.rings }, () =>
    Array.from({ length: part() }, () => (last += part())),
  );
  return { areas: contents.areas, outlined: contents.outlined, arcs, rings };
};
