/**
 * What is known of addresses, out of three layers, each a file of its own that operators may replace: the place, the
 * network that announces it, and what kinds of network it belongs to. Opening one parses a few small tables; the rest
 * lies in memory that all threads share. Nothing that was asked for is remembered but the names in the answers.
 */
import type { Address } from './address.ts';
import type { NetworkKind, NetworkOfAddress, PlaceOfAddress } from './facts.ts';
import { LAYERS, openLayer, type Layer, type LayerMeta, type LayerName } from './layer-format.ts';
import { createNetworks, kindsOf } from './networks.ts';
import { createPlaces } from './places.ts';
import { createRangeFinder } from './range-finder.ts';
import { specialUse } from './special.ts';

/** What is said of a layer on the public pages and in the metrics. */
export interface LayerSummary extends LayerMeta {
  readonly layer: LayerName;
  /** Ranges about which something is known, of both versions together. */
  readonly ranges: number;
  readonly rangesV4: number;
  readonly rangesV6: number;
}

export interface AddressData {
  /** Undefined where nothing is known, and always for addresses of special use. */
  readonly place: (address: Address) => PlaceOfAddress | undefined;
  /** As `place`. */
  readonly network: (address: Address) => NetworkOfAddress | undefined;
  /** Empty where nothing is known: that is no proof of the contrary. */
  readonly kinds: (address: Address) => readonly NetworkKind[];
  readonly layers: readonly LayerSummary[];
}

/** The files of the three layers, as `loadLayerFile` reads them. */
export type AddressFiles = Readonly<Record<LayerName, SharedArrayBuffer>>;

const summaryOf = ({ tables: { layer, meta, ranges } }: Layer): LayerSummary => ({
  ...meta,
  layer,
  ranges: ranges.v4 + ranges.v6,
  rangesV4: ranges.v4,
  rangesV6: ranges.v6,
});

/**
 * Opens three layers that have been checked.
 * @throws {LayerFaultError} where a buffer is not the layer that it should be.
 */
export const openAddressData = (files: AddressFiles): AddressData => {
  const place = openLayer('place', files.place);
  const network = openLayer('network', files.network);
  const kinds = openLayer('kinds', files.kinds);
  const findPlace = createRangeFinder(place.sections);
  const findNetwork = createRangeFinder(network.sections);
  const findKinds = createRangeFinder(kinds.sections);
  const placeOf = createPlaces(place);
  const networkOf = createNetworks(network);
  const layers = { place, network, kinds };
  return {
    place: (address) => {
      const record = specialUse(address) === undefined ? findPlace(address) : 0;
      return record === 0 ? undefined : placeOf(record);
    },
    network: (address) => {
      const record = specialUse(address) === undefined ? findNetwork(address) : 0;
      return record === 0 ? undefined : networkOf(record);
    },
    kinds: (address) => kindsOf(specialUse(address) === undefined ? findKinds(address) : 0),
    layers: LAYERS.map((layer) => summaryOf(layers[layer])),
  };
};

/** What answers now in one thread, so that other data can take over between two requests. */
export interface AddressDataHolder {
  /** Whoever needs it for longer than one turn of the event loop keeps what this gave. */
  readonly current: AddressData;
  readonly swap: (next: AddressData) => void;
}

/** Holds the first data until they are swapped. */
export const createAddressDataHolder = (first: AddressData): AddressDataHolder => {
  let data = first;
  return {
    get current() {
      return data;
    },
    swap: (next) => {
      data = next;
    },
  };
};
