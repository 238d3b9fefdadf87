/**
 * Statements whose text is made for one request, out of a closed vocabulary and the names of a dataset's columns. What may
 * make them is one room (`test/architecture.ts`), and the database layer sends no other text that it does not know.
 */
export interface RenderedStatement {
  readonly text: string;
  /** The texts of `$1`, `$2`, …; null is SQL's. */
  readonly values: readonly (string | null)[];
}

const made = new WeakSet<object>();

/**
 * Vouches that nothing of a request stands in `text` but what the catalogue of a dataset has as well; for
 * `src/services/datasets` and `src/datasets` alone.
 */
export const renderedStatement = (
  text: string,
  values: readonly (string | null)[] = [],
): RenderedStatement => {
  const statement = Object.freeze({ text, values });
  made.add(statement);
  return statement;
};

/** Whether this very object came out of `renderedStatement()`. */
export const isRendered = (candidate: object): boolean => made.has(candidate);
