/** What connections hold of something that there is only so much of. */

/** Who holds how much, the longest holder first. */
export interface Holds<Holder> {
  /** One holds this much more. Where that is too much altogether, the longest holders lose what they have. */
  add(holder: Holder, amount: number): void;
  /** One holds this much less, and by this progress counts as the newest holder. Nothing happens to who holds nothing. */
  reduce(holder: Holder, amount: number): void;
  /** One needs nothing any more; once is enough, and twice does no harm. */
  release(holder: Holder): void;
}

/**
 * Room for `most` altogether. When it is full, whoever has held longest makes room, not whoever comes next: those who
 * dawdle in order to keep others out lose their own place.
 * @param evict takes it away; called after the holder is forgotten.
 */
export const createHolds = <Holder>(most: number, evict: (holder: Holder) => void): Holds<Holder> => {
  // A Map keeps the order in which its keys came in.
  const amounts = new Map<Holder, number>();
  let total = 0;
  const release = (holder: Holder): void => {
    total -= amounts.get(holder) ?? 0;
    amounts.delete(holder);
  };
  return {
    add: (holder, amount) => {
      amounts.set(holder, (amounts.get(holder) ?? 0) + amount);
      total += amount;
      for (const longest of amounts.keys()) {
        if (total <= most) break;
        release(longest);
        evict(longest);
      }
    },
    reduce: (holder, amount) => {
      const before = amounts.get(holder);
      if (before === undefined) return;
      release(holder);
      if (before <= amount) return;
      amounts.set(holder, before - amount);
      total += before - amount;
    },
    release,
  };
};
