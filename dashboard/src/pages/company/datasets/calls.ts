/** What the pages of datasets ask the server for. */
import { useInfiniteQuery, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { request } from '../../../api/client.ts';
import { queryClient } from '../../../api/query.ts';
import type { Pages } from '../parts/pages.tsx';
import type {
  Activity,
  Compared,
  Dataset,
  DatasetSettings,
  Grant,
  Invitation,
  ListedDataset,
  PersonWhoMay,
  Request,
  Restoration,
  Sharing,
  Statistics,
  Version,
  VersionShown,
} from './shapes.ts';

export interface Listed<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

const json = async (method: string, url: string, body?: unknown): Promise<unknown> => {
  const reply = await request({
    method,
    url,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return reply.status === 204 ? undefined : reply.json();
};

/** `/v1/companies/…`, each part encoded; an `@` before a version stays. */
export const companyPath = (company: string, ...parts: readonly string[]): string =>
  [
    '/v1/companies',
    ...[company, ...parts].map((part) => encodeURIComponent(part).replaceAll('%40', '@')),
  ].join('/');

/** Reads something of a company; what is remembered is found again by `renew` under `topic`. */
export const useAsked = <Value>(
  topic: string,
  company: string,
  parts: readonly string[],
  query = '',
): UseQueryResult<Value> =>
  useQuery({
    queryKey: [topic, company, ...parts, query],
    queryFn: () => json('GET', companyPath(company, ...parts) + query) as Promise<Value>,
  });

/** Marks what was remembered under these topics as old. */
export const renew = async (...topics: readonly string[]): Promise<void> => {
  await Promise.all(topics.map((topic) => queryClient.invalidateQueries({ queryKey: [topic] })));
};

/** Reads a list page by page. @param parameter by which the next page is asked for. */
export const useListed = <Item>(
  topic: string,
  company: string,
  parts: readonly string[],
  parameter: 'after' | 'before',
): Pages<Item> =>
  useInfiniteQuery({
    queryKey: [topic, company, ...parts, 'pages'],
    queryFn: ({ pageParam }) => {
      const query = pageParam === undefined ? '' : `?${parameter}=${encodeURIComponent(pageParam)}`;
      return json('GET', companyPath(company, ...parts) + query) as Promise<Listed<Item>>;
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  });

/** Datasets that this person sees in this company. */
export const useDatasets = (company: string): Pages<ListedDataset> =>
  useListed('datasets.list', company, ['datasets'], 'after');

/** One dataset; `dataset` is its id. */
export const useDataset = (company: string, dataset: string): UseQueryResult<Dataset> =>
  useAsked('datasets.show', company, ['datasets', dataset]);

/** What a version held. Its columns are those of its generation. */
export const useVersion = (company: string, dataset: string, number: number): UseQueryResult<VersionShown> =>
  useAsked('datasets.version', company, ['datasets', dataset, 'versions', String(number)]);

/** How far a large version is that is being brought back. @throws {ApiProblem} */
export const askRestoration = (company: string, dataset: string, restoration: string): Promise<Restoration> =>
  json('GET', companyPath(company, 'datasets', dataset, 'restorations', restoration)) as Promise<Restoration>;

export const useVersions = (company: string, dataset: string): Pages<Version> =>
  useListed('datasets.versions', company, ['datasets', dataset, 'versions'], 'after');

export const useCompared = (
  company: string,
  dataset: string,
  from: number,
  to: number,
): UseQueryResult<Compared> =>
  useAsked('datasets.compare', company, [
    'datasets',
    dataset,
    'versions',
    String(from),
    'compare',
    String(to),
  ]);

export const usePeople = (company: string, dataset: string): Pages<PersonWhoMay> =>
  useListed('datasets.people', company, ['datasets', dataset, 'people'], 'after');

export const useGrants = (company: string, dataset: string): UseQueryResult<Listed<Grant>> =>
  useAsked('datasets.grants', company, ['datasets', dataset, 'grants']);

export const useInvitations = (company: string, dataset: string): UseQueryResult<Listed<Invitation>> =>
  useAsked('datasets.invitations', company, ['datasets', dataset, 'invitations']);

/** Requests for one dataset, or for all that this person manages. */
export const useRequests = (company: string, dataset?: string): UseQueryResult<Listed<Request>> =>
  useAsked(
    'datasets.requests',
    company,
    ['dataset-requests'],
    dataset === undefined ? '' : `?dataset=${encodeURIComponent(dataset)}`,
  );

export const useSharing = (company: string, dataset: string): UseQueryResult<Sharing> =>
  useAsked('datasets.sharing', company, ['datasets', dataset, 'sharing']);

export const useActivity = (company: string, dataset: string): Pages<Activity> =>
  useListed('datasets.activity', company, ['datasets', dataset, 'activity'], 'before');

export const useStatistics = (company: string, dataset: string, column: string): UseQueryResult<Statistics> =>
  useAsked(
    'datasets.statistics',
    company,
    ['datasets', dataset, 'statistics'],
    `?column=${encodeURIComponent(column)}`,
  );

export const useDatasetSettings = (company: string): UseQueryResult<DatasetSettings> =>
  useAsked('datasets.settings', company, ['dataset-settings']);

/** Changes something of a company. @throws {ApiProblem} */
export const change = (
  method: 'POST' | 'PATCH' | 'DELETE',
  company: string,
  parts: readonly string[],
  body?: unknown,
): Promise<unknown> => json(method, companyPath(company, ...parts), body);
