/** Whether what was read may take over from what is in use: pure, so that every reason is tested. */
import type { BuiltLayer } from './built-layer.ts';

/** What is in use now; undefined where nothing is known. */
export interface InUse {
  /** Undefined where that is not to be compared: shipped kinds are of several days. */
  readonly builtAt: string | undefined;
  /** Of a list: all ranges of its kind; `v6` is 0 then. */
  readonly v4: number;
  readonly v6: number;
}

/** What the operator says to all that. */
export interface Leave {
  /** Takes data that is older than what is in use. */
  readonly allowOlder: boolean;
  /** Takes what does not look plausible. */
  readonly anyway: boolean;
}

/** Clocks of other people may be a little ahead. */
const AHEAD_MS = 2 * 86_400_000;
/** A country is misspelt now and then; a table of something else is nothing but that. */
const MOST_STRANGE = 0.01;
/** Tables of registries have networks within networks: two in a hundred of geo-whois-asn-country's. */
const MOST_OVERLAPS = 0.1;
/** New data is of about the same size; a tenth is a part of it, or something coarser. */
const LEAST_SHARE = 0.1;
const WORTH_COMPARING = 1000;
/** The shipped list of hosting, the largest kind, covers 9 % of IPv4; one of more than this has a network too many. */
const MOST_COVERED = 0.25;

const ANYWAY = 'take it all the same with --anyway';

const figures = (count: number): string => count.toLocaleString('en');

const shrunk = (family: string, next: number, before: number): string | undefined => {
  if (before === 0) return undefined;
  if (next === 0)
    return `it says nothing of ${family}, of which the data in use knows ${figures(before)} ranges; import the files of both versions together, or ${ANYWAY}`;
  if (before < WORTH_COMPARING || next >= before * LEAST_SHARE) return undefined;
  return `it has ${figures(next)} ranges of ${family}, where the data in use has ${figures(before)}: ${ANYWAY}`;
};

/** A list stands for all that is known of its kind, so an error page or a list of everything would do much harm. */
const againstList = ({ v4, v6, ofKind }: BuiltLayer, inUse: InUse | undefined): string | undefined => {
  const entries = v4 + v6;
  if (entries === 0) return `not one entry is in it; ${ANYWAY}`;
  for (const [family, share = 0] of [
    ['IPv4', ofKind?.shareOfV4],
    ['IPv6', ofKind?.shareOfV6],
  ] as const)
    if (share > MOST_COVERED) return `it covers more than a quarter of the addresses of ${family}; ${ANYWAY}`;
  const before = inUse === undefined ? 0 : inUse.v4 + inUse.v6;
  if (entries >= before * LEAST_SHARE) return undefined;
  return `it has ${figures(entries)} ${entries === 1 ? 'entry' : 'entries'}, where the data in use has ${figures(before)} of its kind; ${ANYWAY}`;
};

/** Why data may not be taken into use, as the end of a sentence, and what lifts it; undefined where it may. */
export const reasonAgainst = (
  next: BuiltLayer,
  inUse: InUse | undefined,
  now: number,
  { allowOlder, anyway }: Leave,
): string | undefined => {
  const { v4, v6, overlaps, strange, builtAt, layer } = next;
  const rows = v4 + v6;
  if (rows === 0 && layer !== 'kinds') return 'not one of its rows says anything';
  if (Date.parse(builtAt) > now + AHEAD_MS)
    return `it is of ${builtAt}, which is still to come; say its day with --date, and see whether the clock of this machine is right`;
  if (!allowOlder && inUse?.builtAt !== undefined && builtAt < inUse.builtAt)
    return `it is of ${builtAt}, and the data in use of ${inUse.builtAt}; take the older one with --allow-older`;
  if (anyway) return undefined;
  if (layer === 'kinds') return againstList(next, inUse);
  if (strange > rows * MOST_STRANGE)
    return `${figures(strange)} rows name a country that does not exist; ${ANYWAY}`;
  if (overlaps > rows * MOST_OVERLAPS)
    return `${figures(overlaps)} ranges overlap the one before them; ${ANYWAY}`;
  if (inUse === undefined) return undefined;
  return shrunk('IPv4', v4, inUse.v4) ?? shrunk('IPv6', v6, inUse.v6);
};
