/** The rows of a table that is too large to be held: pages come when they are looked at, and go when they are far away. */
import { ApiProblem, CANCELLED } from '../../../../api/problem.ts';

/** A row: its number in the dataset, which stays its own over edits, and its cells as texts. */
export interface Row {
  readonly id: string;
  readonly cells: readonly (string | null)[];
}

export interface Page {
  readonly rows: readonly Row[];
  /** Rows of the whole answer, as far as the server knows. */
  readonly total: number | undefined;
  /** Whether there are more than `total`, which are neither counted nor shown. */
  readonly isCut?: boolean;
}

export type FetchPage = (offset: number, limit: number, signal: AbortSignal) => Promise<Page>;

export interface RowPages {
  /** Says which rows are in view, by position; asks for what is missing and drops what nobody waits for any more. */
  show(first: number, last: number): void;
  /** The row at a position; undefined while it is not there. */
  at(position: number): Row | undefined;
  /** Puts another row in the place of one that is there. */
  replace(row: Row): void;
  readonly total: number | undefined;
  /** Whether there are more rows than `total`. */
  readonly isCut: boolean;
  /** What the last page said that could not be had; undefined from the next that could. */
  readonly problem: unknown;
  /** Asks again for what failed. */
  retry(): void;
  /** Ends everything under way. */
  close(): void;
}

export const PAGE_ROWS = 200;
/** Pages that are kept; beyond, those furthest from the view go. */
const KEPT = 40;
/** Milliseconds that the view has to rest on a page before it is asked for, while it flies past others. */
const REST_MS = 60;

/** A page that is not full is the last one; a full one at the end of an estimate is not. */
const totalAfter = (offset: number, { rows, total }: Page, before: number | undefined): number => {
  const end = offset + rows.length;
  if (rows.length < PAGE_ROWS && (rows.length > 0 || offset === 0)) return end;
  return Math.max(total ?? before ?? 0, rows.length === PAGE_ROWS ? end : 0);
};

interface Settings {
  readonly fetchPage: FetchPage;
  readonly onChange: () => void;
  readonly restMs?: number;
}

/** Pages of one question; another question has pages of its own. */
export const createRowPages = ({ fetchPage, onChange, restMs = REST_MS }: Settings): RowPages => {
  const pages = new Map<number, readonly Row[]>();
  const underWay = new Map<number, AbortController>();
  let wanted: readonly [first: number, last: number] = [0, 0];
  let total: number | undefined;
  let isCut = false;
  let problem: unknown;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const forget = (): void => {
    if (pages.size <= KEPT) return;
    const middle = (wanted[0] + wanted[1]) / 2;
    const far = [...pages.keys()].sort((a, b) => Math.abs(b - middle) - Math.abs(a - middle));
    for (const page of far.slice(0, pages.size - KEPT)) pages.delete(page);
  };

  const ask = async (page: number): Promise<void> => {
    const stop = new AbortController();
    underWay.set(page, stop);
    try {
      const found = await fetchPage(page * PAGE_ROWS, PAGE_ROWS, stop.signal);
      if (stop.signal.aborted) return;
      pages.set(page, found.rows);
      total = totalAfter(page * PAGE_ROWS, found, total);
      isCut = found.isCut === true;
      problem = undefined;
      forget();
    } catch (error) {
      if (stop.signal.aborted || (error instanceof ApiProblem && error.code === CANCELLED)) return;
      problem = error;
    } finally {
      if (underWay.get(page) === stop) underWay.delete(page);
    }
    onChange();
  };

  const askForWanted = (): void => {
    timer = undefined;
    // A table that failed is asked again when the person says so, not at every pixel.
    if (problem !== undefined) return;
    for (let page = wanted[0]; page <= wanted[1]; page += 1) {
      const isBeyond = total !== undefined && page > 0 && page * PAGE_ROWS >= total;
      if (!isBeyond && !pages.has(page) && !underWay.has(page)) void ask(page);
    }
  };

  return {
    show: (first, last) => {
      wanted = [Math.max(0, Math.floor(first / PAGE_ROWS)), Math.max(0, Math.floor(last / PAGE_ROWS))];
      for (const [page, stop] of underWay) {
        if (page >= wanted[0] && page <= wanted[1]) continue;
        underWay.delete(page);
        stop.abort();
      }
      clearTimeout(timer);
      if (pages.size === 0 && underWay.size === 0) askForWanted();
      else timer = setTimeout(askForWanted, restMs);
    },
    at: (position) => pages.get(Math.floor(position / PAGE_ROWS))?.[position % PAGE_ROWS],
    replace: (row) => {
      for (const [page, rows] of pages) {
        const at = rows.findIndex(({ id }) => id === row.id);
        if (at !== -1) pages.set(page, rows.with(at, row));
      }
      onChange();
    },
    get total(): number | undefined {
      return total;
    },
    get isCut(): boolean {
      return isCut;
    },
    get problem(): unknown {
      return problem;
    },
    retry: () => {
      problem = undefined;
      askForWanted();
      onChange();
    },
    close: () => {
      clearTimeout(timer);
      for (const stop of underWay.values()) stop.abort();
      underWay.clear();
    },
  };
};
