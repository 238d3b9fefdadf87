/** What webhooks are told of datasets: ids, names, rights and counts. Nothing of what stands in them, and no address. */
import { isId, newId, type CompanyId } from '../../foundation/ids.ts';
import type { ScheduledTask } from '../../jobs/schedule.ts';
import type { Database } from '../../store/database.ts';
import type { Transaction } from '../../store/transaction.ts';
import { findNews, noteEndedShares } from './store.ts';

/** The events of webhooks that are about datasets. */
export type DatasetEvent =
  | 'dataset.shared'
  | 'dataset.share_changed'
  | 'dataset.share_ended'
  | 'dataset.requested'
  | 'dataset.published'
  | 'dataset.load_failed';

type Fact = string | number | boolean | null;
type Facts = Readonly<Record<string, Fact>>;

/** How the company's own programs are told; `enqueueEvent` of the webhooks. */
export type TellPrograms = (
  tx: Transaction,
  event: { readonly company: CompanyId; readonly type: DatasetEvent; readonly data: Facts },
  now: number,
) => Promise<void>;

export interface NewsParts {
  readonly database: Pick<Database, 'company' | 'run'>;
  readonly enqueueEvent: TellPrograms;
}

/** Something that happened, as the database has it. */
export interface Happening {
  readonly happened: string;
  /** Who did it: a user or a key; null where their account is gone. */
  readonly actor: string | null;
  readonly details: Facts;
}

interface News {
  readonly type: DatasetEvent;
  readonly data: Facts;
}

const shareOf = ({ details }: Happening, user: Fact): Facts => ({
  user,
  right: details['right'] ?? null,
  until: details['until'] ?? null,
});

/** What is said of it, by the operation that did it; undefined where nobody is told. */
export const newsOf = (happening: Happening): News | undefined => {
  const { happened, actor, details } = happening;
  const user = details['user'] ?? null;
  const versions = { version: details['version'] ?? null, by: actor };
  switch (happened) {
    case 'datasets.share':
      return { type: 'dataset.shared', data: { ...shareOf(happening, user), by: actor } };
    // Who accepts is whom it is shared with.
    case 'datasets.accept-invitation':
      return { type: 'dataset.shared', data: { ...shareOf(happening, actor), by: null } };
    case 'datasets.decide':
      if (details['decision'] !== 'grant') return undefined;
      return { type: 'dataset.shared', data: { ...shareOf(happening, user), by: actor } };
    case 'datasets.change-grant':
      return { type: 'dataset.share_changed', data: { ...shareOf(happening, user), by: actor } };
    case 'datasets.unshare':
    case 'datasets.share-over':
      return { type: 'dataset.share_ended', data: { user, by: actor } };
    case 'datasets.request':
      return {
        type: 'dataset.requested',
        data: { request: details['request'] ?? null, user: actor, right: details['right'] ?? null },
      };
    case 'datasets.load': {
      const { rows = null, rejected = null } = details;
      return { type: 'dataset.published', data: { ...versions, kind: 'upload', rows, rejected } };
    }
    case 'datasets.restore':
      return {
        type: 'dataset.published',
        data: { ...versions, kind: 'restore', restored: details['restored'] ?? null },
      };
    case 'datasets.load-failed': {
      const { upload = null, failure = null, rejected = null } = details;
      return { type: 'dataset.load_failed', data: { upload, failure, rejected, by: actor } };
    }
    default:
      return undefined;
  }
};

const itemOf = (payload: unknown): string | undefined => {
  const item = (payload as { readonly item?: unknown } | null)?.item;
  return typeof item === 'string' ? item : undefined;
};

/** Rights that are noted at once; those that ended while nobody was there may be many. */
const ENDED_AT_ONCE = 100;

export interface DatasetNews {
  /** For `startJobs`; the database adds the job in the transaction of what happened. It may run twice. */
  readonly tasks: { readonly 'datasets.tell': (payload: unknown) => Promise<void> };
  readonly schedule: readonly ScheduledTask[];
}

/** Tells programs what happened to datasets, and the log what happened by itself. */
export const createDatasetNews = ({ database, enqueueEvent }: NewsParts): DatasetNews => ({
  tasks: {
    'datasets.tell': async (payload) => {
      const item = itemOf(payload);
      if (item === undefined) return;
      const [row] = await database.run(findNews, [item]);
      const { company_id: company, happened, at } = row ?? {};
      if (row === undefined || !company || !isId('com', company) || !happened || !at) return;
      const news = newsOf({ happened, actor: row.actor, details: (row.details ?? {}) as Facts });
      if (news === undefined) return;
      const data = { dataset: row.dataset_id, dataset_name: row.dataset_name, ...news.data };
      await database.company(company, (tx) =>
        enqueueEvent(tx, { company, type: news.type, data }, at.getTime()),
      );
    },
  },
  schedule: [
    {
      name: 'datasets.note-ended-shares',
      every: 1,
      run: async (now) => {
        for (let noted = ENDED_AT_ONCE; noted === ENDED_AT_ONCE;) {
          const events = Array.from({ length: ENDED_AT_ONCE }, () => newId('aud', now));
          const [row] = await database.run(noteEndedShares, [new Date(now), events]);
          noted = row?.noted ?? 0;
        }
      },
    },
  ],
});
