/** Reads the rows back that a layer was made of, as they hold after overlaps are settled. */
import {
  openLayer,
  DEEP,
  type Layer,
  type LayerName,
} from '../../../src/services/visitor/addresses/layer-format.ts';
import { createNetworks, kindsOf } from '../../../src/services/visitor/addresses/networks.ts';
import { createPlaces } from '../../../src/services/visitor/addresses/places.ts';
import type { Address } from '../../../src/services/visitor/addresses/address.ts';
import type { RowOf } from './rows.ts';

interface Start {
  readonly first: Address;
  readonly value: number;
}

function* startsOfFour({ v4Index, v4Low, v4Value }: Layer['sections']): Generator<Start> {
  for (let upper = 0; upper < 65_536; upper++)
    for (let at = v4Index[upper] ?? 0; at < (v4Index[upper + 1] ?? 0); at++) {
      const a = ((upper << 16) | (v4Low[at] ?? 0)) >>> 0;
      yield { first: { version: 4, a, b: 0, c: 0, d: 0 }, value: v4Value[at] ?? 0 };
    }
}

function* startsOfSix({
  v6First,
  v6FirstAt,
  v6Second,
  v6Value,
  deepAt,
  deepLow,
  deepValue,
}: Layer['sections']): Generator<Start> {
  for (let group = 0; group < v6First.length; group++)
    for (let at = v6FirstAt[group] ?? 0; at < (v6FirstAt[group + 1] ?? 0); at++) {
      const [a = 0, b = 0, value = 0] = [v6First[group], v6Second[at], v6Value[at]];
      if (value < DEEP) {
        yield { first: { version: 6, a, b, c: 0, d: 0 }, value };
        continue;
      }
      const list = value - DEEP;
      for (let deep = deepAt[list] ?? 0; deep < (deepAt[list + 1] ?? 0); deep++) {
        const [c = 0, d = 0] = [deepLow[2 * deep], deepLow[2 * deep + 1]];
        yield { first: { version: 6, a, b, c, d }, value: deepValue[deep] ?? 0 };
      }
    }
}

const ONES = 0xffffffff;
const LAST_V4: Address = { version: 4, a: ONES, b: 0, c: 0, d: 0 };
const LAST_V6: Address = { version: 6, a: ONES, b: ONES, c: ONES, d: ONES };

const before = ({ version, a, b, c, d }: Address): Address => {
  if (version === 4) return { version, a: a - 1, b, c, d };
  if (d !== 0) return { version, a, b, c, d: d - 1 };
  if (c !== 0) return { version, a, b, c: c - 1, d: ONES };
  if (b !== 0) return { version, a, b: b - 1, c: ONES, d: ONES };
  return { version, a: a - 1, b: ONES, c: ONES, d: ONES };
};

function* rangesOf(starts: Iterable<Start>, end: Address): Generator<Start & { readonly last: Address }> {
  let held: Start | undefined;
  for (const start of starts) {
    if (held !== undefined && held.value !== 0) yield { ...held, last: before(start.first) };
    held = start;
  }
  if (held !== undefined && held.value !== 0) yield { ...held, last: end };
}

/** The rows of a checked layer, IPv4 first, each version in order; throws `LayerFaultError` where it is another layer. */
export function* readLayerRows<Name extends LayerName>(
  layer: Name,
  buffer: SharedArrayBuffer,
): Generator<RowOf[Name]> {
  const opened = openLayer(layer, buffer);
  const placeOf = layer === 'place' ? createPlaces(opened) : undefined;
  const networkOf = layer === 'network' ? createNetworks(opened) : undefined;
  const factOf = (value: number): object => {
    if (placeOf !== undefined) return { place: placeOf(value) };
    if (networkOf !== undefined) return { network: networkOf(value) };
    return { kinds: kindsOf(value) };
  };
  const families = [
    rangesOf(startsOfFour(opened.sections), LAST_V4),
    rangesOf(startsOfSix(opened.sections), LAST_V6),
  ];
  for (const ranges of families)
    for (const { first, last, value } of ranges) yield { first, last, ...factOf(value) } as RowOf[Name];
}
