/** What the index's numbers can hold, and the error where data is larger. */

/** Entities: twice an id has to fit into a posting that is shifted as a signed number. */
export const MOST_ENTITIES = 2 ** 30 - 1;
/** Bytes of names: a record keeps where a name starts as a signed number. */
export const MOST_NAME_BYTES = 2 ** 31 - 1;
/** What a column of sixteen or eight bits can number. */
export const MOST_TIMEZONES = 0xffff;
export const MOST_FEATURES = 0xff;

/** @throws {Error} where the index cannot hold so many. */
export const checkLimit = (what: string, count: number, most: number): void => {
  if (count > most)
    throw new Error(
      `The index holds at most ${most.toLocaleString('en')} ${what}, and there are ${count.toLocaleString('en')}: leave out files or countries.`,
    );
};
