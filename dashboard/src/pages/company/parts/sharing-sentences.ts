/** What events about sharing datasets say, as verb phrases that follow the actor. */
import type { AuditEvent } from '../../../api/shapes.ts';

type Details = AuditEvent['details'];

const may = ({ right }: Details): string => (right === 'modify' ? 'to read and change' : 'to read');

const end = ({ until }: Details): string =>
  typeof until === 'string' ? ` until ${until.slice(0, 16).replace('T', ' at ')} UTC` : '';

const switched = ({ outside, reads_logged: logged }: Details): string => {
  const parts = [
    ...(outside === undefined
      ? []
      : [
          outside === true ? 'let datasets out to other companies' : 'closed all datasets to other companies',
        ]),
    ...(logged === undefined
      ? []
      : [logged === true ? 'had reads of datasets noted' : 'stopped having reads of datasets noted']),
  ];
  return parts.length === 0 ? 'changed what datasets may do' : parts.join(' and ');
};

/** By operation; beside those of `audit-sentences.ts`. */
export const SHARING_SENTENCES: Readonly<Record<string, (details: Details) => string>> = {
  'datasets.share': (details) => `gave a member a dataset ${may(details)}${end(details)}`,
  'datasets.change-grant': (details) => `changed a right on a dataset: ${may(details)}${end(details)}`,
  'datasets.unshare': () => 'took a right on a dataset away',
  'datasets.share-over': () => 'ended a right on a dataset, whose time was over',
  'datasets.invite': (details) =>
    `${details['renewed'] === true ? 'renewed the invitation of' : 'invited'} somebody outside to a dataset, ${may(details)}${end(details)}`,
  'datasets.withdraw-invitation': () => 'withdrew an invitation to a dataset',
  'datasets.accept-invitation': (details) =>
    `accepted an invitation to a dataset, ${may(details)}${end(details)}`,
  'datasets.ask': (details) => `asked for a dataset, ${may(details)}`,
  'datasets.request': (details) => `asked for a dataset from another company, ${may(details)}`,
  'datasets.decide': (details) =>
    details['decision'] === 'grant'
      ? `granted a request for a dataset, ${may(details)}${end(details)}`
      : 'refused a request for a dataset',
  'datasets.change-sharing': ({ shared_outside: isOut }) =>
    isOut === true ? 'let a dataset out to other companies' : 'closed a dataset to other companies',
  'datasets.change-settings': switched,
};
