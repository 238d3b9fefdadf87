/** Indexes of one dataset at most; each has to be written with every row. */
export const MOST_INDEXES = 16;

/** UTC days of which is known by which columns rows were asked for. */
export const USE_DAYS = 30;
