/** Has an index built. */
import { call, type Body } from '../../../../api/client.ts';
import { refresh } from '../../../../api/query.ts';
import { useAction, type Action } from '../../../../components/use-action.ts';

/** An action that ends when the server has taken it on; the list says how far it is. */
export const useBuild = (company: string, dataset: string): Action<[Body<'datasets.addIndex'>]> =>
  useAction(async (body: Body<'datasets.addIndex'>) => {
    await call('datasets.addIndex', { params: { company, dataset }, body });
    await refresh('datasets.indexes', 'datasets.activity');
  });
