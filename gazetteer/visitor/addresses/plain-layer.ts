/** A layer as bytes that compress well: its sections one after the other, and the sorted ones among them as steps. */
import {
  LAYER_SECTIONS,
  type Layer,
  type LayerSectionName,
  type LayerTables,
} from '../../../src/services/visitor/addresses/layer-format.ts';
import { indexFirstWords, sampleSecondWords } from './boundaries.ts';
import { readSteps, writeSteps } from './steps.ts';

interface Head {
  readonly tables: LayerTables;
  /** Bytes of each section, in the order of `LAYER_SECTIONS`; of a sorted one its numbers. */
  readonly sizes: readonly number[];
  /** Bytes of the parts in the order in which they stand. */
  readonly parts: readonly number[];
}

/** All but those that are made from others. */
const NAMES = (Object.keys(LAYER_SECTIONS) as LayerSectionName[]).filter(
  (name) => name !== 'v6Index' && name !== 'v6Sample',
);
const ARRAYS = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, i32: Int32Array } as const;
/** What is sorted, and what says where its groups begin; that one stands before it in `LAYER_SECTIONS`. */
const SORTED: Partial<Record<LayerSectionName, 'v4Index' | 'v6FirstAt'>> = {
  v4Low: 'v4Index',
  v6Second: 'v6FirstAt',
};

const partsOf = (name: LayerSectionName, sections: Layer['sections']): Uint8Array[] => {
  const groups = SORTED[name];
  if (groups !== undefined) {
    const { zeros, odds } = writeSteps(sections[groups], sections[name] as Uint32Array);
    return [zeros, odds];
  }
  const { buffer, byteOffset, byteLength } = sections[name];
  return [new Uint8Array(buffer, byteOffset, byteLength)];
};

/** Writes a layer. */
export const writePlain = ({ tables, sections }: Layer): Buffer => {
  const parts = NAMES.flatMap((name) => partsOf(name, sections));
  const sizes = NAMES.map((name) => sections[name].byteLength);
  const head = Buffer.from(
    JSON.stringify({ tables, sizes, parts: parts.map(({ length }) => length) } satisfies Head),
  );
  const size = Buffer.alloc(4);
  size.writeUInt32LE(head.length);
  return Buffer.concat([size, head, ...parts]);
};

/** Reads what `writePlain` wrote. */
export const readPlain = (plain: Buffer): Layer => {
  const length = plain.readUInt32LE(0);
  const { tables, sizes, parts } = JSON.parse(plain.toString('utf8', 4, 4 + length)) as Head;
  let at = 4 + length;
  const lengths = parts.values();
  const take = (): Uint8Array => {
    const part = plain.subarray(at, at + (lengths.next().value ?? 0));
    at += part.length;
    return part;
  };
  const sections: Record<string, Uint8Array | Uint16Array | Uint32Array | Int32Array> = {};
  NAMES.forEach((name, index) => {
    const bytes = new Uint8Array(sizes[index] ?? 0);
    const section = new ARRAYS[LAYER_SECTIONS[name]](bytes.buffer);
    const groups = SORTED[name];
    if (groups === undefined) bytes.set(take());
    else readSteps(sections[groups] as Uint32Array, { zeros: take(), odds: take() }, section as Uint32Array);
    sections[name] = section;
  });
  sections['v6Sample'] = sampleSecondWords(sections['v6Second'] as Uint32Array);
  sections['v6Index'] = indexFirstWords(sections['v6First'] as Uint32Array);
  return { tables, sections: sections as unknown as Layer['sections'] };
};
