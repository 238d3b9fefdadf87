/** Which other nodes there are, by whether they go on saying something. Their clocks are never looked at. */
import type { NodeState } from './shared-exchange.ts';

export interface Peers {
  /** Takes in who said what; `at` in milliseconds that never run backwards. Gives those who said something new. */
  hear(states: readonly NodeState[], at: number): readonly NodeState[];
  /** Nothing can have been heard until now: nobody is silent because of it. */
  forgive(at: number): void;
  /** Nodes that are there besides this one. */
  readonly names: ReadonlySet<string>;
}

/** A node that has said nothing for so long is gone. */
export const SILENT_MS = 2000;

/** Begins with nobody. */
export const createPeers = (): Peers => {
  const heard = new Map<string, { beat: number; at: number }>();
  const names = new Set<string>();
  return {
    names,
    hear: (states, at) => {
      const news = states.filter(({ node, beat }) => {
        const last = heard.get(node);
        if (last?.beat === beat) return false;
        heard.set(node, { beat, at });
        return beat !== 0;
      });
      for (const [node, { beat, at: lastAt }] of heard) {
        if (beat !== 0 && at - lastAt < SILENT_MS) names.add(node);
        else names.delete(node);
      }
      // What has been silent for long is no longer written down by the exchange either.
      const there = new Set(states.map(({ node }) => node));
      for (const node of heard.keys()) if (!names.has(node) && !there.has(node)) heard.delete(node);
      return news.filter(({ node }) => names.has(node));
    },
    forgive: (at) => {
      for (const last of heard.values()) last.at = at;
    },
  };
};
