/** The rates that the nodes of an installation share, as one node keeps book of them. */
import { WHOLE_SHARE, type Ledger } from './ledger.ts';
import { MOST_ENTRIES, readEntries, writeEntries, type SharedEntry } from './shared-entries.ts';
import type { NodeState } from './shared-exchange.ts';
import {
  applyPart,
  averageRate,
  entryOf,
  hearOf,
  isQuiet,
  joinIn,
  lookAtRate,
  settleRate,
  watchRate,
  type Moment,
  type SharedRate,
} from './shared-rate.ts';

export interface SharedBook {
  /** Looks at what this node was asked for. Whether there is anything to tell. */
  look(moment: Moment): boolean;
  /** What this node tells, as it was at the last look. */
  write(): Uint8Array;
  /**
   * Takes in what others newly told, and gives this node its parts.
   * @param names the other nodes that there are.
   */
  apply(news: readonly NodeState[], names: ReadonlySet<string>, moment: Moment): void;
  /** Nothing has been heard for long: every node has the same part of everything. */
  divideEvenly(): void;
}

/** Slots know in whole seconds when they were last asked. */
const ACTIVE_MS = 1000;

/** What nodes told, by slot. */
type Heard = ReadonlyMap<string, ReadonlyMap<number, SharedEntry>>;

/** Begins alone, with nothing shared. */
export const createSharedBook = (ledger: Ledger): SharedBook => {
  const rates = new Map<number, SharedRate>();
  let nodes = 1;

  const divideEvenly = (): void => {
    rates.clear();
    ledger.shareAll(nodes === 1 ? 0 : Math.floor(WHOLE_SHARE / nodes));
  };

  const bySlot = (state: Uint8Array): ReadonlyMap<number, SharedEntry> => {
    const found = new Map<number, SharedEntry>();
    for (const entry of readEntries(state)) {
      try {
        found.set(ledger.slotOfDigest(entry.idHigh, entry.idLow), entry);
      } catch {
        // A ledger that is full has no place for what only others are asked for.
      }
    }
    return found;
  };

  const hear = (heard: Heard, moment: Moment): void => {
    const unknown = new Map<number, Map<string, SharedEntry>>();
    for (const [node, entries] of heard) {
      for (const [slot, entry] of entries) {
        const rate = rates.get(slot);
        if (rate !== undefined) hearOf(rate, node, entry);
        else unknown.set(slot, (unknown.get(slot) ?? new Map<string, SharedEntry>()).set(node, entry));
      }
    }
    for (const [slot, told] of unknown) {
      const [first] = told.values();
      if (first === undefined) continue;
      const rate = watchRate(ledger, { ...first, slot }, moment);
      joinIn(rate, told);
      rates.set(slot, rate);
    }
  };

  return {
    look: (moment) => {
      if (nodes === 1) return false;
      for (const active of ledger.activeSlots(moment.now - ACTIVE_MS))
        if (!rates.has(active.slot)) rates.set(active.slot, watchRate(ledger, active, moment));
      let hasNews = false;
      for (const [slot, rate] of rates) {
        lookAtRate(ledger, rate);
        // Otherwise when the others have been heard.
        if (!rate.isTold && rate.others.size === 0) settleRate(rate, moment);
        averageRate(rate, nodes, moment);
        hasNews ||= rate.isTold;
        if (isQuiet(rate) && rate.others.size === 0) rates.delete(slot);
      }
      return hasNews;
    },
    write: () => {
      const told = [...rates.values()].filter(({ isTold }) => isTold);
      // The most pressing first, where there is no room for all.
      if (told.length > MOST_ENTRIES) told.sort((a, b) => b.demand / b.perSecond - a.demand / a.perSecond);
      return writeEntries(told.map(entryOf));
    },
    apply: (news, names, moment) => {
      if (nodes !== names.size + 1) {
        nodes = names.size + 1;
        if (nodes === 1) divideEvenly();
        else ledger.shareAll(Math.floor(WHOLE_SHARE / nodes));
      }
      if (nodes === 1) return;
      const heard = new Map(news.map(({ node, state }) => [node, bySlot(state)]));
      hear(heard, moment);
      for (const [slot, rate] of rates) {
        // A node that is gone, or has nothing more to tell, asks for nothing.
        for (const node of rate.others.keys())
          if (!names.has(node) || heard.get(node)?.has(slot) === false) rate.others.delete(node);
        lookAtRate(ledger, rate);
        settleRate(rate, moment);
        if (rate.isTold || rate.others.size > 0) applyPart(ledger, rate, nodes, moment);
      }
    },
    divideEvenly,
  };
};
