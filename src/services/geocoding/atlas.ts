/** Everything that a question is looked up in: the base index of the whole world, and street-level extracts. */
import type { Extract } from './extract/extract.ts';
import type { Gazetteer } from './gazetteer.ts';

/** What one thread looks up in; it never changes, and another takes its place as a whole (atlas-holder.ts). */
export interface Atlas {
  readonly base: Gazetteer;
  /** In the order of the manifest; none is usual. */
  readonly extracts: readonly Extract[];
}
