/** From a request to one statement, and from that statement's row to the answer: the door of this folder. */
import type { Catalogue } from './catalogue.ts';
import { writeCsv } from './csv.ts';
import { chooseMedia, type Media } from './media.ts';
import { parseQuery } from './parse-query.ts';
import { readPayload } from './payload.ts';
import { appliedPreferences, parsePreferences, type Preferences } from './preferences.ts';
import {
  refuseAffected,
  refuseAnswerSize,
  refuseOffset,
  refusePlural,
  refusePutFilters,
  refusePutLimit,
  refusePutPayload,
  refuseUnimplemented,
} from './problems.ts';
import { chooseRange, type RowRange } from './range.ts';
import { renderDelete, renderInsert, renderUpdate } from './render-change.ts';
import { renderPlannedCount, renderRead, type Rendered } from './render-read.ts';
import type { Statement } from './sql.ts';
import type { Query } from './tree.ts';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

export interface DatasetRequest {
  readonly method: Method;
  /** With or without its `?`. */
  readonly search: string;
  /** All lines of a header joined by commas; left out where the request has none. */
  readonly prefer?: string;
  readonly accept?: string;
  readonly range?: string;
  readonly contentType?: string;
  /** UTF-8 as text; '' where there is none. */
  readonly body?: string;
}

export interface Settings {
  /** Rows in one answer at most. */
  readonly rowCap: number;
  readonly aggregates: boolean;
}

/** What the statement gives: exactly one row. */
export interface ResultRow {
  readonly page: number;
  readonly total: number | null;
  readonly inserted: number | null;
  readonly location: string | null;
  readonly body: string | null;
  /** Of reads in the order of row numbers: that of the last row. */
  readonly last?: string | null;
}

