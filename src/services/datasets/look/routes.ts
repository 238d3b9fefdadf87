/** Statistics of columns and search in texts, for members and for keys. */
import { z } from 'zod';
import { Problem } from '../../../foundation/problem.ts';
import { exposeSearch } from '../../../http/edge-request.ts';
import { defineRoute, type AnyRoute, type Reply, type Request, type Route } from '../../../http/route.ts';
import { actorOf } from '../export/routes.ts';
import { readTarget, type Target } from '../rows/target.ts';
import type { SearchMode, SearchRequest } from './search.ts';
import { STATISTICS, type Statistics, type StatisticsRequest } from './statistics.ts';

export interface LookParts {
  readonly statistics: (asked: StatisticsRequest) => Promise<Statistics>;
  readonly search: (asked: SearchRequest) => Promise<Reply>;
}

interface Asked {
  readonly target: Target;
  readonly search: string;
  /** Our own parameters by name, decoded. */
  readonly own: Readonly<Record<string, string | undefined>>;
}

/** 400 `bad_search`: what is looked for is missing, too long or no text. */
export const badSearch = (): Problem =>
  new Problem(400, 'bad_search', 'This cannot be looked for', {
    field: 'q',
    detail: 'Ask for 1 to 200 letters in q; mode is words or part.',
  });

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw badSearch();
  }
};

/** Takes parameters of ours out of a query string, whose rest is PostgREST's. A version is named in the address, or here. */
const readAsked = (request: Request, names: readonly string[]): Asked => {
  const own: Record<string, string> = {};
  const rest: string[] = [];
  for (const part of exposeSearch(request).split('&')) {
    const [, name = '', value = ''] = /^([a-z]+)=(.*)$/s.exec(part) ?? [];
    if (names.includes(name) && own[name] === undefined) own[name] = decode(value);
    else rest.push(part);
  }
  return { target: readTarget(request.params['dataset'] ?? ''), search: rest.join('&'), own };
};

const DATASET = z
  .string()
  .describe('Name or id of a dataset, with `@` and a version where not the present one is meant');
const LONGEST_WORDS = 200;

const badReplies = {
  400: { description: 'The query cannot be read (`bad_search`)', type: 'application/problem+json' },
  404: { description: 'There is no such dataset for this caller', type: 'application/problem+json' },
  429: { description: '`too_many_looks`', type: 'application/problem+json' },
  504: { description: 'It took too long (`57014`): narrow it down', type: 'application/problem+json' },
} as const;

/** What both have in common, by who asks. */
const frameOf = (
  verb: string,
  isForKeys: boolean,
): Pick<Route, 'operation' | 'method' | 'path' | 'access' | 'cost' | 'keepsNothing' | 'overPlainHttp'> & {
  readonly names: Record<string, z.ZodType>;
} => ({
  operation: isForKeys ? `datasets.${verb}ByKey` : `datasets.${verb}`,
  method: 'GET',
  path: `${isForKeys ? '/v1/datasets' : '/v1/companies/:company/datasets'}/:dataset/${verb}`,
  access: isForKeys ? { secretKey: 'datasets:read' } : { member: 'datasets.read' },
  cost: isForKeys ? 1 : 0,
  keepsNothing: true,
  overPlainHttp: 'refuse',
  names: isForKeys ? { dataset: DATASET } : { company: z.string(), dataset: DATASET },
});

const statisticsRoute = (parts: LookParts, isForKeys: boolean): AnyRoute => {
  const { names, ...frame } = frameOf('statistics', isForKeys);
  return defineRoute<Asked>({
    ...frame,
    docs: {
      summary: 'Statistics of columns',
      description:
        'Nulls, distinct values, ends, quantiles, frequent values and a histogram of one column, or of the first forty, among the rows that PostgREST’s filters match. Large datasets are sampled; what is estimated says so.',
      tag: 'Datasets',
      query: {
        column: {
          schema: z.string().optional().describe('One column; the first forty where left out'),
          required: false,
        },
      },
      path: names,
      replies: {
        200: { description: 'One item a column.', type: 'application/json', schema: STATISTICS },
        ...badReplies,
      },
    },
    parse: (request) => readAsked(request, ['column']),
    handle: async ({ target, search, own }, { caller, request, now }) => {
      const column = own['column'];
      const body = await parts.statistics({ ...actorOf(caller, request), target, search, column, now });
      return {
        status: 200,
        headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
        body: JSON.stringify(STATISTICS.parse(body)),
      };
    },
  });
};

const isMode = (mode: string | undefined): mode is SearchMode | undefined =>
  mode === undefined || mode === 'words' || mode === 'part';

const searchRoute = (parts: LookParts, isForKeys: boolean): AnyRoute => {
  const { names, ...frame } = frameOf('search', isForKeys);
  return defineRoute<Asked>({
    ...frame,
    docs: {
      summary: 'Search in all texts of a dataset',
      description:
        'Rows of which one column of text holds what is looked for: a part of it, or its words. Filters, `select`, `order`, `limit` and `offset` are PostgREST’s; `Content-Range` counts up to ten thousand.',
      tag: 'Datasets',
      query: {
        q: { schema: z.string().min(1).max(LONGEST_WORDS).describe('What is looked for'), required: true },
        mode: {
          schema: z
            .enum(['words', 'part'])
            .optional()
            .describe('Whole words, which may be quoted or left out by a minus, or any part of a text'),
          required: false,
        },
      },
      path: names,
      replies: {
        200: { description: 'Rows.', type: 'application/json; charset=utf-8' },
        ...badReplies,
        422: { description: 'There is no text (`nothing_to_search`)', type: 'application/problem+json' },
      },
    },
    parse: (request) => {
      const asked = readAsked(request, ['q', 'mode']);
      const { q = '', mode } = asked.own;
      const isText = q.trim() !== '' && q.length <= LONGEST_WORDS && q.isWellFormed() && !q.includes('\0');
      if (!isText || !isMode(mode)) throw badSearch();
      return asked;
    },
    handle: ({ target, search, own }, { caller, request, now }) => {
      const { q = '', mode } = own;
      const chosen = isMode(mode) ? mode : undefined;
      return parts.search({ ...actorOf(caller, request), target, search, words: q, mode: chosen, now });
    },
  });
};

/** Four routes, two for members and two for keys. */
export const lookRoutes = (parts: LookParts): readonly AnyRoute[] => [
  statisticsRoute(parts, false),
  searchRoute(parts, false),
  statisticsRoute(parts, true),
  searchRoute(parts, true),
];
