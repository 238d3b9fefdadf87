import { statement } from '../../store/statement.ts';

/** What an event of the log, a request or an upload has to say, and to which company; no row where it is gone or over. */
export const findNews = statement({
  name: 'dataset-news.find',
  text: 'select company_id, happened, dataset_id, dataset_name, actor, at, details from vouchsafe.find_dataset_news($1)',
  params: ['text'],
  columns: {
    company_id: 'text?',
    happened: 'text?',
    dataset_id: 'text?',
    dataset_name: 'text?',
    actor: 'text?',
    at: 'timestamptz?',
    details: 'jsonb?',
  },
});

/** Notes rights whose time is over in the logs of their companies, as many at most as there are ids. */
export const noteEndedShares = statement({
  name: 'dataset-news.note-ended-shares',
  text: 'select vouchsafe.note_ended_shares($1, $2) as noted',
  params: ['timestamptz', 'text[]'],
  columns: { noted: 'int4?' },
});