export interface Plan {
  /** What is asked for, as it was read. */
  readonly query: Query;
  readonly statement: Statement;
  /** To be run as well where the planner's guess is asked for. */
  readonly planned?: Statement;
  /** How the transaction ends where the answer is none of a refusal; a refusal always rolls back. */
  readonly end: 'commit' | 'rollback';
  /** Makes the answer. Throws a QueryProblem, after which the transaction must be rolled back. */
  finish(row: ResultRow, plannedRows?: number): Answer;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Context {
  readonly method: Method;
  readonly query: Query;
  readonly media: Media;
  readonly preferences: Preferences;
  readonly catalogue: Catalogue;
  readonly search: string;
}

const contentRange = (from: number, rows: number, total: number | undefined): string =>
  `${rows === 0 ? '*' : `${from}-${from + rows - 1}`}/${total ?? '*'}`;

/** The text of the answer; one object must be exactly one. */
const writeBody = (row: ResultRow, { media }: Context, { header }: Rendered): string => {
  const body = row.body ?? '[]';
  if (media.form === 'csv') return writeCsv(header, body);
  if (media.form === 'array') return body;
  // `[` and `]` of the array around the one object.
  return body.slice(1, -1).trim();
};

const headersOf = ({ preferences }: Context, range: string): Record<string, string> => {
  const applied = appliedPreferences(preferences);
  return { 'content-range': range, ...(applied !== undefined && { 'preference-applied': applied }) };
};

/**
 * Where the rows behind a full page are (RFC 8288), relative to the request's address: behind the last row where rows come
 * in the order of their numbers, so that no page costs more than another, else by offset.
 */
const nextPage = (
  { search, catalogue }: Context,
  range: RowRange,
  { page, last }: ResultRow,
): string | undefined => {
  if (page === 0 || page < range.limit) return undefined;
  const behind = last === null || last === undefined ? undefined : catalogue.rowColumn;
  const name = behind === undefined ? undefined : encodeURIComponent(`"${behind}"`);
  const kept = search
    .replace(/^\?/, '')
    .split('&')
    .filter((part) => part !== '' && !/^(?:limit|offset)=/.test(part))
    .filter((part) => name === undefined || !part.startsWith(`${name}=gt.`));
  kept.push(`limit=${range.limit}`);
  kept.push(name === undefined ? `offset=${range.offset + page}` : `${name}=gt.${last}`);
  // What a header field could not hold was percent-encoded when it came, or is now.
  return `<?${kept.join('&').replaceAll(/[^!-~]|[<>"]/g, encodeURIComponent)}>; rel="next"`;
};

const finishRead =
  (context: Context, rendered: Rendered, range: RowRange, rowCap: number): Plan['finish'] =>
  (row, plannedRows) => {
    const { media, preferences } = context;
    if (row.body === null) throw refuseAnswerSize();
    if (media.form === 'object' && row.page !== 1) throw refusePlural(row.page);
    let total = row.total ?? undefined;
    if (preferences.count === 'planned') total = plannedRows;
    // More than are counted: the guess counts, if it is larger.
    if (preferences.count === 'estimated' && total !== undefined && total > rowCap)
      total = Math.max(total, plannedRows ?? 0);
    if (total !== undefined && range.offset > total) throw refuseOffset(range.offset, total);
    const next = nextPage(context, range, row);
    const isPart = total !== undefined && row.page < total;
    return {
      status: isPart ? 206 : 200,
      headers: {
        'content-type': media.contentType,
        ...headersOf(context, contentRange(range.offset, row.page, total)),
        ...(next !== undefined && { link: next }),
      },
      body: context.method === 'HEAD' ? '' : writeBody(row, context, rendered),
    };
  };

const isKeyFilter = ({ conditions }: Query, key: readonly string[]): boolean => {
  const names = conditions.map((condition) =>
    condition.kind === 'filter' &&
    !condition.negated &&
    condition.field.path.length === 0 &&
    condition.operation.kind === 'compare' &&
    condition.operation.operator === 'eq' &&
    condition.operation.quantifier === undefined
      ? condition.field.name
      : undefined,
  );
  return key.length > 0 && names.length === key.length && key.every((name) => names.includes(name));
};

const planRead = (context: Context, rangeHeader: string | undefined, settings: Settings): Plan => {
  const { method, query, media, preferences, catalogue } = context;
  const range = chooseRange(query, method === 'GET' ? rangeHeader : undefined, settings.rowCap);
  const { count } = preferences;
  const rendered = renderRead(query, catalogue, {
    media,
    range,
    ...(count && { count }),
    countCap: settings.rowCap,
    aggregates: settings.aggregates,
    single: isKeyFilter(query, catalogue.key),
  });
  return {
    query,
    statement: rendered.statement,
    ...((count === 'planned' || count === 'estimated') && { planned: renderPlannedCount(query, catalogue) }),
    end: 'commit',
    finish: finishRead(context, rendered, range, settings.rowCap),
  };
};

/** `/projects?id=eq.11`: where the new row is to be found. */
const locationOf = ({ key, name }: Catalogue, values: string): string => {
  const texts = JSON.parse(values) as readonly (string | null)[];
  const parts = key.map((column, index) => {
    const value = texts[index] ?? null;
    return `${encodeURIComponent(column)}=${value === null ? 'is.null' : `eq.${encodeURIComponent(value)}`}`;
  });
  return `/${encodeURIComponent(name)}?${parts.join('&')}`;
};

const statusOfChange = ({ method, preferences }: Context, row: ResultRow): number => {
  const without = preferences.return === 'representation' ? 200 : 204;
  if (method === 'PUT') return (row.inserted ?? 0) > 0 ? 201 : without;
  if (method !== 'POST') return without;
  return preferences.resolution === 'merge-duplicates' && row.inserted === 0 ? 200 : 201;
};

const rangeOfChange = ({ method }: Context, row: ResultRow): string =>
  method === 'PATCH' ? contentRange(0, row.page, row.total ?? undefined) : `*/${row.total ?? '*'}`;

const finishChange =
  (context: Context, rendered: Rendered): Plan['finish'] =>
  (row) => {
    const { method, media, preferences, catalogue } = context;
    if (method === 'PUT' && row.page !== 1) throw refusePutPayload();
    if (media.form === 'object' && row.page !== 1) throw refusePlural(row.page);
    const { handling, maxAffected } = preferences;
    const isBounded = handling === 'strict' && maxAffected !== undefined && method !== 'POST';
    if (isBounded && row.page > maxAffected) throw refuseAffected(row.page);
    const wantsRows = preferences.return === 'representation';
    if (wantsRows && row.body === null) throw refuseAnswerSize();
    return {
      status: statusOfChange(context, row),
      headers: {
        ...(wantsRows && { 'content-type': media.contentType }),
        ...headersOf(context, rangeOfChange(context, row)),
        ...(row.location !== null && { location: locationOf(catalogue, row.location) }),
      },
      body: wantsRows ? writeBody(row, context, rendered) : '',
    };
  };

const renderChange = (context: Context, request: DatasetRequest, settings: Settings): Rendered => {
  const { method, query, catalogue } = context;
  const options = { ...context, aggregates: settings.aggregates };
  if (method === 'DELETE') return renderDelete(query, catalogue, options);
  const rows = readPayload(request.body ?? '', request.contentType, query.columns);
  if (method === 'PATCH') return renderUpdate(query, rows, catalogue, options);
  if (method === 'POST') return renderInsert(query, rows, catalogue, options);
  if (!isKeyFilter(query, catalogue.key)) throw refusePutFilters();
  const { onConflict: _, ...byKey } = query;
  const merging = {
    ...options,
    preferences: { ...context.preferences, resolution: 'merge-duplicates' },
  } as const;
  return renderInsert(byKey, rows, catalogue, merging, query.conditions);
};

const planChange = (context: Context, request: DatasetRequest, settings: Settings): Plan => {
  const { method, query, preferences } = context;
  if (query.limit !== undefined || query.offset > 0) {
    // Silence would be worse: the caller believes that only so many rows are touched.
    if (method === 'PUT') throw refusePutLimit();
    throw refuseUnimplemented('limit and offset bound reads only; say with filters which rows to change.');
  }
  const rendered = renderChange(context, request, settings);
  return {
    query,
    statement: rendered.statement,
    end: preferences.tx ?? 'commit',
    finish: finishChange(context, rendered),
  };
};

/** Preferences that mean nothing here are not said to be applied. */
const effective = (
  preferences: Preferences,
  method: Method,
  query: Query,
  { key }: Catalogue,
): Preferences => {
  const { resolution, ...others } = preferences;
  const hasTarget = (query.onConflict ?? key).length > 0;
  return method === 'POST' && hasTarget && resolution !== undefined ? preferences : others;
};

/**
 * Reads everything that the request says and renders its statement; nothing is run. Throws a QueryProblem.
 */
export const planRequest = (request: DatasetRequest, catalogue: Catalogue, settings: Settings): Plan => {
  const { method } = request;
  const asked = parsePreferences(request.prefer ?? '');
  const media = chooseMedia(request.accept);
  const query = parseQuery(request.search, catalogue.name);
  const preferences = effective(asked, method, query, catalogue);
  const context: Context = { method, query, media, preferences, catalogue, search: request.search };
  return method === 'GET' || method === 'HEAD'
    ? planRead(context, request.range, settings)
    : planChange(context, request, settings);
};
