/** Rows of a dataset over the API: every cell as PostgreSQL writes it, so that no digit is lost on the way. */
import { request } from '../../../../api/client.ts';
import { companyPath } from '../names.ts';
import {
  inQuery,
  isSearch,
  parametersOf,
  ROW_NUMBER,
  searchOf,
  type Column,
  type Question,
} from './question.ts';
import type { FetchPage, Row } from './row-pages.ts';

export interface Source {
  readonly company: string;
  /** Id, and the version behind an `@` where it is not the newest. */
  readonly dataset: string;
}

/** Rows beyond which the matches of a filter are estimated instead of counted. */
const COUNTED_UP_TO = 2_000_000;

/** Rows up to which the server counts what a search finds. No more are shown: every page is searched for anew. */
const MOST_FOUND = 10_000;

const pathOf = ({ company, dataset }: Source, part: 'rows' | 'search' = 'rows'): string =>
  companyPath(company, 'datasets', dataset, part);

const asTexts = (columns: readonly Column[]): string =>
  [...columns.map(({ name }) => name), ROW_NUMBER].map((name) => `${inQuery(name)}::text`).join(',');

type Answer = readonly Readonly<Record<string, string | null>>[];

const toRow = (columns: readonly Column[], found: Answer[number]): Row => ({
  id: found[ROW_NUMBER] ?? '',
  cells: columns.map(({ name }) => found[name] ?? null),
});

/** `0-199/1000` or with a star where it is not known (RFC 9110 §14.4). */
export const totalIn = (range: string | null): number | undefined => {
  const total = /\/(\d+)$/.exec(range ?? '')?.[1];
  return total === undefined ? undefined : Number(total);
};

export interface Shown {
  readonly source: Source;
  /** Those that are fetched, of all. */
  readonly columns: readonly Column[];
  readonly all: readonly Column[];
  readonly question: Question;
  /** Rows of the version, where nothing is filtered. */
  readonly rows: number;
}

/** How pages of what is shown are fetched. */
export const pageFetcher = ({ source, columns, question, rows }: Shown): FetchPage => {
  const isSearched = isSearch(question);
  const isFiltered = question.filters.length > 0 || isSearched;
  const asked = parametersOf(question);
  const path = pathOf(source, isSearched ? 'search' : 'rows');
  return async (offset, limit, signal) => {
    const search = searchOf([
      ['select', asTexts(columns)],
      ...asked,
      ['limit', String(limit)],
      ...(offset === 0 ? [] : [['offset', String(offset)] as const]),
    ]);
    // Counted with the first page only: it is the same for the others.
    const count = rows > COUNTED_UP_TO ? 'estimated' : 'exact';
    const headers: Record<string, string> = {
      accept: 'application/json',
      ...(isFiltered && !isSearched && offset === 0 ? { prefer: `count=${count}` } : {}),
    };
    const reply = await request({ method: 'GET', url: `${path}?${search}`, headers, signal });
    const found = (await reply.json()) as Answer;
    const total = isFiltered ? totalIn(reply.headers.get('content-range')) : rows;
    return {
      rows: found.map((one) => toRow(columns, one)),
      total: total ?? (isSearched ? MOST_FOUND : undefined),
      isCut: isSearched && total === undefined,
    };
  };
};

/** What is to stand in a cell; null is null, an empty text is one. */
export type Cells = Readonly<Record<string, string | null>>;

/**
 * As one JSON object. Texts are given to the input function of the column's type; JSON has to go in as it is.
 * @throws {SyntaxError} where a column holds JSON and the text is none.
 */
export const bodyOf = (cells: Cells, columns: readonly Column[]): string => {
  const members = Object.entries(cells).map(([name, value]) => {
    const isJson = columns.some((column) => column.name === name && /^jsonb?$/.test(column.type));
    if (!isJson || value === null) return `${JSON.stringify(name)}:${JSON.stringify(value)}`;
    JSON.parse(value);
    return `${JSON.stringify(name)}:${value}`;
  });
  return `{${members.join(',')}}`;
};

const change = async (
  { source, columns }: Pick<Shown, 'source' | 'columns'>,
  method: string,
  search: readonly (readonly [string, string])[],
  body?: string,
): Promise<Row | undefined> => {
  const reply = await request({
    method,
    url: `${pathOf(source)}?${searchOf([['select', asTexts(columns)], ...search])}`,
    headers: {
      accept: 'application/json',
      prefer: `return=representation${method === 'POST' ? '' : ',handling=strict,max-affected=1'}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
  });
  const found = ((await reply.json()) as Answer)[0];
  return found === undefined ? undefined : toRow(columns, found);
};

const thisRow = (id: string): readonly [string, string] => [inQuery(ROW_NUMBER), `eq.${id}`];

/** Changes cells of a row; undefined where the row is gone. */
export const changeRow = (
  shown: Pick<Shown, 'source' | 'columns' | 'all'>,
  id: string,
  cells: Cells,
): Promise<Row | undefined> => change(shown, 'PATCH', [thisRow(id)], bodyOf(cells, shown.all));

/** Adds a row; columns that are not named are null. */
export const addRow = (
  shown: Pick<Shown, 'source' | 'columns' | 'all'>,
  cells: Cells,
): Promise<Row | undefined> => change(shown, 'POST', [], bodyOf(cells, shown.all));

/** Deletes a row; undefined where it was gone already. */
export const deleteRow = (shown: Pick<Shown, 'source' | 'columns'>, id: string): Promise<Row | undefined> =>
  change(shown, 'DELETE', [thisRow(id)]);
