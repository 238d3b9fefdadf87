/** Everything that a question is looked up in: the base index of the whole world, and street-level extracts. */
import type { Extract } from './extract/extract.ts';
import type { Gazetteer } from './gazetteer.ts';
import type { ResultMemory } from './result-memory.ts';

/** What one thread looks up in; it never changes, and another takes its place as a whole (atlas-holder.ts). */
export interface Atlas {
  readonly base: Gazetteer;
  /** In the order of the manifest; none is usual. */
  readonly extracts: readonly Extract[];
  /** Results of the base as threads wrote them lately; each remembers for itself where this is left out. */
  readonly results?: ResultMemory;
}
