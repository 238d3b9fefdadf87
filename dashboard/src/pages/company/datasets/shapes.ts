/** Names for what the server says about datasets; all of them come from the API's description. */
import type { Reply } from '../../../api/client.ts';

export type ListedDataset = Reply<'datasets.list'>['items'][number];
export type Dataset = Reply<'datasets.show'>;
export type Right = Dataset['right'];
export type Visibility = Dataset['visibility'];

export type Version = Reply<'datasets.versions'>['items'][number];
/** A large version that is being brought back. */
export type Restoration = Reply<'datasets.restoration'>;
export type Compared = Reply<'datasets.compare'>;
/** The comparison of two large versions, which goes on by itself. */
export type Comparison = Reply<'datasets.comparison'>;
export type Difference = Compared['items'][number];

/** Whoever may see a dataset, one by one; the same question is answered as groups too. */
export type People = Extract<Reply<'datasets.people'>, { readonly items: unknown }>;
export type PersonWhoMay = People['items'][number];
export type Grant = Reply<'datasets.grants'>['items'][number];
export type Invitation = Reply<'datasets.invitations'>['items'][number];
export type Request = Reply<'datasets.requests'>['items'][number];
export type Sharing = Reply<'datasets.sharing'>;
export type DatasetSettings = Reply<'datasets.settings'>;
export type Activity = Reply<'datasets.activity'>['items'][number];

export type ColumnStatistics = Reply<'datasets.statistics'>['items'][number];
export type Bar = NonNullable<ColumnStatistics['histogram']>[number];

export type Index = Reply<'datasets.indexes'>['items'][number];
export type IndexSuggestion = Reply<'datasets.indexes'>['suggestions'][number];
