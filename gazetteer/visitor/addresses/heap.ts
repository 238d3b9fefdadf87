/** A binary heap. */

/** Items of which the first by its order is always at hand. */
export interface Heap<Item> {
  /** The first of all; undefined where there is none. */
  readonly top: Item | undefined;
  push(item: Item): void;
  /** Takes the first out. */
  pop(): Item | undefined;
}

/** A heap without items; both changes take time by the logarithm of their number. @param isBefore a strict order. */
export const createHeap = <Item>(isBefore: (one: Item, other: Item) => boolean): Heap<Item> => {
  const items: Item[] = [];

  const rise = (item: Item): void => {
    let at = items.push(item) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!isBefore(item, items[above] as Item)) break;
      items[at] = items[above] as Item;
      at = above;
    }
    items[at] = item;
  };

  const sink = (item: Item): void => {
    let at = 0;
    for (let below = 1; below < items.length; below = 2 * at + 1) {
      if (below + 1 < items.length && isBefore(items[below + 1] as Item, items[below] as Item)) below += 1;
      if (!isBefore(items[below] as Item, item)) break;
      items[at] = items[below] as Item;
      at = below;
    }
    items[at] = item;
  };

  return {
    get top() {
      return items[0];
    },
    push: rise,
    pop() {
      const [first] = items;
      const last = items.pop();
      if (items.length > 0 && last !== undefined) sink(last);
      return first;
    },
  };
};
