/** What nodes tell each other about the rates that they share, as bytes: 28 a subject, known only by 64 bits of a digest. */

/** One node's part in one rate. */
export interface SharedEntry {
  readonly idHigh: number;
  readonly idLow: number;
  readonly perSecond: number;
  readonly burst: number;
  /** Requests that this node has admitted since it began to tell of this rate; a 32-bit number that wraps. */
  readonly admitted: number;
  /** Requests a second that this node was asked for lately, admitted or not. */
  readonly demand: number;
  /** Requests of the burst that all nodes together have used, as far as this node knows. */
  readonly debt: number;
}

/** The first word; nodes of another version are counted, and not understood. */
const FORMAT = 1;
const WORD = 4;
const WORDS = 7;
const ENTRY = WORDS * WORD;

/** Subjects that one node tells of at once; a tenth of a second has no time for more. */
export const MOST_ENTRIES = 8192;
/** Bytes of the largest state. */
export const LARGEST_STATE = WORD + MOST_ENTRIES * ENTRY;

/** Writes at most `MOST_ENTRIES`; nothing where there is nothing to tell. */
export const writeEntries = (entries: readonly SharedEntry[]): Uint8Array => {
  const count = Math.min(entries.length, MOST_ENTRIES);
  if (count === 0) return new Uint8Array(0);
  const bytes = new Uint8Array(WORD + count * ENTRY);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, FORMAT);
  let at = WORD;
  for (const entry of entries.slice(0, count)) {
    view.setInt32(at, entry.idHigh);
    view.setInt32(at + WORD, entry.idLow);
    view.setInt32(at + 2 * WORD, entry.perSecond);
    view.setInt32(at + 3 * WORD, entry.burst);
    view.setUint32(at + 4 * WORD, entry.admitted);
    view.setFloat32(at + 5 * WORD, entry.demand);
    view.setFloat32(at + 6 * WORD, entry.debt);
    at += ENTRY;
  }
  return bytes;
};

const MOST_PER_SECOND = 1_000_000;

/** Whether numbers are ones that `writeEntries` was given: what another program wrote there must not move a limit. */
const isPlausible = ({ idHigh, idLow, perSecond, burst, demand, debt }: SharedEntry): boolean =>
  idHigh !== 0 &&
  idLow !== 0 &&
  perSecond >= 1 &&
  perSecond <= MOST_PER_SECOND &&
  burst >= 1 &&
  burst <= MOST_PER_SECOND &&
  demand >= 0 &&
  demand <= Number.MAX_SAFE_INTEGER &&
  debt >= 0 &&
  debt <= Number.MAX_SAFE_INTEGER;

/** Reads what `writeEntries` wrote; nothing from bytes of any other form. */
export const readEntries = (bytes: Uint8Array): readonly SharedEntry[] => {
  if (bytes.length < WORD || bytes.length > LARGEST_STATE || (bytes.length - WORD) % ENTRY !== 0) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getInt32(0) !== FORMAT) return [];
  const entries: SharedEntry[] = [];
  for (let at = WORD; at < bytes.length; at += ENTRY) {
    const entry = {
      idHigh: view.getInt32(at),
      idLow: view.getInt32(at + WORD),
      perSecond: view.getInt32(at + 2 * WORD),
      burst: view.getInt32(at + 3 * WORD),
      admitted: view.getUint32(at + 4 * WORD),
      demand: view.getFloat32(at + 5 * WORD),
      debt: view.getFloat32(at + 6 * WORD),
    };
    if (isPlausible(entry)) entries.push(entry);
  }
  return entries;
};
