/** What came of an import: a layer's file, and everything by which it is judged before it is taken into use. */
import type { LayerName } from '../../services/visitor/addresses/layer-format.ts';

/** A file that is written and checked, and not in use yet. */
export interface BuiltLayer {
  readonly layer: LayerName;
  /** In the folder `imported`. */
  readonly file: string;
  /** Day of the data; of several files, of the oldest. */
  readonly builtAt: string;
  readonly origin: string;
  /** Rows that were read, by version. Of kinds: of the list alone. */
  readonly v4: number;
  readonly v6: number;
  /** Of these, how many begin before one before them in the same file ends. */
  readonly overlaps: number;
  /** Rows that say nothing. */
  readonly skipped: number;
  /** Of these, how many name a country that does not exist. */
  readonly strange: number;
  /** Ranges of the layer, neighbours joined. */
  readonly ranges: number;
  /** For the operator: the first rows that were skipped, and what had to be guessed. */
  readonly notes: readonly string[];
  /** Of kinds with a list: what it is judged by. */
  readonly ofKind?: {
    /** Ranges of its kind in the shipped layer. */
    readonly shippedRanges: number;
    /** How much of all addresses is of its kind now: of IPv4, and of 2000::/3. 1 is all; IPv6 outside counts too. */
    readonly shareOfV4: number;
    readonly shareOfV6: number;
  };
  /** Of kinds: the list as it is kept, in the folder `imported`. */
  readonly list?: { readonly file: string; readonly builtAt: string; readonly origin: string };
}

/** A file that is to be read. */
export interface AddressInput {
  readonly path: string;
  /** What it was called where it is from. */
  readonly name: string;
  /** Day of its last change, by its server or the file system; the last resort for the day of the data. */
  readonly changedAt: string;
}
