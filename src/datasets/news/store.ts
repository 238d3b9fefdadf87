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
