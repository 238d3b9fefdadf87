/** What the pages of datasets ask the server for. */
import { useInfiniteQuery, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { call, type Reply } from '../../../api/client.ts';
import { read, refresh } from '../../../api/query.ts';
import type { Pages } from '../parts/pages.tsx';
import type {
  Activity,
  Dataset,
  DatasetSettings,
  ListedDataset,
  PersonWhoMay,
  Sharing,
  Version,
} from './shapes.ts';

type Listing = 'datasets.list' | 'datasets.versions' | 'datasets.people' | 'datasets.activity';

/** Reads a list page by page; `refresh(op)` finds it. @param parameter by which the next page is asked for. */
const useListed = <Item>(
  op: Listing,
  params: { readonly company: string; readonly dataset?: string },
  parameter: 'after' | 'before',
): Pages<Item> => {
  interface Page {
    readonly items: readonly Item[];
    readonly next: string | null;
  }
  return useInfiniteQuery({
    queryKey: [op, params, 'pages'],
    queryFn: ({ pageParam }) => {
      const query = pageParam === undefined ? {} : { [parameter]: pageParam };
      return (call as (op: Listing, input: unknown) => Promise<Page>)(op, { params, query });
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  });
};

/** Datasets that this person sees in this company. */
export const useDatasets = (company: string): Pages<ListedDataset> =>
  useListed('datasets.list', { company }, 'after');

export const useVersions = (company: string, dataset: string): Pages<Version> =>
  useListed('datasets.versions', { company, dataset }, 'after');

export const usePeople = (company: string, dataset: string): Pages<PersonWhoMay> =>
  useListed('datasets.people', { company, dataset }, 'after');

export const useActivity = (company: string, dataset: string): Pages<Activity> =>
  useListed('datasets.activity', { company, dataset }, 'before');

/** One dataset; `dataset` is its id. */
export const useDataset = (company: string, dataset: string): UseQueryResult<Dataset> =>
  useQuery(read('datasets.show', { params: { company, dataset } }));

/** What a version held. Its columns are those of its generation. */
export const useVersion = (
  company: string,
  dataset: string,
  number: number,
): UseQueryResult<Reply<'datasets.version'>> =>
  useQuery(read('datasets.version', { params: { company, dataset, number: String(number) } }));

export const useGrants = (company: string, dataset: string): UseQueryResult<Reply<'datasets.grants'>> =>
  useQuery(read('datasets.grants', { params: { company, dataset } }));

export const useInvitations = (
  company: string,
  dataset: string,
): UseQueryResult<Reply<'datasets.invitations'>> =>
  useQuery(read('datasets.invitations', { params: { company, dataset } }));

/** Requests for one dataset. */
export const useRequests = (company: string, dataset: string): UseQueryResult<Reply<'datasets.requests'>> =>
  useQuery(read('datasets.requests', { params: { company }, query: { dataset } }));

export const useSharing = (company: string, dataset: string): UseQueryResult<Sharing> =>
  useQuery(read('datasets.sharing', { params: { company, dataset } }));

export const useStatistics = (
  company: string,
  dataset: string,
  column: string,
): UseQueryResult<Reply<'datasets.statistics'>> =>
  useQuery(read('datasets.statistics', { params: { company, dataset }, query: { column } }));

export const useDatasetSettings = (company: string): UseQueryResult<DatasetSettings> =>
  useQuery(read('datasets.settings', { params: { company } }));

/** After the rows of a dataset became others: whatever shows them or counts them is asked for anew. */
export const refreshContent = (): Promise<void> =>
  refresh('datasets.show', 'datasets.list', 'datasets.versions', 'datasets.statistics', 'datasets.indexes');
