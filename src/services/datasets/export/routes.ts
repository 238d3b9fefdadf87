/** Downloads of datasets, for members and for keys. */
import { z } from 'zod';
import type { Caller } from '../../../foundation/caller.ts';
import type { CompanyId } from '../../../foundation/ids.ts';
import { exposeSearch } from '../../../http/edge-request.ts';
import { defineRoute, type AnyRoute, type Reply, type Request } from '../../../http/route.ts';
import { refuseTable } from '../query/problems.ts';
import { readTarget, type Target } from '../rows/target.ts';
import { FORMATS, readDownloadAsk, type DownloadAsk } from './asked-download.ts';
import type { DownloadRequest } from './download.ts';

type Download = (asked: DownloadRequest) => Promise<Reply>;

interface Input {
  readonly target: Target;
  readonly ask: DownloadAsk;
}

/** Who asks: a key for its company, or a user in one, of which the pipeline has seen that the user is a member. */
export const actorOf = (
  caller: Caller | undefined,
  request: Request,
): Pick<DownloadRequest, 'actor' | 'key'> => {
  if (caller?.credential === 'secret-key') return { actor: { company: caller.company }, key: caller.key };
  if (caller?.credential !== 'session') throw refuseTable();
  return { actor: { company: request.params['company'] as CompanyId, user: caller.user } };
};

const DATASET = z
  .string()
  .describe('Name or id of a dataset, with `@` and a version where not the present one is meant');

const QUERY = {
  format: {
    schema: z.enum(FORMATS).optional().describe('How the rows are written; csv where left out'),
    required: false,
  },
  version: {
    schema: z.coerce
      .number()
      .int()
      .min(1)
      .optional()
      .describe('Which version; the present one where left out'),
    required: false,
  },
  safe: {
    schema: z
      .enum(['0', '1'])
      .optional()
      .describe(
        'In csv and tsv: whether texts that spreadsheets would run are marked by an apostrophe. For members 1 where left out, for keys 0',
      ),
    required: false,
  },
} as const;

const routeOf = (download: Download, isForKeys: boolean): AnyRoute =>
  defineRoute<Input>({
    operation: isForKeys ? 'datasets.exportByKey' : 'datasets.export',
    method: 'GET',
    path: isForKeys ? '/v1/datasets/:dataset/download' : '/v1/companies/:company/datasets/:dataset/download',
    access: isForKeys ? { secretKey: 'datasets:read' } : { member: 'datasets.read' },
    cost: isForKeys ? 1 : 0,
    // Filters are values of rows.
    keepsNothing: true,
    overPlainHttp: 'refuse',
    docs: {
      summary: 'Download a dataset',
      description:
        'All rows of one version, or those that PostgREST’s filters match, with `select`, `order`, `limit` and `offset`. They go out while they are read; an answer without its last chunk is not whole, as when the right to read was taken away meanwhile.',
      tag: 'Datasets',
      query: QUERY,
      path: isForKeys ? { dataset: DATASET } : { company: z.string(), dataset: DATASET },
      replies: {
        200: { description: 'The rows.', type: 'text/csv' },
        400: { description: 'The query cannot be read (`unknown_format`)', type: 'application/problem+json' },
        404: { description: 'There is no such dataset for this caller', type: 'application/problem+json' },
        422: {
          description: 'Too much for the format or the order (`too_large_for_format`, `too_many_to_order`)',
          type: 'application/problem+json',
        },
        429: { description: '`too_many_downloads`', type: 'application/problem+json' },
      },
    },
    parse: (request) => ({
      target: readTarget(request.params['dataset'] ?? ''),
      ask: readDownloadAsk(exposeSearch(request)),
    }),
    handle: (input, { caller, request, now }) =>
      download({ ...input, ...actorOf(caller, request), isSafe: !isForKeys, now }),
  });

export const exportRoutes = (download: Download): readonly AnyRoute[] => [
  routeOf(download, false),
  routeOf(download, true),
];
