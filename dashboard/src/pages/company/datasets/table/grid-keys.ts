/** Where a key leads in a grid (WAI-ARIA Authoring Practices, grid pattern). */

export interface Place {
  /** -1 is the header. */
  readonly row: number;
  readonly column: number;
}

export interface Extent {
  readonly rows: number;
  readonly columns: number;
  /** Rows that are in sight at once. */
  readonly view: number;
}

interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

const within = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

/** The next place; undefined where the key is not for moving. */
export const moveInGrid = ({ row, column }: Place, key: Key, extent: Extent): Place | undefined => {
  const isWide = key.ctrlKey || key.metaKey;
  const last = extent.rows - 1;
  const moves: Readonly<Record<string, readonly [row: number, column: number]>> = {
    ArrowUp: [isWide ? 0 : row - 1, column],
    ArrowDown: [isWide ? last : row + 1, column],
    ArrowLeft: [row, isWide ? 0 : column - 1],
    ArrowRight: [row, isWide ? extent.columns - 1 : column + 1],
    PageUp: [Math.max(0, row - extent.view), column],
    PageDown: [row + extent.view, column],
    Home: [isWide ? 0 : row, 0],
    End: [isWide ? last : row, extent.columns - 1],
  };
  const to = Object.hasOwn(moves, key.key) ? moves[key.key] : undefined;
  if (to === undefined) return undefined;
  return { row: within(to[0], -1, last), column: within(to[1], 0, Math.max(0, extent.columns - 1)) };
};
