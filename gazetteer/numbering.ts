import type { AreaDraft, EntityDraft } from './entities.ts';
import { checkLimit, MOST_ENTITIES } from './limits.ts';

/** The entities of an index in the order of their ids, the most important first. */
export interface EntityOrder {
  readonly size: number;
  /** By id: a row of the places, or `~number` of an area, countries first and then the draft's areas. */
  readonly sources: Int32Array;
  /** Ids by provisional number: rows of the places, then countries, then the draft's areas. */
  readonly ids: Uint32Array;
  /** Countries, then the draft's areas. */
  readonly areas: readonly AreaDraft[];
}

/** Gives every entity its id by its score; of equals countries come first, then areas, then places as they were read. */
export const numberEntities = (draft: EntityDraft, nations: readonly AreaDraft[]): EntityOrder => {
  const areas = [...nations, ...draft.areas];
  const rows = draft.places.length;
  const size = areas.length + rows;
  checkLimit('places and areas', size, MOST_ENTITIES);
  const scores = new Float64Array(size);
  areas.forEach(({ score }, at) => (scores[at] = score));
  scores.set(draft.places.score.view(), areas.length);
  const order = new Uint32Array(size);
  for (let at = 0; at < size; at++) order[at] = at;
  order.sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
  const sources = new Int32Array(size);
  const ids = new Uint32Array(size);
  order.forEach((at, id) => {
    if (at < areas.length) {
      sources[id] = ~at;
      ids[rows + at] = id;
      (areas[at] as AreaDraft).id = id;
    } else {
      sources[id] = at - areas.length;
      ids[at - areas.length] = id;
    }
  });
  return { size, sources, ids, areas };
};
